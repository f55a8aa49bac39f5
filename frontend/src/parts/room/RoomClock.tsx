import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";
import { stopwatch } from "../../words";

const warningWord = { none: "", five: "5 minutes or less", one: "Last minute" } as const;

export function RoomClock({ room, view }: { room: Room; view: StateView }) {
  const left = room.clock.left.value;
  if (left === null) return <p class="room-clock room-clock-none">No clock</p>;
  const warning = view.clock.paused ? "none" : room.clock.warning.value;
  return (
    <p class={`room-clock room-clock-${view.clock.paused ? "paused" : warning}`} role="timer" aria-label="Time left in this stage">
      <span class="room-clock-digits">{stopwatch(left)}</span>
      <span class="room-clock-word">{view.clock.paused ? "Paused" : warningWord[warning] || "left"}</span>
      {view.clock.extended > 0 && <span class="hidden">, extended</span>}
    </p>
  );
}
