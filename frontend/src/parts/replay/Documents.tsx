import { effect, useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { openReplayText, type ReplayText } from "../../editor/replay";
import type { Player } from "../../state/replay-player";
import type { Names } from "../../state/replay-words";
import type { Goal } from "../../state/replay-result";

interface Props {
  player: Player;
  names: Names;
  goal: Goal;
}

/** The documents as tabs over one text. Which one is shown follows what happens until the reader chooses. */
export function Documents({ player, names, goal }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const texts = useComputed(() => [...player.moment.value.frame.texts.keys()].join("\n"));
  const documents = texts.value ? texts.value.split("\n") : [];
  const shown = player.shown.value;
  const choose = (document: string | undefined) => {
    if (document !== undefined) player.chosen.value = document;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.shiftKey) return; // Shift and an arrow go from event to event
    const at = documents.indexOf(shown ?? "");
    const to = { ArrowRight: (at + 1) % documents.length, ArrowLeft: (at + documents.length - 1) % documents.length, Home: 0, End: documents.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(documents[to]);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[to]?.focus();
  };
  if (shown === null) return <p class="quiet nothing-yet">No document was open at that moment.</p>;
  return (
    <>
      <div class="bar replay-bar">
        <div class="tabs replay-tabs" role="tablist" aria-label="Documents" ref={list} onKeyDown={onKeyDown}>
          {documents.map((document, at) => (
            <button
              key={document}
              type="button"
              role="tab"
              id={`document-${at}`}
              aria-selected={document === shown}
              aria-controls="replay-text"
              tabIndex={document === shown ? 0 : -1}
              onClick={() => choose(document)}
            >
              {names.document(document)}
            </button>
          ))}
        </div>
        <label class="follow">
          <input type="checkbox" checked={player.chosen.value === null} onChange={(event) => { player.chosen.value = event.currentTarget.checked ? null : shown; }} />
          Follow what happens
        </label>
      </div>
      <div class="editor" id="replay-text" role="tabpanel" aria-labelledby={`document-${documents.indexOf(shown)}`}>
        <TextAsItWas player={player} names={names} goal={goal} />
      </div>
    </>
  );
}

function TextAsItWas({ player, names, goal }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const text = openReplayText(host.current);
    const stops = [
      effect(() => showMoment(text, player, names)),
      effect(() => {
        if (goal.line.value) text.goToLine(goal.line.value.number);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      text.close();
    };
  }, [player]);
  return <div class="replay-text" ref={host} />;
}

function showMoment(text: ReplayText, player: Player, names: Names): void {
  const name = player.shown.value;
  const { texts, carets } = player.moment.value.frame;
  const shown = name === null ? undefined : texts.get(name);
  if (name === null || !shown) return;
  text.show(
    {
      name,
      title: names.document(name),
      text: shown,
      fresh: player.fresh(name),
      cursors: [...carets]
        .filter(([author, caret]) => caret.document === name && (author === "candidate" || author === "interviewer"))
        .map(([author, { anchor, head }]) => ({ client: author, name: names.person(author), role: author === "candidate" ? "candidate" : "interviewer", anchor, head })),
    },
    player.chosen.value === null || player.isPlaying.value,
  );
}
