/** How the page says things: one word for one meaning, numbers as a person reads them. Pure. */
import type { Budget, CaseVerdict, Failure, Outcome, SlotState, Verdict } from "./api/types";
import type { Why } from "./state/draft";
import type { Live } from "./state/run";

export const outcomeWord: Record<Outcome, string> = {
  passed: "Passed",
  failed: "Failed",
  error: "Error",
  timed_out: "Timed out",
  out_of_memory: "Out of memory",
  output_limit: "Too much output",
  crashed: "Crashed",
  refused: "Refused",
};

/** Shape as well as colour tells outcomes apart. */
export const outcomeSign = (outcome: Outcome): string => (outcome === "passed" ? "✓" : outcome === "failed" ? "✗" : "!");

export const modeWord = { run: "Run", submit: "Submit" } as const;

export const whyWord: Record<Why, string> = {
  reset: "before the reset to the starter",
  "other-tab": "written in another tab",
  replaced: "before another text took its place",
};

const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
export const shortcut = { run: isMac ? "⌘ Enter" : "Ctrl+Enter", submit: isMac ? "⌘ ⇧ Enter" : "Ctrl+Shift+Enter" };

export const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const kindWords: Record<string, string> = { code: "Implement", concept: "Explain" };
export const kindWord = (kind: string) => kindWords[kind] ?? capital(kind);

/** "model-acceleration" -> "Model acceleration", where the service sent no title for it. */
export const fromId = (id: string) => capital(id.replaceAll("-", " "));

export function seconds(value: number): string {
  if (value < 0.0995) return `${Math.max(1, Math.round(value * 1000))} ms`;
  return value < 9.95 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

export function stopwatch(value: number): string {
  const [minutes, rest] = [Math.floor(value / 60), value % 60];
  return `${minutes}:${String(rest).padStart(2, "0")}`;
}

/** Errors span many powers of ten: three digits say enough. */
export function number(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 0.001 && size < 100000 ? String(Number(value.toPrecision(3))) : value.toExponential(2).replace(/\.?0+e/, "e");
}

export const share = (part: number, whole: number): string => {
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 1 ? "under 1 %" : `${Math.round(percent)} %`;
};

export const shape = (sizes: number[] | null) => (sizes === null ? "—" : `[${sizes.join(", ")}]`);

export const index = (at: number[]) => (at.length ? `[${at.join(", ")}]` : "the only element");

export const clockTime = (at: number) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export const dayAndTime = (at: number) =>
  new Date(at).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** A day that is near: "Thursday, 4 June". */
export const day = (at: number) => new Date(at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });

/** A terminal's colour codes mean nothing here. */
export const withoutColours = (text: string) => text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "");

/** A quiz and predictions are judged by their items: what is right or wrong there is an answer, not a program. */
export const isOfAnswers = (cases: readonly CaseVerdict[]) => cases.length > 0 && cases.every((one) => /^item-\d+$/.test(one.name));

export function verdictHeading(verdict: Verdict): string {
  if (verdict.problem) return verdict.problem.title;
  if (isOfAnswers(verdict.cases)) {
    const whole = plural(verdict.total, "answer");
    return verdict.outcome === "passed" ? `All ${whole} right` : `${verdict.passed} of ${whole} right`;
  }
  if (verdict.outcome === "passed") return `All ${plural(verdict.total, "case")} passed`;
  return `${verdict.passed} of ${plural(verdict.total, "case")} passed`;
}

const failureTitles: Record<Failure["what"], string> = {
  value: "has wrong values",
  shape: "has the wrong shape",
  dtype: "has the wrong dtype",
  structure: "is not what was asked for",
  input_changed: "was changed in place",
};

export function failureTitle({ label, what, expected }: Failure): string {
  const isOneValue = what === "value" && expected.shape === null;
  return `${capital(label)} ${isOneValue ? "has the wrong value" : failureTitles[what]}`;
}

export interface Fact {
  name: string;
  value: string;
  note: string;
}

/** What is known of a difference beyond the two tensors themselves. */
export function failureFacts(failure: Failure): Fact[] {
  const facts: Fact[] = [];
  if (failure.max_abs !== null) {
    facts.push({ name: "Largest absolute error", value: number(failure.max_abs), note: allowed("atol", failure.atol) });
  }
  if (failure.max_rel !== null) {
    facts.push({ name: "Largest relative error", value: number(failure.max_rel), note: allowed("rtol", failure.rtol) });
  }
  if (failure.mismatched !== null && failure.elements) {
    const { mismatched, elements } = failure;
    facts.push({ name: "Elements that differ", value: `${mismatched} of ${elements}`, note: share(mismatched, elements) });
  }
  return facts;
}

const allowed = (name: string, value: number | null) => (value === null ? "" : `${name} ${number(value)}`);

export interface Gauge {
  name: string;
  ratio: number;
  allowed: number;
  isOver: boolean;
  sentence: string;
}

/** A case that passed is over no budget: a small excess of memory is never counted. */
export function budgetGauges(budget: Budget, outcome: Outcome): Gauge[] {
  // Below a certain size memory counts as that size, so the ratio may be another than that of the two numbers.
  const isLevelled = Math.abs(budget.peak_mb / budget.reference_peak_mb / budget.memory_ratio - 1) > 0.1;
  const reference = megabytes(budget.reference_peak_mb) + (isLevelled ? ", small amounts counting alike" : "");
  const gauge = (name: string, ratio: number, most: number, mine: string, theirs: string): Gauge => ({
    name,
    ratio,
    allowed: most,
    isOver: outcome !== "passed" && ratio > most,
    sentence: `${times(ratio)} the reference (${mine} against ${theirs}); ${times(most)} is allowed`,
  });
  return [
    gauge("Time", budget.time_ratio, budget.time_allowed, seconds(budget.seconds), seconds(budget.reference_seconds)),
    gauge("Peak memory", budget.memory_ratio, budget.memory_allowed, megabytes(budget.peak_mb), reference),
  ];
}

const times = (ratio: number) => `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}×`;
const megabytes = (size: number) => `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;

/** What the page knows of those who would judge a run. */
export interface Around {
  slot: SlotState | null;
  /** How many executors are connected; null where the service judges by itself. */
  executors: number | null;
  /** Whether both the service and its database answer. */
  answers: boolean;
}

const whyWaits: Partial<Record<SlotState, string>> = {
  starting: "the slots that run code are starting",
  away: "no executor is connected; it is judged once one is back",
  failed: "no slot could be started; it is judged once there is one",
  stopped: "the service is stopping; it is judged once it is back",
};

/** Executors may be there and take nothing: they are drained, or something is wrong with all of them. */
export const areThere = ({ executors }: Pick<Around, "executors">) => executors !== null && executors > 0;

function whyItWaits(around: Around): string | undefined {
  if (around.slot === "away" && areThere(around)) return "no executor takes runs at the moment; it is judged once one does";
  return around.slot ? whyWaits[around.slot] : undefined;
}

/** Whoever was judging it is gone, as far as anybody knows. */
const isLeftAlone = (live: Live, around: Around) => live.stage === "running" && around.slot === "away" && !areThere(around);

/** How a run stands that is under way. */
export function progressHeading(live: Live, around: Around): string {
  const { mode, stage, position, cases } = live;
  const word = modeWord[mode];
  if (stage === "sending") return `${word}: sending…`;
  if (!around.answers || isLeftAlone(live, around)) return `${word}: was ${stage === "queued" ? "waiting" : "running"} when last heard of`;
  if (stage === "queued") {
    const why = whyItWaits(around);
    if (why) return `${word}: waiting — ${why}`;
    return position && position > 1 ? `${word}: waiting, ${position - 1} in front` : `${word}: waiting for a free slot…`;
  }
  return cases.length ? `${word}: ${cases.length} judged so far…` : `${word}: running…`;
}

const attempts = ["first", "second", "third", "fourth"];

/** What one should know beside that: whose fault the wait is, and whether what is said is still so. */
export function progressNotes(live: Live, around: Around): string[] {
  if (live.stage === "sending") return [];
  const notes: string[] = [];
  if (live.losses > 0) {
    const attempt = `${attempts[live.losses] ?? `${live.losses + 1}th`} attempt`;
    const isUnsure = !around.answers || isLeftAlone(live, around);
    const again = isUnsure ? `this is the ${attempt}` : live.stage === "queued" ? `it waits to be judged again (${attempt})` : `it is being judged again (${attempt})`;
    notes.push(`We lost the machine that was judging this${live.losses > 1 ? ", more than once" : ""}; ${again}. Nothing counts against you.`);
  }
  if (!around.answers) {
    notes.push("The run is kept, and asked for until it is over.");
  } else if (isLeftAlone(live, around)) {
    notes.push("The machine that judges this is no longer connected. If it does not come back with a verdict, this is judged again once an executor is there.");
  } else if (!live.isLive) {
    notes.push("The connection was cut. How the run stands is asked for until it is over.");
  }
  return notes;
}

/** What a screen reader is told when something about the run changes. */
export function announcement(live: Live | null, around: Around): string {
  if (!live) return "";
  const mode = modeWord[live.mode];
  const verdict = live.run?.verdict;
  switch (live.stage) {
    case "sending":
      return `${mode} sent.`;
    case "waiting":
    case "not_accepted":
      return live.told ? `${live.told.title}. ${live.told.detail}` : "";
    case "queued":
    case "running":
      return [underWayWord(live, around), ...progressNotes(live, around)].join(" ");
    case "finished":
      return verdict ? `${mode} finished: ${verdictHeading(verdict)}.` : "";
    case "our_failure":
      return `${mode} could not be judged. The fault is ours, not your code's.`;
    case "lost":
      return "The service no longer knows this run. Your text is kept.";
  }
}

/** Neither places in the queue nor cases are read out one by one. */
function underWayWord(live: Live, around: Around): string {
  const isSaid = !around.answers || isLeftAlone(live, around) || (live.stage === "queued" && whyItWaits(around) !== undefined);
  return isSaid ? `${progressHeading(live, around)}.` : `${modeWord[live.mode]} is under way.`;
}

/** Cases that need attention first; within each group as they were judged. */
export function inReadingOrder(cases: readonly CaseVerdict[]): CaseVerdict[] {
  const bad = (one: CaseVerdict) => one.outcome !== "passed";
  return [...cases.filter(bad), ...cases.filter((one) => !bad(one))];
}
