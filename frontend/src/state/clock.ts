/** Time spent on a question while its page was in sight. Counts up, starts with the first change, can be paused. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { keep, recall } from "./storage";

export interface Clock {
  seconds: ReadonlySignal<number>;
  isRunning: ReadonlySignal<boolean>;
  /** Called at every change of the text; starts a clock that was never started. */
  startOnce(): void;
  toggle(): void;
  stop(): void;
  close(): void;
}

interface Stored {
  seconds: number;
  isRunning: boolean;
}

export function openClock(slug: string): Clock {
  const name = `clock.${slug}`;
  const stored = recall<Stored>(name);
  const seconds = signal(stored?.seconds ?? 0);
  const isRunning = signal(stored?.isRunning ?? false);

  const store = () => keep(name, { seconds: seconds.value, isRunning: isRunning.value } satisfies Stored);
  const set = (running: boolean) => {
    isRunning.value = running;
    store();
  };
  const timer = setInterval(() => {
    if (!isRunning.value || document.hidden) return;
    seconds.value += 1;
    if (seconds.value % 5 === 0) store();
  }, 1000);

  return {
    seconds, isRunning,
    startOnce: () => {
      if (seconds.value === 0 && !isRunning.value) set(true);
    },
    toggle: () => set(!isRunning.value),
    stop: () => set(false),
    close: () => {
      store();
      clearInterval(timer);
    },
  };
}
