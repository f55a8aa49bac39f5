import { useState } from "preact/hooks";
import type { Answer, ReportQuestion } from "../../api/report";
import type { ReportDesk } from "../../state/report";
import { Sentence } from "../Sentence";

interface Props {
  desk: ReportDesk;
  question: ReportQuestion;
  answer: Answer;
}

/** One answer beside its key points. Nothing is ticked before a person has ticked it. */
export function AnswerScore({ desk, question, answer }: Props) {
  const [points, setPoints] = useState(() => answer.points.map((point) => point.scored ?? false));
  const [reason, setReason] = useState(answer.reason);
  const [isBusy, setBusy] = useState(false);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    await desk.score({ question: question.slug, item: answer.item, points, reason: reason.trim() });
    setBusy(false);
  }

  return (
    <form class="answer-score" onSubmit={(event) => void save(event)}>
      <fieldset>
        <legend>
          <span class="quiet">{question.title}, {answer.item + 1}: </span>
          <Sentence text={answer.question} />
        </legend>
        {answer.text.trim() ? <blockquote dir="auto">{answer.text}</blockquote> : <p class="quiet">No answer was written.</p>}
        {answer.points.map((point, at) => (
          <div class="score-point" key={point.text}>
            <label>
              <input
                type="checkbox"
                checked={points[at] ?? false}
                onChange={(event) => setPoints(points.map((was, other) => (other === at ? event.currentTarget.checked : was)))}
              />
              <span><Sentence text={point.text} /></span>
            </label>
            {point.touched.length > 0 && <p class="quiet">The words touch it: “{point.touched[0]}”, a suggestion.</p>}
          </div>
        ))}
        {answer.points.some((point) => !point.can_tell) && (
          <p class="quiet score-none">
            {answer.points.some((point) => point.can_tell) ? "For some of these points" : "For these points"} the machine knows no words to look for.
          </p>
        )}
        <label class="score-reason">
          Note, if you like
          <input value={reason} maxLength={2000} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <button type="submit" aria-disabled={isBusy}>
          {answer.scored_by === null ? "Save this score" : "Save the changed score"}
        </button>
      </fieldset>
    </form>
  );
}
