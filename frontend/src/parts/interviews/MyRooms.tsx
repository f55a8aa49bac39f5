import { useEffect, useState } from "preact/hooks";
import { roomPath } from "../../router";
import { forgetRoom, myRooms, type MyRoom } from "../../state/my-rooms";
import { roomsNow, watchRooms, type RoomNow } from "../../state/rooms-now";
import { dayAndTime, plural } from "../../words";
import { phaseWord } from "../../words-interview";
import { copied } from "../CopyField";

const few = 3;

export function MyRooms() {
  useEffect(watchRooms, []);
  const [isLong, setLong] = useState(false);
  const all = myRooms.value;
  return (
    <section class="my-rooms" aria-labelledby="my-rooms">
      <h2 id="my-rooms">My rooms</h2>
      <ul>
        {all.slice(0, isLong ? all.length : few).map((room) => <OneRoom key={room.id} room={room} now={roomsNow.value[room.id]} />)}
      </ul>
      {all.length > few && (
        <button type="button" class="plain" aria-expanded={isLong} onClick={() => setLong(!isLong)}>
          {isLong ? "Show fewer" : `Show ${plural(all.length - few, "older room")}`}
        </button>
      )}
    </section>
  );
}

function OneRoom({ room, now }: { room: MyRoom; now: RoomNow | undefined }) {
  const isGone = now === "gone";
  return (
    <li class="my-room">
      <div>
        {isGone ? <span class="quiet">{room.title}</span> : <a href={roomPath(room.id)}>{room.title}</a>}
        <p class="quiet">{[roleWord(room), dayAndTime(Date.parse(room.at)), nowWord(now)].filter(Boolean).join(" · ")}</p>
      </div>
      <div class="choices">
        {now && now !== "gone" && now.hasReport && <a class="button" href={roomPath(room.id, "report")}>Report</a>}
        {!isGone && room.candidateLink && <CopyLink link={room.candidateLink} />}
        <Remove room={room} />
      </div>
    </li>
  );
}

function CopyLink({ link }: { link: string }) {
  const [said, setSaid] = useState("Copy the candidate’s link");
  const copy = async () => setSaid((await copied(window.location.origin + link)) ? "Copied" : "Not allowed to copy");
  return (
    <button type="button" class="plain" onClick={() => void copy()}>
      <span aria-live="polite">{said}</span>
    </button>
  );
}

/** Asks once: of a room of one's own this browser has the only link. */
function Remove({ room }: { room: MyRoom }) {
  const [isAsking, ask] = useState(false);
  return (
    <button
      type="button"
      class="plain"
      title="The room itself stays; whoever has a link of it still comes in."
      aria-label={`${isAsking ? "Remove, with its link" : "Remove"}: ${room.title}`}
      onClick={() => (isAsking ? forgetRoom(room.id) : ask(true))}
      onBlur={() => ask(false)}
    >
      {isAsking ? "Remove, with its link?" : "Remove"}
    </button>
  );
}

function roleWord({ practice, role, candidate }: MyRoom): string {
  if (practice) return "alone";
  if (role === "candidate") return "as the candidate";
  return candidate?.trim() ? `with ${candidate.trim()}` : "as the interviewer";
}

function nowWord(now: RoomNow | undefined): string {
  if (now === undefined) return "";
  return now === "gone" ? "this service no longer has it" : phaseWord[now.phase].toLowerCase();
}
