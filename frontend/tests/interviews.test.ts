import { expect, test, vi } from "vitest";
import type { Interview } from "../src/api/types";
import { askedIn, lengthened, rulesInWords } from "../src/words-interview";

vi.stubGlobal("window", { addEventListener() {}, removeEventListener() {} });
vi.stubGlobal("localStorage", { getItem: () => null, setItem() {}, removeItem() {} });

const { withRoom } = await import("../src/state/my-rooms");

const rules = { run: true, hints: true, hint_cost: 0.05, pause: true, extend: true };

test.each([
  [{}, "Run as often as you like; each hint takes 5\u00a0% off. The clock can be paused and extended."],
  [{ run: false, hints: false }, "A whiteboard: no Run, only one Submit at the end; no hints. The clock can be paused and extended."],
  [{ pause: false, extend: false }, "Run as often as you like; each hint takes 5\u00a0% off. The clock cannot be stopped."],
  [{ extend: false }, "Run as often as you like; each hint takes 5\u00a0% off. The clock can be paused."],
])("the rules %j are said", (other, words) => {
  expect(rulesInWords({ ...rules, ...other })).toBe(words);
});

test.each([
  [45, 0, 45],
  [45, 25, 56.3],
  [30, 100, 60],
])("%i min with %i %% more are %d", (minutes, percent, longer) => {
  expect(lengthened(minutes, percent)).toBe(longer);
});

test("a question that is asked in two stages is named once", () => {
  const norm = { slug: "layer-norm", title: "Layer norm", kind: "code", minutes: 30 };
  const stages: Interview["stages"] = [
    { phase: "coding", title: "A layer", minutes: 30, questions: [norm] },
    { phase: "follow-ups", title: "Follow-ups", minutes: 10, questions: [norm] },
  ];
  expect(askedIn(stages).map(({ slug }) => slug)).toEqual(["layer-norm"]);
});

const room = (id: string, at: string) => ({ id, title: id, role: "candidate" as const, practice: true, at });

test("rooms stand newest first, each once, and what was known of one stays", () => {
  const invited = { ...room("a", "2026-01-02T00:00:00Z"), candidateLink: "/rooms/a#secret", candidate: "Ada" };
  const rooms = withRoom(withRoom([invited], room("b", "2026-01-01T00:00:00Z")), { ...room("a", "2026-01-03T00:00:00Z"), title: "Anew" });
  expect(rooms.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(rooms[0]).toEqual({ ...invited, title: "Anew" });
});

test("the list of rooms does not grow for ever", () => {
  const many = Array.from({ length: 80 }, (_, at) => room(`r${at}`, new Date(at * 1000).toISOString()));
  const kept = many.reduce<ReturnType<typeof withRoom>>((rooms, one) => withRoom(rooms, one), []);
  expect(kept).toHaveLength(50);
  expect(kept[0]?.id).toBe("r79");
});
