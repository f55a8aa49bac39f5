/** The library: which questions there are, and which of them the filters leave. */
import { computed, effect, signal } from "@preact/signals";
import { listQuestions, readPractice } from "../api";
import type { QuestionList, QuestionSummary } from "../api/types";
import { navigate, place } from "../router";
import { load, type Loading } from "./loading";
import { due, progress, setMarks, type Progress } from "./progress";
import { returns } from "./service";

export interface Filters {
  q: string;
  lesson: string;
  kind: string;
  level: string;
  done: string;
}

export type Filter = keyof Filters;

const noFilters: Filters = { q: "", lesson: "", kind: "", level: "", done: "" };

/** The list is small, so it is fetched once and filtered here: no wait for each letter typed. */
export const questions = signal<Loading<QuestionList>>({ at: "loading" });

/** The address carries the filters, so that a filtered list can be kept or sent as a link. */
export const filters = computed<Filters>(() => filtersOf(place.value.search));

export const shown = computed<QuestionSummary[]>(() =>
  questions.value.at === "here" ? matching(questions.value.value.items, filters.value, progress.value, due.value) : [],
);

export function openLibrary(): () => void {
  return effect(() => {
    returns.value; // again when the service comes back
    void load(listQuestions()).then((loaded) => {
      // A list already on the page is better than a message that it cannot be fetched.
      if (loaded.at === "here" || questions.peek().at !== "here") questions.value = loaded;
    });
    // Marks of what was done in rooms; without them the list is as good as without the service's memory.
    void readPractice().then(setMarks, () => {});
  });
}

export function setFilter(filter: Filter, value: string): void {
  navigate(addressOf({ ...filters.value, [filter]: value }), "replace");
}

export function clearFilters(): void {
  navigate("/", "replace");
}

export function filtersOf(search: string): Filters {
  const given = new URLSearchParams(search);
  const read = (filter: Filter) => given.get(filter) ?? "";
  return { q: read("q"), lesson: read("lesson"), kind: read("kind"), level: read("level"), done: read("done") };
}

export function addressOf(chosen: Filters): string {
  const set = Object.entries(chosen).filter(([, value]) => value !== "");
  return set.length ? `/?${new URLSearchParams(set)}` : "/";
}

export const isFiltered = (chosen: Filters) => addressOf(chosen) !== addressOf(noFilters);

/** Every word of the search must occur somewhere in what the list says about a question. */
export function matching(items: QuestionSummary[], chosen: Filters, done: Progress, dueNow: ReadonlySet<string>): QuestionSummary[] {
  const words = chosen.q.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(
    (item) =>
      (!chosen.lesson || item.lesson === chosen.lesson) &&
      (!chosen.kind || item.kind === chosen.kind) &&
      (!chosen.level || item.level === chosen.level) &&
      (!chosen.done || (chosen.done === "due" ? dueNow.has(item.slug) : (done[item.slug] ?? "new") === chosen.done)) &&
      words.every((word) => searchable(item).includes(word)),
  );
}

const searchable = (item: QuestionSummary) =>
  [item.title, item.slug, item.summary, item.lesson, item.kind, ...item.tags, ...item.asked_at].join(" ").toLowerCase();
