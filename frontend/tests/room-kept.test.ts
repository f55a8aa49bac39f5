import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openKeeper, type Keeper } from "../src/state/room-kept";

/** Locks as a browser has them, as far as these pages use them. */
class FakeLocks {
  held = new Map<string, Promise<unknown>>();
  async request(name: string, work: () => Promise<unknown>): Promise<unknown> {
    await this.held.get(name);
    const done = work();
    this.held.set(name, done);
    try {
      return await done;
    } finally {
      this.held.delete(name);
    }
  }
  query() {
    return Promise.resolve({ held: [...this.held.keys()].map((name) => ({ name })) });
  }
}

const draft = { document: "code/q", version: 3, seq: 9, pending: [{ changes: [[0, "a"]] as never, pasted: 0 }], text: "a" };
let opened: Keeper[] = [];
const open = (client: string, owner = "o") => {
  const keeper = openKeeper("room", owner, client);
  opened.push(keeper);
  return keeper;
};

/** A lock is let go of a moment after its page is gone. */
async function leave(keeper: Keeper): Promise<void> {
  keeper.close();
  await new Promise((done) => setTimeout(done, 0));
}

beforeEach(() => {
  const storage: Record<string, string> = {};
  const store = {
    getItem: (name: string) => storage[name] ?? null,
    setItem: (name: string, value: string) => void (storage[name] = value),
    removeItem: (name: string) => void delete storage[name],
  };
  // Object.keys() names what a Storage holds; the methods are on its prototype.
  vi.stubGlobal("localStorage", Object.setPrototypeOf(storage, store));
  vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => {} });
  opened = [];
});

afterEach(() => {
  for (const keeper of opened) keeper.close();
  vi.unstubAllGlobals();
});

test.each(["locks", "a channel"])("a page that is gone leaves its text to the next one, told by %s", async (by) => {
  vi.stubGlobal("navigator", by === "locks" ? { locks: new FakeLocks() } : {});
  const first = open("first");
  first.keepDraft(draft);
  localStorage.setItem("torchroom." + first.outboxName, JSON.stringify([{ id: 4, kind: "say", body: { text: "x" } }]));
  await leave(first);
  const second = open("second");
  const [orphan, ...more] = await second.adopt();
  expect(more).toEqual([]);
  expect(orphan?.drafts).toEqual([{ client: "first", ...draft }]);
  expect(orphan?.commands).toEqual([{ id: 4, kind: "say", body: { text: "x" } }]);
  expect(localStorage.getItem("torchroom.room.room.o.draft.first.code/q")).not.toBeNull(); // kept until it is taken over
  second.forgetDrafts(orphan!);
  second.forgetCommands(orphan!);
  expect(await second.adopt()).toEqual([]);
});

test.each(["locks", "a channel"])("two pages that live leave each other's text alone, told by %s", async (by) => {
  vi.stubGlobal("navigator", by === "locks" ? { locks: new FakeLocks() } : {});
  const first = open("first");
  first.keepDraft(draft);
  const second = open("second");
  expect(await second.adopt()).toEqual([]);
  expect(first.wasAdopted()).toBe(false);
});

test("the other link of the same room is somebody else", async () => {
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  const candidate = open("first", "candidate");
  candidate.keepDraft(draft);
  await leave(candidate);
  expect(await open("second", "interviewer").adopt()).toEqual([]);
});

test("two pages that open at once do not both take the same text", async () => {
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
  const first = open("first");
  first.keepDraft(draft);
  await leave(first);
  const [second, third] = [open("second"), open("third")];
  const taken = await Promise.all([second.adopt(), third.adopt()]);
  expect(taken.map((one) => one.length).sort()).toEqual([0, 1]);
});
