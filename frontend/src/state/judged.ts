/** What the result of a run needs of its surroundings: a question's own page, a room and a replay all have it. */
import type { ReadonlySignal } from "@preact/signals";
import type { Mode } from "../api/types";
import type { Live } from "./run";

export interface Judged {
  runner: {
    live: ReadonlySignal<Live | null>;
    giveUp(): void;
    retryNow(): void;
  };
  /** SHA-256 of the text as it stands, to compare with what a run was given. */
  revision: ReadonlySignal<string>;
  goToLine(line: number): void;
  start(mode: Mode): void;
  /** Null where a pass opens no solution. */
  openSolution: (() => void) | null;
}
