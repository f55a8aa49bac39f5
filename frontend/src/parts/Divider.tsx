import type { ComponentChildren } from "preact";
import { least, most, resultsShare, setResultsShare } from "../state/divider";

const unmoved = 45; // percent; roughly what the result takes by itself
const step = 5;

/** The column of editor and result, whose shares the divider sets. */
export function Work({ children }: { children: ComponentChildren }) {
  const share = resultsShare.value;
  return (
    <section class={share === null ? "work" : "work work-divided"} aria-label="Your answer" style={share === null ? {} : { "--results": `${share}%` }}>
      {children}
    </section>
  );
}

export function Divider() {
  const share = resultsShare.value ?? unmoved;
  return (
    <div
      class="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the result"
      aria-valuemin={least}
      aria-valuemax={most}
      aria-valuenow={share}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) setResultsShare(shareAt(event.currentTarget, event.clientY));
      }}
      onKeyDown={(event) => {
        const by = { ArrowUp: step, ArrowDown: -step }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        setResultsShare(share + by);
      }}
    />
  );
}

/** The result ends where the column ends and begins below the row of buttons, which follows the divider. */
function shareAt(divider: HTMLElement, y: number): number {
  const column = divider.parentElement?.getBoundingClientRect();
  const buttons = divider.nextElementSibling?.getBoundingClientRect();
  if (!column || !buttons) return unmoved;
  return (100 * (column.bottom - y - buttons.height)) / column.height;
}
