import type { Problem } from "../api/types";
import type { Judged } from "../state/judged";
import type { Live } from "../state/run";
import { isOfAnswers, modeWord, outcomeSign, outcomeWord, seconds, verdictHeading } from "../words";
import { Cases } from "./Cases";
import { Console } from "./Console";
import { Sentence } from "./Sentence";
import { GoToLine, Traceback } from "./Traceback";

export function Verdict({ bench, live }: { bench: Judged; live: Live }) {
  const verdict = live.run?.verdict;
  if (!verdict) return null;
  const passed = verdict.outcome === "passed";
  return (
    <>
      <div class={passed ? "verdict verdict-passed" : "verdict verdict-failed"}>
        <span class={passed ? "sign good" : "sign bad"} aria-hidden="true">{outcomeSign(verdict.outcome)}</span>
        <h2>
          {modeWord[live.mode]}: {verdictHeading(verdict)}
        </h2>
        {!isOfAnswers(verdict.cases) && <span class="quiet">{seconds(verdict.seconds)}</span>}
        {!isOfAnswers(verdict.cases) && <Revision bench={bench} live={live} />}
      </div>
      {passed && live.mode === "submit" && bench.openSolution && <ToSolution open={bench.openSolution} />}
      {passed && live.mode === "run" && <p class="quiet next">These were the visible cases. Submit judges the hidden ones too.</p>}
      {verdict.problem && <FileProblem bench={bench} live={live} problem={verdict.problem} />}
      {live.mode === "run" && <Console live={live} bench={bench} withEnd={!verdict.problem} />}
      {!verdict.problem && <Cases bench={bench} live={live} />}
    </>
  );
}

/** A result belongs to one text: it names it, and says when that is no longer the text in the editor. */
function Revision({ bench, live }: { bench: Judged; live: Live }) {
  const sent = live.run?.code_sha256 ?? "";
  const isCurrent = bench.revision.value === sent;
  return (
    <span class={isCurrent ? "revision" : "revision revision-stale"}>
      {isCurrent ? "for this text" : "The text has changed since"} <code title="First digits of the SHA-256 of the text that was judged">{sent.slice(0, 7)}</code>
    </span>
  );
}

function ToSolution({ open }: { open: () => void }) {
  return (
    <p class="next">
      <button type="button" onClick={open}>Read the editorial and compare with the reference</button>
    </p>
  );
}

function FileProblem({ bench, live, problem }: { bench: Judged; live: Live; problem: Problem }) {
  return (
    <div class="problem">
      <p>
        <strong>{outcomeWord[problem.outcome]}.</strong> <Sentence text={problem.message} />
      </p>
      {problem.line !== null && <GoToLine bench={bench} live={live} line={problem.line} />}
      {problem.traceback && <Traceback bench={bench} live={live} text={problem.traceback} />}
      <p class="quiet">No case could be judged: what is wrong concerns the file as a whole.</p>
    </div>
  );
}
