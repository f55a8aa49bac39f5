import { useRef, useState } from "preact/hooks";
import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";

const minutesMore = 5;

/**
 * What whoever leads may do with the clock and the script. The candidate who practises leads themselves.
 * Where the bar has room the buttons stand in it; elsewhere one button shows them.
 */
export function Controls({ room, view }: { room: Room; view: StateView }) {
  const [isOpen, open] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const buttons = buttonsOf(room);
  if (buttons.length === 0) return null;
  const isLeading = room.role.value === "interviewer";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    open(false);
    opener.current?.focus();
  };
  const press = (kind: string, body: object) => {
    if (room.asked.value.has(kind)) return;
    open(false);
    room.do(kind, body);
  };
  return (
    <div class="controls" onKeyDown={onKeyDown}>
      <button ref={opener} type="button" class="small controls-opener" aria-expanded={isOpen} aria-controls="controls" onClick={() => open(!isOpen)}>
        {isLeading ? "Lead" : "Clock"} <span aria-hidden="true">▾</span>
      </button>
      <div id="controls" class={isOpen ? "controls-list controls-open" : "controls-list"} role="group" aria-label="Leading the interview">
        {isLeading && (
          <span class="quiet">{view.script_speaks ? "The script leads the talk." : "You lead the talk: the script is silent."}</span>
        )}
        {buttons.map(({ kind, word, body }) => (
          <button key={kind} type="button" class="small" aria-disabled={room.asked.value.has(kind)} onClick={() => press(kind, body)}>
            {word}
          </button>
        ))}
      </div>
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
