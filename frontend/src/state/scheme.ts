/** Light, dark, or as the system has it. public/scheme.js applies the choice before the first paint. */
import { signal } from "@preact/signals";

export type Scheme = "system" | "light" | "dark";

const order: readonly Scheme[] = ["system", "light", "dark"];
const name = "torchroom.scheme";

export const scheme = signal<Scheme>(current());

export function chooseNextScheme(): void {
  const next = order[(order.indexOf(scheme.value) + 1) % order.length] ?? "system";
  scheme.value = next;
  if (next === "system") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = next;
  try {
    // Stored bare, not as JSON: public/scheme.js reads it too.
    if (next === "system") localStorage.removeItem(name);
    else localStorage.setItem(name, next);
  } catch {
    // The choice then lasts as long as this page.
  }
}

function current(): Scheme {
  const chosen = document.documentElement.dataset.scheme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}
