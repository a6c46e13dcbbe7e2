/** Who is signed in, how the studio looks, and the way out. */
import { ExternalLink, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { boot } from "@/api/boot";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/ui/Menu";
import { setTheme, type Theme, useTheme } from "@/ui/theme";

const THEMES: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: "system", label: "As the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
];

export function PersonMenu() {
  const name = boot.user.name || "Signed in";
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          aria-label={`${name}: theme and sign out`}
          className="flex size-7 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent text-xs uppercase hover:bg-accent-line"
        >
          {name.charAt(0)}
        </button>
      }
    >
      <p className="truncate px-2 pt-1.5 pb-1 font-medium text-sm text-text">{name}</p>
      <MenuSeparator />
      <ThemeItems />
      <MenuSeparator />
      <MenuItem
        icon={ExternalLink}
        onClick={() => window.open(new URL("docs/", new URL(boot.api, location.href)))}
      >
        API reference
      </MenuItem>
      <MenuItem icon={LogOut} onClick={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

function ThemeItems() {
  const theme = useTheme();
  return (
    <MenuGroup label="Theme">
      {THEMES.map(({ value, label, icon }) => (
        <MenuItem key={value} icon={icon} onClick={() => setTheme(value)} closeOnClick={false}>
          <span className="flex items-center justify-between">
            {label}
            {theme === value && (
              <span className="size-1.5 rounded-full bg-accent" role="img" aria-label="chosen" />
            )}
          </span>
        </MenuItem>
      ))}
    </MenuGroup>
  );
}

/** Signing out changes something, so Django wants a POST with its token. */
function signOut() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `${boot.base}sign-out/`;
  const token = document.createElement("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = boot.csrf_token;
  form.append(token);
  document.body.append(form);
  form.submit();
}
