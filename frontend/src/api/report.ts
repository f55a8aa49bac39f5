/** The report of a room, by the names of backend/report/document.py: what these pages use of it. */
import type { Role } from "./room";

export type Level = "strong-no" | "no" | "yes" | "strong-yes";

/** Where a piece of evidence can be looked at: in the report, or at its moment in the replay. */
export interface Evidence {
  kind: "case" | "finding" | "signal" | "answer" | "person";
  sentence: string;
  value: number;
  weight: number;
  product: number;
  before_hints: number | null;
  hints: number;
  hint_cost: number;
  question: string | null;
  case: string | null;
  line: number | null;
  item: number | null;
  at: number | null;
}

export interface Criterion {
  id: string;
  title: string;
  description: string;
  green_flags: string[];
  red_flags: string[];
  weight: number;
  evidence: Evidence[];
  total: number;
  divisor: number;
  value: number | null;
  machine_level: Level | null;
  threshold: number | null;
  overruled: { by: string; level: Level; reason: string; at: number } | null;
  level: Level | null;
  counts: number | null;
}

export interface Point {
  text: string;
  touched: string[];
  can_tell: boolean;
  scored: boolean | null;
}

export interface Answer {
  item: number;
  kind: "follow-up" | "concept";
  question: string;
  further: string | null;
  text: string;
  answered: boolean;
  points: Point[];
  scored_by: string | null;
  reason: string;
}

export interface ReportQuestion {
  slug: string;
  title: string;
  answers: Answer[];
}

export interface Report {
  room: string;
  title: string;
  practice: boolean;
  finished: boolean;
  shared: boolean;
  reader: Role;
  outcome: {
    sentence: string;
    level: Level | null;
    value: number | null;
    total: number;
    divisor: number;
    threshold: number | null;
    assessed: number;
    least_weight: number;
  };
  thresholds: { level: Level; at_least: number; by_person: number }[];
  criteria: Criterion[];
  questions: ReportQuestion[];
}

/** The report as HTML: escaped and without script, to be put into the page as it is. */
export interface ReportPage {
  title: string;
  html: string;
  report: Report;
}

/** A file as the service names it. */
export interface Download {
  name: string;
  content: Blob;
}
