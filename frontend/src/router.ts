/** Where we are, as a signal; links and the back button keep it true. */
import { computed, signal } from "@preact/signals";

export type Route = { page: "library" } | { page: "question"; slug: string } | { page: "missing" };

const here = () => ({ path: window.location.pathname, search: window.location.search });

export const place = signal(here());
export const route = computed<Route>(() => routeOf(place.value.path));

export function routeOf(path: string): Route {
  if (path === "/") return { page: "library" };
  const question = /^\/questions\/([^/]+)\/?$/.exec(path)?.[1];
  return question ? { page: "question", slug: safelyDecoded(question) } : { page: "missing" };
}

export const questionPath = (slug: string) => `/questions/${encodeURIComponent(slug)}`;

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
    navigate(link.pathname + link.search);
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
    return part; // a malformed escape names no question; the page then says so
  }
}
