/** What is to be seen of a session at one glance: stages, pauses, runs, hints, pastes, absences. Pure. */
import type { LogEvent } from "../api/log";
import type { Phase } from "../api/room";
import type { Mode, Verdict } from "../api/types";

/** A stretch of time. */
export interface Band {
  index: number;
  from: number;
  to: number;
}

export interface PhaseBand extends Band {
  phase: Phase;
  stage: number;
  seconds: number | null;
  /** When its time began to count: a stage that follows a deadline counts from there, whenever it was noticed. */
  counts: number;
}

export interface ReplayedRun {
  index: number;
  time: number;
  run: string;
  question: string;
  mode: Mode;
  version: number;
  sha256: string;
  why: "asked" | "time";
  /** Where in the log it ended; null for one that never did. */
  ended: { index: number; time: number; verdict: Verdict | null; message: string | null } | null;
}

/** Something that happened, with its place in the log. */
export interface Happening {
  index: number;
  time: number;
  event: LogEvent;
}

export interface Marks {
  phases: readonly PhaseBand[];
  pauses: readonly Band[];
  absences: readonly Band[];
  runs: readonly ReplayedRun[];
  says: readonly (Happening & { event: Extract<LogEvent, { kind: "say" }> })[];
  /** All that a person would call an event: everything but typing, cursors and talk. */
  happenings: readonly Happening[];
  /** How many edits in each of as many equal parts of the time. */
  density: readonly number[];
}

const parts = 240;

export function marksOf(events: readonly LogEvent[], times: Float64Array, duration: number): Marks {
  const phases: PhaseBand[] = [];
  const pauses: Band[] = [];
  const absences: Band[] = [];
  const runs: ReplayedRun[] = [];
  const says: (Happening & { event: Extract<LogEvent, { kind: "say" }> })[] = [];
  const happenings: Happening[] = [];
  const density = new Array<number>(parts).fill(0);
  const byId = new Map<string, ReplayedRun>();

  events.forEach((event, index) => {
    const time = times[index] as number;
    switch (event.kind) {
      case "edit": {
        const part = Math.min(Math.floor((time / Math.max(duration, 1)) * parts), parts - 1);
        density[part] = (density[part] ?? 0) + 1;
        if (event.body.pasted > 0) happenings.push({ index, time, event });
        return;
      }
      case "cursor":
      case "created":
      case "opened":
        return;
      case "say":
        says.push({ index, time, event });
        return;
      case "phase": {
        end(phases, time);
        const { phase, stage, seconds, began } = event.body;
        const late = began ? Math.max(Date.parse(event.at) - Date.parse(began), 0) : 0;
        phases.push({ index, from: time, to: duration, phase, stage, seconds, counts: time - late });
        break;
      }
      case "pause":
        pauses.push({ index, from: time, to: duration });
        break;
      case "resume":
        end(pauses, time);
        break;
      case "focus":
        if (event.body.away) absences.push({ index, from: time, to: duration });
        else end(absences, time);
        break;
      case "run": {
        const run = { index, time, ...event.body, ended: null };
        runs.push(run);
        byId.set(run.run, run);
        break;
      }
      case "verdict":
      case "failure": {
        const run = byId.get(event.body.run);
        const told = event.kind === "verdict" ? { verdict: event.body.verdict, message: null } : { verdict: null, message: event.body.message };
        if (run) run.ended = { index, time, ...told };
        break;
      }
    }
    happenings.push({ index, time, event });
  });
  return { phases, pauses, absences, runs, says, happenings, density };
}

function end(bands: Band[], time: number): void {
  const last = bands[bands.length - 1];
  if (last) last.to = Math.min(last.to, time);
}

/** Seconds that the clock of the stage showed; null without a clock. */
export function remaining(marks: Marks, band: PhaseBand, time: number, applied: number): number | null {
  if (band.seconds === null) return null;
  const stood = marks.pauses
    .filter((pause) => pause.index > band.index && pause.index < applied)
    .reduce((sum, pause) => sum + Math.min(pause.to, time) - pause.from, 0);
  let given = band.seconds;
  for (const { index, event } of marks.happenings) {
    if (index > band.index && index < applied && event.kind === "extend") given += event.body.seconds;
  }
  return Math.max(given - (time - band.counts - stood) / 1000, 0);
}
