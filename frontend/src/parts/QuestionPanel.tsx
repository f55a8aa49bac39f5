import type { Question } from "../api/types";
import { number, plural } from "../words";
import { Prose } from "./Prose";
import { Sentence } from "./Sentence";

export function QuestionPanel({ question }: { question: Question }) {
  return (
    <>
      <Prose html={question.prompt_html} />
      {question.forbidden.length > 0 && <Forbidden names={question.forbidden} />}
      <Rules question={question} />
    </>
  );
}

export function Forbidden({ names }: { names: Question["forbidden"] }) {
  return (
    <section class="rules">
      <h2>Not allowed here</h2>
      <ul>
        {byReason(names).map(([why, forbidden]) => (
          <li key={why}>
            {forbidden.map((name, at) => (
              <>
                {at > 0 && ", "}
                <code>{name}</code>
              </>
            ))}
            <br />
            <Sentence text={why} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Several names are often forbidden for one reason: it is told once. */
function byReason(names: Question["forbidden"]): [why: string, names: string[]][] {
  const groups = new Map<string, string[]>();
  for (const { name, why } of names) groups.set(why, [...(groups.get(why) ?? []), name]);
  return [...groups];
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
