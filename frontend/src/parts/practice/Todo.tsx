import type { Due, Practice, Suggested } from "../../api/types";
import { questionPath } from "../../router";
import { capital, day, kindWord } from "../../words";
import { InRoom } from "./InRoom";

/** What is due again comes before what is new. */
export function Todo({ practice: { due, upcoming, next, questions } }: { practice: Practice }) {
  return (
    <>
      <section class="todo" aria-labelledby="due">
        <h2 id="due">Due again</h2>
        {due.length > 0 ? (
          <ul>
            {due.map((one) => <DueItem key={one.slug} one={one} />)}
          </ul>
        ) : (
          <p class="quiet">{nothingDue(questions.length > 0, upcoming)}</p>
        )}
      </section>
      {next.length > 0 && (
        <section class="todo" aria-labelledby="new">
          <h2 id="new">New for you</h2>
          <ul>
            {next.map((one) => <NewItem key={one.slug} one={one} />)}
          </ul>
        </section>
      )}
    </>
  );
}

function DueItem({ one }: { one: Due }) {
  return (
    <li class="todo-item">
      <div>
        <a href={questionPath(one.slug)}>{one.title}</a>
        <p class="quiet">{one.why}</p>
      </div>
      <InRoom slug={one.slug} title={one.title} minutes={one.minutes} />
    </li>
  );
}

function NewItem({ one }: { one: Suggested }) {
  return (
    <li class="todo-item">
      <div>
        <a href={questionPath(one.slug)}>{one.title}</a>
        <p class="quiet">
          {one.why} {kindWord(one.kind)}, {capital(one.level).toLowerCase()}.
        </p>
      </div>
      <InRoom slug={one.slug} title={one.title} minutes={one.minutes} />
    </li>
  );
}

function nothingDue(hasBegun: boolean, upcoming: Due[]): string {
  const first = upcoming[0];
  if (first) return `Nothing today. “${first.title}” comes again ${nextDay(Date.parse(first.due_at))}.`;
  if (hasBegun) return "Nothing: submit something, and it comes again when you begin to forget it.";
  return "Nothing yet. What you submit comes again here: the next day if it failed, later and later if it passed.";
}

const aDay = 24 * 3600 * 1000;

function nextDay(at: number): string {
  const [then, tomorrow] = [day(at), day(Date.now() + aDay)];
  if (then === day(Date.now())) return "later today";
  return then === tomorrow ? "tomorrow" : `on ${then}`;
}
