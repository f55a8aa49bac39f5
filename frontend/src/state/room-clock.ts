/** The room's clock on this page: what the service said last, carried on by a clock that is never set back. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { ClockView, StateView } from "../api/room";

export interface RoomClock {
  /** Whole seconds left in the stage; null where it has no clock. Never below zero. */
  left: ReadonlySignal<number | null>;
  /** Said in the last five minutes and the last one, of stages long enough for that to be news. */
  warning: ReadonlySignal<"none" | "five" | "one">;
  tell(view: StateView): void;
  /** The service's time, told between two states. */
  correct(now: string): void;
  close(): void;
}

export function openRoomClock(): RoomClock {
  let clock: ClockView | null = null;
  let heardAt = 0; // by performance.now(), which no change of the machine's clock moves
  const left = signal<number | null>(null);
  const whole = signal(0);

  function count(): void {
    left.value = clock === null ? null : secondsLeft(clock, (performance.now() - heardAt) / 1000);
  }
  const timer = setInterval(count, 250);

  return {
    left,
    warning: computed(() => warningAt(left.value, whole.value)),
    tell(view) {
      clock = view.clock;
      whole.value = (clock.seconds ?? 0) + clock.extended;
      heardAt = performance.now();
      count();
    },
    correct(now) {
      if (!clock?.running || clock.deadline === null) return;
      clock = { ...clock, remaining: Math.max(0, (Date.parse(clock.deadline) - Date.parse(now)) / 1000) };
      heardAt = performance.now();
      count();
    },
    close: () => clearInterval(timer),
  };
}

export function secondsLeft(clock: ClockView, since: number): number | null {
  if (clock.remaining === null) return null;
  return Math.max(0, Math.ceil(clock.running && !clock.paused ? clock.remaining - since : clock.remaining));
}

export function warningAt(left: number | null, whole: number): "none" | "five" | "one" {
  if (left === null) return "none";
  if (left <= 60 && whole > 120) return "one";
  return left <= 300 && whole >= 600 ? "five" : "none";
}
