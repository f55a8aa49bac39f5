import type { InterviewStage } from "../../api/types";
import { lengthened } from "../../words-interview";

/** The stages in their order, each as wide as it is long. */
export function Stages({ stages, extraTime }: { stages: InterviewStage[]; extraTime: number }) {
  return (
    <ol class="stages" aria-label="Stages">
      {stages.map(({ phase, title, minutes }, at) => (
        <li key={at} class={`stage stage-${phase}`} style={{ flexGrow: minutes }}>
          <span class="stage-title">{title}</span>
          <span class="quiet">{lengthened(minutes, extraTime)} min</span>
        </li>
      ))}
    </ol>
  );
}
