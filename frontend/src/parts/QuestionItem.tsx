import type { Facet, QuestionList, QuestionSummary } from "../api/types";
import { questionPath } from "../router";
import { due, progress } from "../state/progress";
import { fromId } from "../words";

export function QuestionItem({ item, list }: { item: QuestionSummary; list: QuestionList }) {
  const done = due.value.has(item.slug) ? "due" : progress.value[item.slug];
  return (
    <li class="question">
      <div class="question-what">
        <h2>
          <a href={questionPath(item.slug)}>{item.title}</a>
        </h2>
        <p>{item.summary}</p>
        {item.asked_at.length > 0 && <p class="quiet">Asked at {item.asked_at.join(", ")}</p>}
      </div>
      <ul class="question-facts" aria-label="About this question">
        <li>{titleOf(list.lessons, item.lesson)}</li>
        <li>{titleOf(list.kinds, item.kind)}</li>
        <li class={`level level-${item.level}`}>{titleOf(list.levels, item.level)}</li>
        <li>{item.minutes} min</li>
        {done && <li class={`done done-${done}`}>{doneWord[done]}</li>}
      </ul>
    </li>
  );
}

const doneWord = { tried: "Tried", passed: "✓ Passed", due: "↻ Due" } as const;

const titleOf = (facets: Facet[], id: string) => facets.find((facet) => facet.id === id)?.title ?? fromId(id);
