import { useEffect, useMemo } from "preact/hooks";
import type { StateView } from "../api/room";
import { useArrival } from "../parts/arrive";
import { Announcer } from "../parts/room/Announcer";
import { Bar } from "../parts/room/Bar";
import { Finished } from "../parts/room/Finished";
import { listenForRoomKeys } from "../parts/room/keyboard";
import { Lobby } from "../parts/room/Lobby";
import { Prompt } from "../parts/room/Prompt";
import { RoomNotices } from "../parts/room/RoomNotices";
import { Talk } from "../parts/room/Talk";
import { Work } from "../parts/room/Work";
import { openRoom, type Room } from "../state/room";
import { openDesk, type Desk, type Side } from "../state/room-desk";
import { secretOf } from "../state/secret";
import { databaseIsAway } from "../state/service";
import { MessagePage } from "./MessagePage";
import "../styles/question.css";
import "../styles/prose.css";
import "../styles/room.css";

export function RoomPage({ id }: { id: string }) {
  const secret = useMemo(() => secretOf(id), [id]);
  useEffect(listenForAnotherLink, []);
  return secret ? <Opened key={secret} id={id} secret={secret} /> : <NoLink />;
}

/** Another link of the same room changes the fragment alone; a page out of the browser's memory has lost its line. */
function listenForAnotherLink(): () => void {
  const again = () => window.location.reload();
  const onShow = (event: PageTransitionEvent) => event.persisted && again();
  window.addEventListener("hashchange", again);
  window.addEventListener("pageshow", onShow);
  return () => {
    window.removeEventListener("hashchange", again);
    window.removeEventListener("pageshow", onShow);
  };
}

function Opened({ id, secret }: { id: string; secret: string }) {
  const room = useMemo(() => openRoom(id, secret), [id, secret]);
  const desk = useMemo(() => openDesk(room), [room]);
  useEffect(
    () => () => {
      desk.close();
      room.close();
    },
    [room, desk],
  );
  const view = room.view.value;
  if (room.ended.value) return <Ended room={room} />;
  if (!view) return <Opening room={room} />;
  if (view.phase === "lobby") return <Lobby room={room} view={view} />;
  if (view.phase === "finished") return <Finished room={room} view={view} />;
  return <Working desk={desk} view={view} />;
}

function Working({ desk, view }: { desk: Desk; view: StateView }) {
  const { room } = desk;
  useArrival(view.title);
  useEffect(() => listenForRoomKeys(desk), [desk]);
  // The quick checks hold their questions themselves.
  const hasPrompt = view.phase === "coding" || view.phase === "follow-ups";
  return (
    <main id="main" class={`room ${layoutOf(desk, view, hasPrompt)} room-side-${desk.side.value}`} tabIndex={-1}>
      <Announcer room={room} view={view} />
      <Bar desk={desk} view={view} />
      <RoomNotices desk={desk} view={view} />
      <Sides desk={desk} hasPrompt={hasPrompt} />
      <div class="room-body">
        {hasPrompt && <Prompt desk={desk} view={view} />}
        <Work desk={desk} view={view} />
        <Talk room={room} view={view} question={desk.question.value} />
      </div>
    </main>
  );
}

function layoutOf(desk: Desk, view: StateView, hasPrompt: boolean): string {
  if (view.current.length === 0) return "room-talking";
  const parts = hasPrompt ? "room-prompted" : "room-bare";
  return `${parts} ${desk.talkIsOpen.value ? "room-with-talk" : "room-without-talk"}`;
}

/** Where there is no room for all three side by side. */
function Sides({ desk, hasPrompt }: { desk: Desk; hasPrompt: boolean }) {
  const unread = desk.unread.value;
  const sides: [Side, string][] = [
    ...(hasPrompt ? ([["question", "Question"]] as [Side, string][]) : []),
    ["work", "Work"],
    ["talk", unread > 0 ? `Talk (${unread} new)` : "Talk"],
  ];
  return (
    <div class="sides" role="group" aria-label="What is shown">
      {sides.map(([side, word]) => (
        <button
          key={side}
          type="button"
          aria-pressed={desk.side.value === side}
          onClick={() => {
            desk.side.value = side;
            // On a phone the page itself scrolls, and what was said last is what one came for.
            if (side === "talk") requestAnimationFrame(() => document.querySelector(".talk-log > :last-child")?.scrollIntoView({ block: "nearest" }));
          }}
        >
          {word}
        </button>
      ))}
    </div>
  );
}

function NoLink() {
  return (
    <MessagePage title="This room opens with its link">
      <p>
        A room has one link for the candidate and one for the interviewer, and the part behind the <code>#</code> is the key. Open the whole
        link that you were given, or paste it into the address bar.
      </p>
      <p>You have no link? <a href="/interviews">Start an interview of your own.</a></p>
    </MessagePage>
  );
}

function Opening({ room }: { room: Room }) {
  return (
    <MessagePage title="Opening the room…" isBusy>
      {room.link.value === "offline" && (
        <p>
          {databaseIsAway.value ? "Torchroom cannot reach its database." : "Torchroom does not answer."} The room opens as soon as it does; what
          you typed before is kept in this browser.
        </p>
      )}
    </MessagePage>
  );
}

function Ended({ room }: { room: Room }) {
  const { code, detail } = room.ended.value ?? { code: "", detail: "" };
  if (code === "replaced" || code === "4001") {
    return (
      <MessagePage title="This room is open in another place">
        <p>The same page was opened again, and goes on there.</p>
        <button type="button" onClick={() => window.location.reload()}>Go on here</button>
      </MessagePage>
    );
  }
  return (
    <MessagePage title="This link opens no room">
      <p>{detail || "There is no such room, or this link does not open it."}</p>
      <p>Use the whole link that you were given. Was it meant to be yours? <a href="/interviews">Start an interview of your own.</a></p>
    </MessagePage>
  );
}
