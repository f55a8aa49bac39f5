import type { Hint } from "../api/types";
import type { Loading } from "../state/loading";
import type { Workbench } from "../state/workbench";
import { plural } from "../words";
import { Prose } from "./Prose";

export function HintsPanel({ bench }: { bench: Workbench }) {
  const { question, hints, askHint } = bench;
  const shown = hints.value.length;
  return (
    <>
      <p class="quiet">
        {question.hints === 0
          ? "This question has no hints."
          : `${plural(question.hints, "hint")}, from a nudge to nearly the answer. Each is shown only when you ask for it.`}
      </p>
      <div aria-live="polite">
        {hints.value.map((hint, at) => <OneHint key={at} number={at + 1} hint={hint} />)}
      </div>
      {(shown < question.hints || hints.value.some(hasFailed)) && (
        <button type="button" onClick={askHint}>{nextHint(shown, question.hints, hints.value.some(hasFailed))}</button>
      )}
    </>
  );
}

function OneHint({ number, hint }: { number: number; hint: Loading<Hint> }) {
  return (
    <section class="hint">
      <h2>Hint {number}</h2>
      {hint.at === "here" ? <Prose html={hint.value.html} /> : <p class="quiet">{absent[hint.at]}</p>}
    </section>
  );
}

const absent = {
  loading: "Fetching the hint…",
  unknown: "The service has no such hint.",
  unreachable: "Torchroom does not answer. Ask again when it is back.",
  refused: "The service would not give this hint. Ask again in a moment.",
} as const;

const hasFailed = (hint: Loading<Hint>) => hint.at !== "here" && hint.at !== "loading";

const nextHint = (shown: number, all: number, failed: boolean) =>
  failed ? "Ask again" : shown === 0 ? "Show the first hint" : shown + 1 === all ? "Show the last hint" : "Show the next hint";
