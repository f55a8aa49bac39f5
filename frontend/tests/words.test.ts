import { expect, test } from "vitest";
import type { Budget, Failure, Verdict } from "../src/api/types";
import { moduleOf } from "../src/editor/completions";
import { isMostlyIn } from "../src/editor/diff";
import { piecesOf } from "../src/parts/Traceback";
import { withEarlier, type Earlier } from "../src/state/draft";
import type { Live } from "../src/state/run";
import * as words from "../src/words";

test.each([
  [0, "0"], [0.41283, "0.413"], [1e-5, "1e-5"], [1.5e-4, "1.5e-4"], [-2, "-2"], [123456789, "1.23e+8"], [1e-300, "1e-300"],
])("%d reads %s", (value, read) => expect(words.number(value)).toBe(read));

test.each([
  [0, "1 ms"], [0.0312, "31 ms"], [0.0999, "0.1 s"], [1.25, "1.3 s"], [61, "61 s"],
])("%d seconds read %s", (value, read) => expect(words.seconds(value)).toBe(read));

test("a quiz's result counts answers, a program's counts cases", () => {
  const judged = (name: string, passed: number) =>
    ({ outcome: passed === 2 ? "passed" : "failed", passed, total: 2, problem: null, cases: [{ name: `${name}-1` }, { name: `${name}-2` }] }) as unknown as Verdict;
  expect(words.verdictHeading(judged("item", 1))).toBe("1 of 2 answers right");
  expect(words.verdictHeading(judged("item", 2))).toBe("All 2 answers right");
  expect(words.verdictHeading(judged("shapes", 1))).toBe("1 of 2 cases passed");
});

test("a share never rounds to nothing", () => {
  expect(words.share(1, 5000)).toBe("under 1 %");
  expect(words.share(553, 560)).toBe("99 %");
});

test("colour codes are taken out, text is not", () => {
  expect(words.withoutColours("\u001b[1;31mred\u001b[0m [31m <b>")).toBe("red [31m <b>");
});

const failure: Failure = {
  path: "grad.weight", label: "gradient of weight", what: "value",
  expected: { type: "Tensor", shape: [3], dtype: "float32", value: null },
  got: { type: "Tensor", shape: [3], dtype: "float32", value: null },
  max_abs: 0.5, max_rel: null, mismatched: 1, elements: 3, first_bad: null, rtol: 1e-4, atol: 1e-5,
};

test("a failure says whose gradient it is, and leaves out what is not known", () => {
  expect(words.failureTitle(failure)).toBe("Gradient of weight has wrong values");
  expect(words.failureFacts(failure).map((fact) => fact.name)).toEqual(["Largest absolute error", "Elements that differ"]);
});

test("a budget is over only where the case did not pass", () => {
  const budget: Budget = {
    seconds: 0.42, reference_seconds: 0.1, time_ratio: 4.2, time_allowed: 3,
    peak_mb: 9, reference_peak_mb: 3, memory_ratio: 3, memory_allowed: 2,
  };
  expect(words.budgetGauges(budget, "failed").map((gauge) => gauge.isOver)).toEqual([true, true]);
  expect(words.budgetGauges(budget, "passed").map((gauge) => gauge.isOver)).toEqual([false, false]);
  expect(words.budgetGauges(budget, "failed")[1]?.sentence).toBe("3.0× the reference (9.0 MB against 3.0 MB); 2.0× is allowed");
  expect(words.budgetGauges({ ...budget, memory_ratio: 1 }, "passed")[1]?.sentence).toContain("small amounts counting alike");
  expect(words.budgetGauges(budget, "failed")[0]?.sentence).toBe("4.2× the reference (0.4 s against 0.1 s); 3.0× is allowed");
});

test("line numbers of a traceback can be followed, other words cannot", () => {
  const text = 'Traceback:\n  File "answer.py", line 12, in f\n    raise ValueError("line 3")\nValueError: line 3';
  const pieces = piecesOf(text);
  expect(pieces.map((piece) => piece.words).join("")).toBe(text);
  expect(pieces.filter((piece) => piece.line !== null)).toEqual([{ words: "line 12", line: 12 }]);
});

test("words are marked in a comparison only between texts that are alike", () => {
  expect(isMostlyIn("a\n\n  b\nc", "a\nb\nd")).toBe(true);
  expect(isMostlyIn("a\nx\ny", "a\nb\nd")).toBe(false);
});

test("earlier texts are kept once each, newest first, and not for ever", () => {
  const earlier = (text: string, at: number): Earlier => ({ text, at, why: "reset" });
  expect(withEarlier([earlier("a", 1), earlier("b", 0)], earlier("b", 2)).map((one) => one.text)).toEqual(["b", "a"]);
  const many = Array.from({ length: 30 }, (_, at) => earlier(String(at), at));
  expect(many.reduce<Earlier[]>(withEarlier, [])).toHaveLength(20);
});

test.each([
  ["torch", "", "torch"],
  ["nn", "", "torch.nn"],
  ["torch.nn.functional", "", "torch.nn.functional"],
  ["f", "import torch.nn.functional as f\n", "torch.nn.functional"],
  ["functional", "from torch.nn import functional\n", "torch.nn.functional"],
  ["sched", "from torch.optim import lr_scheduler as sched\n", "torch.optim.lr_scheduler"],
  ["x", "", null],
  ["x.grad", "", null],
])("what stands before the dot: %s", (before, text, module) => expect(moduleOf(before, text)).toBe(module));

const liveOf = (changes: Partial<Live>): Live => ({ stage: "queued", mode: "submit", position: 1, losses: 0, cases: [], isLive: true, told: null, ...changes }) as Live;
const here = (slot: words.Around["slot"]): words.Around => ({ slot, executors: slot === "away" ? 0 : 2, answers: true });

test("a run that waits says what it waits for", () => {
  expect(words.progressHeading(liveOf({}), here("ready"))).toBe("Submit: waiting for a free slot…");
  expect(words.progressHeading(liveOf({ position: 3 }), here("ready"))).toBe("Submit: waiting, 2 in front");
  expect(words.progressHeading(liveOf({ position: 3 }), here("away"))).toBe("Submit: waiting — no executor is connected; it is judged once one is back");
  expect(words.progressHeading(liveOf({ mode: "run" }), here("starting"))).toBe("Run: waiting — the slots that run code are starting");
  expect(words.progressHeading(liveOf({}), here(null))).toBe("Submit: waiting for a free slot…");
});

test("a machine that was lost is our fault, and counted", () => {
  const notes = (changes: Partial<Live>) => words.progressNotes(liveOf(changes), here("ready"));
  expect(notes({})).toEqual([]);
  expect(notes({ losses: 1, stage: "running" })).toEqual([
    "We lost the machine that was judging this; it is being judged again (second attempt). Nothing counts against you.",
  ]);
  expect(notes({ losses: 1 })[0]).toContain("it waits to be judged again (second attempt)");
  expect(notes({ losses: 2, stage: "running" })[0]).toContain("more than once; it is being judged again (third attempt)");
});

test("nothing is said of a run as if it were heard when nobody answers", () => {
  const notes = (changes: Partial<Live>, around: words.Around) => words.progressNotes(liveOf({ stage: "running", ...changes }), around).join(" ");
  const away = { slot: "ready", executors: 2, answers: false } as const;
  expect(words.progressHeading(liveOf({ stage: "running" }), away)).toBe("Submit: was running when last heard of");
  expect(words.progressHeading(liveOf({}), away)).toBe("Submit: was waiting when last heard of");
  expect(words.progressHeading(liveOf({ stage: "running" }), here("away"))).toBe("Submit: was running when last heard of");
  expect(notes({ isLive: false }, away)).toBe("The run is kept, and asked for until it is over.");
  expect(notes({}, here("away"))).toContain("The machine that judges this is no longer connected");
  expect(notes({ isLive: false }, here("ready"))).toContain("The connection was cut");
  expect(notes({ stage: "sending" }, { slot: "away", executors: 0, answers: false })).toBe("");
});

test("a second attempt of which nothing is heard is not said to go on", () => {
  const [lost, why] = words.progressNotes(liveOf({ stage: "running", losses: 1 }), here("away"));
  expect(lost).toBe("We lost the machine that was judging this; this is the second attempt. Nothing counts against you.");
  expect(why).toContain("no longer connected");
});

test("a screen reader hears why a run waits and that a machine was lost, and no places in the queue", () => {
  expect(words.announcement(liveOf({ position: 2 }), here("ready"))).toBe(words.announcement(liveOf({ position: 1 }), here("ready")));
  expect(words.announcement(liveOf({}), here("away"))).toContain("no executor is connected");
  expect(words.announcement(liveOf({ stage: "running", losses: 1 }), here("ready"))).toContain("We lost the machine");
});

test("executors that are drained take nothing new, and end what they have", () => {
  const drained = { ...here("away"), executors: 1 };
  expect(words.progressHeading(liveOf({}), drained)).toBe("Submit: waiting — no executor takes runs at the moment; it is judged once one does");
  expect(words.progressHeading(liveOf({ stage: "running" }), drained)).toBe("Submit: running…");
  expect(words.progressNotes(liveOf({ stage: "running" }), drained)).toEqual([]);
  expect(words.announcement(liveOf({ stage: "running" }), drained)).toBe("Submit is under way.");
});
