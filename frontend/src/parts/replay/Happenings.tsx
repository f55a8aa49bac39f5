import { useComputed } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Player } from "../../state/replay-player";
import { timeOf, told, type Names } from "../../state/replay-words";

interface Props {
  player: Player;
  names: Names;
}

/** All events of the session, also those to come: each leads to its moment. */
export function Happenings({ player, names }: Props) {
  const list = useRef<HTMLOListElement>(null);
  const happened = useComputed(() => player.moment.value.happened).value;
  const lines = useMemo(
    () => player.replay.marks.happenings.map(({ index, time, event }) => ({ index, time, ...told(event, names) })),
    [player, names],
  );
  useLayoutEffect(() => {
    const panel = list.current?.parentElement;
    const line = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (panel && line) keepInSight(panel, line);
  }, [happened]);
  return (
    <ol class="happenings" ref={list}>
      {lines.map(({ index, time, sign, look, text }, at) => (
        <li key={index}>
          <button
            type="button"
            class={`happening happening-${look}${at < happened ? "" : " happening-to-come"}`}
            aria-current={at === happened - 1 ? "step" : undefined}
            onClick={() => player.seekEvent(index)}
          >
            <span class="happening-time">{timeOf(time)}</span>
            <span class={`happening-sign look-${look}`} aria-hidden="true">{sign}</span>
            <span>{text}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

/** Scrolls the panel alone: scrollIntoView would move the whole page on a phone. */
function keepInSight(panel: HTMLElement, line: HTMLElement): void {
  const [box, own] = [panel.getBoundingClientRect(), line.getBoundingClientRect()];
  if (own.top < box.top + 40) panel.scrollTop -= box.top + 40 - own.top;
  if (own.bottom > box.bottom - 40) panel.scrollTop += own.bottom - box.bottom + 40;
}
