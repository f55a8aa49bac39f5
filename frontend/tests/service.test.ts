import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Contact } from "../src/api";
import type { SlotState, System } from "../src/api/types";

let tell: (contact: Contact) => void = () => {};
const readSystem = vi.fn<() => Promise<System>>();
const reachesDatabase = vi.fn<() => Promise<boolean>>();

vi.mock("../src/api", () => ({
  watchContact: (listener: typeof tell) => {
    tell = listener;
  },
  readSystem: () => readSystem(),
  reachesDatabase: () => reachesDatabase(),
}));

const service = await import("../src/state/service");
const page = Object.assign(new EventTarget(), { visibilityState: "visible" });

/** The page is `seconds` older; what it asked for meanwhile has come. */
const later = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

async function show(visibility: "visible" | "hidden"): Promise<void> {
  page.visibilityState = visibility;
  page.dispatchEvent(new Event("visibilitychange"));
  await later(0);
}

function slotsAre(state: SlotState): void {
  readSystem.mockImplementation(async () => {
    tell("here");
    return { slot: { state }, executors: 1 } as System;
  });
}

let stop = () => {};

async function open(state: SlotState): Promise<void> {
  slotsAre(state);
  stop = service.watchService();
  await later(0);
  readSystem.mockClear();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  page.visibilityState = "visible";
  service.system.value = null;
  service.answers.value = true;
  service.databaseIsAway.value = false;
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each<SlotState>(["starting", "away", "failed", "stopped"])("while the slots are %s, the page asks every two seconds", async (state) => {
  await open(state);
  await later(10);
  expect(readSystem).toHaveBeenCalledTimes(5);
});

test("while all is well it asks every 15 seconds, so that an executor that went is noticed", async () => {
  await open("ready");
  await later(14);
  expect(readSystem).toHaveBeenCalledTimes(0);
  slotsAre("away");
  await later(1);
  expect(service.system.value?.slot.state).toBe("away");
  slotsAre("ready");
  await later(2);
  expect(service.system.value?.slot.state).toBe("ready");
  await later(14);
  expect(readSystem).toHaveBeenCalledTimes(2);
});

test("a page that nobody looks at asks nothing, and asks at once when it is looked at again", async () => {
  await open("away");
  await show("hidden");
  await later(60);
  expect(readSystem).toHaveBeenCalledTimes(0);
  await show("visible");
  expect(readSystem).toHaveBeenCalledTimes(1);
  await later(2);
  expect(readSystem).toHaveBeenCalledTimes(2);
});

test("a run that waits for longer than a moment makes the page ask why, until it waits no more", async () => {
  await open("ready");
  const waits = signal(false);
  const stopWaiting = service.watchWaiting(waits);
  waits.value = true;
  await later(1.9);
  expect(readSystem).toHaveBeenCalledTimes(0);
  await later(0.1);
  expect(readSystem).toHaveBeenCalledTimes(1);
  await later(4);
  expect(readSystem).toHaveBeenCalledTimes(3);
  waits.value = false;
  await later(14);
  expect(readSystem).toHaveBeenCalledTimes(3);
  waits.value = true;
  stopWaiting();
  await later(10);
  expect(readSystem).toHaveBeenCalledTimes(4);
});

test("an answer that takes long is waited for, not asked for again", async () => {
  await open("away");
  let fail: (why: Error) => void = () => {};
  readSystem.mockImplementation(() => new Promise((_, reject) => (fail = reject)));
  await later(20);
  expect(readSystem).toHaveBeenCalledTimes(1);
  fail(new Error("it was given up"));
  await later(2);
  expect(readSystem).toHaveBeenCalledTimes(2);
  fail(new Error("and again"));
  await later(0);
});

test("a database that is away stays away until the service reaches it, whatever else is answered", async () => {
  await open("ready");
  const before = service.returns.value;
  reachesDatabase.mockResolvedValue(false);
  tell("database-away");
  expect(service.around.value).toEqual({ slot: "ready", executors: 1, answers: false });
  tell("here");
  await later(10);
  expect([service.databaseIsAway.value, service.returns.value]).toEqual([true, before]);
  expect(reachesDatabase).toHaveBeenCalledTimes(5);
  reachesDatabase.mockResolvedValue(true);
  await later(2);
  expect([service.databaseIsAway.value, service.returns.value]).toEqual([false, before + 1]);
  expect(service.around.value.answers).toBe(true);
});

test("a line that broke makes the page look whether it is the service or its database", async () => {
  await open("ready");
  reachesDatabase.mockResolvedValue(true);
  await service.lookAround();
  expect(service.databaseIsAway.value).toBe(false);
  reachesDatabase.mockResolvedValue(false);
  await service.lookAround();
  expect([service.answers.value, service.databaseIsAway.value]).toEqual([true, true]);
});
