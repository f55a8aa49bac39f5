import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Following } from "../src/api";
import type { Run } from "../src/api/types";
import { fold, type Live, type Step } from "../src/state/run";

const streams: (Following & { isClosed: boolean })[] = [];
const readRun = vi.fn<() => Promise<Run>>();

vi.mock("../src/api", () => {
  class Refusal extends Error {
    constructor(readonly status: number) {
      super();
    }
  }
  return {
    Refusal,
    readRun: () => readRun(),
    followRun: (_: string, ears: Following) => {
      const stream = { ...ears, isClosed: false };
      streams.push(stream);
      return () => {
        stream.isClosed = true;
      };
    },
  };
});

const { Refusal } = await import("../src/api");
const { followToEnd } = await import("../src/state/following");

const refused = (status: number) => new (Refusal as unknown as new (status: number) => Error)(status);
const runOf = (changes: Partial<Run>): Run => ({ id: "r", mode: "submit", state: "queued", position: 1, losses: 0, verdict: null, ...changes }) as Run;
const later = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
const stream = () => streams.at(-1)!;

let live: Live | null = null;
let isLost = false;
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  streams.length = 0;
  isLost = false;
  readRun.mockReset();
  live = fold(null, { step: "recalled", run: runOf({}), code: "" });
  stop = followToEnd("r", {
    seen: () => live?.seen ?? -1,
    take(step: Step) {
      live = fold(live, step);
      return live?.stage === "our_failure";
    },
    lost() {
      isLost = true;
    },
  });
  stream().onOpen();
  stream().onEvent(1_000_001, { event: "state", data: { state: "running", position: null } });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("while the stream is broken the run is asked for, and does not keep saying that it is running", async () => {
  readRun.mockResolvedValue(runOf({ losses: 1 }));
  stream().onBreak(false);
  await later(0);
  expect(live).toMatchObject({ stage: "queued", losses: 1, isLive: false });
  await later(3);
  expect(readRun).toHaveBeenCalledTimes(3);
  stream().onOpen();
  await later(10);
  expect(readRun).toHaveBeenCalledTimes(3);
  expect(live?.isLive).toBe(true);
});

test("a stream that the browser gave up is opened anew once there is an answer", async () => {
  readRun.mockRejectedValue(refused(503));
  stream().onBreak(true);
  await later(20);
  expect(streams).toHaveLength(1);
  readRun.mockResolvedValue(runOf({ state: "running" }));
  await later(2);
  expect(streams).toHaveLength(2);
  expect(streams[0]?.isClosed).toBe(true);
  stream().onOpen();
  expect(live).toMatchObject({ stage: "running", isLive: true });
});

test("where streams are refused each time, the run is asked for in the same even steps", async () => {
  readRun.mockResolvedValue(runOf({ state: "running" }));
  stream().onBreak(true);
  for (let step = 0; step < 100; step += 1) {
    const known = streams.length;
    await later(0.1);
    if (streams.length > known) stream().onBreak(true);
  }
  expect(readRun.mock.calls.length).toBeLessThanOrEqual(8); // 10 seconds
  expect(streams.length).toBeLessThanOrEqual(9);
});

test("a run that ended meanwhile is followed no further", async () => {
  readRun.mockResolvedValue(runOf({ state: "our_failure" }));
  stream().onBreak(true);
  await later(5);
  expect(live?.stage).toBe("our_failure");
  expect(readRun).toHaveBeenCalledTimes(1);
  expect([streams.length, stream().isClosed]).toEqual([1, true]);
});

test("a run that the service does not know is lost, and asked for no more", async () => {
  readRun.mockRejectedValue(refused(404));
  stream().onBreak(true);
  await later(10);
  expect([isLost, readRun.mock.calls.length]).toEqual([true, 1]);
});

test("an answer that comes late is waited for, so that answers come in their order", async () => {
  readRun.mockImplementation(() => new Promise(() => {}));
  stream().onBreak(false);
  await later(10);
  expect(readRun).toHaveBeenCalledTimes(1);
});
