import { useEffect } from "preact/hooks";
import type { InterviewList } from "../api/types";
import { useArrival } from "../parts/arrive";
import { ExtraTime } from "../parts/interviews/ExtraTime";
import { InterviewItem } from "../parts/interviews/InterviewItem";
import { MyRooms } from "../parts/interviews/MyRooms";
import { extraTime, interviews, openInterviews, setExtraTime } from "../state/interviews";
import type { Loading } from "../state/loading";
import { myRooms } from "../state/my-rooms";
import "../styles/interviews.css";

export function InterviewsPage() {
  const heading = useArrival("Interviews");
  useEffect(openInterviews, []);
  return (
    <main id="main" class="interviews" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>Interviews</h1>
      <p class="lead">
        A whole interview against the clock, from the welcome to a report that shows its evidence. Take one alone, with the scripted
        interviewer, or invite somebody and watch.
      </p>
      {myRooms.value.length > 0 && <MyRooms />}
      <Body loaded={interviews.value} />
    </main>
  );
}

function Body({ loaded }: { loaded: Loading<InterviewList> }) {
  switch (loaded.at) {
    case "loading":
      return <p class="quiet" aria-busy="true">Fetching the interviews…</p>;
    case "here":
      return <Found items={loaded.value.items} />;
    case "unreachable":
      return <p>The interviews come from the Torchroom service, and it does not answer. They appear here as soon as it does.</p>;
    case "unknown":
      return <p>This service has no interviews. It may be of another version than this page: load the page again.</p>;
    case "refused":
      return <p>{loaded.title}. {loaded.detail}</p>;
  }
}

function Found({ items }: InterviewList) {
  if (items.length === 0) {
    return <p>There are no interviews yet. Each is a file under <code>templates/</code>.</p>;
  }
  return (
    <section class="interviews-ready">
      <div class="section-head">
        <h2>Ready to start</h2>
        <ExtraTime chosen={extraTime.value} onChoose={setExtraTime} label="Extra time, if you need it" />
      </div>
      <ul class="cards">
        {items.map((item) => <InterviewItem key={item.slug} item={item} />)}
      </ul>
    </section>
  );
}
