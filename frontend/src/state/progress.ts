/** What was done so far on this browser, by question. */
import { signal } from "@preact/signals";
import type { Mode, Run } from "../api/types";
import { keep, recall, watchOtherTabs } from "./storage";

export type Progress = Readonly<Record<string, "tried" | "passed">>;

/** The submit that passed: its run opens the solution, its text stands beside the reference. */
export interface Pass {
  run: string;
  code: string;
  at: string;
}

export const progress = signal<Progress>(recall<Progress>("progress") ?? {});

watchOtherTabs("progress", () => {
  progress.value = recall<Progress>("progress") ?? {};
});

export const passOf = (slug: string) => recall<Pass>(`pass.${slug}`);

export function record(slug: string, mode: Mode, run: Run, code: string): void {
  const passed = mode === "submit" && run.verdict?.outcome === "passed";
  if (passed) keep(`pass.${slug}`, { run: run.id, code, at: run.finished_at ?? run.created_at } satisfies Pass);
  const known = recall<Progress>("progress") ?? {};
  progress.value = { ...known, [slug]: passed || known[slug] === "passed" ? "passed" : "tried" };
  keep("progress", progress.value);
}
