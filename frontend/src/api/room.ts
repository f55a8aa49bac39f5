/** What crosses a room's socket, by the names backend/room uses. The page folds nothing about phases: it is told. */
import type { Mode, Verdict } from "./types";

export type Role = "candidate" | "interviewer";
export type Author = Role | "script" | "system";
export type Phase = "lobby" | "introduction" | "coding" | "follow-ups" | "quick-checks" | "wrap-up" | "finished";

export interface StageView {
  phase: Phase;
  title: string;
  seconds: number | null;
  /** Null where this link may not know them yet. */
  questions: string[] | null;
}

export interface RulesView {
  run: boolean;
  hints: boolean;
  hint_cost: number;
  pause: boolean;
  extend: boolean;
}

export interface ClockView {
  running: boolean;
  paused: boolean;
  deadline: string | null;
  remaining: number | null;
  seconds: number | null;
  extended: number;
}

export interface StageQuestion {
  slug: string;
  title: string;
  kind: string;
  minutes: number;
  hints_given: number;
  hints_total: number;
  items: number;
  submitted: boolean;
}

export interface DocumentView {
  name: string;
  title: string;
  editable: boolean;
}

export interface AskedView {
  question: string;
  item: number;
  further: boolean;
  text_html: string;
  document: string;
  answered: boolean;
  kind: "follow-up" | "concept";
  /** The key points, and which the words seem to touch: for whoever scores. */
  points: { text: string; found: string[]; touched: boolean; can_tell: boolean }[] | null;
}

export interface RunView {
  run: string;
  question: string;
  mode: Mode;
  state: "under-way" | "finished" | "our_failure";
  outcome: string | null;
  passed: number;
  total: number;
  version: number;
  sha256: string;
  why: "asked" | "time" | "moved-on";
  at: string;
  ended_at: string | null;
}

export interface ScoredView {
  question: string | null;
  item: number | null;
  points: boolean[] | null;
  criterion: string | null;
  level: string | null;
  reason: string;
}

export interface PersonView {
  name: string;
  here: number;
}

export interface StateView {
  title: string;
  template: string | null;
  practice: boolean;
  phase: Phase;
  stage: number;
  stages: StageView[];
  rules: RulesView;
  weights: Record<string, number> | null;
  extra_time: number;
  clock: ClockView;
  now: string;
  questions: StageQuestion[];
  current: string[];
  documents: DocumentView[];
  asked: AskedView[];
  choices: Record<string, Record<string, number[]>>;
  runs: RunView[];
  people: { candidate: PersonView; interviewer: PersonView };
  script_speaks: boolean;
  /** Kinds of command that would not be refused now; "run" and "submit" are the two modes of a run. */
  may: string[];
  report: "closed" | "open";
  shared: boolean;
  scores: ScoredView[];
}

export interface RoomView {
  id: string;
  role: Role;
  title: string;
  created_at: string;
  state: StateView;
}

/** One change set as CodeMirror writes it. */
export type Changes = (number | [number, ...string[]])[];

export interface EditBody {
  document: string;
  version: number;
  client: string;
  changes: Changes[];
  pasted?: number;
}

export interface SaidBody {
  text: string;
  why: "chat" | "opening" | "task" | "hint" | "nudge" | "time" | "follow-up" | "further" | "reaction" | "closing";
  question: string | null;
  item: number | null;
  /** Rendered and sanitised by the service, where it was written in Markdown. */
  html?: string | null;
}

export interface VerdictBody {
  run: string;
  question: string;
  mode: Mode;
  verdict: Verdict;
}

export interface RoomEvent {
  seq: number;
  at: string;
  author: Author;
  kind: string;
  body: Record<string, unknown>;
  /** The number of the command that caused it, where it is our own. */
  id?: number | null;
}

export interface CursorMessage {
  author: Author;
  client: string;
  document: string;
  anchor: number;
  head: number;
}

export interface Welcome {
  type: "welcome";
  role: Role;
  room: string;
  client: string;
  seq: number;
  now: string;
  state: StateView;
  documents: Record<string, { version: number; text: string }> | null;
  events: RoomEvent[];
}

export interface Refused {
  type: "refused";
  id: number;
  code: string;
  detail: string;
  version?: number;
  retry_after?: number;
}

export type ServerMessage =
  | Welcome
  | { type: "events"; events: RoomEvent[] }
  | { type: "state"; state: StateView }
  | ({ type: "cursor" } & CursorMessage)
  | Refused
  | { type: "done"; id: number }
  | { type: "pong"; id: number; now: string }
  | { type: "bye"; code: string; detail: string };

/** A question as this link may see it in this room, now. */
export interface RoomQuestion {
  slug: string;
  title: string;
  kind: string;
  lesson: string;
  level: string;
  minutes: number;
  prompt_html: string;
  starter: string;
  hints: number;
  entry: string[];
  forbidden: { name: string; why: string }[];
  limits: { seconds: number; memory_mb: number; processes: number; output_kb: number; disk_mb: number };
  tolerances: { rtol: number; atol: number };
  items: RoomItem[];
  solution?: RoomSolution | null;
}

export interface RoomItem {
  item: number;
  text_html: string;
  choices: string[] | null;
  many: boolean;
  ask: string | null;
}

export interface RoomSolution {
  reference: string;
  editorial_html: string;
  /** In the order in which they are given. */
  hints: { title: string; html: string }[];
  followups: { question: string; key_points: string[]; further?: string | null; green_flags?: string[]; red_flags?: string[] }[];
  [more: string]: unknown;
}
