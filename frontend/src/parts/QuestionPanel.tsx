import type { Question } from "../api/types";
import { number, plural } from "../words";
import { Prose } from "./Prose";

export function QuestionPanel({ question }: { question: Question }) {
  return (
    <>
      <Prose html={question.prompt_html} />
      {question.forbidden.length > 0 && <Forbidden names={question.forbidden} />}
      <Rules question={question} />
    </>
  );
}

function Forbidden({ names }: { names: Question["forbidden"] }) {
  return (
    <section class="rules">
      <h2>Not allowed here</h2>
      <ul>
        {names.map(({ name, why }) => (
          <li key={name}>
            <code>{name}</code> {why}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rules({ question: { limits, tolerances, devices, entry } }: { question: Question }) {
  return (
    <details class="rules">
      <summary>How it is judged</summary>
      <dl class="facts">
        <dt>Must define</dt>
        <dd>{entry.map((name) => <code key={name}>{name}</code>)}</dd>
        <dt>Values may differ by</dt>
        <dd>
          relative {number(tolerances.rtol)} plus absolute {number(tolerances.atol)}
        </dd>
        <dt>Time for each case</dt>
        <dd>{plural(limits.seconds, "second")}</dd>
        <dt>Memory</dt>
        <dd>{limits.memory_mb} MB beyond what torch itself takes</dd>
        <dt>Output</dt>
        <dd>{limits.output_kb} KB</dd>
        <dt>Devices</dt>
        <dd>{devices.join(", ")}</dd>
      </dl>
    </details>
  );
}
