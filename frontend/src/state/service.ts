/** The service as this page sees it: what it says about itself, and whether it answers. */
import { effect, signal } from "@preact/signals";
import { readSystem, watchContact } from "../api";
import type { System } from "../api/types";

const retryEvery = 2000; // milliseconds

export const system = signal<System | null>(null);
export const answers = signal(true);

/** Counts how often the service came back: what failed for want of it is fetched again. */
export const returns = signal(0);

export function watchService(): void {
  watchContact((answered) => {
    if (answered && !answers.value) returns.value += 1;
    answers.value = answered;
  });
  void refresh();
  effect(() => {
    // Slots take some seconds to start; until they are ready their kind and layers are not known.
    if (answers.value && system.value?.slot.state !== "starting") return;
    const timer = setInterval(() => void refresh(), retryEvery);
    return () => clearInterval(timer);
  });
}

export async function refresh(): Promise<void> {
  try {
    system.value = await readSystem();
  } catch {
    // watchContact has been told; what we knew about the service stays on the page.
  }
}
