import { useEffect } from "preact/hooks";
import type { QuestionList } from "../api/types";
import { useArrival } from "../parts/arrive";
import { Filters } from "../parts/Filters";
import { QuestionItem } from "../parts/QuestionItem";
import { clearFilters, openLibrary, questions, shown } from "../state/library";
import type { Loading } from "../state/loading";
import { plural } from "../words";

export function LibraryPage() {
  const heading = useArrival("Torchroom");
  useEffect(openLibrary, []);
  return (
    <main id="main" class="library" tabIndex={-1}>
      <h1 ref={heading} tabIndex={-1}>Questions</h1>
      <p class="lead">Write the answer, run it, and learn which tensor is wrong and by how much.</p>
      <Body loaded={questions.value} />
    </main>
  );
}

function Body({ loaded }: { loaded: Loading<QuestionList> }) {
  switch (loaded.at) {
    case "loading":
      return <p class="quiet" aria-busy="true">Fetching the questions…</p>;
    case "here":
      return <Found list={loaded.value} />;
    case "unreachable":
      return <p>The questions come from the Torchroom service, and it does not answer. They appear here as soon as it does.</p>;
    case "unknown":
      return <p>This service has no library. It may be of another version than this page: load the page again.</p>;
    case "refused":
      return <p>{loaded.title}. {loaded.detail}</p>;
  }
}

function Found({ list }: { list: QuestionList }) {
  if (list.items.length === 0) {
    return <p>There are no questions yet. A question is a folder under <code>questions/</code>; CONTRIBUTING shows how to write one.</p>;
  }
  return (
    <>
      <Filters list={list} />
      <p class="count quiet" role="status">
        {shown.value.length === list.items.length ? plural(list.items.length, "question") : `${shown.value.length} of ${plural(list.items.length, "question")}`}
      </p>
      {shown.value.length > 0 ? (
        <ul class="questions">
          {shown.value.map((item) => <QuestionItem key={item.slug} item={item} list={list} />)}
        </ul>
      ) : (
        <NothingFound />
      )}
    </>
  );
}

function NothingFound() {
  return (
    <div class="nothing">
      <p>
        No question fits all of this together. Every word of the search must occur in a title, summary, lesson, tag or company; try
        fewer words, or take a filter away.
      </p>
      <button type="button" onClick={clearFilters}>Show all questions</button>
    </div>
  );
}
