import type { Mode } from "../api/types";
import { underWay } from "../state/run";
import type { Workbench } from "../state/workbench";
import { modeWord, shortcut } from "../words";

const does: Record<Mode, string> = {
  run: "Runs the file as it stands, then the visible cases",
  submit: "Judges every case, hidden ones too",
};

export function Actions({ bench }: { bench: Workbench }) {
  return (
    <div class="actions">
      <Action bench={bench} mode="run" look="button" />
      <Action bench={bench} mode="submit" look="button primary" />
      <p class="quiet keys" id="editor-keys">Tab indents; <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves the editor.</p>
    </div>
  );
}

/** Not disabled while a run is under way, so that the keyboard's place on the page is not lost. */
function Action({ bench, mode, look }: { bench: Workbench; mode: Mode; look: string }) {
  return (
    <button type="button" class={look} title={does[mode]} aria-disabled={underWay(bench.runner.live.value)} onClick={() => bench.start(mode)}>
      {modeWord[mode]} <kbd>{shortcut[mode]}</kbd>
    </button>
  );
}
