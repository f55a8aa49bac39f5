/** A room's log as the service tells it, and when everything in it happened. Pure. */
import type { Mode, Verdict } from "../api/types";

export type Author = "candidate" | "interviewer" | "script" | "system";
export type Phase = "lobby" | "introduction" | "coding" | "follow-ups" | "quick-checks" | "wrap-up" | "finished";

/** One change set as CodeMirror writes it. */
export type Changes = readonly (number | readonly (number | string)[])[];

interface Asked {
  run: string;
  question: string;
  mode: Mode;
}

interface Bodies {
  edit: { document: string; version: number; client: string; changes: readonly Changes[]; pasted: number };
  cursor: { document: string; client: string; anchor: number; head: number };
  opened: { document: string; text: string };
  phase: { phase: Phase; stage: number; seconds: number | null; why: string };
  run: Asked & { version: number; sha256: string; why: "asked" | "time" };
  verdict: Asked & { verdict: Verdict };
  failure: Asked & { message: string };
  say: { text: string; why: string; question: string | null; item: number | null };
  hint: { question: string; level: number };
  asked: { question: string; item: number; further: boolean };
  choice: { question: string; item: number; choices: readonly number[] };
  answered: { question: string; item: number };
  score: { question: string | null; item: number | null; criterion: string | null; level: string | null };
  extend: { seconds: number; reason: string };
  focus: { away: boolean };
  joined: { role: string; client: string };
  left: { role: string; client: string };
}
type Bare = "created" | "pause" | "resume" | "take-over" | "hand-back" | "share";

export type LogEvent = { seq: number; at: string; author: Author } & (
  | { [Kind in keyof Bodies]: { kind: Kind; body: Bodies[Kind] } }[keyof Bodies]
  | { kind: Bare; body: object }
);

export interface RoomLog {
  events: readonly LogEvent[];
  finished: boolean;
}

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
