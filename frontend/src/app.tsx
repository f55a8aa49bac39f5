import { LibraryPage } from "./pages/LibraryPage";
import { MessagePage } from "./pages/MessagePage";
import { Banner } from "./parts/Banner";
import { Footer } from "./parts/Footer";
import { Header } from "./parts/Header";
import { later } from "./parts/later";
import { route, type Route } from "./router";

/** The library comes at once; every other page, and the editor above all, only when it is opened. */
const QuestionPage = later("Opening the question…", () => import("./pages/QuestionPage").then((file) => file.QuestionPage));
const InterviewsPage = later("Opening the interviews…", () => import("./pages/InterviewsPage").then((file) => file.InterviewsPage));
const PracticePage = later("Opening your practice…", () => import("./pages/PracticePage").then((file) => file.PracticePage));
const RoomPage = later("Opening the room…", () => import("./pages/RoomPage").then((file) => file.RoomPage));
const ReportPage = later("Opening the report…", () => import("./pages/ReportPage").then((file) => file.ReportPage));
const ScoringPage = later("Opening the scoring…", () => import("./pages/ScoringPage").then((file) => file.ScoringPage));
const ReplayPage = later("Opening the replay…", () => import("./pages/ReplayPage").then((file) => file.ReplayPage));

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
  switch (at.page) {
    case "library":
      return <LibraryPage />;
    case "question":
      return <QuestionPage key={at.slug} slug={at.slug} />;
    case "interviews":
      return <InterviewsPage />;
    case "practice":
      return <PracticePage />;
    case "room":
      return <RoomPage key={at.id} id={at.id} />;
    case "report":
      return <ReportPage key={at.id} id={at.id} />;
    case "scoring":
      return <ScoringPage key={at.id} id={at.id} />;
    case "replay":
      return <ReplayPage key={at.id} id={at.id} />;
    case "missing":
      return <NoSuchPage />;
  }
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
