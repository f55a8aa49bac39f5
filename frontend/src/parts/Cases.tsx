import type { CaseVerdict } from "../api/types";
import type { Judged } from "../state/judged";
import type { Live } from "../state/run";
import { fromId, inReadingOrder, isOfAnswers, outcomeSign, outcomeWord, seconds, withoutColours } from "../words";
import { BudgetGauges } from "./BudgetGauges";
import { Sentence } from "./Sentence";
import { TensorFailure } from "./TensorFailure";
import { GoToLine, Traceback } from "./Traceback";

interface Props {
  bench: Judged;
  live: Live;
}

export function Cases({ bench, live }: Props) {
  const isFinal = live.stage === "finished";
  const cases = isFinal ? inReadingOrder(live.cases) : live.cases;
  if (cases.length === 0) return null;
  const first = isFinal ? cases.findIndex((one) => one.outcome !== "passed") : -1;
  const areAnswers = isOfAnswers(cases);
  return (
    <section class="cases">
      <h3 class="hidden">{areAnswers ? "Answers" : "Cases"}</h3>
      <ul>
        {cases.map((one, at) => (
          <li key={`${live.run?.id}-${one.name}`} class={one.outcome === "passed" ? "case case-passed" : "case case-bad"}>
            {hasMore(one) ? (
              <details open={at === first}>
                <summary><Line one={one} isAnswer={areAnswers} /></summary>
                <More bench={bench} live={live} one={one} />
              </details>
            ) : (
              <div class="case-line"><Line one={one} isAnswer={areAnswers} /></div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const hasMore = (one: CaseVerdict) => one.outcome !== "passed" || one.output !== null || one.budget !== null;

function Line({ one, isAnswer }: { one: CaseVerdict; isAnswer: boolean }) {
  return (
    <>
      <span class={one.outcome === "passed" ? "sign good" : "sign bad"} aria-hidden="true">{outcomeSign(one.outcome)}</span>
      <span class="case-title">
        {one.title}
        {one.outcome === "passed" ? <span class="hidden">{isAnswer ? " right" : " passed"}</span> : <strong class="case-outcome">{isAnswer ? "Not right" : outcomeWord[one.outcome]}</strong>}
      </span>
      <span class="quiet case-criterion">{fromId(one.criterion)}</span>
      {!isAnswer && <span class="quiet case-seen">{one.visible ? "visible" : "hidden"}</span>}
      {!isAnswer && <span class="quiet case-time">{seconds(one.seconds)}</span>}
    </>
  );
}

function More({ bench, live, one }: Props & { one: CaseVerdict }) {
  return (
    <div class="case-more">
      {one.outcome !== "passed" && <p><Sentence text={one.message} /></p>}
      {one.failure && <TensorFailure failure={one.failure} />}
      {one.budget && <BudgetGauges budget={one.budget} outcome={one.outcome} />}
      {one.line !== null && <GoToLine bench={bench} live={live} line={one.line} />}
      {one.traceback && <Traceback bench={bench} live={live} text={one.traceback} />}
      {one.output && (
        <div class="stream">
          <span class="stream-name">printed in this case</span>
          <pre class="code" tabIndex={0} aria-label="Printed in this case">{withoutColours(one.output)}</pre>
        </div>
      )}
    </div>
  );
}
