import { useEffect, useState } from "preact/hooks";
import type { Judged } from "../state/judged";
import type { Live } from "../state/run";
import { modeWord, plural } from "../words";
import { Sentence } from "./Sentence";

/** No room, or no answer: says when it is tried again, and lets the candidate decide otherwise. */
export function PutOff({ runner, live }: { runner: Judged["runner"]; live: Live }) {
  const left = useSecondsUntil(live.retryAt);
  return (
    <div class="ours">
      <h2>{live.told?.title}</h2>
      <p><Sentence text={live.told?.detail ?? ""} /></p>
      <p>{left > 0 ? `${modeWord[live.mode]} is sent again in ${plural(left, "second")}.` : "Sending again…"}</p>
      <div class="choices">
        <button type="button" onClick={runner.retryNow}>Send now</button>
        <button type="button" onClick={runner.giveUp}>Stop trying</button>
      </div>
    </div>
  );
}

function useSecondsUntil(at: number | null): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return at === null ? 0 : Math.max(0, Math.ceil((at - now) / 1000));
}
