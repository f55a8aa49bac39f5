import { useEffect, useMemo } from "preact/hooks";
import { later } from "../parts/later";
import { roomPath } from "../router";
import { fetchSession } from "../state/replay-fetch";
import { MessagePage } from "./MessagePage";
import "../styles/question.css";
import "../styles/prose.css";
import "../styles/replay.css";

// Asked for at once, so that the editor and the log travel at the same time.
const player = import("../parts/replay/Replay");
const Replay = later("Opening the replay…", () => player.then((file) => file.Replay));

export function ReplayPage({ id }: { id: string }) {
  const fetching = useMemo(() => fetchSession(id), [id]);
  useEffect(() => fetching.close, [fetching]);
  const loaded = fetching.state.value;
  switch (loaded.at) {
    case "loading":
      return <MessagePage title="Opening the replay…" isBusy />;
    case "here":
      return <Replay id={id} fetched={loaded.value} />;
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
