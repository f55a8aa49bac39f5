import type { Answer, Report } from "../../api/report";
import { plural } from "../../words";
import type { ReportDesk } from "../../state/report";
import { AnswerScore } from "./AnswerScore";
import { CriterionScore } from "./CriterionScore";

/** For whoever may score: answers against their key points, and levels with a reason. Not printed. */
export function ScoringPanel({ desk, report }: { desk: ReportDesk; report: Report }) {
  const answers = report.questions.flatMap((question) =>
    question.answers.filter(isScorable).map((answer) => ({ question, answer })),
  );
  const open = answers.filter(({ answer }) => answer.scored_by === null && answer.text.trim() !== "").length;
  return (
    <details class="scoring-panel">
      <summary>
        {report.practice ? "Score yourself" : "Score this interview"}
        <span class="quiet"> {open ? `${plural(open, "answer")} not scored yet` : "answers and criteria"}</span>
      </summary>
      {answers.length > 0 && (
        <section aria-labelledby="score-answers">
          <h2 id="score-answers">Answers</h2>
          <p class="quiet">Tick what the answer really says. The machine only looks for words; what it finds is a suggestion and never a score.</p>
          {answers.map(({ question, answer }) => (
            <AnswerScore key={`${question.slug}/${answer.item}`} desk={desk} question={question} answer={answer} />
          ))}
        </section>
      )}
      <section aria-labelledby="score-criteria">
        <h2 id="score-criteria">Criteria</h2>
        <p class="quiet">Communication is for a person alone to judge. Any other level can be overruled with a reason; the machine’s own stays on the report beside yours.</p>
        {report.criteria.map((criterion) => (
          <CriterionScore key={criterion.id} desk={desk} criterion={criterion} />
        ))}
      </section>
    </details>
  );
}

const isScorable = (answer: Answer) => answer.points.length > 0;
