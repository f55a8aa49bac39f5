import type { Workbench } from "../state/workbench";
import { clockTime } from "../words";

/** What happened to the text and can be undone or decided. */
export function Notices({ bench }: { bench: Workbench }) {
  return (
    <div role="status" class="notices">
      <OtherTab bench={bench} />
      <WasReset bench={bench} />
    </div>
  );
}

function OtherTab({ bench: { draft } }: { bench: Workbench }) {
  const other = draft.other.value;
  if (!other) return null;
  return (
    <div class="notice">
      <p>
        Another tab changed its text for this question at {clockTime(other.at)}. Here your own still stands; whichever you leave is
        kept under Earlier texts.
      </p>
      <div class="choices">
        <button type="button" onClick={draft.takeOther}>Show the other text</button>
        <button type="button" onClick={draft.keepMine}>Keep this one</button>
      </div>
    </div>
  );
}

function WasReset({ bench: { draft, question } }: { bench: Workbench }) {
  const last = draft.earlier.value[0];
  if (last?.why !== "reset" || draft.text.value !== question.starter) return null;
  return (
    <div class="notice">
      <p>The starter is back. What you had is kept.</p>
      <button type="button" onClick={() => draft.replace(last.text, "replaced")}>Undo the reset</button>
    </div>
  );
}
