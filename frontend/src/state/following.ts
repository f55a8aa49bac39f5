/** Follows one run to its end: by its stream, and while that is broken by asking how it stands. */
import { followRun, readRun, Refusal } from "../api";
import type { Step } from "./run";

const askEvery = 1500; // milliseconds between questions while the stream is broken

interface Ears {
  /** Number of the last event that was folded in. */
  seen(): number;
  /** Fold it in; true once the run has ended. */
  take(step: Step): boolean;
  /** The service knows no such run. */
  lost(): void;
}

/** The returned function stops; it stops by itself when the run has ended or is lost. */
export function followToEnd(run: string, { seen, take, lost }: Ears): () => void {
  let closeStream = () => {};
  let timer: ReturnType<typeof setInterval> | null = null;
  let isAsking = false;
  let isStreamDead = false;
  let isOver = false;

  function tell(step: Step): void {
    if (!isOver && take(step)) stop();
  }

  function stop(): void {
    isOver = true;
    stopAsking();
    closeStream();
  }

  function stopAsking(): void {
    if (timer) clearInterval(timer);
    timer = null;
  }

  async function ask(): Promise<void> {
    if (isAsking || isOver) return;
    isAsking = true;
    const asked = seen();
    try {
      const found = await readRun(run);
      tell({ step: "read", run: found, asked });
      // A browser gives a stream up for good when it was refused once; what was told is not folded in twice.
      if (isStreamDead && !isOver) listen();
    } catch (error) {
      if (isOver || !(error instanceof Refusal) || error.status !== 404) return;
      stop();
      lost();
    } finally {
      isAsking = false;
    }
  }

  function listen(): void {
    isStreamDead = false;
    closeStream();
    closeStream = followRun(run, {
      onOpen: () => {
        stopAsking();
        tell({ step: "stream", isLive: true });
      },
      onEvent: (sequence, event) => tell({ step: "event", sequence, event }),
      onBreak: (final) => {
        if (isOver) return;
        isStreamDead = final;
        tell({ step: "stream", isLive: false });
        if (timer) return; // at once only after the first break: a stream that is refused each time is no reason to hurry
        timer = setInterval(() => void ask(), askEvery);
        void ask();
      },
    });
  }

  listen();
  return stop;
}
