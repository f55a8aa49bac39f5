import { expect, test } from "vitest";
import type { StateView } from "../src/api/room";
import { secondsLeft, warningAt } from "../src/state/room-clock";
import { sheetsOf } from "../src/state/room-desk";
import { nextWords, rulesOf } from "../src/state/room-words";

const running = { running: true, paused: false, deadline: null, remaining: 61.2, seconds: 600, extended: 0 };

test("the clock goes on between two words of the service, stands while paused, and stops at zero", () => {
  expect(secondsLeft(running, 0)).toBe(62);
  expect(secondsLeft(running, 1.3)).toBe(60);
  expect(secondsLeft(running, 500)).toBe(0);
  expect(secondsLeft({ ...running, running: false, paused: true }, 500)).toBe(62);
  expect(secondsLeft({ ...running, remaining: null }, 5)).toBeNull();
});

test("the last minutes are said where they are news", () => {
  expect(warningAt(301, 1800)).toBe("none");
  expect(warningAt(300, 1800)).toBe("five");
  expect(warningAt(60, 1800)).toBe("one");
  expect(warningAt(170, 180)).toBe("none");
  expect(warningAt(59, 180)).toBe("one");
  expect(warningAt(null, 0)).toBe("none");
});

const stage = (phase: StateView["phase"], title: string) => ({ phase, title, seconds: 600, questions: null });
const view = (changes: Partial<StateView>): StateView => ({
  title: "T", template: null, practice: false, phase: "coding", stage: 0,
  stages: [stage("coding", "A layer"), stage("follow-ups", "Follow-ups")],
  rules: { run: true, hints: true, hint_cost: 0.05, pause: true, extend: true },
  weights: null, extra_time: 0, clock: running, now: "", documents: [], asked: [], choices: {}, runs: [],
  questions: [{ slug: "q", title: "Q", kind: "code", minutes: 5, hints_given: 0, hints_total: 3, items: 0, submitted: false }],
  current: ["q"], people: { candidate: { name: "", here: 1 }, interviewer: { name: "", here: 0 } },
  script_speaks: true, may: [], report: "closed", shared: false, scores: [], ...changes,
});

test("what going on does is said before it is done", () => {
  expect(nextWords(view({}))).toEqual({ label: "Go on to Follow-ups", does: "“Q” is submitted as the text stands now.", asksFirst: true });
  expect(nextWords(view({ stage: 1, phase: "follow-ups" })).label).toBe("End the interview");
  expect(nextWords(view({ phase: "introduction", current: [] })).asksFirst).toBe(false);
});

test("the rules say what this interview allows", () => {
  expect(rulesOf(view({}), "candidate").join(" ")).toContain("Each takes 5 % off");
  const strict = rulesOf(view({ rules: { run: false, hints: false, hint_cost: 0, pause: false, extend: false } }), "candidate").join(" ");
  expect(strict).toContain("whiteboard");
  expect(strict).toContain("No hints");
  expect(strict).toContain("neither paused nor extended");
});

test("an interviewer is told the candidate's rules as the candidate's, and their own as theirs", () => {
  const told = rulesOf(view({}), "interviewer");
  expect(told).toContain("The candidate may ask for hints. Each takes 5 % off what the question counts.");
  expect(told).toContain("You can pause the clock and extend a stage.");
  expect(told.join(" ")).not.toMatch(/\byour\b/i);
  const board = rulesOf(view({ rules: { run: false, hints: true, hint_cost: 0, pause: true, extend: true } }), "interviewer");
  expect(board[0]).toContain("The candidate’s text is judged once");
});

test("each phase has its sheets, first things first", () => {
  const documents = ["code/q", "scratch", "notes", "answer/q/0"];
  expect(sheetsOf(view({}), documents)).toEqual(["code/q", "scratch", "notes"]);
  expect(sheetsOf(view({ phase: "follow-ups" }), documents)).toEqual(["answers", "code/q", "scratch", "notes"]);
  expect(sheetsOf(view({ phase: "quick-checks" }), documents)).toEqual(["checks", "scratch", "notes"]);
  expect(sheetsOf(view({ phase: "introduction", current: [], questions: [] }), ["scratch"])).toEqual(["scratch"]);
});
