import type { ComponentChild } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Judged } from "../state/judged";
import type { Live } from "../state/run";
import { around } from "../state/service";
import { announcement, modeWord, progressHeading, progressNotes } from "../words";
import { Console } from "./Console";
import { Cases } from "./Cases";
import { PutOff } from "./PutOff";
import { Sentence } from "./Sentence";
import { Verdict } from "./Verdict";

export function Results({ bench }: { bench: Judged }) {
  const live = bench.runner.live.value;
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (live?.stage === "finished" || live?.stage === "our_failure") bringIntoSight(section.current);
  }, [live?.stage, live?.run?.id]);
  return (
    <section ref={section} class={`results results-${live?.stage ?? "none"}`} aria-label="Result">
      <p class="hidden" role="status">{announcement(live, around.value)}</p>
      {live ? body(bench, live) : <Nothing />}
    </section>
  );
}

/** In one column the result may lie below the screen; a press of the button should be seen to do something. */
function bringIntoSight(section: HTMLElement | null): void {
  if (section && section.getBoundingClientRect().top > window.innerHeight - 120) section.scrollIntoView({ block: "center" });
}

function Nothing() {
  return (
    <p class="quiet nothing-yet">
      <strong>Run</strong> executes the file as it stands, shows what it prints, and tries the visible cases. <strong>Submit</strong>{" "}
      judges every case. Both take a moment only: use them often.
    </p>
  );
}

function body(bench: Judged, live: Live): ComponentChild {
  switch (live.stage) {
    case "sending":
      // What was told at the last attempt stays in sight until there is something else to say.
      return live.told ? <PutOff runner={bench.runner} live={live} /> : <UnderWay bench={bench} live={live} />;
    case "queued":
    case "running":
      return <UnderWay bench={bench} live={live} />;
    case "waiting":
      return <PutOff runner={bench.runner} live={live} />;
    case "not_accepted":
      return <NotAccepted live={live} />;
    case "finished":
      return <Verdict bench={bench} live={live} />;
    case "our_failure":
      return <OurFailure bench={bench} live={live} />;
    case "lost":
      return <Lost bench={bench} live={live} />;
  }
}

function UnderWay({ bench, live }: { bench: Judged; live: Live }) {
  return (
    <>
      <h2 class="under-way">{progressHeading(live, around.value)}</h2>
      {progressNotes(live, around.value).map((note) => <p key={note} class="under-way-note">{note}</p>)}
      {live.mode === "run" && <Console live={live} bench={bench} />}
      <Cases bench={bench} live={live} />
    </>
  );
}

function NotAccepted({ live }: { live: Live }) {
  return (
    <div class="ours">
      <h2>{live.told?.title}</h2>
      <p><Sentence text={live.told?.detail ?? ""} /></p>
      <p class="quiet">Nothing was run, and your text is untouched.</p>
    </div>
  );
}

function OurFailure({ bench, live }: { bench: Judged; live: Live }) {
  return (
    <div class="ours">
      <h2>This is our fault, not your code’s</h2>
      <p><Sentence text={live.run?.failure?.message ?? "The run could not be brought to an end."} /></p>
      <p>Your code was not judged and nothing counts against you. Your text is kept.</p>
      <button type="button" onClick={() => bench.start(live.mode)}>{modeWord[live.mode]} again</button>
    </div>
  );
}

function Lost({ bench, live }: { bench: Judged; live: Live }) {
  return (
    <div class="ours">
      <h2>The service no longer knows this run</h2>
      <p>It was probably started anew with empty data. Your text is kept in this browser.</p>
      <button type="button" onClick={() => bench.start(live.mode)}>{modeWord[live.mode]} again</button>
    </div>
  );
}
