/** The text being written. It is kept in the browser on every change, and what it replaces is kept too. */
import { signal, type ReadonlySignal } from "@preact/signals";
import { forget, keep, recall, watchOtherTabs } from "./storage";

export interface Kept {
  text: string;
  at: number; // milliseconds since 1970
}

export type Why = "reset" | "other-tab" | "replaced";

export interface Earlier extends Kept {
  why: Why;
}

export interface Draft {
  text: ReadonlySignal<string>;
  /** False where the browser refuses to keep it. */
  isKept: ReadonlySignal<boolean>;
  /** What another tab has written since, while this one shows something else. */
  other: ReadonlySignal<Kept | null>;
  /** Texts that were replaced as a whole, newest first. */
  earlier: ReadonlySignal<Earlier[]>;
  write(text: string): void;
  replace(text: string, why: Why): void;
  takeOther(): void;
  keepMine(): void;
  close(): void;
}

const mostEarlier = 20;

export function openDraft(slug: string, starter: string): Draft {
  const name = `draft.${slug}`;
  const earlierName = `earlier.${slug}`;
  const stored = () => recall<Kept>(name);

  const text = signal(stored()?.text ?? starter);
  const isKept = signal(true);
  const other = signal<Kept | null>(null);
  const earlier = signal<Earlier[]>(recall<Earlier[]>(earlierName) ?? []);
  // The text this tab last saw in storage; anything else there was written by another tab.
  let seen = text.value;

  function remember(kept: Kept, why: Why): void {
    earlier.value = withEarlier(recall<Earlier[]>(earlierName) ?? [], { ...kept, why });
    keep(earlierName, earlier.value);
  }

  function write(next: string): void {
    if (next === text.value && other.value === null) return;
    const there = stored();
    if (there && there.text !== seen && there.text !== next) remember(there, "other-tab");
    text.value = next;
    seen = next;
    isKept.value = keep(name, { text: next, at: Date.now() } satisfies Kept);
  }

  function replace(next: string, why: Why): void {
    if (text.value !== next) remember({ text: text.value, at: Date.now() }, why);
    write(next);
  }

  function lookAround(): void {
    const there = stored();
    earlier.value = recall<Earlier[]>(earlierName) ?? [];
    other.value = there && there.text !== text.value && there.text !== seen ? there : null;
  }

  function takeOther(): void {
    const theirs = other.value;
    other.value = null;
    if (!theirs) return;
    seen = theirs.text; // it becomes the text, so it need not be remembered as lost
    replace(theirs.text, "replaced");
  }

  function keepMine(): void {
    write(text.value);
    other.value = null;
  }

  const stopListening = watchOtherTabs(name, lookAround);
  document.addEventListener("visibilitychange", lookAround);

  return {
    text, isKept, other, earlier, write, replace, takeOther, keepMine,
    close() {
      stopListening();
      document.removeEventListener("visibilitychange", lookAround);
      if (stored()?.text === starter) forget(name); // an untouched question leaves nothing behind
    },
  };
}

/** Newest first, each text once, the oldest dropped. */
export function withEarlier(list: Earlier[], added: Earlier): Earlier[] {
  return [added, ...list.filter((one) => one.text !== added.text)].slice(0, mostEarlier);
}
