import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";

const minutesMore = 5;

/** What whoever leads may do with the clock and the script. The candidate who practises leads themselves. */
export function Controls({ room, view }: { room: Room; view: StateView }) {
  const buttons = buttonsOf(room);
  if (buttons.length === 0) return null;
  return (
    <div class="controls" role="group" aria-label="Leading the interview">
      {room.role.value === "interviewer" && (
        <span class="quiet">{view.script_speaks ? "The script leads the talk." : "You lead the talk: the script is silent."}</span>
      )}
      {buttons.map(({ kind, word, body }) => (
        <button key={kind} type="button" class="small" aria-disabled={room.asked.value.has(kind)} onClick={() => !room.asked.value.has(kind) && room.do(kind, body)}>
          {word}
        </button>
      ))}
    </div>
  );
}

/** Going on after a pause stands in the notice of it, where one looks. */
function buttonsOf(room: Room): { kind: string; word: string; body: object }[] {
  return [
    { kind: "pause", word: "Pause the clock", body: {} },
    { kind: "extend", word: `${minutesMore} minutes more`, body: { seconds: minutesMore * 60 } },
    { kind: "take-over", word: "Take over the talk", body: {} },
    { kind: "hand-back", word: "Hand the talk back to the script", body: {} },
  ].filter(({ kind }) => room.may(kind));
}
