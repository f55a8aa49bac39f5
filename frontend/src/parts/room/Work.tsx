import type { StateView } from "../../api/room";
import type { Mode } from "../../api/types";
import type { Room } from "../../state/room";
import { ANSWERS, CHECKS, sheetOf, type Desk, type Sheet as SheetName } from "../../state/room-desk";
import { underWay } from "../../state/run";
import { modeWord, shortcut } from "../../words";
import { Divider, Work as Column } from "../Divider";
import { Results } from "../Results";
import { Tabs } from "../Tabs";
import { Answers } from "./Answers";
import { Checks } from "./Checks";
import { Sheet } from "./Sheet";

export function Work({ desk, view }: { desk: Desk; view: StateView }) {
  const tabs = desk.sheets.value.map((sheet) => ({
    id: sheet.replace("/", "-"),
    title: titleOf(sheet, view) + whoIsThere(desk.room, sheet, view),
    panel: () => <Panel desk={desk} view={view} sheet={sheet} />,
  }));
  const chosen = {
    get value() {
      return desk.sheet.value.replace("/", "-");
    },
    set value(id: string) {
      desk.sheet.value = desk.sheets.value.find((sheet) => sheet.replace("/", "-") === id) ?? "scratch";
    },
  };
  return (
    <Column>
      <Tabs label="Sheets" chosen={chosen} tabs={tabs} />
    </Column>
  );
}

function Panel({ desk, view, sheet }: { desk: Desk; view: StateView; sheet: SheetName }) {
  const { room } = desk;
  if (sheet === ANSWERS) return <Answers desk={desk} view={view} />;
  if (sheet === CHECKS) return <Checks desk={desk} view={view} />;
  const shared = room.documents.value.get(sheet);
  if (!shared) return null;
  if (!sheet.startsWith("code/")) return <Sheet key={sheet} shared={shared} look="page" />;
  const slug = sheet.slice("code/".length);
  return (
    <>
      <Sheet key={sheet} shared={shared} look="code" />
      <Divider />
      <Actions desk={desk} view={view} slug={slug} />
      <Outcome desk={desk} view={view} slug={slug} />
    </>
  );
}

function Actions({ desk, view, slug }: { desk: Desk; view: StateView; slug: string }) {
  const { room } = desk;
  const isHere = view.current.includes(slug);
  return (
    <div class="actions">
      {isHere && <Start desk={desk} slug={slug} mode="run" look="button" />}
      {isHere && <Start desk={desk} slug={slug} mode="submit" look="button primary" />}
      {whyNot(room, view, slug) && <p class="quiet">{whyNot(room, view, slug)}</p>}
      <p class="hidden" id="editor-keys">Tab indents; Escape, then Tab leaves the editor.</p>
    </div>
  );
}

function whyNot(room: Room, view: StateView, slug: string): string {
  if (!view.current.includes(slug)) return "This question’s stage is over. Its text is as it was judged, unless it was changed since.";
  if (!view.rules.run) return "Whiteboard: there is no Run here. The text is judged once, as it stands when the stage ends.";
  if (view.clock.paused && room.role.value === "candidate") return "Paused: nothing is run until the clock goes on.";
  if (view.phase === "follow-ups") return "What was submitted stands. You may still try things with Run.";
  return "";
}

/** Not disabled while a run is under way, so that the keyboard's place on the page is not lost. */
function Start({ desk, slug, mode, look }: { desk: Desk; slug: string; mode: Mode; look: string }) {
  if (!desk.room.may(mode)) return null;
  const live = desk.judged(slug).runner.live.value;
  return (
    <button type="button" class={look} aria-disabled={underWay(live)} onClick={() => desk.start(mode)}>
      {modeWord[mode]} <kbd>{shortcut[mode]}</kbd>
    </button>
  );
}

function Outcome({ desk, view, slug }: { desk: Desk; view: StateView; slug: string }) {
  const bench = desk.judged(slug);
  if (!view.rules.run && bench.runner.live.value === null) return null;
  return (
    <>
      <TooLate desk={desk} view={view} slug={slug} />
      <Results bench={bench} />
    </>
  );
}

/** Beside the result of the text that the room submitted itself: what reached it afterwards had no part in that. */
function TooLate({ desk, view, slug }: { desk: Desk; view: StateView; slug: string }) {
  const bench = desk.judged(slug);
  const last = view.runs.filter((run) => run.question === slug && run.mode === "submit").at(-1);
  if (!last || last.why === "asked" || (view.current.includes(slug) && view.phase === "coding")) return null;
  if (bench.revision.value === last.sha256 || bench.runner.live.value?.run?.id !== last.run) return null;
  return <p class="too-late" role="status">{tooLateWords[last.why]}</p>;
}

const tooLateWords = {
  time: "What reached the room after the time was up came too late to be judged; what was submitted at 0:00 stands.",
  "moved-on": "What reached the room after the stage was left came too late to be judged; what was submitted then stands.",
};

function titleOf(sheet: SheetName, view: StateView): string {
  if (sheet === ANSWERS) return "Answers";
  if (sheet === CHECKS) return view.stages[view.stage]?.title ?? "Quick checks";
  const title = view.documents.find((one) => one.name === sheet)?.title ?? sheet;
  const isOnlyCode = sheet.startsWith("code/") && view.current.length === 1;
  return isOnlyCode ? "Code" : title;
}

/** The others, and where they are: so that one can look at the same thing. */
function whoIsThere(room: Room, sheet: SheetName, view: StateView): string {
  const there = room.others.value.filter((one) => sheetOf(one.document, view.phase) === sheet && one.author !== room.role.value);
  const names = new Set(there.map((one) => (one.author === "candidate" ? view.people.candidate.name || "Candidate" : view.people.interviewer.name || "Interviewer")));
  return names.size > 0 ? ` · ${[...names].join(", ")}` : "";
}
