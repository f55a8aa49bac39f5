import { useEffect, useRef, useState } from "preact/hooks";
import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";
import { announceStage } from "../../state/room-words";

/** Says aloud, once each, what changes without being asked for: a stage, the last minutes, a pause. */
export function Announcer({ room, view }: { room: Room; view: StateView }) {
  const [said, say] = useState("");
  const stage = useRef(view.stage);
  const warning = room.clock.warning.value;
  useEffect(() => {
    if (stage.current !== view.stage) {
      stage.current = view.stage;
      say(announceStage(view));
      takeFocus();
    }
  }, [view.stage]);
  useEffect(() => {
    if (warning === "five") say("5 minutes or less are left in this stage.");
    if (warning === "one") say("The last minute of this stage has begun.");
  }, [warning, view.stage]);
  useEffect(() => {
    if (view.clock.paused) say("The clock is paused.");
  }, [view.clock.paused]);
  return <p class="hidden" role="status">{said}</p>;
}

/** The place on the page moves to the new stage, but never out from under a hand that writes. */
function takeFocus(): void {
  const at = document.activeElement;
  const writes = at instanceof HTMLElement && at !== document.body && (at.isContentEditable || ["TEXTAREA", "INPUT"].includes(at.tagName));
  if (!writes) requestAnimationFrame(() => document.getElementById("stage")?.focus({ preventScroll: true }));
}
