import type { Role, StateView } from "../../api/room";
import type { Room } from "../../state/room";
import { minutes, personWord, roleWord, rulesOf } from "../../state/room-words";
import { plural } from "../../words";
import { useArrival } from "../arrive";
import { People } from "./Bar";
import { SavedStatus } from "./SavedStatus";

/** Before it begins: who is here, what will happen, by which rules, and what is recorded. */
export function Lobby({ room, view }: { room: Room; view: StateView }) {
  const heading = useArrival(view.title);
  const all = view.stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  const mine = room.role.value;
  return (
    <main id="main" class="lobby" tabIndex={-1}>
      <div class="lobby-head">
        <h1 ref={heading} tabIndex={-1}>{view.title}</h1>
        <p class="lead">
          {all > 0 ? `${Math.round(all / 60)} minutes` : "Without a clock"}, {plural(view.stages.length, "stage")}.{" "}
          {mine && !view.practice && `You are here as ${roleWord(mine).toLowerCase()}.`}
        </p>
      </div>
      <div class="lobby-body">
        <section aria-labelledby="lobby-stages">
          <h2 id="lobby-stages">What will happen</h2>
          <ol class="lobby-stages">
            {view.stages.map((stage, at) => (
              <li key={at}>
                <span class="lobby-stage">{stage.title}</span>
                <span class="quiet">{stageWords[stage.phase]}</span>
                <span class="lobby-minutes">{minutes(stage.seconds)}</span>
              </li>
            ))}
          </ol>
        </section>
        <section aria-labelledby="lobby-rules">
          <h2 id="lobby-rules">The rules</h2>
          <ul class="sentences">
            {rulesOf(view, mine).map((rule) => <li key={rule}>{rule}</li>)}
          </ul>
        </section>
        <section aria-labelledby="lobby-recorded">
          <h2 id="lobby-recorded">What is recorded</h2>
          <ul class="sentences">
            <li>All that is typed, run and said, with its time: it can be replayed afterwards.</li>
            <li>How much was pasted from outside of this page, and when this page lost and regained the focus. Both are shown on the timeline and never change a score.</li>
            <li>Nothing else: no picture, no sound, nothing of other windows.</li>
          </ul>
        </section>
      </div>
      <div class="lobby-begin">
        <People room={room} view={view} />
        <Begin room={room} view={view} mine={mine} />
        <SavedStatus room={room} />
      </div>
    </main>
  );
}

const stageWords: Record<string, string> = {
  introduction: "A word of welcome, and what comes",
  coding: "Writing code",
  "follow-ups": "Questions about what was written",
  "quick-checks": "Choose, predict, explain",
  "wrap-up": "What is left to say",
};

function Begin({ room, view, mine }: { room: Room; view: StateView; mine: Role | null }) {
  if (!room.may("next")) return <p class="quiet">It has not begun yet. This page goes on by itself when it does.</p>;
  const isOnItsWay = room.asked.value.has("next");
  const missing = !view.practice && mine ? (mine === "candidate" ? "interviewer" : "candidate") : null;
  const isAlone = missing !== null && view.people[missing].here === 0;
  return (
    <div class="begin">
      <button type="button" class="primary big" aria-disabled={isOnItsWay} onClick={() => !isOnItsWay && room.do("next", { stage: view.stage })}>
        {isOnItsWay ? "Beginning…" : "Begin"}
      </button>
      {isAlone && missing && <span class="quiet">{personWord(view, missing, mine)} is not here yet. The clock starts at once.</span>}
      {!isAlone && <span class="quiet">The clock starts at once.</span>}
    </div>
  );
}
