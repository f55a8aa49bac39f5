/** Sends a text to be run, follows the run to its end, and gives up only when told to. */
import { computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { createRun, readRun, Refusal, Unreachable } from "../api";
import type { Mode, Run } from "../api/types";
import { followToEnd } from "./following";
import { described } from "./loading";
import { record } from "./progress";
import { fold, hasEnded, underWay, type Live, type Step } from "./run";
import { returns, watchWaiting } from "./service";
import { forget, keep, recall } from "./storage";

const firstWait = 2; // seconds before an unreachable service is tried again; doubles
const longestWait = 30;

interface LastRun {
  id: string;
  code: string;
}

export interface Runner {
  live: ReadonlySignal<Live | null>;
  start(mode: Mode, code: string): void;
  /** Stop asking a service that has no room; the text stays where it is. */
  giveUp(): void;
  retryNow(): void;
  close(): void;
}

export function openRunner(slug: string): Runner {
  const live = signal<Live | null>(null);
  const lastName = `run.${slug}`;
  // Each press has a number: answers to an earlier one are no longer of interest.
  let press = 0;
  let stopFollowing = () => {};
  let retry: { timer: ReturnType<typeof setTimeout>; go: () => void } | null = null;

  function take(step: Step): void {
    live.value = fold(live.value, step);
  }

  function start(mode: Mode, code: string): void {
    if (underWay(live.value)) return;
    press += 1;
    stopFollowing();
    take({ step: "pressed", mode, code });
    void send(press, mode, code, freshKey(), firstWait);
  }

  async function send(mine: number, mode: Mode, code: string, key: string, wait: number): Promise<void> {
    const again = (seconds: number, told: { title: string; detail: string }) => {
      take({ step: "put_off", ...told, retryAt: Date.now() + seconds * 1000 });
      const go = () => {
        take({ step: "sent_again" });
        void send(mine, mode, code, key, Math.min(wait * 2, longestWait));
      };
      retry = { timer: setTimeout(go, seconds * 1000), go };
    };
    retry = null;
    try {
      const run = await createRun(slug, mode, code, key);
      if (mine !== press) return;
      take({ step: "accepted", run });
      keep(lastName, { id: run.id, code } satisfies LastRun);
      follow(mine, run);
    } catch (error) {
      if (mine !== press) return;
      if (error instanceof Unreachable) {
        again(wait, {
          title: "Torchroom does not answer",
          detail: "Your text is kept in this browser. It will be sent as soon as the service is back.",
        });
      } else if (error instanceof Refusal && error.status === 503) {
        again(error.retryAfter ?? wait, { title: error.title, detail: error.detail });
      } else {
        take({ step: "not_accepted", ...described(error) });
      }
    }
  }

  function follow(mine: number, run: Run): void {
    stopFollowing = followToEnd(run.id, {
      seen: () => live.value?.seen ?? -1,
      take(step) {
        if (mine !== press) return true;
        take(step);
        const now = live.value;
        if (now?.stage === "finished" && now.run) record(slug, now.mode, now.run, now.code);
        return now?.stage === "finished" || now?.stage === "our_failure";
      },
      lost() {
        forget(lastName);
        take({ step: "lost" });
      },
    });
  }

  function giveUp(): void {
    if (!live.value?.told) return;
    press += 1;
    if (retry) clearTimeout(retry.timer);
    retry = null;
    live.value = null;
  }

  function retryNow(): void {
    if (!retry) return;
    clearTimeout(retry.timer);
    retry.go();
  }

  /** A reload in the middle of a run, or after it, shows that run again. */
  async function recallLast(): Promise<void> {
    const last = recall<LastRun>(lastName);
    if (!last) return;
    const mine = press;
    try {
      const run = await readRun(last.id);
      if (mine !== press) return;
      take({ step: "recalled", run, code: last.code });
      if (!hasEnded(run)) follow(mine, run);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) forget(lastName);
    }
  }

  const stopReturns = effect(() => {
    returns.value; // again when the service comes back
    untracked(() => {
      if (retry) retryNow();
      else if (press === 0 && live.value === null) void recallLast();
    });
  });
  const stopWaiting = watchWaiting(computed(() => live.value?.stage === "queued"));

  return {
    live, start, giveUp, retryNow,
    close() {
      press += 1;
      stopReturns();
      stopWaiting();
      stopFollowing();
      if (retry) clearTimeout(retry.timer);
    },
  };
}

/** crypto.randomUUID is missing where a page comes over plain HTTP from another machine. */
function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
