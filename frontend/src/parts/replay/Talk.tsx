import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Replay } from "../../state/replay";
import type { Player } from "../../state/replay-player";
import { timeOf, type Names } from "../../state/replay-words";
import { Prose } from "../Prose";
import { Sentence } from "../Sentence";

interface Props {
  player: Player;
  names: Names;
}

/**
 * What had been said up to now; the style sheet keeps the latest in sight. What is still to come is there too,
 * hidden: to make it anew at every leap, formulas and all, takes longer than all else that a leap does.
 */
export function Talk({ player, names }: Props) {
  const said = useComputed(() => player.moment.value.said).value;
  const lines = useMemo(
    () => player.replay.marks.says.map((line) => ({ ...line, content: <Line player={player} names={names} line={line} /> })),
    [player, names],
  );
  return (
    <div class="then-end">
      {said === 0 && <p class="quiet">Nothing had been said yet.</p>}
      <ol class="then-said">
        {lines.map(({ index, event, content }, at) => (
          <li key={index} class={`words-of words-of-${event.author}`} hidden={at >= said}>{content}</li>
        ))}
      </ol>
    </div>
  );
}

function Line({ player, names, line: { index, time, event } }: Props & { line: Replay["marks"]["says"][number] }) {
  return (
    <>
      <p class="words-who">
        <strong>{names.person(event.author)}</strong>
        {event.body.why === "hint" && <span class="quiet"> hint</span>}
        <button type="button" class="plain words-when" onClick={() => player.seekEvent(index)} aria-label={`Go to ${timeOf(time)}`}>{timeOf(time)}</button>
      </p>
      {event.body.html ? <Prose html={event.body.html} /> : <Plain text={event.body.text} />}
    </>
  );
}

function Plain({ text }: { text: string }) {
  return (
    <div class="prose">
      {text.split(/\n{2,}/).map((paragraph, at) => <p key={at}><Sentence text={paragraph} /></p>)}
    </div>
  );
}
