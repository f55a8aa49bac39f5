/** A session that can be looked at as it was at any moment. Pure; what is folded is kept for the next look. */
import type { LogEvent, RoomLog } from "../api/log";
import { framesOf, type Frame, type Range } from "./replay-frames";
import { countBefore, countUpTo, lastBefore, timelineOf } from "./replay-log";
import { marksOf, remaining, type Marks, type PhaseBand, type ReplayedRun } from "./replay-marks";
import { timeMap, type TimeMap } from "./replay-time";

/** All there was at one moment. */
export interface Moment {
  time: number;
  /** How many events of the log had happened. */
  applied: number;
  frame: Frame;
  phase: PhaseBand | null;
  /** Seconds on the clock of the stage. */
  remaining: number | null;
  isPaused: boolean;
  isAway: boolean;
  /** How many of `marks.says` and `marks.happenings`. */
  said: number;
  happened: number;
  /** Question -> hints given. */
  hints: ReadonlyMap<string, number>;
}

export interface Replay {
  duration: number;
  finished: boolean;
  events: readonly LogEvent[];
  marks: Marks;
  idle: TimeMap;
  timeOf(applied: number): number;
  appliedAt(time: number): number;
  at(time: number, applied?: number): Moment;
  /** The last run of the question at that moment, or of any. */
  lastRun(applied: number, question: string | null): ReplayedRun | null;
  /** What the last `window` milliseconds before the moment put into the document. */
  fresh(document: string, moment: Moment, window: number): Range[];
  /** The text of a document at a version, as it was judged. */
  textAt(document: string, run: ReplayedRun): string;
  /** Applied after the next or the previous edit; null where there is none. */
  nextEdit(applied: number, step: 1 | -1): number | null;
  warm(hasTime: () => boolean): boolean;
}

export function openReplay({ events, finished }: RoomLog): Replay {
  const { times, duration } = timelineOf(events);
  const marks = marksOf(events, times, duration);
  const frames = framesOf(events, times);
  const isIn = (bands: readonly { index: number; from: number; to: number }[], time: number, applied: number) => {
    const band = lastBefore(bands, applied);
    return band !== null && time < band.to;
  };
  const appliedAt = (time: number) => countUpTo(times, time);
  return {
    duration,
    finished,
    events,
    marks,
    idle: timeMap(events, times, duration),
    timeOf: (applied) => (applied > 0 ? (times[Math.min(applied, times.length) - 1] as number) : 0),
    appliedAt,
    at(time, applied = appliedAt(time)) {
      const phase = lastBefore(marks.phases, applied);
      return {
        time,
        applied,
        frame: frames.after(applied),
        phase,
        remaining: phase && remaining(marks, phase, time, applied),
        isPaused: isIn(marks.pauses, time, applied),
        isAway: isIn(marks.absences, time, applied),
        said: countBefore(marks.says, applied),
        happened: countBefore(marks.happenings, applied),
        hints: hintsBefore(marks, applied),
      };
    },
    lastRun(applied, question) {
      const own = question === null ? [] : marks.runs.filter((run) => run.question === question);
      return lastBefore(own, applied) ?? (question === null ? lastBefore(marks.runs, applied) : null);
    },
    fresh: (document, moment, window) => frames.fresh(document, Math.min(countUpTo(times, moment.time - window), moment.applied), moment.applied),
    textAt: (document, run) => frames.after(run.index).texts.get(document)?.toString() ?? "",
    nextEdit(applied, step) {
      for (let at = applied + (step > 0 ? 0 : -2); at >= 0 && at < events.length; at += step) {
        if (events[at]?.kind === "edit") return at + 1;
      }
      return null;
    },
    warm: frames.warm,
  };
}

function hintsBefore(marks: Marks, applied: number): Map<string, number> {
  const hints = new Map<string, number>();
  for (const { index, event } of marks.happenings) {
    if (index >= applied) break;
    if (event.kind === "hint") hints.set(event.body.question, Math.max(hints.get(event.body.question) ?? 0, event.body.level));
  }
  return hints;
}
