import { expect, test } from "vitest";
import { ChangeSet } from "@codemirror/state";
import { openReplay } from "../src/state/replay";
import type { Changes, LogEvent } from "../src/api/log";

const start = Date.parse("2026-01-01T10:00:00Z");

/** A small generator of numbers, so that a failure can be repeated. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

class Log {
  events: LogEvent[] = [];
  constructor(public now = start) {}

  add(kind: LogEvent["kind"], body: object, author: LogEvent["author"] = "system", wait = 0): this {
    this.now += wait;
    const at = new Date(this.now).toISOString();
    this.events.push({ seq: this.events.length + 1, at, author, kind, body } as LogEvent);
    return this;
  }

  edit(document: string, changes: ChangeSet[], author: LogEvent["author"] = "candidate", wait = 100): this {
    const body = { document, version: 0, client: "c", changes: changes.map((one) => one.toJSON() as Changes), pasted: 0 };
    return this.add("edit", body, author, wait);
  }
}

const pieces = ["x", "\n", "  return x\n", "é", "🎉", "👩🏽‍💻\n", "", "torch.sum(x)"];
const documents = ["code/a", "code/b", "scratch"];

/** Two people typing in three documents, with pauses of all lengths, and several events in one moment. */
function randomLog(edits: number, seed: number): { events: LogEvent[]; plain: { at: number; texts: Record<string, string> }[] } {
  const roll = dice(seed);
  const log = new Log();
  const texts: Record<string, string> = {};
  const plain: { at: number; texts: Record<string, string> }[] = [];
  const note = () => plain.push({ at: log.now - start, texts: { ...texts } });
  log.add("phase", { phase: "coding", stage: 0, seconds: 600, deadline: null, why: "ready" });
  note();
  for (const document of documents) {
    texts[document] = "start 🙂\n";
    log.add("opened", { document, text: "start 🙂\n" });
    note();
  }
  for (let count = 0; count < edits; count += 1) {
    const document = documents[roll(documents.length)] as string;
    const text = texts[document] as string;
    const from = roll(text.length + 1);
    const to = Math.min(from + (roll(4) === 0 ? roll(12) : 0), text.length);
    const insert = text.length > 4000 ? "" : (pieces[roll(pieces.length)] as string);
    const first = ChangeSet.of({ from, to, insert }, text.length);
    const second = ChangeSet.of({ from: 0, insert: "!" }, first.newLength);
    texts[document] = text.slice(0, from) + insert + text.slice(to);
    if (roll(8) === 0) {
      texts[document] = `!${texts[document]}`;
      log.edit(document, [first, second], roll(3) ? "candidate" : "interviewer", roll(20) ? roll(300) : roll(60_000));
    } else {
      log.edit(document, [first], roll(3) ? "candidate" : "interviewer", roll(20) ? roll(300) : roll(60_000));
    }
    note();
  }
  return { events: log.events, plain };
}

test("every moment has the texts that a plain splice of all edits before it gives", () => {
  const { events, plain } = randomLog(3000, 7);
  const replay = openReplay({ events, finished: true });
  const roll = dice(11);
  for (let count = 0; count < 300; count += 1) {
    const time = roll(replay.duration + 1000);
    const expected = plain.findLast((one) => one.at <= Math.min(time, replay.duration))?.texts;
    const { frame } = replay.at(Math.min(time, replay.duration));
    expect(Object.fromEntries([...frame.texts].map(([name, text]) => [name, text.toString()]))).toEqual(expected);
  }
});

test("the order in which moments are looked at makes no difference", () => {
  const { events } = randomLog(1500, 3);
  const there = openReplay({ events, finished: true });
  const back = openReplay({ events, finished: true });
  const seen = (replay: typeof there, applied: number) => {
    const { texts, carets, active } = replay.at(replay.timeOf(applied), applied).frame;
    return { texts: [...texts].map(([name, text]) => [name, text.toString()]), carets: [...carets], active };
  };
  const forth = Array.from({ length: events.length }, (_, applied) => seen(there, applied));
  for (let applied = events.length - 1; applied >= 0; applied -= 7) expect(seen(back, applied)).toEqual(forth[applied]);
});

test("20,000 edits: any moment is there at once", () => {
  const { events } = randomLog(20_000, 5);
  const replay = openReplay({ events, finished: true });
  const roll = dice(2);
  while (replay.warm(() => true));
  let slowest = 0;
  for (let count = 0; count < 200; count += 1) {
    const began = performance.now();
    replay.at(roll(replay.duration));
    slowest = Math.max(slowest, performance.now() - began);
  }
  expect(slowest).toBeLessThan(200); // a bound that a busy machine keeps; `make bench-replay` has the figures
});

test("played time is monotone, its own inverse, and sits through no long gap", () => {
  const { events } = randomLog(2000, 13);
  const { idle, duration } = openReplay({ events, finished: true });
  let before = -1;
  for (let time = 0; time <= duration; time += duration / 5000) {
    const played = idle.played(time);
    expect(played).toBeGreaterThan(before);
    expect(idle.real(played)).toBeCloseTo(time, 3);
    before = played;
  }
  expect(idle.played(0)).toBe(0);
  expect(idle.played(duration)).toBeLessThan(duration / 2);
  const gaps = events.slice(1).map((event, at) => [Date.parse((events[at] as LogEvent).at) - start, Date.parse(event.at) - start] as const);
  for (const [from, to] of gaps) {
    const gap = to - from;
    expect(idle.played(to) - idle.played(from)).toBeCloseTo(gap > 3000 ? 1000 : gap, 3);
    expect(idle.gapAt((from + to) / 2) !== null).toBe(gap > 3000);
  }
});

test("time counts from the first stage; what was before and after stands at the ends", () => {
  const log = new Log()
    .add("phase", { phase: "lobby", stage: -1, seconds: null, deadline: null, why: "created" })
    .add("opened", { document: "scratch", text: "made\n" })
    .add("phase", { phase: "introduction", stage: 0, seconds: 60, deadline: null, why: "ready" }, "candidate", 86_400_000)
    .add("say", { text: "Hello", why: "chat", question: null, item: null }, "candidate", 12_000)
    .add("phase", { phase: "finished", stage: 1, seconds: null, deadline: null, why: "done" }, "system", 48_000)
    .add("share", {}, "interviewer", 86_400_000);
  const replay = openReplay({ events: log.events, finished: true });
  expect(replay.duration).toBe(60_000);
  expect(replay.at(0)).toMatchObject({ applied: 3, phase: { phase: "introduction" }, said: 0, remaining: 60 });
  expect(replay.at(12_000)).toMatchObject({ said: 1, remaining: 48 });
  expect(replay.at(60_000)).toMatchObject({ applied: 6, phase: { phase: "finished" } });
});

test("a pause stops the clock of the stage, an extension lengthens it", () => {
  const log = new Log()
    .add("phase", { phase: "coding", stage: 0, seconds: 100, deadline: null, why: "ready" })
    .add("pause", {}, "candidate", 10_000)
    .add("resume", {}, "candidate", 30_000)
    .add("extend", { seconds: 60, reason: "" }, "candidate", 10_000)
    .add("phase", { phase: "finished", stage: 1, seconds: null, deadline: null, why: "done" }, "system", 50_000);
  const replay = openReplay({ events: log.events, finished: true });
  expect(replay.at(25_000)).toMatchObject({ remaining: 90, isPaused: true });
  expect(replay.at(45_000)).toMatchObject({ remaining: 85, isPaused: false });
  expect(replay.at(50_000).remaining).toBe(140);
});

test("a cursor goes along with what others write, and one's own stands behind what one wrote", () => {
  const log = new Log()
    .add("phase", { phase: "coding", stage: 0, seconds: null, deadline: null, why: "ready" })
    .add("opened", { document: "code/a", text: "abcdef" })
    .add("cursor", { document: "code/a", client: "i", anchor: 1, head: 4 }, "interviewer", 100)
    .edit("code/a", [ChangeSet.of({ from: 0, insert: "🎉\n" }, 6)]);
  const replay = openReplay({ events: log.events, finished: false });
  const { carets } = replay.at(replay.duration).frame;
  expect(carets.get("interviewer")).toEqual({ document: "code/a", anchor: 4, head: 7 });
  expect(carets.get("candidate")).toEqual({ document: "code/a", anchor: 3, head: 3 });
});

test("what just changed follows the text around it, and ends with its window", () => {
  const log = new Log()
    .add("phase", { phase: "coding", stage: 0, seconds: null, deadline: null, why: "ready" })
    .add("opened", { document: "code/a", text: "ab" })
    .edit("code/a", [ChangeSet.of({ from: 1, insert: "XY" }, 2)])
    .edit("code/a", [ChangeSet.of({ from: 0, insert: "12" }, 4)], "interviewer", 1000)
    .edit("code/a", [ChangeSet.of({ from: 0, to: 1 }, 6)], "candidate", 1500);
  const replay = openReplay({ events: log.events, finished: false });
  const fresh = (time: number) => replay.fresh("code/a", replay.at(time), 2000);
  expect(fresh(1100)).toEqual([{ from: 3, to: 5, author: "candidate" }, { from: 0, to: 2, author: "interviewer" }]);
  expect(fresh(2600)).toEqual([{ from: 0, to: 1, author: "interviewer" }, { from: 0, to: 0, author: "candidate" }]);
});

test("the page follows the candidate, and others where the candidate rests", () => {
  const type = (log: Log, document: string, author: LogEvent["author"], wait: number) =>
    log.add("cursor", { document, client: "x", anchor: 0, head: 0 }, author, wait);
  const log = new Log()
    .add("phase", { phase: "coding", stage: 0, seconds: null, deadline: null, why: "ready" })
    .add("opened", { document: "notes", text: "" })
    .add("opened", { document: "code/a", text: "" });
  const active = () => openReplay({ events: log.events, finished: false }).at(Infinity).frame.active;
  expect(active()).toBe("code/a");
  expect((type(log, "code/a", "candidate", 1000), type(log, "notes", "interviewer", 1000), active())).toBe("code/a");
  expect((type(log, "notes", "interviewer", 20_000), active())).toBe("notes");
  expect((type(log, "code/a", "candidate", 10), active())).toBe("code/a");
});

test("single edits can be stepped through where several share a moment", () => {
  const log = new Log()
    .add("phase", { phase: "coding", stage: 0, seconds: null, deadline: null, why: "ready" })
    .add("opened", { document: "code/a", text: "" })
    .edit("code/a", [ChangeSet.of({ from: 0, insert: "1" }, 0)], "candidate", 0)
    .edit("code/a", [ChangeSet.of({ from: 1, insert: "2" }, 1)], "candidate", 0)
    .add("focus", { away: true }, "candidate", 0)
    .edit("code/a", [ChangeSet.of({ from: 2, insert: "3" }, 2)], "candidate", 0);
  const replay = openReplay({ events: log.events, finished: false });
  expect([replay.nextEdit(2, 1), replay.nextEdit(3, 1), replay.nextEdit(4, 1), replay.nextEdit(6, 1)]).toEqual([3, 4, 6, null]);
  expect([replay.nextEdit(6, -1), replay.nextEdit(5, -1), replay.nextEdit(4, -1), replay.nextEdit(3, -1)]).toEqual([4, 4, 3, null]);
  expect(replay.at(0, 3).frame.texts.get("code/a")?.toString()).toBe("1");
});

test("the last run is that of the question, with how it ended once it had", () => {
  const asked = (run: string, question: string) => ({ run, question, mode: "run", version: 0, sha256: "ab", why: "asked" });
  const log = new Log()
    .add("phase", { phase: "coding", stage: 0, seconds: null, deadline: null, why: "ready" })
    .add("run", asked("r1", "a"), "candidate", 1000)
    .add("failure", { run: "r1", question: "a", mode: "run", message: "The slot went away." }, "system", 1000)
    .add("run", asked("r2", "b"), "candidate", 1000);
  const replay = openReplay({ events: log.events, finished: false });
  expect(replay.lastRun(1, null)).toBeNull();
  expect(replay.lastRun(4, "a")).toMatchObject({ run: "r1", ended: { index: 2, message: "The slot went away." } });
  expect(replay.lastRun(4, null)).toMatchObject({ run: "r2", ended: null });
  expect(replay.lastRun(4, "c")).toBeNull();
});
