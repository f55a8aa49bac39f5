import { beforeEach, expect, test, vi } from "vitest";
import type { Practice, Run } from "../src/api/types";

const stored = new Map<string, string>();
vi.stubGlobal("window", { addEventListener() {}, removeEventListener() {} });
vi.stubGlobal("localStorage", {
  getItem: (name: string) => stored.get(name) ?? null,
  setItem: (name: string, value: string) => void stored.set(name, value),
  removeItem: (name: string) => void stored.delete(name),
});

const { due, forgetMarks, passOf, progress, record, setMarks } = await import("../src/state/progress");

const told = (questions: Record<string, boolean>, again: string[] = []): Practice =>
  ({
    questions: Object.entries(questions).map(([slug, passed]) => ({ slug, passed })),
    due: again.map((slug) => ({ slug })),
  }) as unknown as Practice;

const run = (outcome: string) => ({ id: "run_1", created_at: "2026-01-01T00:00:00Z", finished_at: null, verdict: { outcome } }) as unknown as Run;

beforeEach(forgetMarks);

test("a pass that either side knows of is a pass", () => {
  record("here", "submit", run("passed"), "x");
  record("there", "submit", run("failed"), "x");
  setMarks(told({ here: false, there: true, room: false }));
  expect(progress.value).toEqual({ here: "passed", there: "passed", room: "tried" });
});

test("a Run that passes the visible cases is a try", () => {
  record("here", "run", run("passed"), "x");
  expect(progress.value).toEqual({ here: "tried" });
});

test("a later failure takes no pass away", () => {
  record("here", "submit", run("passed"), "x");
  record("here", "submit", run("failed"), "y");
  expect(progress.value).toEqual({ here: "passed" });
  expect(passOf("here")?.code).toBe("x");
});

test("what is due again is marked", () => {
  setMarks(told({ here: true, there: false }, ["there"]));
  expect([...due.value]).toEqual(["there"]);
});

test("forgetting leaves no mark and no key to a solution, but what was written", () => {
  stored.set("torchroom.draft.here", '{"text":"mine","at":0}');
  record("here", "submit", run("passed"), "x");
  setMarks(told({ room: true }));
  forgetMarks();
  expect(progress.value).toEqual({});
  expect(passOf("here")).toBeNull();
  expect([...stored.keys()]).toEqual(["torchroom.draft.here"]);
});
