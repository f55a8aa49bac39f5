/** Plays a session: where we are in it, how fast we go, and what the keys do. */
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Moment, Replay } from "./replay";

export const speeds = [1, 2, 4, 8, 16, 32] as const;
export type Speed = (typeof speeds)[number];

const stride = 5000; // milliseconds for an arrow key
// Half a second of the reader's time, but at least two of the session's, is what "just now" means.
const freshFor = (speed: number) => Math.max(2000, speed * 500);

export interface Player {
  replay: Replay;
  moment: ReadonlySignal<Moment>;
  isPlaying: ReadonlySignal<boolean>;
  speed: ReadonlySignal<Speed>;
  skipsIdle: Signal<boolean>;
  /** The document that the reader chose; null while the page follows what happens. */
  chosen: Signal<string | null>;
  shown: ReadonlySignal<string | null>;
  /** Counts every leap, so that what follows the time by itself can tell it from playing. */
  leaps: ReadonlySignal<number>;
  fresh(document: string): ReturnType<Replay["fresh"]>;
  toggle(): void;
  seek(time: number): void;
  /** To the moment right after an event of the log. */
  seekEvent(index: number): void;
  skip(steps: number): void;
  toEnd(): void;
  stepEdit(step: 1 | -1): void;
  stepEvent(step: 1 | -1): void;
  setSpeed(speed: Speed): void;
  changeSpeed(step: 1 | -1): void;
  close(): void;
}

export function openPlayer(replay: Replay, start: number): Player {
  const clamp = (time: number) => Math.min(Math.max(time, 0), replay.duration);
  const place = signal({ time: clamp(start), applied: replay.appliedAt(clamp(start)) });
  const moment = computed(() => replay.at(place.value.time, place.value.applied));
  const isPlaying = signal(false);
  const speed = signal<Speed>(1);
  const skipsIdle = signal(true);
  const chosen = signal<string | null>(null);
  const leaps = signal(0);
  let frame = 0;
  let before = 0;

  function go(time: number, applied = replay.appliedAt(time)): void {
    batch(() => {
      place.value = { time, applied };
      leaps.value += 1;
    });
  }

  function tick(now: number): void {
    const passed = Math.max(now - before, 0) * speed.value;
    before = now;
    const { time } = place.value;
    const { idle, duration } = replay;
    const next = Math.min(skipsIdle.value ? idle.real(idle.played(time) + passed) : time + passed, duration);
    place.value = { time: next, applied: replay.appliedAt(next) };
    if (next >= duration) stop();
    else frame = requestAnimationFrame(tick);
  }

  function stop(): void {
    cancelAnimationFrame(frame);
    isPlaying.value = false;
  }

  function begin(): void {
    if (place.value.time >= replay.duration) go(0);
    isPlaying.value = true;
    before = performance.now();
    frame = requestAnimationFrame(tick);
  }

  return {
    replay, moment, isPlaying, speed, skipsIdle, chosen, leaps,
    shown: computed(() => {
      const { texts, active } = moment.value.frame;
      const wanted = chosen.value;
      return wanted !== null && texts.has(wanted) ? wanted : (active ?? texts.keys().next().value ?? null);
    }),
    fresh: (document) => replay.fresh(document, moment.value, isPlaying.value ? freshFor(speed.value) : freshFor(1)),
    toggle: () => (isPlaying.value ? stop() : begin()),
    seek: (time) => go(clamp(time)),
    seekEvent: (index) => go(replay.timeOf(index + 1), index + 1),
    skip: (steps) => go(clamp(place.value.time + steps * stride)),
    toEnd: () => go(replay.duration, replay.events.length),
    stepEdit(step) {
      stop();
      const applied = replay.nextEdit(place.value.applied, step);
      if (applied !== null) go(replay.timeOf(applied), applied);
    },
    stepEvent(step) {
      const { happenings } = replay.marks;
      const { happened, applied } = moment.value;
      // Standing right behind an event, the previous one is the one before it.
      const isBehind = happenings[happened - 1]?.index === applied - 1;
      const to = step > 0 ? happenings[happened] : happenings[happened - (isBehind ? 2 : 1)];
      if (to) go(to.time, to.index + 1);
      else if (step < 0) go(0);
    },
    setSpeed: (chosenSpeed) => {
      speed.value = chosenSpeed;
    },
    changeSpeed(step) {
      speed.value = speeds[speeds.indexOf(speed.value) + step] ?? speed.value;
    },
    close: stop,
  };
}
