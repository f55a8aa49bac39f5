/** Lines that the last run complained about. A mark moves with its line and goes when the line is edited. */
import { StateEffect, StateField, type Extension, type Range, type Text } from "@codemirror/state";
import { Decoration, EditorView, gutter, GutterMarker, type DecorationSet } from "@codemirror/view";

export interface LineMark {
  line: number; // counted from 1
  message: string;
}

export const setMarks = StateEffect.define<readonly LineMark[]>();

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, change) {
    for (const effect of change.effects) if (effect.is(setMarks)) return decorated(change.newDoc, effect.value);
    if (!change.docChanged) return marks;
    const edited = new Set<number>();
    change.changes.iterChangedRanges((from, to) => {
      const last = change.startState.doc.lineAt(to).number;
      for (let line = change.startState.doc.lineAt(from).number; line <= last; line += 1) edited.add(line);
    });
    return marks
      .update({ filter: (from) => !edited.has(change.startState.doc.lineAt(from).number) })
      .map(change.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

class Sign extends GutterMarker {
  constructor(readonly message: string) {
    super();
  }
  override eq(other: Sign): boolean {
    return other.message === this.message;
  }
  override toDOM(): Node {
    const sign = document.createElement("span");
    sign.textContent = "!";
    sign.title = this.message;
    return sign;
  }
}

const signs = gutter({
  class: "cm-mark-gutter",
  lineMarker(view, line) {
    let sign: Sign | null = null;
    view.state.field(marked).between(line.from, line.from, (_from, _to, mark) => {
      sign = new Sign(String(mark.spec.attributes.title));
    });
    return sign;
  },
  lineMarkerChange: (update) => update.startState.field(marked) !== update.state.field(marked),
});

function decorated(doc: Text, marks: readonly LineMark[]): DecorationSet {
  const ranges: Range<Decoration>[] = marks
    .filter((mark) => mark.line >= 1 && mark.line <= doc.lines)
    .map((mark) => Decoration.line({ class: "cm-marked", attributes: { title: mark.message } }).range(doc.line(mark.line).from));
  return Decoration.set(ranges, true);
}

export const lineMarks: Extension = [marked, signs];
