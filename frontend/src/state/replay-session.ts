/** A session that is looked at: its player, its names, and the moment in the address. */
import { effect } from "@preact/signals";
import { openReplay } from "./replay";
import type { Fetched } from "./replay-fetch";
import { openPlayer, type Player } from "./replay-player";
import { namesOf, type Names } from "./replay-words";

const quietFor = 400; // milliseconds until the address follows

export interface Session {
  names: Names;
  player: Player;
  close(): void;
}

export function openSession({ room, log }: Fetched): Session {
  const player = openPlayer(openReplay(log), timeIn(window.location.hash) ?? 0);
  const stops = [keepInAddress(player), followAddress(player), foldAhead(player), player.close];
  return {
    names: namesOf(room.state),
    player,
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** `#t=723.5`: seconds since the interview began. */
function timeIn(hash: string): number | null {
  const seconds = /^#t=(\d+(?:\.\d+)?)$/.exec(hash)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

function followAddress(player: Player): () => void {
  // As the event tells it: by now our own hand may have written another into the address.
  const onHash = (event: HashChangeEvent) => {
    const time = timeIn(new URL(event.newURL).hash);
    if (time !== null) player.seek(time);
  };
  window.addEventListener("hashchange", onHash);
  return () => window.removeEventListener("hashchange", onHash);
}

/** So that a reload, or the address sent to a colleague who has the link too, shows the same moment. */
function keepInAddress(player: Player): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const { time } = player.moment.value;
    clearTimeout(timer);
    if (player.isPlaying.value || player.leaps.value === 0) return;
    timer = setTimeout(() => {
      window.history.replaceState(window.history.state, "", `#t=${Math.round(time / 100) / 10}`);
    }, quietFor);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** The whole log is folded while the page is idle, so that the first leap is as quick as the others. */
function foldAhead({ replay }: Player): () => void {
  // Safari has no idle callbacks.
  const later = window.requestIdleCallback ?? ((go: (deadline: { timeRemaining(): number }) => void) => {
    const began = performance.now();
    return window.setTimeout(() => go({ timeRemaining: () => began + 12 - performance.now() }), 30);
  });
  let isStopped = false;
  const go = (deadline: { timeRemaining(): number }) => {
    if (!isStopped && replay.warm(() => deadline.timeRemaining() > 1)) later(go);
  };
  later(go);
  return () => {
    isStopped = true;
  };
}
