import { useState } from "preact/hooks";
import { startAlone, type Making } from "../../state/interviews";

interface Props {
  slug: string;
  minutes: number;
  /** As the page's only way on, or quietly beside others. */
  isMain?: boolean;
}

/** The same question as in an interview: in a room, where the interviewer speaks and a clock may run. */
export function PractiseInRoom({ slug, minutes, isMain = false }: Props) {
  const [making, setMaking] = useState<Making>({ at: "ready" });
  const isBusy = making.at === "busy";
  const start = async (clock: boolean) => {
    if (isBusy) return;
    setMaking({ at: "busy" });
    setMaking(await startAlone({ question: slug, clock }));
  };
  return (
    <div class="practise">
      {!isMain && <span class="quiet">Practise it in a room:</span>}
      <button type="button" class={isMain ? "primary" : "in-text"} aria-disabled={isBusy} onClick={() => void start(true)}>
        {isMain ? `Start with ${minutes} minutes on the clock` : `with ${minutes} min on the clock`}
      </button>
      {!isMain && <span class="quiet" aria-hidden="true">·</span>}
      <button type="button" class={isMain ? "" : "in-text"} aria-disabled={isBusy} onClick={() => void start(false)}>
        {isMain ? "Start without a clock" : "without a clock"}
      </button>
      <span class="practise-not" role="status">{making.at === "failed" && `${making.title}. ${making.detail}`}</span>
    </div>
  );
}
