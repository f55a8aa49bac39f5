import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";
import { nextWords } from "../../state/room-words";
import { AskFirst } from "../AskFirst";

/** Leaves the stage. What that does is said first, and where it cannot be taken back it is asked about. */
export function GoOn({ room, view }: { room: Room; view: StateView }) {
  if (!room.may("next")) return null;
  const { label, does, asksFirst } = nextWords(view);
  return (
    <div class="go-on">
      <AskFirst
        key={view.stage}
        label={label}
        does={does}
        stay="Stay here"
        asks={asksFirst}
        isOnItsWay={room.asked.value.has("next")}
        go={() => room.do("next", { stage: view.stage })}
      />
    </div>
  );
}
