import { useEffect } from "preact/hooks";
import type { Practice } from "../api/types";
import { useArrival } from "../parts/arrive";
import { Forget } from "../parts/practice/Forget";
import { Lessons } from "../parts/practice/Lessons";
import { Recent } from "../parts/practice/Recent";
import { Todo } from "../parts/practice/Todo";
import type { Loading } from "../state/loading";
import { openPractice, practice } from "../state/practice";
import "../styles/practice.css";

export function PracticePage() {
  const heading = useArrival("Practice");
  useEffect(openPractice, []);
  return (
    <main id="main" class="practice" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>Practice</h1>
      <p class="lead">What to do next, and how far you are. Every Submit counts, on a question’s own page and in rooms of your own.</p>
      <Body loaded={practice.value} />
    </main>
  );
}

function Body({ loaded }: { loaded: Loading<Practice> }) {
  switch (loaded.at) {
    case "loading":
      return <p class="quiet" aria-busy="true">Fetching your progress…</p>;
    case "here":
      return <Found practice={loaded.value} />;
    case "unreachable":
      return <p>Your progress comes from the Torchroom service, and it does not answer. It appears here as soon as it does.</p>;
    case "unknown":
      return <p>This service keeps no progress. It may be of another version than this page: load the page again.</p>;
    case "refused":
      return <p>{loaded.title}. {loaded.detail}</p>;
  }
}

function Found({ practice: found }: { practice: Practice }) {
  return (
    <div class="practice-parts">
      <Todo practice={found} />
      <Lessons lessons={found.lessons} />
      <Recent sittings={found.recent} />
      <Forget />
    </div>
  );
}
