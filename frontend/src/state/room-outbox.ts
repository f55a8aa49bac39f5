/** What the person asked for and the room has not acknowledged yet: kept in the browser, sent in order, sent again with the same number. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { forget, keep } from "./storage";

export interface Kept {
  id: number;
  kind: string;
  body: object;
}

/** Refusals that are no answer: what was refused so is sent again by itself. */
export const isPutOff = (code: string) => ["too-fast", "our-error", "not-stored", "database-away", "database-busy"].includes(code);

interface Waiting extends Kept {
  /** What was typed before it has to be in the room first. */
  isDue: () => boolean;
  isSent: boolean;
}

export interface Outbox {
  waiting: ReadonlySignal<number>;
  /** Kinds that wait for an answer, so that a button can show it. */
  kinds: ReadonlySignal<ReadonlySet<string>>;
  freshId(): number;
  push(kind: string, body: object, isDue?: () => boolean): void;
  /** Send what is due; called after every change of anything it may wait for. */
  pump(): void;
  /** A new line: all of it is sent again. */
  rewind(): void;
  settle(id: number): Kept | null;
  /** Refused for now: sent again in `seconds`, with the same number, so that it cannot happen twice. False where it is not ours. */
  putOff(id: number, seconds: number): boolean;
}

export function openOutbox(name: string, send: (message: object) => boolean): Outbox {
  const queue: Waiting[] = [];
  const waiting = signal(0);
  const kinds = signal<ReadonlySet<string>>(new Set());
  let last = 0;

  function store(): void {
    waiting.value = queue.length;
    kinds.value = new Set(queue.map((one) => one.kind));
    if (queue.length === 0) forget(name);
    else keep(name, queue.map(({ id, kind, body }) => ({ id, kind, body }) satisfies Kept));
  }

  function pump(): void {
    for (const one of queue) {
      if (one.isSent) continue;
      if (!one.isDue()) return; // those behind it keep their place
      if (!send({ type: "command", id: one.id, kind: one.kind, body: one.body })) return;
      one.isSent = true;
    }
  }

  return {
    waiting, kinds, pump,
    freshId: () => (last += 1),
    push(kind, body, isDue = () => true) {
      last += 1;
      queue.push({ id: last, kind, body, isDue, isSent: false });
      store();
      pump();
    },
    rewind() {
      for (const one of queue) one.isSent = false;
      pump();
    },
    settle(id) {
      const at = queue.findIndex((one) => one.id === id);
      if (at < 0) return null;
      const [found] = queue.splice(at, 1);
      store();
      return found ?? null;
    },
    putOff(id, seconds) {
      const one = queue.find((known) => known.id === id);
      if (!one) return false;
      setTimeout(() => {
        one.isSent = false;
        pump();
      }, seconds * 1000);
      return true;
    },
  };
}
