import { useState } from "preact/hooks";
import type { Interview } from "../../api/types";
import { questionPath } from "../../router";
import { extraTime, startAlone, type Making } from "../../state/interviews";
import { kindWord } from "../../words";
import { askedIn, lengthened, rulesInWords } from "../../words-interview";
import { InviteForm } from "./InviteForm";
import { Stages } from "./Stages";

export function InterviewItem({ item }: { item: Interview }) {
  const [making, setMaking] = useState<Making>({ at: "ready" });
  const [isInviting, setInviting] = useState(false);
  const isBusy = making.at === "busy";
  const start = async () => {
    if (isBusy) return;
    setMaking({ at: "busy" });
    setMaking(await startAlone({ template: item.slug }));
  };
  return (
    <li class="card" aria-labelledby={`interview-${item.slug}`}>
      <div class="card-head">
        <h3 id={`interview-${item.slug}`}>
          {item.title} <span class="card-minutes">{lengthened(item.minutes, extraTime.value)} min</span>
        </h3>
        <div class="choices">
          <button type="button" class="primary" aria-label={`Start alone: ${item.title}`} aria-disabled={isBusy} onClick={() => void start()}>
            Start alone
          </button>
          <button
            type="button"
            aria-label={`Invite somebody: ${item.title}`}
            aria-expanded={isInviting}
            onClick={() => setInviting(!isInviting)}
          >
            Invite somebody
          </button>
        </div>
      </div>
      <p>{item.summary}</p>
      <Stages stages={item.stages} extraTime={extraTime.value} />
      <p class="quiet rules-line">{rulesInWords(item.rules)}</p>
      <details class="asked">
        <summary>What is asked, and how to speak about it</summary>
        <ul>
          {askedIn(item.stages).map(({ slug, title, kind, minutes }) => (
            <li key={slug}>
              <a href={questionPath(slug)}>{title}</a> <span class="quiet">{kindWord(kind)}, {minutes} min</span>
            </li>
          ))}
        </ul>
        {item.tips.length > 0 && (
          <ul class="tips">
            {item.tips.map((tip) => <li key={tip}>{tip}</li>)}
          </ul>
        )}
      </details>
      <div role="status">
        {making.at === "failed" && (
          <p class="made-not"><strong>{making.title}.</strong> {making.detail}</p>
        )}
      </div>
      {isInviting && <InviteForm item={item} />}
    </li>
  );
}
