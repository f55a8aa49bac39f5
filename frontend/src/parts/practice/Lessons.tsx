import type { LessonProgress } from "../../api/types";
import { plural } from "../../words";

export function Lessons({ lessons }: { lessons: LessonProgress[] }) {
  return (
    <section aria-labelledby="lessons">
      <h2 id="lessons">By lesson</h2>
      <ul class="lessons">
        {lessons.map((lesson) => <OneLesson key={lesson.id} lesson={lesson} />)}
      </ul>
    </section>
  );
}

/** The bar says nothing that the words beside it do not. */
function OneLesson({ lesson: { id, title, passed, tried, total } }: { lesson: LessonProgress }) {
  const percent = (count: number) => ({ width: `${(100 * count) / total}%` });
  return (
    <li class="lesson">
      <a href={`/?lesson=${encodeURIComponent(id)}`}>{title}</a>
      <span class="lesson-bar" aria-hidden="true">
        <span class="lesson-passed" style={percent(passed)} />
        <span class="lesson-tried" style={percent(tried - passed)} />
      </span>
      <span class="quiet">
        {passed} of {total} passed{tried > passed && `, ${passed ? plural(tried - passed, "other") : tried} tried`}
      </span>
    </li>
  );
}
