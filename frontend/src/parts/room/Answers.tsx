import type { AskedView, StateView } from "../../api/room";
import type { Room } from "../../state/room";
import type { Desk } from "../../state/room-desk";
import { Prose } from "../Prose";
import { KeyPoints } from "./KeyPoints";
import { Sheet } from "./Sheet";

/** The follow-up questions put so far, each with its answer. */
export function Answers({ desk, view }: { desk: Desk; view: StateView }) {
  const items = grouped(view.asked.filter((one) => one.kind === "follow-up" && view.current.includes(one.question)));
  if (items.length === 0) {
    return <p class="form quiet">{beforeTheFirst(desk.room.role.value === "interviewer", view.script_speaks)}</p>;
  }
  return (
    <div class="form">
      {items.map((item, at) => (
        <Answer key={item.first.document} room={desk.room} view={view} item={item} number={at + 1} />
      ))}
    </div>
  );
}

function beforeTheFirst(isInterviewer: boolean, isScripted: boolean): string {
  if (isScripted) return "The first question comes in a moment. The code stays at hand in the tab beside this one.";
  if (isInterviewer) return "You lead the talk: ask aloud, or put a question from the guide; its answer is then written here.";
  return "Your interviewer asks, in the talk or here. Your code stays at hand in the tab beside this one.";
}

export interface Item {
  first: AskedView;
  further: AskedView | null;
}

export function grouped(asked: readonly AskedView[]): Item[] {
  return asked
    .filter((one) => !one.further)
    .map((first) => ({ first, further: asked.find((one) => one.further && one.document === first.document) ?? null }));
}

export function Answer({ room, view, item, number }: { room: Room; view: StateView; item: Item; number: number }) {
  const { first, further } = item;
  const shared = room.documents.value.get(first.document);
  const isDone = further ? further.answered : first.answered;
  const label = `Question ${number}`;
  return (
    <section class={isDone ? "answer answer-done" : "answer"} aria-label={label}>
      <h3>
        {label}
        {isDone && <span class="good"> ✓ <span class="answer-word">answered</span></span>}
      </h3>
      <Prose html={first.text_html} />
      {further && (
        <div class="further">
          <h4>One more question about this</h4>
          <Prose html={further.text_html} />
        </div>
      )}
      {shared && <Sheet shared={shared} look="box" label={`Answer to question ${number}`} />}
      {room.may("answered") && room.role.value === "candidate" && !isDone && (
        <button type="button" onClick={() => room.do("answered", { question: first.question, item: first.item })}>Done</button>
      )}
      <KeyPoints room={room} view={view} asked={first} />
    </section>
  );
}
