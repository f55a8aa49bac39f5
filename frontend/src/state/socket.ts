/** The line to a room: the only file with a WebSocket. Connects again by itself, and knows within seconds that it was cut. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { ServerMessage } from "../api/room";

export type Link = "connecting" | "open" | "offline" | "ended";

export interface Hello {
  secret: string;
  client: string;
  since: number | null;
  /** With `since` null: from where on the welcome should hold the edits too. */
  edits_after: number | null;
}

export interface Line {
  link: ReadonlySignal<Link>;
  /** False where nothing can be sent now; it is for the caller to send it again after the next welcome. */
  send(message: object): boolean;
  /** Cut and begin again: what was told did not fit together. */
  again(): void;
  close(): void;
}

interface Options {
  address: string;
  hello(): Hello;
  onMessage(message: ServerMessage): void;
  /** The service said that this line has no future. */
  onEnd(code: string, detail: string): void;
  /** For tests: something with the face of a WebSocket. */
  connect?: (address: string) => WebSocket;
}

const OPEN = 1;
const firstWait = 250; // milliseconds before the first attempt to connect again; doubles
const longestWait = 4000;
const quietFor = 2000; // nothing heard for so long: ask whether somebody is there
const answerWithin = 4000;
const connectWithin = 8000;
const tickEvery = 500;

/** Ends of which a further attempt would change nothing. */
const finalCodes = new Set([4000, 4001, 4404]);

export function openLine({ address, hello, onMessage, onEnd, connect = (url) => new WebSocket(url) }: Options): Line {
  const link = signal<Link>("connecting");
  let socket: WebSocket | null = null;
  let wait = firstWait;
  let retry: ReturnType<typeof setTimeout> | null = null;
  let heardAt = 0;
  let askedAt: number | null = null;
  let dialledAt = 0;
  let pings = 0;
  let isWelcome = false;

  function dial(): void {
    retry = null;
    isWelcome = false;
    askedAt = null;
    dialledAt = performance.now();
    const mine = connect(address);
    socket = mine;
    mine.onopen = () => {
      if (mine === socket) mine.send(JSON.stringify({ type: "hello", ...hello() }));
    };
    mine.onmessage = (told: MessageEvent<string>) => {
      if (mine === socket) take(JSON.parse(told.data) as ServerMessage);
    };
    mine.onclose = (told: CloseEvent) => {
      if (mine !== socket) return;
      if (finalCodes.has(told.code)) end(String(told.code), told.reason);
      else redial();
    };
    mine.onerror = () => {}; // a close follows, and is what counts
  }

  function take(message: ServerMessage): void {
    heardAt = performance.now();
    askedAt = null;
    if (message.type === "bye") {
      if (isFinal(message.code)) end(message.code, message.detail);
      return;
    }
    if (message.type === "welcome") {
      isWelcome = true;
      wait = firstWait;
      onMessage(message);
      link.value = "open";
      return;
    }
    onMessage(message);
  }

  function drop(): void {
    const old = socket;
    socket = null;
    isWelcome = false;
    old?.close();
  }

  function redial(): void {
    drop();
    if (link.value === "ended") return;
    link.value = "offline";
    if (retry) clearTimeout(retry);
    retry = setTimeout(dial, wait * (0.75 + Math.random() / 2)); // many pages do not come back in step
    wait = Math.min(wait * 2, longestWait);
  }

  function end(code: string, detail: string): void {
    link.value = "ended";
    stop();
    onEnd(code, detail);
  }

  /** A browser sees no pings of the protocol, so silence is asked about. */
  function tick(): void {
    const now = performance.now();
    if (socket === null) return;
    if (!isWelcome) {
      if (now - dialledAt > connectWithin) redial();
      return;
    }
    if (askedAt !== null && now - askedAt > answerWithin) return redial();
    if (askedAt === null && now - heardAt > quietFor) ask();
  }

  function ask(): void {
    if (socket?.readyState !== OPEN || askedAt !== null) return;
    askedAt = performance.now();
    pings += 1;
    socket.send(JSON.stringify({ type: "ping", id: pings }));
  }

  /** The browser says that the network came back or went, or that somebody looks again: do not wait for the next tick. */
  function look(): void {
    if (link.value === "ended") return;
    if (retry) {
      clearTimeout(retry);
      wait = firstWait;
      dial();
    } else if (isWelcome) {
      ask();
    }
  }

  function onVisible(): void {
    if (document.visibilityState === "visible") look();
  }

  const ticking = setInterval(tick, tickEvery);
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  document.addEventListener("visibilitychange", onVisible);
  dial();

  function stop(): void {
    clearInterval(ticking);
    if (retry) clearTimeout(retry);
    retry = null;
    window.removeEventListener("online", look);
    window.removeEventListener("offline", look);
    document.removeEventListener("visibilitychange", onVisible);
    drop();
  }

  return {
    link,
    send(message) {
      if (!isWelcome || socket?.readyState !== OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    again() {
      wait = firstWait;
      redial();
    },
    close() {
      link.value = "ended";
      stop();
    },
  };
}

const isFinal = (code: string) => ["no-such-room", "replaced"].includes(code);

export const roomAddress = (room: string) =>
  `${window.location.protocol === "https:" ? "wss" : "ws"}://${window.location.host}/api/v1/rooms/${encodeURIComponent(room)}/socket`;
