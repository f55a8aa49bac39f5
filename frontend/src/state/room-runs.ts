/** The runs of a room as this page sees them: the latest of each question, live for whoever watches. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { RoomEvent, VerdictBody } from "../api/room";
import type { Mode, Run } from "../api/types";
import { followToEnd } from "./following";
import { fold, hasEnded, underWay, type Live, type Step } from "./run";
import { watchWaiting } from "./service";
import { sha256 } from "./sha256";

const waitAgain = 3; // seconds, where a full queue does not say how long
const comesAgain = new Set(["queue-full", "no-slot", "too-busy", "slots-starting"]);

export interface RoomRuns {
  live: ReadonlySignal<ReadonlyMap<string, Live>>;
  start(question: string, mode: Mode): void;
  refused(question: string, mode: Mode, told: { code: string; title: string; detail: string; retryAfter: number | null }): void;
  /** Events as they come, several at once after a break: a run that ended among them is not followed. */
  take(events: readonly RoomEvent[]): void;
  giveUp(question: string): void;
  retryNow(question: string): void;
  close(): void;
}

export function openRoomRuns(send: (question: string, mode: Mode) => void, textOf: (question: string) => string): RoomRuns {
  const live = signal<ReadonlyMap<string, Live>>(new Map());
  const following = new Map<string, () => void>(); // by run
  const retries = new Map<string, { timer: ReturnType<typeof setTimeout>; go: () => void }>(); // by question

  function put(question: string, step: Step): void {
    const next = fold(live.value.get(question) ?? null, step);
    const all = new Map(live.value);
    if (next) all.set(question, next);
    else all.delete(question);
    live.value = all;
  }

  function stopRetry(question: string): void {
    clearTimeout(retries.get(question)?.timer);
    retries.delete(question);
  }

  function start(question: string, mode: Mode): void {
    if (underWay(live.value.get(question) ?? null)) return;
    put(question, { step: "pressed", mode, code: textOf(question) });
    send(question, mode);
  }

  function began(event: RoomEvent, isOver: boolean): void {
    const { run, question, mode, sha256: digest } = event.body as { run: string; question: string; mode: Mode; sha256: string };
    stopRetry(question);
    const text = textOf(question);
    // The text it belongs to is known only while it is still the one on the screen.
    const code = sha256(text) === digest ? text : "";
    put(question, { step: "recalled", run: runOf(run, question, mode, digest, event.at), code });
    following.get(run)?.();
    if (isOver) return;
    following.set(run, followToEnd(run, {
      seen: () => live.value.get(question)?.seen ?? -1,
      take(step) {
        if (!isShown(question, run)) return true;
        const isEnd = step.step === "event" ? step.event.event === "finished" : step.step === "read" && hasEnded(step.run);
        put(question, step);
        return isEnd;
      },
      // The room's own line says how it ends in any case.
      lost() {},
    }));
  }

  const isShown = (question: string, run: string) => live.value.get(question)?.run?.id === run;

  function ended(event: RoomEvent): void {
    const { run, question, mode, verdict, message } = event.body as unknown as Partial<VerdictBody> & { run: string; question: string; mode: Mode; message?: string };
    following.get(run)?.();
    following.delete(run);
    const known = live.value.get(question);
    if (known?.run && known.run.id !== run) return; // a later one is shown
    const digest = known?.run?.code_sha256 ?? "";
    const whole: Run = {
      ...runOf(run, question, mode, digest, event.at),
      finished_at: event.at,
      ...(verdict ? { state: "finished", verdict } : { state: "our_failure", failure: { message: message ?? "" } }),
    };
    put(question, known ? { step: "read", run: whole } : { step: "recalled", run: whole, code: "" });
  }

  const stopWaiting = watchWaiting(computed(() => [...live.value.values()].some((one) => one.stage === "queued")));

  return {
    live, start,
    take(events) {
      const isEnd = (event: RoomEvent) => event.kind === "verdict" || event.kind === "failure";
      const over = new Set(events.filter(isEnd).map((event) => event.body.run));
      for (const event of events) {
        if (event.kind === "run") began(event, over.has(event.body.run));
        else if (isEnd(event)) ended(event);
      }
    },
    refused(question, mode, { code, title, detail, retryAfter }) {
      if (!comesAgain.has(code)) {
        put(question, { step: "not_accepted", title, detail });
        return;
      }
      const wait = retryAfter ?? waitAgain;
      put(question, { step: "put_off", title, detail, retryAt: Date.now() + wait * 1000 });
      const go = () => {
        stopRetry(question);
        put(question, { step: "sent_again" });
        send(question, mode);
      };
      stopRetry(question);
      retries.set(question, { timer: setTimeout(go, wait * 1000), go });
    },
    giveUp(question) {
      if (!live.value.get(question)?.told) return;
      stopRetry(question);
      const all = new Map(live.value);
      all.delete(question);
      live.value = all;
    },
    retryNow: (question) => retries.get(question)?.go(),
    close() {
      stopWaiting();
      for (const stop of following.values()) stop();
      for (const question of [...retries.keys()]) stopRetry(question);
    },
  };
}

const runOf = (id: string, question: string, mode: Mode, digest: string, at: string): Run => ({
  id, question, mode,
  state: "queued",
  code_sha256: digest,
  created_at: at,
  started_at: null,
  finished_at: null,
  position: null,
  losses: 0,
  verdict: null,
  failure: null,
});
