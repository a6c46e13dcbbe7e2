/** What the page was given by Django: addresses, the person, and the nonce for styles. */

export interface Boot {
  base: string;
  api: string;
  live: string;
  user: { id: string | number; name: string; is_superuser: boolean };
  csrf_token: string;
  version: string;
}

function read(): Boot {
  const element = document.getElementById("flowstudio-boot");
  const fallback: Boot = {
    base: "/",
    api: "/api/",
    live: "/ws/live/",
    user: { id: "", name: "", is_superuser: false },
    csrf_token: "",
    version: "",
  };
  return element?.textContent
    ? { ...fallback, ...(JSON.parse(element.textContent) as Partial<Boot>) }
    : fallback;
}

export const boot: Boot = read();

/** Browsers hide the attribute `nonce` from selectors' values, so it is read as a property. */
export const nonce: string | undefined =
  document.querySelector<HTMLElement>('meta[name="csp-nonce"]')?.nonce || undefined;

/** The address of the live socket, on the host that served the page. */
export function liveUrl(): string {
  const url = new URL(boot.live, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
