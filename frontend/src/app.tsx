import type { ComponentType } from "preact";
import { signal } from "@preact/signals";
import { LibraryPage } from "./pages/LibraryPage";
import { MessagePage } from "./pages/MessagePage";
import { Banner } from "./parts/Banner";
import { Footer } from "./parts/Footer";
import { Header } from "./parts/Header";
import { route, type Route } from "./router";

/** The editor is most of our script, so the question page comes only when a question is opened. */
type QuestionPage = ComponentType<{ slug: string }>;
const questionPage = signal<{ component: QuestionPage } | "missing" | null>(null);

function fetchQuestionPage(): void {
  void import("./pages/QuestionPage").then(
    (module) => {
      questionPage.value = { component: module.QuestionPage };
    },
    (reason: unknown) => {
      console.error(reason);
      questionPage.value = "missing";
    },
  );
}

export function App() {
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <Header />
      <Banner />
      <Page at={route.value} />
      <Footer />
    </>
  );
}

function Page({ at }: { at: Route }) {
  if (at.page === "library") return <LibraryPage />;
  if (at.page === "missing") return <NoSuchPage />;
  const loaded = questionPage.value;
  if (loaded === null) {
    fetchQuestionPage();
    return <MessagePage title="Opening the question…" isBusy />;
  }
  if (loaded === "missing") return <EditorMissing />;
  return <loaded.component key={at.slug} slug={at.slug} />;
}

function NoSuchPage() {
  return (
    <MessagePage title="There is no such page">
      <p>
        The address may be mistyped, or from another version. All questions are in the <a href="/">library</a>.
      </p>
    </MessagePage>
  );
}

function EditorMissing() {
  return (
    <MessagePage title="The editor could not be fetched">
      <p>Torchroom does not answer, or was updated while this page was open. What you wrote is kept in this browser.</p>
      <button type="button" onClick={() => window.location.reload()}>Load the page again</button>
    </MessagePage>
  );
}
