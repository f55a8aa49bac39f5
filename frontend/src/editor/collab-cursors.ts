/** Where the others are in a document: a caret with a name, and what they have selected. */
import { StateEffect, StateField, type Extension, type Range } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";

export interface Cursor {
  client: string;
  name: string;
  /** Which of the two looks: people differ by name first, by colour second. */
  role: "candidate" | "interviewer" | "self";
  anchor: number;
  head: number;
}

// Each time somebody moves their caret is drawn anew, so that the name is shown in full for a moment.
let moves = 0;

export const setCursor = StateEffect.define<Cursor>();
export const dropCursor = StateEffect.define<string>();

class Caret extends WidgetType {
  constructor(
    readonly name: string,
    readonly role: string,
    readonly atTop: boolean,
    readonly move: number,
  ) {
    super();
  }
  override eq(other: Caret): boolean {
    return other.name === this.name && other.role === this.role && other.atTop === this.atTop && other.move === this.move;
  }
  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `cm-other-caret cm-other-${this.role}${this.atTop ? " cm-other-top" : ""}`;
    caret.setAttribute("aria-hidden", "true"); // announced elsewhere; in the text it would be read as text
    const label = document.createElement("span");
    label.className = "cm-other-name";
    label.textContent = this.name;
    caret.append("\u2060", label, "\u2060");
    return caret;
  }
  override get estimatedHeight(): number {
    return -1;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

const cursors = StateField.define<readonly (Cursor & { move: number })[]>({
  create: () => [],
  update(here, change) {
    let next = here;
    if (change.docChanged && here.length > 0) {
      next = here.map((one) => ({ ...one, anchor: change.changes.mapPos(one.anchor, 1), head: change.changes.mapPos(one.head, 1) }));
    }
    for (const effect of change.effects) {
      if (effect.is(dropCursor)) next = next.filter((one) => one.client !== effect.value);
      if (effect.is(setCursor)) next = [...next.filter((one) => one.client !== effect.value.client), { ...within(effect.value, change.newDoc.length), move: (moves += 1) }];
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field, (here) => (view) => decorated(here, view)),
});

const within = (cursor: Cursor, length: number): Cursor => ({
  ...cursor,
  anchor: Math.min(cursor.anchor, length),
  head: Math.min(cursor.head, length),
});

function decorated(here: readonly (Cursor & { move: number })[], view: EditorView): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const { name, role, anchor, head, move } of here) {
    const [from, to] = anchor < head ? [anchor, head] : [head, anchor];
    if (from < to) ranges.push(Decoration.mark({ class: `cm-other-selection cm-other-${role}` }).range(from, to));
    const atTop = view.state.doc.lineAt(head).number === 1;
    ranges.push(Decoration.widget({ widget: new Caret(name, role, atTop, move), side: head >= anchor ? 1 : -1 }).range(head));
  }
  return Decoration.set(ranges, true);
}

const look = EditorView.baseTheme({
  ".cm-other-caret": { position: "relative", borderLeft: "2px solid", marginLeft: "-1px", marginRight: "-1px", pointerEvents: "none" },
  ".cm-other-name": {
    position: "absolute", left: "-2px", bottom: "100%", padding: "0 5px", borderRadius: "3px 3px 3px 0", whiteSpace: "nowrap",
    font: "600 11px/15px var(--sans)", color: "var(--on-accent)", zIndex: "4", pointerEvents: "none",
    // The initial stays; the whole name would lie on the text of whoever reads there.
    overflow: "hidden", animation: "cm-other-settle 0.3s 2.5s both",
  },
  "@keyframes cm-other-settle": { from: { maxWidth: "240px" }, to: { maxWidth: "17px", opacity: "0.85" } },
  ".cm-other-top .cm-other-name": { bottom: "auto", top: "100%", borderRadius: "0 3px 3px 3px" },
  ".cm-other-candidate": { borderColor: "var(--candidate)" },
  ".cm-other-interviewer": { borderColor: "var(--interviewer)" },
  ".cm-other-self": { borderColor: "var(--faint)" },
  ".cm-other-candidate > .cm-other-name": { backgroundColor: "var(--candidate)" },
  ".cm-other-interviewer > .cm-other-name": { backgroundColor: "var(--interviewer)" },
  ".cm-other-self > .cm-other-name": { backgroundColor: "var(--faint)" },
  ".cm-other-selection.cm-other-candidate": { backgroundColor: "var(--candidate-back)" },
  ".cm-other-selection.cm-other-interviewer": { backgroundColor: "var(--interviewer-back)" },
  ".cm-other-selection.cm-other-self": { backgroundColor: "var(--bracket)" },
});

export const otherCursors: Extension = [cursors, look];
