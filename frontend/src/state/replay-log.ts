/** When everything in a log happened. Pure. */
import type { LogEvent } from "../api/log";

export interface Timeline {
  /** Milliseconds since the interview began, for each event; never less than 0, never going back. */
  times: Float64Array;
  duration: number;
}

/**
 * The interview begins with its first stage and ends with `finished`. A room may have been made days before, and be
 * scored days after: what lies outside stands at the beginning and at the end.
 */
export function timelineOf(events: readonly LogEvent[]): Timeline {
  const moments = Float64Array.from(events, (event) => Date.parse(event.at));
  const began = events.findIndex((event) => event.kind === "phase" && event.body.stage >= 0);
  const ended = events.findIndex((event) => event.kind === "phase" && event.body.phase === "finished");
  const first = moments[Math.max(began, 0)] ?? 0;
  const duration = Math.max((moments[ended < 0 ? moments.length - 1 : ended] ?? first) - first, 0);
  return { times: moments.map((moment) => Math.min(Math.max(moment - first, 0), duration)), duration };
}

/** How many of the ascending numbers are at most `most`. */
export function countUpTo(ascending: ArrayLike<number>, most: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last of the items whose `index` lies before `applied`; they ascend. */
export function lastBefore<Item extends { index: number }>(items: readonly Item[], applied: number): Item | null {
  return items[countBefore(items, applied) - 1] ?? null;
}

export function countBefore(items: readonly { index: number }[], applied: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as { index: number }).index < applied) low = middle + 1;
    else high = middle;
  }
  return low;
}
