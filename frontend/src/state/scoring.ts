/** One room's report as data, for the page that shows the arithmetic. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import { readReport } from "../api";
import type { Report } from "../api/report";
import { load, type Loading } from "./loading";
import { secretOf } from "./secret";
import { returns } from "./service";

export interface ScoringDesk {
  state: ReadonlySignal<Loading<Report> | { at: "no-link" }>;
  close(): void;
}

export function openScoring(id: string): ScoringDesk {
  const secret = secretOf(id);
  const state = signal<Loading<Report> | { at: "no-link" }>(secret === null ? { at: "no-link" } : { at: "loading" });
  let isClosed = false;

  const close = effect(() => {
    returns.value; // again when the service comes back
    if (secret === null || state.peek().at === "here") return;
    void load(readReport(id, secret)).then((loaded) => {
      if (!isClosed) state.value = loaded;
    });
  });

  return {
    state,
    close() {
      isClosed = true;
      close();
    },
  };
}
