/** A room's log as the service tells it: GET /rooms/{id}/log. */
import type { Author, Phase } from "./room";
import type { Mode, Verdict } from "./types";

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
  phase: { phase: Phase; stage: number; seconds: number | null; began?: string | null; why: string };
  run: Asked & { version: number; sha256: string; why: "asked" | "time" };
  verdict: Asked & { verdict: Verdict };
  failure: Asked & { message: string };
  say: {
    text: string;
    why: string;
    question: string | null;
    item: number | null;
    /** Rendered and sanitised by the service, where it was written in Markdown. */
    html?: string | null;
  };
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
