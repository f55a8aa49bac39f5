/** Everything the question page holds for one question: opened with the page, closed with it. */
import { batch, computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { readHint, readQuestion, readSolution } from "../api";
import type { Hint, Question, Solution } from "../api/types";
import { openClock, type Clock } from "./clock";
import { openDraft, type Draft } from "./draft";
import type { Judged } from "./judged";
import { load, type Loading } from "./loading";
import { passOf, progress, type Pass } from "./progress";
import { openRunner, type Runner } from "./runner";
import { returns } from "./service";
import { sha256 } from "./sha256";

export type Tab = "question" | "hints" | "solution";

export interface Workbench extends Judged {
  question: Question;
  draft: Draft;
  runner: Runner;
  clock: Clock;
  tab: Signal<Tab>;
  hints: ReadonlySignal<readonly Loading<Hint>[]>;
  askHint(): void;
  pass: ReadonlySignal<Pass | null>;
  solution: ReadonlySignal<Loading<Solution>>;
  /** Line the editor is to show, with a count so that the same line can be asked for twice. */
  jump: ReadonlySignal<{ line: number; count: number } | null>;
  close(): void;
}

export function openQuestion(slug: string): { state: ReadonlySignal<Loading<Workbench>>; close(): void } {
  const state = signal<Loading<Workbench>>({ at: "loading" });
  let closed = false;
  const stop = effect(() => {
    returns.value; // again when the service comes back
    if (state.peek().at === "here") return;
    void load(readQuestion(slug)).then((loaded) => {
      if (closed || state.peek().at === "here") return;
      state.value = loaded.at === "here" ? { at: "here", value: openWorkbench(loaded.value) } : loaded;
    });
  });
  return {
    state,
    close() {
      closed = true;
      stop();
      if (state.value.at === "here") state.value.value.close();
    },
  };
}

function openWorkbench(question: Question): Workbench {
  const { slug } = question;
  const draft = openDraft(slug, question.starter);
  const runner = openRunner(slug);
  const clock = openClock(slug);
  const tab = signal<Tab>("question");
  const hints = signal<readonly Loading<Hint>[]>([]);
  const solution = signal<Loading<Solution>>({ at: "loading" });
  const jump = signal<{ line: number; count: number } | null>(null);
  const pass = computed(() => {
    progress.value; // changes when a pass is recorded
    runner.live.value?.stage;
    return passOf(slug);
  });

  function askHint(): void {
    const number = hints.value.length + 1;
    const failed = hints.value.findIndex((hint) => hint.at !== "here" && hint.at !== "loading");
    if (failed >= 0) return fetchHint(failed + 1);
    if (number <= question.hints) fetchHint(number);
  }

  function fetchHint(number: number): void {
    const set = (hint: Loading<Hint>) => {
      const all = [...hints.value];
      all[number - 1] = hint;
      hints.value = all;
    };
    set({ at: "loading" });
    void load(readHint(slug, number)).then(set);
  }

  // The solution is fetched when its tab is first looked at, and again after another pass.
  const stopSolution = effect(() => {
    returns.value;
    const run = pass.value?.run;
    if (tab.value !== "solution" || !run || solution.peek().at === "here") return;
    void load(readSolution(slug, run)).then((loaded) => {
      solution.value = loaded;
    });
  });

  const stopClock = effect(() => {
    const live = runner.live.value;
    if (live?.stage === "finished" && live.mode === "submit" && live.run?.verdict?.outcome === "passed") clock.stop();
  });

  return {
    question, draft, runner, clock, tab, hints, askHint, pass, solution, jump,
    revision: computed(() => sha256(draft.text.value)),
    goToLine(line) {
      jump.value = { line, count: (jump.value?.count ?? 0) + 1 };
    },
    start(mode) {
      batch(() => runner.start(mode, draft.text.value));
    },
    openSolution() {
      tab.value = "solution";
      requestAnimationFrame(() => document.getElementById("tab-solution")?.focus());
    },
    close() {
      stopSolution();
      stopClock();
      draft.close();
      runner.close();
      clock.close();
    },
  };
}
