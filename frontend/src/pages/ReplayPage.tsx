import { useEffect, useMemo } from "preact/hooks";
import { later } from "../parts/later";
import { Trouble } from "../parts/Trouble";
import { fetchSession } from "../state/replay-fetch";
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
  if (loaded.at !== "here") return <Trouble id={id} what="replay" loaded={loaded} />;
  return <Replay id={id} fetched={loaded.value} />;
}
