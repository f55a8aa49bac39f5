import type { Sitting } from "../../api/types";
import { questionPath, roomPath } from "../../router";
import { myRooms } from "../../state/my-rooms";
import { dayAndTime, plural, stopwatch } from "../../words";

export function Recent({ sittings }: { sittings: Sitting[] }) {
  if (sittings.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <h2 id="recent">Recently</h2>
      <ul class="recent">
        {sittings.map((sitting) => <OneSitting key={sitting.slug + sitting.at} sitting={sitting} />)}
      </ul>
    </section>
  );
}

function OneSitting({ sitting }: { sitting: Sitting }) {
  const { slug, title, at, outcome, room } = sitting;
  const passed = outcome === "passed";
  return (
    <li class="recent-item">
      <span class={passed ? "sign good" : "sign quiet"} aria-hidden="true">{passed ? "✓" : outcome === "failed" ? "✗" : "·"}</span>
      <div>
        <a href={questionPath(slug)}>{title}</a>
        <p class="quiet">{inWords(sitting)}</p>
      </div>
      <span class="quiet recent-when">
        {room && myRooms.value.some(({ id }) => id === room) && <a href={roomPath(room, "report")}>Report</a>} {dayAndTime(Date.parse(at))}
      </span>
    </li>
  );
}

function inWords({ outcome, submits, best, total, hints, seconds }: Sitting): string {
  if (outcome === "tried") return "Run, not submitted";
  const told = [outcome === "passed" ? "Passed" : "Not passed", `${best} of ${total}`];
  if (submits > 1) told.push(plural(submits, "Submit"));
  if (hints > 0) told.push(plural(hints, "hint"));
  if (seconds !== null) told.push(`in ${stopwatch(Math.round(seconds))} min`);
  return told.join(", ");
}
