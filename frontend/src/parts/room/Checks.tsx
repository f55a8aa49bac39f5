import type { RoomItem, RoomQuestion, StageQuestion, StateView } from "../../api/room";
import type { Room } from "../../state/room";
import type { Desk } from "../../state/room-desk";
import { underWay } from "../../state/run";
import { plural } from "../../words";
import { Prose } from "../Prose";
import { Results } from "../Results";
import { Answer, grouped } from "./Answers";
import { Sheet } from "./Sheet";

/** Short questions: choose, predict, explain. Each is submitted once. */
export function Checks({ desk, view }: { desk: Desk; view: StateView }) {
  const questions = view.questions.filter((one) => view.current.includes(one.slug));
  return (
    <div class="form">
      {questions.map((one) => <Check key={one.slug} desk={desk} view={view} about={one} />)}
    </div>
  );
}

function Check({ desk, view, about }: { desk: Desk; view: StateView; about: StageQuestion }) {
  const loaded = desk.room.questions.value.get(about.slug);
  const question = loaded?.at === "here" ? loaded.value : null;
  return (
    <section class="check" aria-labelledby={`check-${about.slug}`}>
      <h3 id={`check-${about.slug}`}>{about.title}</h3>
      {question?.prompt_html && <Prose html={question.prompt_html} />}
      {about.kind === "concept" ? (
        <Concepts desk={desk} view={view} about={about} />
      ) : question ? (
        <Judged desk={desk} view={view} about={about} question={question} />
      ) : (
        <p class="quiet" aria-busy={loaded?.at === "loading"}>{loaded?.at === "loading" ? "Fetching the questions…" : "The questions could not be fetched; they come with the connection."}</p>
      )}
    </section>
  );
}

function Concepts({ desk, view, about }: { desk: Desk; view: StateView; about: StageQuestion }) {
  const items = grouped(view.asked.filter((one) => one.question === about.slug));
  return (
    <>
      {items.map((item, at) => <Answer key={item.first.document} room={desk.room} view={view} item={item} number={at + 1} />)}
    </>
  );
}

interface JudgedProps {
  desk: Desk;
  view: StateView;
  about: StageQuestion;
  question: RoomQuestion;
}

function Judged({ desk, view, about, question }: JudgedProps) {
  const { room } = desk;
  const bench = desk.judged(about.slug);
  const live = bench.runner.live.value;
  const open = question.items.filter((item) => !isAnswered(room, view, about.slug, item)).length;
  const isCandidate = room.role.value === "candidate";
  return (
    <>
      <ol class="items">
        {question.items.map((item, at) => (
          <li key={item.item}>
            {item.choices ? <Choose room={room} view={view} about={about} item={item} number={at + 1} /> : <PredictItem room={room} about={about} item={item} number={at + 1} />}
          </li>
        ))}
      </ol>
      {!about.submitted && isCandidate && room.may("submit") && (
        <p class="check-submit">
          <button type="button" class="primary" aria-disabled={underWay(live)} onClick={() => bench.start("submit")}>Submit these answers</button>
          <span class="quiet">{open > 0 ? `${plural(open, "answer")} still open. ` : ""}They are judged once.</span>
        </p>
      )}
      {live && <Results bench={bench} />}
    </>
  );
}

function isAnswered(room: Room, view: StateView, slug: string, item: RoomItem): boolean {
  if (item.choices) return (view.choices[slug]?.[String(item.item)]?.length ?? 0) > 0;
  return (room.documents.value.get(`answer/${slug}/${item.item}`)?.text.value.trim() ?? "") !== "";
}

interface ItemProps {
  room: Room;
  about: StageQuestion;
  item: RoomItem;
  number: number;
}

function Choose({ room, view, about, item, number }: ItemProps & { view: StateView }) {
  const chosen = view.choices[about.slug]?.[String(item.item)] ?? [];
  const may = room.may("choice") && !about.submitted;
  const name = `choice-${about.slug}-${item.item}`;
  const choose = (at: number, isOn: boolean) => {
    const choices = item.many ? [...chosen.filter((one) => one !== at), ...(isOn ? [at] : [])].sort((a, b) => a - b) : [at];
    room.do("choice", { question: about.slug, item: item.item, choices });
  };
  return (
    <fieldset class="item" disabled={!may}>
      <legend>
        <span class="hidden">Item {number}. </span>
        <Prose html={item.text_html} />
        {item.many && <span class="quiet">Choose all that hold.</span>}
      </legend>
      {item.choices?.map((choice, at) => (
        <label key={at} class="choice">
          <input type={item.many ? "checkbox" : "radio"} name={name} checked={chosen.includes(at)} onChange={(event) => choose(at, event.currentTarget.checked)} />
          <Prose html={choice} />
        </label>
      ))}
    </fieldset>
  );
}

function PredictItem({ room, about, item, number }: ItemProps) {
  const shared = room.documents.value.get(`answer/${about.slug}/${item.item}`);
  return (
    <div class="item">
      <Prose html={item.text_html} />
      {item.ask && <p class="quiet ask">{item.ask}</p>}
      {shared && <Sheet shared={shared} look="line" label={`Answer ${number}`} />}
    </div>
  );
}
