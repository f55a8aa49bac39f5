import type { Earlier } from "../state/draft";
import type { Workbench } from "../state/workbench";
import { dayAndTime, plural, stopwatch, whyWord } from "../words";

export function EditorBar({ bench }: { bench: Workbench }) {
  const { draft, question } = bench;
  return (
    <div class="bar">
      <h2 class="bar-title">Your answer</h2>
      <span class={draft.isKept.value ? "kept" : "kept kept-not"} role="status">
        {draft.isKept.value ? "Kept in this browser" : "Not kept: this browser refuses to store it. Copy your text before you leave."}
      </span>
      <ClockButton bench={bench} />
      {draft.earlier.value.length > 0 && <EarlierTexts bench={bench} />}
      <button type="button" class="plain" onClick={() => draft.replace(question.starter, "reset")}>
        Reset
      </button>
    </div>
  );
}

function ClockButton({ bench: { clock, question } }: { bench: Workbench }) {
  const { seconds, isRunning } = clock;
  return (
    <button
      type="button"
      class={isRunning.value ? "plain clock" : "plain clock clock-paused"}
      onClick={clock.toggle}
      title={`${isRunning.value ? "Pause" : "Start"} the clock. An interview gives about ${question.minutes} minutes.`}
    >
      <span class="hidden">{isRunning.value ? "Pause the clock:" : "Start the clock:"} </span>
      <span aria-hidden="true">{isRunning.value ? "❚❚" : "▶"}</span> {stopwatch(seconds.value)} of {question.minutes}:00
    </button>
  );
}

function EarlierTexts({ bench: { draft } }: { bench: Workbench }) {
  const take = (earlier: Earlier) => draft.replace(earlier.text, "replaced");
  return (
    <details class="menu">
      <summary>Earlier texts</summary>
      <ul>
        {draft.earlier.value.map((earlier) => (
          <li key={earlier.at}>
            <span>
              {dayAndTime(earlier.at)}, {whyWord[earlier.why]} <span class="quiet">({plural(earlier.text.split("\n").length, "line")})</span>
            </span>
            <button type="button" onClick={() => take(earlier)}>Take back</button>
          </li>
        ))}
      </ul>
    </details>
  );
}
