import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { useArrival } from "../parts/arrive";
import { Controls, Help } from "../parts/replay/Controls";
import { Documents } from "../parts/replay/Documents";
import { Happenings } from "../parts/replay/Happenings";
import { listenForKeys } from "../parts/replay/keys";
import { RunResult } from "../parts/replay/RunResult";
import { Talk } from "../parts/replay/Talk";
import { Track } from "../parts/replay/Track";
import { Tabs } from "../parts/Tabs";
import { roomPath } from "../router";
import { openSessionPage, type Session } from "../state/replay-page";
import { resultOf } from "../state/replay-result";
import { MessagePage } from "./MessagePage";
import "../styles/question.css";
import "../styles/prose.css";
import "../styles/replay.css";

export function ReplayPage({ id }: { id: string }) {
  const opened = useMemo(() => openSessionPage(id), [id]);
  useEffect(() => opened.close, [opened]);
  const loaded = opened.state.value;
  switch (loaded.at) {
    case "loading":
      return <MessagePage title="Opening the replay…" isBusy />;
    case "here":
      return <Replay id={id} session={loaded.value} />;
    case "no-link":
    case "unknown":
      return <NoSuchRoom hasLink={loaded.at === "unknown"} />;
    case "unreachable":
      return (
        <MessagePage title="Torchroom does not answer">
          <p>The replay opens as soon as the service is back.</p>
        </MessagePage>
      );
    case "refused":
      return (
        <MessagePage title={loaded.title}>
          <p>{loaded.detail}</p>
          <p><a href={roomPath(id)}>Back to the room</a></p>
        </MessagePage>
      );
  }
}

function Replay({ id, session: { room, names, player } }: { id: string; session: Session }) {
  const heading = useArrival(`Replay: ${room.title}`);
  const result = useMemo(() => resultOf(player), [player]);
  const side = useMemo(() => signal<"talk" | "events">("talk"), []);
  useEffect(() => listenForKeys(player), [player]);
  return (
    <main id="main" class="replay" tabIndex={-1}>
      <div class="replay-head">
        <h1 ref={heading} tabIndex={-1}>{room.title}</h1>
        <Facts id={id} session={{ room, names, player }} />
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

function Facts({ id, session: { room, player } }: { id: string; session: Session }) {
  const { candidate, interviewer } = room.state.people;
  const people = [candidate.name, interviewer.name].filter(Boolean).join(", with ");
  const day = new Date(room.created_at).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
  return (
    <ul class="question-facts" aria-label="About this session">
      <li>Replay</li>
      {people && <li>{people}</li>}
      <li>{day}</li>
      {!player.replay.finished && <li>Still going on: this is what happened until the page was opened</li>}
      {room.state.report === "open" && <li><a href={roomPath(id, "report")}>Report</a></li>}
    </ul>
  );
}

function NoSuchRoom({ hasLink }: { hasLink: boolean }) {
  return (
    <MessagePage title={hasLink ? "There is no such room" : "This replay needs the room’s link"}>
      {hasLink ? (
        <p>There is none with this address, or the link that this browser keeps is another room’s.</p>
      ) : (
        <p>A room is open to those who have its link, and this browser was never given it. Open the link you were sent, then come back here.</p>
      )}
    </MessagePage>
  );
}
