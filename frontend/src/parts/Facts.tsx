import type { Question } from "../api/types";
import { capital, fromId, kindWord } from "../words";

export function Facts({ question }: { question: Question }) {
  return (
    <ul class="question-facts" aria-label="About this question">
      <li>{fromId(question.lesson)}</li>
      <li>{kindWord(question.kind)}</li>
      <li class={`level level-${question.level}`}>{capital(question.level)}</li>
      <li>{question.minutes} min</li>
      {question.asked_at.length > 0 && <li>Asked at {question.asked_at.join(", ")}</li>}
    </ul>
  );
}
