import { useEffect, useRef, useState } from "preact/hooks";
import type { Role, StateView } from "../../api/room";
import type { Room, Said } from "../../state/room";
import { hourAndMinute, percent, speaker } from "../../state/room-words";
import { plural } from "../../words";
import { Prose } from "../Prose";
import { Sentence } from "../Sentence";

/** The conversation: the interviewer's part, scripted or a person's, and what is answered. */
export function Talk({ room, view, question }: { room: Room; view: StateView; question: string | null }) {
  const log = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const top = useRef(0);
  const [hasNewWords, tellOfNewWords] = useState(false);
  const said = room.talk.value;
  // The newest words come into sight from their beginning; who reads what was said before is not torn away.
  const showNewest = () => {
    const newest = log.current?.lastElementChild;
    if (!log.current || !newest || !isFollowing.current) return;
    const above = newest.getBoundingClientRect().top - log.current.getBoundingClientRect().top;
    log.current.scrollTop += Math.max(0, above - 16);
    top.current = log.current.scrollTop;
  };
  useEffect(() => {
    if (!log.current?.lastElementChild) return;
    if (said.at(-1)?.author === room.role.value) isFollowing.current = true;
    tellOfNewWords(!isFollowing.current);
    const onResize = new ResizeObserver(showNewest); // tells once at the beginning too
    onResize.observe(log.current);
    onResize.observe(log.current.lastElementChild); // a formula that comes late makes it higher
    return () => onResize.disconnect();
  }, [said.length]);
  // Only a reader scrolls up. Words that come make the end go away too, before it has been followed.
  const noticeReader = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: { currentTarget: HTMLElement }) => {
    if (scrollHeight - scrollTop - clientHeight < 60) isFollowing.current = true;
    else if (scrollTop < top.current) isFollowing.current = false;
    top.current = scrollTop;
    if (isFollowing.current) tellOfNewWords(false);
  };
  const goToNewWords = () => {
    isFollowing.current = true;
    showNewest();
    tellOfNewWords(false);
    log.current?.focus();
  };
  return (
    <section class="talk" id="talk" aria-label="Conversation" data-part>
      <div class="talk-log" ref={log} onScroll={noticeReader} role="log" aria-label="What was said" tabIndex={0}>
        {said.length === 0 && <p class="quiet">Nothing was said yet.</p>}
        {said.map((one) => <Line key={one.seq} one={one} mine={room.role.value} view={view} />)}
      </div>
      {hasNewWords && (
        <div class="talk-hints">
          <button type="button" onClick={goToNewWords}>New words ↓</button>
        </div>
      )}
      <Hints room={room} view={view} question={question} />
      {room.may("say") && <Composer room={room} />}
    </section>
  );
}

const reasons: Partial<Record<Said["body"]["why"], string>> = { hint: "Hint", "follow-up": "Question", further: "One more question", task: "The task" };

function Line({ one, mine, view }: { one: Said; mine: Role | null; view: StateView }) {
  const reason = reasons[one.body.why];
  return (
    <article class={`said said-${one.author === mine ? "own" : one.author} said-${one.body.why}`}>
      <p class="said-by">
        <strong>{speaker(one.author, mine, view)}</strong>
        {reason && <span class="said-why">{reason}</span>}
        <time class="quiet" dateTime={one.at}>{hourAndMinute(one.at)}</time>
      </p>
      {one.body.html ? <Prose html={one.body.html} /> : <p class="said-words"><Sentence text={one.body.text} /></p>}
    </article>
  );
}

function Hints({ room, view, question }: { room: Room; view: StateView; question: string | null }) {
  const about = view.questions.find((one) => one.slug === question);
  if (view.phase !== "coding" || !about || about.hints_total === 0) return null;
  if (!view.rules.hints) return <p class="talk-hints quiet">No hints are given in this interview.</p>;
  if (!room.may("hint")) {
    return view.script_speaks ? null : <p class="talk-hints quiet">Your interviewer gives the hints: ask in the talk.</p>;
  }
  const left = about.hints_total - about.hints_given;
  const isOnItsWay = room.asked.value.has("hint");
  const cost = view.rules.hint_cost > 0 ? `Takes ${percent(view.rules.hint_cost)} off what this question counts.` : "Costs nothing.";
  const isGiving = room.role.value === "interviewer";
  return (
    <div class="talk-hints">
      {left > 0 ? (
        <button type="button" aria-disabled={isOnItsWay} onClick={() => !isOnItsWay && room.do("hint", { question: about.slug })}>
          {isGiving ? "Give a hint" : "May I have a hint?"}
        </button>
      ) : (
        <span class="quiet">All hints were given.</span>
      )}
      <span class="quiet">
        {left > 0 && cost} {about.hints_given} of {plural(about.hints_total, "hint")} given.
      </span>
    </div>
  );
}

function Composer({ room }: { room: Room }) {
  const [text, write] = useState("");
  const send = () => {
    if (text.trim() === "") return;
    room.do("say", { text: text.trim() });
    write("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="hidden" for="say">Say something</label>
      <textarea
        id="say"
        rows={2}
        maxLength={4000}
        value={text}
        placeholder="Say what you think, or ask…"
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit">Say</button>
    </form>
  );
}
