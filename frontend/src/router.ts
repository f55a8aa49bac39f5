/** Where we are, as a signal; links and the back button keep it true. */
import { computed, signal } from "@preact/signals";

/** Pages about one room: its address, `/rooms/<id>`, and what comes after it. */
const roomPages = { "": "room", report: "report", scoring: "scoring", replay: "replay" } as const;
type RoomPage = (typeof roomPages)[keyof typeof roomPages];

export type Route =
  | { page: "library" | "interviews" | "practice" | "missing" }
  | { page: "question"; slug: string }
  | { page: RoomPage; id: string };

const here = () => ({ path: window.location.pathname, search: window.location.search });

export const place = signal(here());
export const route = computed<Route>(() => routeOf(place.value.path));

export function routeOf(path: string): Route {
  const [house = "", name = "", part = "", ...rest] = path.replace(/\/$/, "").split("/").slice(1);
  if (rest.length > 0) return { page: "missing" };
  if (house === "rooms" && name && Object.hasOwn(roomPages, part)) {
    return { page: roomPages[part as keyof typeof roomPages], id: safelyDecoded(name) };
  }
  if (house === "questions" && name && !part) return { page: "question", slug: safelyDecoded(name) };
  if (name || part) return { page: "missing" };
  if (house === "") return { page: "library" };
  return house === "interviews" || house === "practice" ? { page: house } : { page: "missing" };
}

export const questionPath = (slug: string) => `/questions/${encodeURIComponent(slug)}`;
export const roomPath = (id: string, part: keyof typeof roomPages = "") =>
  `/rooms/${encodeURIComponent(id)}${part && `/${part}`}`;

export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") {
    window.history.pushState(null, "", to);
    window.scrollTo(0, 0);
  } else {
    window.history.replaceState(null, "", to);
  }
  place.value = here();
}

/** Follow links inside the application without loading the page again. */
export function listen(): void {
  window.addEventListener("popstate", () => {
    place.value = here();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || !isOurs(link) || event.defaultPrevented || isForAnotherTab(event)) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash); // a room's link carries its secret behind the #
  });
}

function isOurs(link: HTMLAnchorElement): boolean {
  return (
    link.origin === window.location.origin &&
    !link.target &&
    !link.hasAttribute("download") &&
    !link.getAttribute("href")?.startsWith("#") &&
    routeOf(link.pathname).page !== "missing"
  );
}

const isForAnotherTab = (event: MouseEvent) =>
  event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

function safelyDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a malformed escape names nothing that is; the page then says so
  }
}
