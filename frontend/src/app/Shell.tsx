/** The frame of every page but the editor: mark, navigation, the person. */
import { Workflow, Zap } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { cx } from "@/ui/cx";
import { Mark } from "./Mark";
import { PersonMenu } from "./PersonMenu";

const PAGES = [
  { id: "workflows", href: "/", label: "Workflows", icon: Workflow },
  { id: "events", href: "/events/", label: "Events", icon: Zap },
] as const;

export type PageId = (typeof PAGES)[number]["id"];

export function Shell({ page, children }: { page: PageId; children: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-raised px-3 py-1.5 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <header className="flex h-12 shrink-0 items-center gap-5 border-b bg-surface px-4">
        <Link href="/" className="flex items-center gap-2 rounded-md font-semibold text-base text-text">
          <Mark />
          FlowStudio
        </Link>
        <nav aria-label="Pages" className="flex items-center gap-1">
          {PAGES.map(({ id, href, label, icon: Icon }) => (
            <Link
              key={id}
              href={href}
              aria-current={id === page ? "page" : undefined}
              className={cx(
                "flex h-8 items-center gap-1.5 rounded-md px-2.5 font-medium text-sm transition-colors",
                id === page ? "bg-hover text-text" : "text-muted hover:bg-hover hover:text-text",
              )}
            >
              <Icon size={15} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <div className="ml-auto">
          <PersonMenu />
        </div>
      </header>
      <main id="content" className="min-h-0 flex-1 overflow-auto">
        {children}
      </main>
    </div>
  );
}
