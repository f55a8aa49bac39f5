import { useEffect, useRef, useState } from "preact/hooks";
import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";
import { nextWords } from "../../state/room-words";

/** Leaves the stage. What that does is said first, and where it cannot be taken back it is asked about. */
export function GoOn({ room, view }: { room: Room; view: StateView }) {
  const [isAsking, ask] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => ask(false), [view.stage]);
  useEffect(() => {
    if (isAsking) yes.current?.focus();
  }, [isAsking]);
  if (!room.may("next")) return null;
  const { label, does, asksFirst } = nextWords(view);
  const isOnItsWay = room.asked.value.has("next");
  const go = () => {
    ask(false);
    if (!isOnItsWay) room.do("next", { stage: view.stage });
  };
  const stay = () => {
    ask(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <div class="go-on" onKeyDown={(event) => event.key === "Escape" && isAsking && stay()}>
      <button
        ref={button}
        type="button"
        title={does}
        aria-expanded={asksFirst ? isAsking : undefined}
        aria-disabled={isOnItsWay}
        onClick={() => (asksFirst ? ask(!isAsking) : go())}
      >
        {label}
      </button>
      {isAsking && (
        <div class="go-on-ask" role="group" aria-label={label}>
          <p>{does}</p>
          <div class="choices">
            <button ref={yes} type="button" class="primary" onClick={go}>{label}</button>
            <button type="button" onClick={stay}>Stay here</button>
          </div>
        </div>
      )}
    </div>
  );
}
