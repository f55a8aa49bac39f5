import type { StateView } from "../../api/room";
import { roomPath } from "../../router";
import type { Room } from "../../state/room";
import { around } from "../../state/service";
import { areThere, outcomeWord } from "../../words";
import { useArrival } from "../arrive";
import { ShareReport } from "../ShareReport";
import { Asides } from "./RoomNotices";
import { SavedStatus } from "./SavedStatus";
import { Sheet } from "./Sheet";

export function Finished({ room, view }: { room: Room; view: StateView }) {
  const heading = useArrival(`${view.title}: finished`);
  const isOpen = view.report === "open";
  const notes = room.documents.value.get("notes");
  return (
    <main id="main" class="finished" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>The interview is over</h1>
      <p class="lead">{view.title}. Everything was kept: the texts, the runs, what was said.</p>
      <div role="status" class="finished-asides"><Asides room={room} view={view} /></div>
      <Submitted view={view} />
      {isOpen ? (
        <nav class="after" aria-label="What to look at now">
          <a class="button primary" href={roomPath(room.id, "report")}>Read the report</a>
          <a class="button" href={roomPath(room.id, "replay")}>Replay the session</a>
          <a class="button" href={roomPath(room.id, "scoring")}>How this was scored</a>
          {view.practice && <a class="button" href="/practice">What to do next</a>}
        </nav>
      ) : (
        <p>The report opens here once your interviewer shares it. You can close this page and come back with the same link.</p>
      )}
      {room.role.value === "interviewer" && !view.practice && (
        <div class="share">
          {view.shared ? (
            <span class="quiet">The candidate can read the report with their link.</span>
          ) : (
            room.may("share") && (
              <>
                <ShareReport label="Share the report with the candidate" isOnItsWay={room.asked.value.has("share")} share={() => room.do("share")} />
                <span class="quiet">Until then only you can read it.</span>
              </>
            )
          )}
        </div>
      )}
      {notes && (
        <section class="finished-notes" aria-label="Notes">
          <h2>Notes</h2>
          <Sheet shared={notes} look="box" label="Notes, seen by interviewers only" />
        </section>
      )}
      <SavedStatus room={room} />
    </main>
  );
}

/** The last Submit of each question, in a line. */
function Submitted({ view }: { view: StateView }) {
  const rows = view.questions.flatMap((question) => {
    const run = view.runs.filter((one) => one.question === question.slug && one.mode === "submit").at(-1);
    return run ? [{ question, run }] : [];
  });
  if (rows.length === 0) return null;
  return (
    <ul class="submitted">
      {rows.map(({ question, run }) => (
        <li key={question.slug}>
          <strong>{question.title}</strong>
          {run.state === "under-way" && <span class="quiet">{around.value.slot === "away" && !areThere(around.value) ? "waits to be judged: no executor is connected" : "is being judged…"}</span>}
          {run.state === "our_failure" && <span>could not be judged, which is our fault</span>}
          {run.state === "finished" && (
            <span class={run.outcome === "passed" ? "good" : "bad"}>
              {run.total > 0 ? `${run.passed} of ${run.total} ${["quiz", "predict"].includes(question.kind) ? "right" : "passed"}` : (outcomeWord[run.outcome as keyof typeof outcomeWord] ?? run.outcome)}
            </span>
          )}
          {run.why === "time" && <span class="quiet">submitted when the time was up</span>}
          {run.why === "moved-on" && <span class="quiet">submitted when the stage was left</span>}
        </li>
      ))}
    </ul>
  );
}
