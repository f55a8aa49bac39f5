/** What was done so far, by question: on this browser's question pages, and, as the service knows it, in rooms. */
import { computed, signal } from "@preact/signals";
import type { Mode, Practice, Run } from "../api/types";
import { forget, keep, recall, watchOtherTabs } from "./storage";

export type Done = "tried" | "passed";
export type Progress = Readonly<Record<string, Done>>;

/** The submit that passed: its run opens the solution, its text stands beside the reference. */
export interface Pass {
  run: string;
  code: string;
  at: string;
}

const own = signal<Progress>(recall<Progress>("progress") ?? {});
const told = signal<Pick<Practice, "questions" | "due"> | null>(null);

watchOtherTabs("progress", () => {
  own.value = recall<Progress>("progress") ?? {};
});

/** A pass that either side knows of is a pass. */
export const progress = computed<Progress>(() => {
  const merged: Record<string, Done> = { ...own.value };
  for (const { slug, passed } of told.value?.questions ?? []) {
    merged[slug] = passed || merged[slug] === "passed" ? "passed" : "tried";
  }
  return merged;
});

/** Questions whose time to be done again has come. */
export const due = computed<ReadonlySet<string>>(() => new Set(told.value?.due.map(({ slug }) => slug)));

export function setMarks(practice: Practice): void {
  told.value = practice;
}

export const passOf = (slug: string) => recall<Pass>(`pass.${slug}`);

export function record(slug: string, mode: Mode, run: Run, code: string): void {
  const passed = mode === "submit" && run.verdict?.outcome === "passed";
  if (passed) keep(`pass.${slug}`, { run: run.id, code, at: run.finished_at ?? run.created_at } satisfies Pass);
  const known = recall<Progress>("progress") ?? {};
  own.value = { ...known, [slug]: passed || known[slug] === "passed" ? "passed" : "tried" };
  keep("progress", own.value);
}

/** Texts stay: they are work, not marks. */
export function forgetMarks(): void {
  for (const slug of Object.keys(own.value)) forget(`pass.${slug}`);
  forget("progress");
  own.value = {};
  told.value = null;
}
