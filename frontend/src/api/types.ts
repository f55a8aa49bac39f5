/** The shapes that cross the API, named as the service names them. */

export type Outcome =
  | "passed"
  | "failed"
  | "error"
  | "timed_out"
  | "out_of_memory"
  | "output_limit"
  | "crashed"
  | "refused";

export type Mode = "run" | "submit";

export interface QuestionSummary {
  slug: string;
  title: string;
  kind: string;
  lesson: string;
  level: string;
  minutes: number;
  tags: string[];
  asked_at: string[];
  summary: string;
}

export interface Facet {
  id: string;
  title: string;
  count: number;
}

export interface QuestionList {
  items: QuestionSummary[];
  kinds: Facet[];
  lessons: Facet[];
  levels: Facet[];
}

export interface Limits {
  seconds: number;
  memory_mb: number;
  processes: number;
  output_kb: number;
  disk_mb: number;
}

export interface Question extends QuestionSummary {
  prompt_html: string;
  starter: string;
  hints: number;
  devices: string[];
  limits: Limits;
  forbidden: { name: string; why: string }[];
  tolerances: { rtol: number; atol: number };
  entry: string[];
}

export interface Hint {
  number: number;
  of: number;
  html: string;
}

export interface Solution {
  editorial_html: string;
  reference: string;
  followups: { question: string; key_points: string[] }[];
}

export interface Described {
  type: string;
  shape: number[] | null;
  dtype: string | null;
  value: string | null;
}

export interface Failure {
  path: string;
  label: string;
  what: "value" | "shape" | "dtype" | "structure" | "input_changed";
  expected: Described;
  got: Described;
  max_abs: number | null;
  max_rel: number | null;
  mismatched: number | null;
  elements: number | null;
  first_bad: { index: number[]; expected: string; got: string } | null;
  rtol: number | null;
  atol: number | null;
}

export interface Budget {
  seconds: number;
  reference_seconds: number;
  time_ratio: number;
  time_allowed: number;
  peak_mb: number;
  reference_peak_mb: number;
  memory_ratio: number;
  memory_allowed: number;
}

export interface CaseVerdict {
  name: string;
  title: string;
  visible: boolean;
  criterion: string;
  outcome: Outcome;
  message: string;
  seconds: number;
  failure: Failure | null;
  traceback: string | null;
  line: number | null;
  output: string | null;
  budget: Budget | null;
}

export interface Problem {
  outcome: Outcome;
  title: string;
  message: string;
  line: number | null;
  traceback: string | null;
}

export interface ScriptEnd {
  outcome: Outcome;
  message: string;
  traceback: string | null;
  seconds: number;
}

export interface Script extends ScriptEnd {
  stdout: string;
  stderr: string;
  cut: boolean;
}

export interface Verdict {
  outcome: Outcome;
  passed: number;
  total: number;
  seconds: number;
  mode: string;
  slot: string;
  torch: string;
  problem: Problem | null;
  script: Script | null;
  cases: CaseVerdict[];
}

export type RunState = "queued" | "running" | "finished" | "our_failure";

export interface Run {
  id: string;
  question: string;
  mode: Mode;
  state: RunState;
  code_sha256: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  position: number | null;
  verdict: Verdict | null;
  failure: { message: string } | null;
}

export interface Layer {
  name: string;
  holds: boolean;
  detail: string;
}

export interface System {
  version: string;
  slot: { kind: string; layers: Layer[]; warning: string | null };
  torch: string | null;
  slots: number;
}

/** One step of a run, as the event stream tells it. */
export type RunEvent =
  | { event: "state"; data: Partial<Run> }
  | { event: "output"; data: { stream: "stdout" | "stderr"; text: string } }
  | { event: "script"; data: ScriptEnd }
  | { event: "case"; data: { case: CaseVerdict } }
  | { event: "finished"; data: Run };
