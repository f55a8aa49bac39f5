import type { Names } from "../../state/replay-words";
import { timeOf } from "../../state/replay-words";
import type { Result } from "../../state/replay-result";
import { modeWord } from "../../words";
import { Sentence } from "../Sentence";
import { Verdict } from "../Verdict";

/** The last run at that moment: under way, judged, or lost by us. */
export function RunResult({ result, names }: { result: Result; names: Names }) {
  const then = result.then.value;
  return (
    <section class="results" aria-label="Result" tabIndex={0}>
      {then === null ? <p class="quiet nothing-yet">Nothing had been run yet.</p> : <Body result={result} names={names} />}
    </section>
  );
}

function Body({ result, names }: { result: Result; names: Names }) {
  const then = result.then.value;
  if (!then) return null;
  const { run, hasEnded, live } = then;
  const message = hasEnded ? (run.ended?.message ?? null) : null;
  return (
    <>
      <p class="quiet result-of">
        {names.question(run.question)}, at {timeOf(run.time)}
        {run.why === "time" && ": time was up, and the text was submitted as it stood"}
      </p>
      {!hasEnded && <h2>{modeWord[run.mode]}: under way</h2>}
      {message !== null && (
        <div class="ours">
          <h2>{modeWord[run.mode]}: this was our fault</h2>
          <p><Sentence text={message} /></p>
          <p>The code was not judged, and nothing counts against it.</p>
        </div>
      )}
      {live && <Verdict key={run.run} bench={result.bench} live={live} />}
    </>
  );
}
