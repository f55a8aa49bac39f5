import type { StateView } from "../../api/room";
import type { Room } from "../../state/room";
import type { Desk } from "../../state/room-desk";
import type { Aside } from "../../state/room-texts";

/** What the person has to know or decide now. */
export function RoomNotices({ desk, view }: { desk: Desk; view: StateView }) {
  const { room } = desk;
  const refusal = room.refusal.value;
  return (
    <div role="status" class="notices">
      {view.clock.paused && (
        <div class="notice">
          <p><strong>Paused.</strong> The clock stands still. {room.role.value === "candidate" && "Your code waits; scratch and talk stay open."}</p>
          {room.may("resume") && <button type="button" onClick={() => room.do("resume")}>Go on with the clock</button>}
        </div>
      )}
      {desk.waiting.value !== null && (
        <div class="notice">
          <p><strong>{view.stages[view.stage]?.title} has begun.</strong> You were writing, so this sheet stayed open.</p>
          <button type="button" onClick={desk.goThere}>Go to {view.stages[view.stage]?.title}</button>
        </div>
      )}
      {refusal && (
        <div class="notice">
          <p>{refusal.detail}</p>
          <button type="button" onClick={room.dismissRefusal}>Close</button>
        </div>
      )}
      <Asides room={room} view={view} />
    </div>
  );
}

/** What was typed and is not in the room: the person decides what becomes of it. */
export function Asides({ room, view }: { room: Room; view: StateView }) {
  return (
    <>
      {room.asides.value.map((aside, at) => <SetAside key={at} room={room} view={view} aside={aside} />)}
    </>
  );
}

function SetAside({ room, view, aside }: { room: Room; view: StateView; aside: Aside }) {
  const title = view.documents.find((one) => one.name === aside.document)?.title ?? aside.document;
  return (
    <div class="notice notice-aside">
      <p>
        <strong>Not in the room:</strong> your last changes to “{title}” were not taken. {aside.detail} The text as you had it is kept here.
      </p>
      <details>
        <summary>Show it</summary>
        <textarea class="aside-text" readOnly rows={8} aria-label="The text as you had it" value={aside.text} />
      </details>
      <button type="button" onClick={() => room.dropAside(aside)}>Throw it away</button>
    </div>
  );
}
