import { useEffect, useMemo } from "preact/hooks";
import type { Question } from "../api/types";
import { Actions } from "../parts/Actions";
import { useArrival } from "../parts/arrive";
import { Divider, Work } from "../parts/Divider";
import { Editor } from "../parts/Editor";
import { EditorBar } from "../parts/EditorBar";
import { Facts } from "../parts/Facts";
import { HintsPanel } from "../parts/HintsPanel";
import { Notices } from "../parts/Notices";
import { PractiseInRoom } from "../parts/practice/PractiseInRoom";
import { StartQuestion } from "../parts/practice/StartQuestion";
import { QuestionPanel } from "../parts/QuestionPanel";
import { Results } from "../parts/Results";
import { SolutionPanel } from "../parts/SolutionPanel";
import { listenForShortcuts } from "../parts/shortcuts";
import { Tabs } from "../parts/Tabs";
import { openQuestion, type Workbench } from "../state/workbench";
import { MessagePage } from "./MessagePage";
import "../styles/question.css";
import "../styles/prose.css";

export function QuestionPage({ slug }: { slug: string }) {
  const opened = useMemo(() => openQuestion(slug), [slug]);
  useEffect(() => () => opened.close(), [opened]);
  const loaded = opened.state.value;
  switch (loaded.at) {
    case "loading":
      return <MessagePage title="Opening the question…" isBusy />;
    case "here":
      return hasEditor(loaded.value.question) ? <Bench bench={loaded.value} /> : <StartQuestion question={loaded.value.question} />;
    case "unknown":
      return <UnknownQuestion slug={slug} />;
    case "unreachable":
      return <Waiting />;
    case "refused":
      return <MessagePage title={loaded.title}><p>{loaded.detail}</p></MessagePage>;
  }
}

/** What is answered item by item has its place in a room, not on a page of its own. */
const hasEditor = (question: Question) => question.items === 0;

function Bench({ bench }: { bench: Workbench }) {
  const { question, tab } = bench;
  const heading = useArrival(question.title);
  useEffect(() => listenForShortcuts(bench), [bench]);
  return (
    <main id="main" class={`bench bench-${tab.value}`} tabIndex={-1}>
      <section class="pane" aria-label="The question">
        <div class="pane-head">
          <h1 ref={heading} tabIndex={-1}>{question.title}</h1>
          <Facts question={question} />
          <PractiseInRoom slug={question.slug} minutes={question.minutes} />
        </div>
        <Tabs
          label="Question, hints and solution"
          chosen={tab}
          tabs={[
            { id: "question", title: "Question", panel: () => <QuestionPanel question={question} /> },
            { id: "hints", title: "Hints", panel: () => <HintsPanel bench={bench} /> },
            { id: "solution", title: "Solution", panel: () => <SolutionPanel bench={bench} /> },
          ]}
        />
      </section>
      <Work>
        <EditorBar bench={bench} />
        <Notices bench={bench} />
        <Editor bench={bench} />
        <Divider />
        <Actions bench={bench} />
        <Results bench={bench} />
      </Work>
    </main>
  );
}

function UnknownQuestion({ slug }: { slug: string }) {
  return (
    <MessagePage title="There is no such question">
      <p>
        No question is called <code>{slug}</code>. It may have been renamed or taken out. All there are stand in the{" "}
        <a href="/">library</a>.
      </p>
    </MessagePage>
  );
}

function Waiting() {
  return (
    <MessagePage title="Torchroom does not answer">
      <p>The question opens as soon as the service is back. What you wrote for it before is kept in this browser.</p>
      <p>If the service runs on this machine, start it again with <code>make run</code>.</p>
    </MessagePage>
  );
}
