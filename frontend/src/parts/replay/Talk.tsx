import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Player } from "../../state/replay-player";
import { timeOf, type Names } from "../../state/replay-words";
import { Prose } from "../Prose";
import { Sentence } from "../Sentence";

interface Props {
  player: Player;
  names: Names;
}

/** What had been said up to now; the latest is in sight. */
export function Talk({ player, names }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const said = useComputed(() => player.moment.value.said).value;
  useLayoutEffect(() => {
    const panel = list.current?.parentElement;
    if (panel) panel.scrollTop = panel.scrollHeight;
  }, [said]);
  if (said === 0) return <p class="quiet">Nothing had been said yet.</p>;
  return (
    <ol class="talk" ref={list}>
      {player.replay.marks.says.slice(0, said).map(({ index, time, event }) => (
        <li key={index} class={`said said-${event.author}`}>
          <p class="said-who">
            <strong>{names.person(event.author)}</strong>
            {event.body.why === "hint" && <span class="quiet"> hint</span>}
            <button type="button" class="plain said-when" onClick={() => player.seekEvent(index)} aria-label={`Go to ${timeOf(time)}`}>{timeOf(time)}</button>
          </p>
          {event.body.html ? <Prose html={event.body.html} /> : <Plain text={event.body.text} />}
        </li>
      ))}
    </ol>
  );
}

function Plain({ text }: { text: string }) {
  return (
    <div class="prose">
      {text.split(/\n{2,}/).map((paragraph, at) => <p key={at}><Sentence text={paragraph} /></p>)}
    </div>
  );
}
