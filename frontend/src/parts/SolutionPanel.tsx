import type { Solution } from "../api/types";
import type { Workbench } from "../state/workbench";
import { Diff } from "./Diff";
import { Prose } from "./Prose";

export function SolutionPanel({ bench }: { bench: Workbench }) {
  const pass = bench.pass.value;
  if (!pass) {
    return (
      <p class="quiet">
        The editorial, the reference and a comparison with your text open here once a Submit has passed every case.
      </p>
    );
  }
  const loaded = bench.solution.value;
  switch (loaded.at) {
    case "loading":
      return <p class="quiet" aria-busy="true">Fetching the solution…</p>;
    case "here":
      return <Shown solution={loaded.value} own={pass.code} />;
    case "unreachable":
      return <p>Torchroom does not answer. The solution appears here as soon as it is back.</p>;
    case "unknown":
    case "refused":
      return <p>The service no longer knows the Submit that passed. Submit again to open the solution.</p>;
  }
}

function Shown({ solution, own }: { solution: Solution; own: string }) {
  return (
    <>
      <section>
        <h2>Your text and the reference</h2>
        <p class="quiet key">
          <span class="swatch swatch-own">only in yours</span> <span class="swatch swatch-reference">only in the reference</span>
        </p>
        <Diff own={own} reference={solution.reference} />
      </section>
      <section>
        <h2>Editorial</h2>
        <Prose html={solution.editorial_html} />
      </section>
      {solution.followups.length > 0 && <Followups followups={solution.followups} />}
    </>
  );
}

function Followups({ followups }: { followups: Solution["followups"] }) {
  return (
    <section>
      <h2>What an interviewer asks next</h2>
      <p class="quiet">Answer aloud first, then open the points of a strong answer.</p>
      {followups.map(({ question, key_points }) => (
        <details class="followup" key={question}>
          <summary>{question}</summary>
          <ul>
            {key_points.map((point) => <li key={point}>{point}</li>)}
          </ul>
        </details>
      ))}
    </section>
  );
}
