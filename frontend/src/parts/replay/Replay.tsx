import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import type { RoomView } from "../../api/room";
import { roomPath } from "../../router";
import { openSession, type Session } from "../../state/replay-session";
import type { Fetched } from "../../state/replay-fetch";
import { resultOf } from "../../state/replay-result";
import { dayOf } from "../../state/replay-words";
import { useArrival } from "../arrive";
import { Tabs } from "../Tabs";
import { Controls, Help } from "./Controls";
import { Documents } from "./Documents";
import { Happenings } from "./Happenings";
import { listenForKeys } from "./keys";
import { RunResult } from "./RunResult";
import { Talk } from "./Talk";
import { Track } from "./Track";

export function Replay({ id, fetched }: { id: string; fetched: Fetched }) {
  const session = useMemo(() => openSession(fetched), [fetched]);
  useEffect(() => session.close, [session]);
  // Before it is painted: what is in sight can be steered.
  useLayoutEffect(() => listenForKeys(session.player), [session]);
  return <Shown id={id} room={fetched.room} session={session} />;
}

function Shown({ id, room, session: { names, player } }: { id: string; room: RoomView; session: Session }) {
  const heading = useArrival(`Replay: ${room.title}`);
  const result = useMemo(() => resultOf(player), [player]);
  const side = useMemo(() => signal<"talk" | "events">("talk"), []);
  return (
    <main id="main" class="replay" tabIndex={-1}>
      <div class="replay-head">
        <h1 ref={heading} tabIndex={-1}>{room.title}</h1>
        <Facts id={id} room={room} isOver={player.replay.finished} />
      </div>
      <section class="work replay-work" aria-label="What was written">
        <Documents player={player} names={names} goal={result} />
        <RunResult result={result} names={names} />
      </section>
      <section class="pane replay-side" aria-label="What was said and what happened">
        <Tabs
          label="Conversation and events"
          chosen={side}
          tabs={[
            { id: "talk", title: "Conversation", panel: () => <Talk player={player} names={names} /> },
            { id: "events", title: "Events", panel: () => <Happenings player={player} names={names} /> },
          ]}
        />
      </section>
      <section class="player" aria-label="Player">
        <Track player={player} names={names} />
        <Controls player={player} names={names} />
        <Help />
      </section>
    </main>
  );
}

function Facts({ id, room, isOver }: { id: string; room: RoomView; isOver: boolean }) {
  const { candidate, interviewer } = room.state.people;
  const people = [candidate.name, interviewer.name].filter(Boolean).join(", with ");
  return (
    <ul class="question-facts" aria-label="About this session">
      <li>Replay</li>
      {people && <li>{people}</li>}
      <li>{dayOf(room.created_at)}</li>
      {!isOver && <li>Still going on: this is what happened until the page was opened</li>}
      {room.state.report === "open" && <li><a href={roomPath(id, "report")}>Report</a></li>}
    </ul>
  );
}
