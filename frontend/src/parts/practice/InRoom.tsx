import { useState } from "preact/hooks";
import { startAlone, type Making } from "../../state/interviews";

interface Props {
  slug: string;
  title: string;
  minutes: number;
}

/** One question in a room of one's own, with its minutes on the clock. */
export function InRoom({ slug, title, minutes }: Props) {
  const [making, setMaking] = useState<Making>({ at: "ready" });
  const start = async () => {
    if (making.at === "busy") return;
    setMaking({ at: "busy" });
    setMaking(await startAlone({ question: slug, clock: true }));
  };
  return (
    <div class="in-room">
      <button type="button" aria-label={`${minutes} min on the clock: ${title}`} aria-disabled={making.at === "busy"} onClick={() => void start()}>
        {minutes} min on the clock
      </button>
      <span role="status" class="made-not">{making.at === "failed" && making.detail}</span>
    </div>
  );
}
