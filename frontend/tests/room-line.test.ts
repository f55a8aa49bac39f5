import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ServerMessage } from "../src/api/room";
import { openOutbox } from "../src/state/room-outbox";
import { openLine, type Line } from "../src/state/socket";

class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((told: { data: string }) => void) | null = null;
  onclose: ((told: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    FakeSocket.made.push(this);
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  tell(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.readyState = 3;
  }
  cut(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code, reason: "" });
  }
}

const last = () => FakeSocket.made.at(-1)!;
const welcome = { type: "welcome", role: "candidate", seq: 7 };
let line: Line;
let told: ServerMessage[] = [];
let ends: string[] = [];
let since: number | null = null;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  const stored = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  });
  FakeSocket.made = [];
  told = [];
  ends = [];
  since = null;
  line = openLine({
    address: "ws://room",
    hello: () => ({ secret: "s", client: "c", since, edits_after: null }),
    onMessage: (message) => told.push(message),
    onEnd: (code) => ends.push(code),
    connect: () => new FakeSocket() as unknown as WebSocket,
  });
});

afterEach(() => {
  line.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("says hello, and is open once it is welcome", () => {
  last().open();
  expect(last().sent).toEqual([{ type: "hello", secret: "s", client: "c", since: null, edits_after: null }]);
  expect(line.send({ type: "command" })).toBe(false);
  last().tell(welcome);
  expect(line.link.value).toBe("open");
  expect(line.send({ type: "command" })).toBe(true);
});

test("a cut line is offline at once, tried again ever more slowly, and says from where on", () => {
  last().open();
  last().tell(welcome);
  since = 7;
  last().cut();
  expect(line.link.value).toBe("offline");
  const waits: number[] = [];
  for (let tries = 2; tries < 8; tries += 1) {
    let waited = 0;
    while (FakeSocket.made.length < tries && waited < 20_000) {
      vi.advanceTimersByTime(10);
      waited += 10;
    }
    waits.push(waited);
    if (tries < 7) last().cut();
  }
  expect(waits[0]).toBeLessThan(500);
  expect(waits.at(-1)).toBeGreaterThan(2500);
  expect(Math.max(...waits)).toBeLessThan(5100);
  last().open();
  expect(last().sent[0]).toMatchObject({ since: 7 });
  last().tell(welcome);
  expect(line.link.value).toBe("open");
});

test("a line on which nothing is answered is found dead within seconds", () => {
  last().open();
  last().tell(welcome);
  vi.advanceTimersByTime(3000);
  expect(last().sent.at(-1)).toMatchObject({ type: "ping" });
  expect(line.link.value).toBe("open");
  vi.advanceTimersByTime(5000);
  expect(line.link.value).toBe("offline");
});

test("a line that answers stays, however quiet it is", () => {
  last().open();
  last().tell(welcome);
  for (let round = 0; round < 20; round += 1) {
    vi.advanceTimersByTime(3000);
    const ping = last().sent.at(-1)!;
    if (ping.type === "ping") last().tell({ type: "pong", id: ping.id, now: "2026-01-01T00:00:00Z" });
  }
  expect(line.link.value).toBe("open");
  expect(FakeSocket.made).toHaveLength(1);
});

test("a wrong link is not tried again", () => {
  last().open();
  last().tell({ type: "bye", code: "no-such-room", detail: "" });
  vi.advanceTimersByTime(60_000);
  expect(ends).toEqual(["no-such-room"]);
  expect(FakeSocket.made).toHaveLength(1);
});

test("a server that stops is waited for", () => {
  last().open();
  last().tell(welcome);
  last().tell({ type: "bye", code: "stopping", detail: "" });
  last().cut(1012);
  vi.advanceTimersByTime(1000);
  expect(FakeSocket.made.length).toBeGreaterThan(1);
});

test("the network's return does not wait for the next try", () => {
  last().cut();
  for (let tries = 0; tries < 6; tries += 1) {
    vi.advanceTimersByTime(6000);
    last().cut();
  }
  const before = FakeSocket.made.length;
  window.dispatchEvent(new Event("online"));
  expect(FakeSocket.made).toHaveLength(before + 1);
});

test("commands keep their order and number until they are acknowledged, and wait for the text before them", () => {
  const sent: { id: number; kind: string }[] = [];
  let isUp = true;
  const outbox = openOutbox("box", (message) => (isUp ? sent.push(message as never) > 0 : false));
  let hasText = false;
  outbox.push("hint", {});
  outbox.push("run", {}, () => hasText);
  outbox.push("say", { text: "x" });
  expect(sent.map((one) => one.kind)).toEqual(["hint"]);
  hasText = true;
  outbox.pump();
  expect(sent.map((one) => one.kind)).toEqual(["hint", "run", "say"]);
  outbox.settle(1);
  isUp = false;
  outbox.rewind();
  isUp = true;
  sent.length = 0;
  outbox.rewind();
  expect(sent.map((one) => one.id)).toEqual([2, 3]);
  expect(JSON.parse(localStorage.getItem("torchroom.box")!)).toHaveLength(2);
  outbox.settle(2);
  outbox.settle(3);
  expect(localStorage.getItem("torchroom.box")).toBeNull();
  expect(outbox.waiting.value).toBe(0);
});

test("what could not be stored is sent again with its number, unless it was answered meanwhile", () => {
  const sent: number[] = [];
  const outbox = openOutbox("later", (message) => sent.push((message as { id: number }).id) > 0);
  outbox.push("say", { text: "x" });
  outbox.push("hint", {});
  expect([outbox.putOff(1, 1), outbox.putOff(2, 1), outbox.putOff(9, 1)]).toEqual([true, true, false]);
  outbox.settle(2);
  vi.advanceTimersByTime(900);
  expect(sent).toEqual([1, 2]);
  vi.advanceTimersByTime(200);
  expect(sent).toEqual([1, 2, 1]);
  expect(outbox.waiting.value).toBe(1);
});
