import type { StageView, StateView } from "../../api/room";
import type { Room } from "../../state/room";
import type { Desk } from "../../state/room-desk";
import { minutes, personWord } from "../../state/room-words";
import { phaseWord } from "../../words-interview";
import { Controls } from "./Controls";
import { GoOn } from "./GoOn";
import { Keys } from "./Keys";
import { RoomClock } from "./RoomClock";
import { SavedStatus } from "./SavedStatus";

/** What is always in sight: which stage, how long, whether the text is safe, who is here. */
export function Bar({ desk, view }: { desk: Desk; view: StateView }) {
  const { room } = desk;
  const stage = view.stages[view.stage];
  return (
    <div class="room-bar">
      <div class="room-title">
        <h1>{view.title}</h1>
        <h2 id="stage" tabIndex={-1}>
          <span class="hidden">Stage {view.stage + 1} of {view.stages.length}: </span>
          {stage?.title ?? phaseWord[view.phase]}
        </h2>
      </div>
      <Track view={view} />
      <div class="room-status">
        <SavedStatus room={room} />
        <People room={room} view={view} desk={desk} />
      </div>
      <RoomClock room={room} view={view} />
      <Controls room={room} view={view} />
      <TalkToggle desk={desk} view={view} />
      <Keys />
      <GoOn room={room} view={view} />
    </div>
  );
}

export function Track({ view }: { view: StateView }) {
  return (
    <ol class="track" aria-label="Stages">
      {view.stages.map((stage, at) => (
        <li key={at} class={trackClass(at, view.stage)} aria-current={at === view.stage ? "step" : undefined} title={stageTitle(stage)}>
          <span class="hidden">{stage.title}{at < view.stage && " (over)"}</span>
        </li>
      ))}
    </ol>
  );
}

const trackClass = (at: number, now: number) => (at < now ? "track-over" : at === now ? "track-now" : "track-next");

const stageTitle = (stage: StageView) => `${stage.title}, ${minutes(stage.seconds)}`;

export function People({ room, view, desk = null }: { room: Room; view: StateView; desk?: Desk | null }) {
  const roles = view.practice ? (["candidate"] as const) : (["candidate", "interviewer"] as const);
  return (
    <ul class="people" aria-label="Who is here">
      {roles.map((role) => {
        const here = view.people[role].here > 0;
        return (
          <li key={role} class={`person person-${role} ${here ? "person-here" : "person-away"}`}>
            {personWord(view, role, room.role.value)}
            <span class={here ? "hidden" : "quiet"}>{here ? " is here" : " is away"}</span>
            {desk && here && role === "candidate" && room.role.value === "interviewer" && <Follow desk={desk} name={personWord(view, role, room.role.value)} />}
          </li>
        );
      })}
    </ul>
  );
}

/** Look where the other looks, until the button is pressed again or one writes oneself. */
function Follow({ desk, name }: { desk: Desk; name: string }) {
  return (
    <button type="button" class="small" aria-pressed={desk.follows.value} aria-label={`Follow ${name}`} onClick={desk.toggleFollow}>
      {desk.follows.value ? "Following" : "Follow"}
    </button>
  );
}

function TalkToggle({ desk, view }: { desk: Desk; view: StateView }) {
  if (view.current.length === 0) return null; // the talk is what the stage is about
  const unread = desk.unread.value;
  return (
    <button type="button" class="plain talk-toggle" aria-expanded={desk.talkIsOpen.value} aria-controls="talk" onClick={desk.toggleTalk}>
      {desk.talkIsOpen.value ? "Hide the talk" : "Show the talk"}
      {unread > 0 && <strong class="unread"> {unread} new</strong>}
    </button>
  );
}
