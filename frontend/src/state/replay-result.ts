/** The run that a moment shows, in the shape in which a room shows its own. */
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Run } from "../api/types";
import type { Judged } from "./judged";
import type { ReplayedRun } from "./replay-marks";
import type { Player } from "./replay-player";
import { fold, type Live } from "./run";
import { sha256 } from "./sha256";

/** A line that the reader asked for; counted, so that the same one can be asked for twice. */
export interface Goal {
  line: Signal<{ number: number; count: number } | null>;
}

export interface RunThen {
  run: ReplayedRun;
  /** Whether its verdict had come at that moment. */
  hasEnded: boolean;
  live: Live | null;
}

export interface Result extends Goal {
  then: ReadonlySignal<RunThen | null>;
  bench: Judged;
}

const documentOf = (run: ReplayedRun) => `code/${run.question}`;

export function resultOf(player: Player): Result {
  const { replay, moment, shown } = player;
  const line: Goal["line"] = signal(null);
  // Two steps: the verdict is unfolded once a run, not once a frame.
  const now = computed(() => {
    const { applied } = moment.value;
    const run = replay.lastRun(applied, /^code\/(.+)$/.exec(shown.value ?? "")?.[1] ?? null);
    return run ? `${run.index} ${run.ended !== null && run.ended.index < applied}` : null;
  });
  const then = computed<RunThen | null>(() => {
    if (now.value === null) return null;
    const [index, ended] = now.value.split(" ");
    const run = replay.marks.runs.find((one) => one.index === Number(index));
    if (!run) return null;
    const hasEnded = ended === "true";
    return { run, hasEnded, live: hasEnded && run.ended?.verdict ? unfolded(run, replay.textAt(documentOf(run), run)) : null };
  });
  return {
    line,
    then,
    bench: {
      runner: { live: computed(() => then.value?.live ?? null), giveUp: () => {}, retryNow: () => {} },
      revision: computed(() => {
        const run = then.value?.run;
        const text = run && moment.value.frame.texts.get(documentOf(run));
        return text ? sha256(text.toString()) : (run?.sha256 ?? "");
      }),
      goToLine(number) {
        const run = then.value?.run;
        if (run && moment.value.frame.texts.has(documentOf(run))) player.chosen.value = documentOf(run);
        line.value = { number, count: (line.value?.count ?? 0) + 1 };
      },
      start: () => {},
      openSolution: null,
    },
  };
}

function unfolded(run: ReplayedRun, code: string): Live | null {
  const verdict = run.ended?.verdict ?? null;
  const row: Run = {
    id: run.run,
    question: run.question,
    mode: run.mode,
    state: "finished",
    code_sha256: run.sha256,
    created_at: "",
    started_at: null,
    finished_at: null,
    position: null,
    losses: 0,
    verdict,
    failure: null,
  };
  return fold(null, { step: "recalled", run: row, code });
}
