import { expect, test } from "vitest";
import type { CaseVerdict, Run, RunEvent, Verdict } from "../src/api/types";
import { complaints } from "../src/state/complaints";
import { fold, underWay, type Live, type Step } from "../src/state/run";

const code = "def f(x):\n    return x\n";

const verdictOf = (cases: CaseVerdict[]): Verdict => ({
  outcome: cases.every((one) => one.outcome === "passed") ? "passed" : "failed",
  passed: cases.filter((one) => one.outcome === "passed").length,
  total: cases.length,
  seconds: 0.02,
  mode: "submit",
  slot: "docker",
  torch: "2.13.0",
  problem: null,
  script: null,
  cases,
});

const caseOf = (name: string, outcome: CaseVerdict["outcome"] = "passed", line: number | null = null): CaseVerdict => ({
  name, title: name, visible: true, criterion: "debugging", outcome, message: `${name} ${outcome}`, seconds: 0.001,
  failure: null, traceback: null, line, output: null, budget: null, used: null,
});

const runOf = (changes: Partial<Run> = {}): Run => ({
  id: "r1", question: "q", mode: "submit", state: "queued", code_sha256: "ab", created_at: "2026-01-01T00:00:00Z",
  started_at: null, finished_at: null, position: 0, losses: 0, verdict: null, failure: null, ...changes,
});

const after = (...steps: Step[]): Live => {
  const live = steps.reduce<Live | null>(fold, null);
  if (!live) throw new Error("the fold lost the run");
  return live;
};

const pressed: Step = { step: "pressed", mode: "submit", code };
const accepted: Step = { step: "accepted", run: runOf() };
const event = (sequence: number, told: RunEvent): Step => ({ step: "event", sequence, event: told });
const running = (sequence: number) => event(sequence, { event: "state", data: { state: "running", position: null } });
const judged = (sequence: number, name: string) => event(sequence, { event: "case", data: { case: caseOf(name) } });

test("cases arrive one by one, and the verdict replaces them", () => {
  const streaming = after(pressed, accepted, running(1), judged(2, "a"));
  expect(streaming.stage).toBe("running");
  expect(streaming.cases.map((one) => one.name)).toEqual(["a"]);

  const verdict = verdictOf([caseOf("a"), caseOf("b", "failed")]);
  const done = fold(streaming, event(9, { event: "finished", data: runOf({ state: "finished", verdict }) }));
  expect(done?.stage).toBe("finished");
  expect(done?.cases).toEqual(verdict.cases);
});

test("a stream that begins again tells nothing twice", () => {
  const live = after(pressed, accepted, running(1), judged(2, "a"), running(1), judged(2, "a"), judged(3, "b"));
  expect(live.cases.map((one) => one.name)).toEqual(["a", "b"]);
});

test("a run handed out anew starts with nothing told", () => {
  const live = after(pressed, accepted, running(1), judged(2, "a"), running(1_000_001), judged(1_000_002, "a"));
  expect(live.cases.map((one) => one.name)).toEqual(["a"]);
});

test("both streams of output stay apart and in order", () => {
  const out = (sequence: number, stream: "stdout" | "stderr", text: string) =>
    event(sequence, { event: "output", data: { stream, text } });
  const live = after({ ...pressed, mode: "run" }, accepted, out(1, "stdout", "a"), out(2, "stderr", "!"), out(3, "stdout", "b"));
  expect([live.stdout, live.stderr]).toEqual(["ab", "!"]);
});

test("our failure is none of the candidate's", () => {
  const live = after(pressed, accepted, {
    step: "read",
    run: runOf({ state: "our_failure", failure: { message: "The slot went away." } }),
  });
  expect(live.stage).toBe("our_failure");
  expect(underWay(live)).toBe(false);
});

test("nothing that comes late changes a verdict", () => {
  const done = after(pressed, accepted, { step: "read", run: runOf({ state: "finished", verdict: verdictOf([caseOf("a")]) }) });
  expect(fold(done, judged(50, "b"))).toEqual(done);
});

const queued = (sequence: number, losses?: number) =>
  event(sequence, { event: "state", data: { state: "queued", position: 1, ...(losses === undefined ? {} : { losses }) } });

test("a late answer to the poll does not turn running back into queued", () => {
  expect(after(pressed, accepted, running(1), { step: "read", run: runOf(), asked: -1 }).stage).toBe("running");
});

test("an answer that nothing has overtaken is believed, also where the run waits again", () => {
  const live = after(pressed, accepted, running(1), judged(2, "a"), { step: "read", run: runOf({ position: 3 }), asked: 2 });
  expect(live).toMatchObject({ stage: "queued", position: 3, cases: [] });
  expect(after(pressed, accepted, running(1), judged(2, "a"), { step: "read", run: runOf({ state: "running" }), asked: 2 }).cases).toHaveLength(1);
});

test("a run whose machine was lost waits again, and what that machine told is void", () => {
  const waits = after(pressed, accepted, running(1), judged(2, "a"), queued(1_500_000, 1));
  expect(waits).toMatchObject({ stage: "queued", position: 1, losses: 1, cases: [] });
  // An executor that does not speak of losses takes none back.
  expect(fold(waits, running(2_000_001))).toMatchObject({ stage: "running", losses: 1 });
});

test("a loss is learnt from an answer too, even one that the stream has overtaken", () => {
  const live = after(pressed, accepted, running(1), judged(2, "a"), { step: "read", run: runOf({ losses: 1 }), asked: 1 });
  expect(live).toMatchObject({ stage: "queued", losses: 1, cases: [] });
  expect(after(pressed, accepted, running(1), judged(2, "a"), { step: "read", run: runOf({ state: "running", losses: 2 }) })).toMatchObject({
    stage: "running", losses: 2, cases: [],
  });
  expect(fold(live, { step: "read", run: runOf() })?.losses).toBe(1);
});

test("a page that is opened after a loss knows of it, and an old service that says nothing lost nothing", () => {
  expect(after({ step: "recalled", run: runOf({ losses: 2 }), code }).losses).toBe(2);
  const { losses: _, ...old } = runOf();
  expect(after({ step: "recalled", run: old as Run, code }).losses).toBe(0);
  expect(after(pressed, accepted, queued(1)).losses).toBe(0);
});

test("a service without room is asked again, and what it said is gone once it accepts", () => {
  const waiting = after(pressed, { step: "put_off", title: "No room", detail: "Later.", retryAt: 5 });
  expect(waiting).toMatchObject({ stage: "waiting", retryAt: 5, code });
  expect(underWay(waiting)).toBe(true);
  expect(fold(fold(waiting, { step: "sent_again" }), accepted)).toMatchObject({ stage: "queued", told: null, retryAt: null });
});

test("lines are marked only in the text that was judged", () => {
  const verdict = verdictOf([caseOf("a", "error", 2), caseOf("b", "error", 2), caseOf("c")]);
  const done = after(pressed, { step: "read", run: runOf({ state: "finished", verdict }) });
  expect(complaints(done, code)).toEqual([{ line: 2, message: "a: a error" }]);
  expect(complaints(done, `${code}#`)).toBeNull();
  expect(complaints(after(pressed), code)).toEqual([]);
});

test("a problem with the whole file marks its line", () => {
  const problem = { outcome: "refused" as const, title: "Not allowed", message: "Because.", line: 1, traceback: null };
  const run = runOf({ state: "finished", verdict: { ...verdictOf([]), problem } });
  expect(complaints(after(pressed, { step: "read", run }), code)).toEqual([{ line: 1, message: "Not allowed. Because." }]);
});
