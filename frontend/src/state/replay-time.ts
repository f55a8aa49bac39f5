/** Time as it was, and time as it is played: where nothing happened for long, the second goes faster. Pure. */
import type { LogEvent } from "../api/log";
import { countUpTo } from "./replay-log";

export const longestGap = 3000; // milliseconds of nothing that are sat through
export const shortenedGap = 1000; // what a longer gap takes

export interface TimeMap {
  /** Both are monotone and each other's inverse. */
  played(real: number): number;
  real(played: number): number;
  /** The gap that `real` lies in, where it is a shortened one. */
  gapAt(real: number): { from: number; to: number } | null;
}

export function timeMap(events: readonly LogEvent[], times: Float64Array, duration: number): TimeMap {
  const [reals, playeds] = [[0], [0]];
  const pass = (to: number): void => {
    const gap = to - (reals[reals.length - 1] as number);
    if (gap <= 0) return;
    reals.push(to);
    playeds.push((playeds[playeds.length - 1] as number) + (gap > longestGap ? shortenedGap : gap));
  };
  events.forEach((event, at) => {
    if (event.kind !== "joined" && event.kind !== "left") pass(times[at] as number);
  });
  pass(duration);
  return {
    played: (real) => between(reals, playeds, real),
    real: (played) => between(playeds, reals, played),
    gapAt(real) {
      const next = countUpTo(reals, real);
      const [from, to] = [reals[next - 1], reals[next]];
      return from !== undefined && to !== undefined && to - from > longestGap ? { from, to } : null;
    },
  };
}

/** Linear between neighbours. */
function between(from: readonly number[], to: readonly number[], value: number): number {
  const next = countUpTo(from, value);
  const [a, b, c, d] = [from[next - 1], from[next], to[next - 1], to[next]];
  if (a === undefined || c === undefined) return to[0] as number;
  if (b === undefined || d === undefined) return to[to.length - 1] as number;
  return c + ((value - a) / (b - a)) * (d - c);
}
