/** A run as this page sees it: a fold over what happened, from the press of the button to the verdict. Pure. */
import type { CaseVerdict, Mode, Run, RunEvent, ScriptEnd } from "../api/types";

export type Stage =
  | "sending" // the request is on its way
  | "waiting" // the service has no room or does not answer; it is asked again at retryAt
  | "not_accepted" // the service said no, and asking again would not help
  | "queued"
  | "running"
  | "finished" // there is a verdict: the candidate's
  | "our_failure" // there is none, and the fault is ours
  | "lost"; // the service no longer knows the run

export interface Live {
  stage: Stage;
  mode: Mode;
  code: string;
  run: Run | null;
  /** Place in the queue, from 1; null where it is unknown or no longer matters. */
  position: number | null;
  /** How often the machine that was judging it was lost. */
  losses: number;
  cases: readonly CaseVerdict[];
  stdout: string;
  stderr: string;
  script: ScriptEnd | null;
  /** False while the event stream is broken and the run is asked for instead. */
  isLive: boolean;
  retryAt: number | null; // milliseconds since 1970
  told: { title: string; detail: string } | null;
  seen: number; // sequence number of the last event folded in
}

export type Step =
  | { step: "pressed"; mode: Mode; code: string }
  | { step: "recalled"; run: Run; code: string }
  | { step: "put_off"; title: string; detail: string; retryAt: number }
  | { step: "sent_again" }
  | { step: "not_accepted"; title: string; detail: string }
  | { step: "accepted"; run: Run }
  | { step: "event"; sequence: number; event: RunEvent }
  | { step: "stream"; isLive: boolean }
  /** `asked`: number of the last event that was known when the question was sent, where others may have come since. */
  | { step: "read"; run: Run; asked?: number }
  | { step: "lost" };

export const underWay = (live: Live | null): boolean =>
  live !== null && ["sending", "waiting", "queued", "running"].includes(live.stage);

export const hasEnded = (run: Run): boolean => run.state === "finished" || run.state === "our_failure";

export function fold(live: Live | null, step: Step): Live | null {
  switch (step.step) {
    case "pressed":
      return begun("sending", step.mode, step.code);
    case "recalled":
      return withRun(begun("queued", step.run.mode, step.code), step.run);
    default:
      return live && next(live, step);
  }
}

function next(live: Live, step: Exclude<Step, { step: "pressed" | "recalled" }>): Live {
  switch (step.step) {
    case "put_off":
      return { ...live, stage: "waiting", retryAt: step.retryAt, told: { title: step.title, detail: step.detail } };
    case "sent_again":
      return { ...live, stage: "sending", retryAt: null };
    case "not_accepted":
      return { ...live, stage: "not_accepted", retryAt: null, told: { title: step.title, detail: step.detail } };
    case "accepted":
      return withRun({ ...live, retryAt: null, told: null }, step.run);
    case "stream":
      return { ...live, isLive: step.isLive };
    case "read":
      return withRun(live, step.run, step.asked);
    case "lost":
      return { ...live, stage: "lost" };
    case "event":
      return withEvent(live, step.sequence, step.event);
  }
}

function withEvent(live: Live, sequence: number, told: RunEvent): Live {
  if (told.event === "finished") return withRun(live, told.data);
  // After a break the stream may begin again; what was folded in already is not folded in twice.
  if (sequence <= live.seen || live.stage === "finished" || live.stage === "our_failure") return live;
  const after = { ...live, seen: sequence };
  switch (told.event) {
    case "state":
      // A run that was handed out anew begins anew: what an earlier delivery told is void.
      return {
        ...after, ...nothingTold,
        stage: told.data.state === "running" ? "running" : "queued",
        position: told.data.position,
        losses: Math.max(live.losses, told.data.losses ?? 0),
      };
    case "output":
      return { ...after, stage: "running", [told.data.stream]: after[told.data.stream] + told.data.text };
    case "script":
      return { ...after, stage: "running", script: told.data };
    case "case":
      return { ...after, stage: "running", cases: [...after.cases, told.data.case] };
  }
}

/** The run as the service keeps it is the truth; once it has ended it replaces what came piece by piece. */
function withRun(live: Live, run: Run, asked = live.seen): Live {
  const { verdict } = run;
  const losses = Math.max(live.losses, run.losses ?? 0);
  const isLost = losses > live.losses;
  const base = { ...live, run, losses };
  if (run.state === "our_failure") return { ...base, stage: "our_failure", position: null };
  if (run.state !== "finished" || !verdict) {
    // An answer that was overtaken by the stream takes nothing back; any other is news, also that it waits again.
    if (asked < live.seen && !isLost) return base;
    const isAnew = isLost || (live.stage === "running" && run.state === "queued");
    return { ...base, ...(isAnew ? nothingTold : {}), stage: run.state === "running" ? "running" : "queued", position: run.position };
  }
  const { script } = verdict;
  return {
    ...base,
    stage: "finished",
    position: null,
    cases: verdict.cases,
    script: script ?? live.script,
    stdout: script?.stdout ?? live.stdout,
    stderr: script?.stderr ?? live.stderr,
  };
}

const nothingTold = { cases: [], stdout: "", stderr: "", script: null };

const begun = (stage: Stage, mode: Mode, code: string): Live => ({
  stage, mode, code,
  run: null,
  position: null,
  losses: 0,
  ...nothingTold,
  isLive: true,
  retryAt: null,
  told: null,
  seen: -1,
});
