/** The service as this page sees it: what it says about itself, and whether it and its database answer. */
import { batch, computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { reachesDatabase, readSystem, watchContact, type Contact } from "../api";
import type { System } from "../api/types";
import type { Around } from "../words";

const soon = 2000; // milliseconds: while something is amiss, or somebody waits
const seldom = 15_000; // while all is well
const patience = 2000; // how long a run waits before the page asks why

export const system = signal<System | null>(null);
export const answers = signal(true);
export const databaseIsAway = signal(false);

/** Counts how often the service or its database came back: what failed for want of it is fetched again. */
export const returns = signal(0);

const waiting = signal(0); // runs that have waited for longer than a moment
const isSeen = signal(true);

const isWell = computed(() => answers.value && !databaseIsAway.value && waiting.value === 0 && system.value?.slot.state === "ready");

/** What is said about a run that is under way depends on these. */
export const around = computed<Around>(() => ({
  slot: system.value?.slot.state ?? null,
  executors: system.value?.executors ?? null,
  answers: answers.value && !databaseIsAway.value,
}));

export function watchService(): () => void {
  watchContact(heard);
  isSeen.value = document.visibilityState !== "hidden";
  const onVisible = () => {
    isSeen.value = document.visibilityState !== "hidden";
    if (isSeen.value) void refresh();
  };
  document.addEventListener("visibilitychange", onVisible);
  void refresh();
  const stop = effect(() => {
    if (!isSeen.value) return;
    const timer = setInterval(() => void refresh(), isWell.value ? seldom : soon);
    return () => clearInterval(timer);
  });
  return () => {
    document.removeEventListener("visibilitychange", onVisible);
    stop();
  };
}

function heard(contact: Contact): void {
  batch(() => {
    if (contact === "here" && !answers.value) returns.value += 1;
    answers.value = contact !== "silent";
    if (contact === "database-away") databaseIsAway.value = true;
  });
}

let asking: Promise<void> | null = null;

/** Ask how things are, one question at a time. */
export function refresh(): Promise<void> {
  asking ??= look().finally(() => {
    asking = null;
  });
  return asking;
}

async function look(): Promise<void> {
  try {
    // Much is answered without the database, so no other answer says that it is back.
    if (databaseIsAway.value && (await reachesDatabase())) {
      batch(() => {
        databaseIsAway.value = false;
        returns.value += 1;
      });
    }
    system.value = await readSystem();
  } catch {
    // watchContact has been told; what we knew about the service stays on the page.
  }
}

/** The line to a room broke, or a room could not store something: find out which of the two does not answer. */
export async function lookAround(): Promise<void> {
  await refresh();
  if (!answers.value || databaseIsAway.value) return;
  try {
    if (!(await reachesDatabase())) databaseIsAway.value = true;
  } catch {
    // watchContact has been told.
  }
}

/** While `waits` holds for longer than a moment, the page keeps asking why; returns how to stop. */
export function watchWaiting(waits: ReadonlySignal<boolean>): () => void {
  return effect(() => {
    if (!waits.value) return;
    let isCounted = false;
    const timer = setTimeout(() => {
      isCounted = true;
      waiting.value += 1;
      void refresh();
    }, patience);
    return () => {
      clearTimeout(timer);
      if (isCounted) waiting.value -= 1;
    };
  });
}
