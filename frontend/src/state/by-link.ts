/** What only a room's link opens: fetched with its secret, and again once a service that did not answer is back. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { load, type Loading } from "./loading";
import { secretOf } from "./secret";
import { returns } from "./service";

/** "no-link": this browser was never given the room's link. */
export type ByLink<T> = Loading<T> | { at: "no-link" };

export interface Fetching<T> {
  state: ReadonlySignal<ByLink<T>>;
  secret: string | null;
  again(): Promise<void>;
  close(): void;
}

export function fetchByLink<T>(id: string, ask: (secret: string) => Promise<T>): Fetching<T> {
  const secret = secretOf(id);
  const state = signal<ByLink<T>>(secret === null ? { at: "no-link" } : { at: "loading" });
  let isClosed = false;

  async function again(): Promise<void> {
    if (secret === null) return;
    const loaded = await load(ask(secret));
    // What is on the page already is better than a message that it cannot be fetched anew.
    if (!isClosed && (loaded.at === "here" || state.peek().at !== "here")) state.value = loaded;
  }

  const stop = effect(() => {
    returns.value;
    if (state.peek().at !== "here") void again();
  });

  return {
    state,
    secret,
    again,
    close() {
      isClosed = true;
      stop();
    },
  };
}
