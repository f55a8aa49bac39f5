import { signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { RoomQuestion, StateView } from "../../api/room";
import type { Desk } from "../../state/room-desk";
import type { Loading } from "../../state/loading";
import { capital, fromId, kindWord, number, plural } from "../../words";
import { Forbidden } from "../QuestionPanel";
import { Prose } from "../Prose";
import { Tabs } from "../Tabs";
import { Guide } from "./Guide";

/** The question that is worked on. An interviewer has the guide to it beside. */
export function Prompt({ desk, view }: { desk: Desk; view: StateView }) {
  const slug = desk.question.value;
  const chosen = useMemo(() => signal<"prompt" | "guide">("prompt"), []);
  if (!slug) return null;
  const loaded = desk.room.questions.value.get(slug);
  const isInterviewer = desk.room.role.value === "interviewer";
  return (
    <section class="pane room-prompt" aria-label="The question" data-part>
      <Head view={view} slug={slug} loaded={loaded} />
      {isInterviewer ? (
        <Tabs
          label="Question and guide"
          chosen={chosen}
          tabs={[
            { id: "prompt", title: "Question", panel: () => <Body loaded={loaded} /> },
            { id: "guide", title: "Guide", panel: () => <Guide room={desk.room} view={view} slug={slug} loaded={loaded} /> },
          ]}
        />
      ) : (
        <div class="panel" tabIndex={0} role="group" aria-label="Text of the question"><Body loaded={loaded} /></div>
      )}
    </section>
  );
}

function Head({ view, slug, loaded }: { view: StateView; slug: string; loaded: Loading<RoomQuestion> | undefined }) {
  const about = view.questions.find((one) => one.slug === slug);
  return (
    <div class="pane-head">
      <h2 class="prompt-title">{about?.title ?? slug}</h2>
      {loaded?.at === "here" && (
        <ul class="question-facts" aria-label="About this question">
          <li>{fromId(loaded.value.lesson)}</li>
          <li>{kindWord(loaded.value.kind)}</li>
          <li class={`level level-${loaded.value.level}`}>{capital(loaded.value.level)}</li>
        </ul>
      )}
    </div>
  );
}

function Body({ loaded }: { loaded: Loading<RoomQuestion> | undefined }) {
  if (loaded?.at === "here") return <Text question={loaded.value} />;
  if (!loaded || loaded.at === "loading") return <p class="quiet" aria-busy="true">Fetching the question…</p>;
  if (loaded.at === "unreachable") return <p>Torchroom does not answer. The question appears here as soon as it does.</p>;
  return <p>{loaded.at === "refused" ? loaded.detail : "This room has no such question any more."}</p>;
}

function Text({ question }: { question: RoomQuestion }) {
  const { limits, tolerances, entry, forbidden } = question;
  return (
    <>
      <Prose html={question.prompt_html} />
      {forbidden.length > 0 && <Forbidden names={forbidden} />}
      {entry.length > 0 && (
        <details class="rules">
          <summary>How it is judged</summary>
          <dl class="facts">
            <dt>Must define</dt>
            <dd>{entry.map((name) => <code key={name}>{name}</code>)}</dd>
            <dt>Values may differ by</dt>
            <dd>relative {number(tolerances.rtol)} plus absolute {number(tolerances.atol)}</dd>
            <dt>Time for each case</dt>
            <dd>{plural(limits.seconds, "second")}</dd>
            <dt>Memory</dt>
            <dd>{limits.memory_mb} MB beyond what torch itself takes</dd>
          </dl>
        </details>
      )}
    </>
  );
}
