/** A text as it was, to be looked at: who stands where, and what has just changed. */
import { python } from "@codemirror/lang-python";
import { EditorState, StateEffect, StateField, type Extension, type Range, type Text } from "@codemirror/state";
import { Decoration, EditorView, highlightSpecialChars, lineNumbers, WidgetType, type DecorationSet } from "@codemirror/view";
import { dropCursor, otherCursors, setCursor, type Cursor } from "./collab-cursors";
import { pythonLook } from "./look";

export interface Fresh {
  from: number;
  to: number;
  author: string;
}

export interface Shown {
  name: string;
  title: string;
  text: Text;
  cursors: readonly Cursor[];
  fresh: readonly Fresh[];
}

export interface ReplayText {
  /** `follows`: what has just changed is brought into sight. */
  show(shown: Shown, follows: boolean): void;
  goToLine(number: number): void;
  close(): void;
}

export function openReplayText(parent: HTMLElement): ReplayText {
  const view = new EditorView({ parent });
  let name: string | null = null;
  let clients: readonly string[] = [];
  let seen: number | null = null; // where something happened last

  return {
    show(shown, follows) {
      const { text } = shown;
      const isOther = shown.name !== name;
      if (isOther) {
        name = shown.name;
        clients = [];
        view.setState(EditorState.create({ doc: text, extensions: extensionsFor(shown) }));
      }
      const gone = clients.filter((client) => !shown.cursors.some((cursor) => cursor.client === client));
      clients = shown.cursors.map((cursor) => cursor.client);
      const changed = view.state.doc === text ? null : difference(view.state.doc, text);
      const place = follows ? placeOf(shown) : null;
      const isElsewhere = changed !== null || isOther || place !== seen;
      seen = place;
      view.dispatch({
        ...(changed && { changes: changed }),
        effects: [
          ...gone.map((client) => dropCursor.of(client)),
          ...shown.cursors.map((cursor) => setCursor.of(cursor)),
          setFresh.of(shown.fresh),
          ...(place !== null && isElsewhere ? [EditorView.scrollIntoView(place, { y: "nearest", yMargin: 60, x: "nearest", xMargin: 40 })] : []),
        ],
      });
    },
    goToLine(number) {
      const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
      view.dispatch({ effects: [EditorView.scrollIntoView(line.from, { y: "center" }), setFresh.of([{ from: line.from, to: line.to, author: "reader" }])] });
      view.dom.scrollIntoView({ block: "nearest" });
    },
    close: () => view.destroy(),
  };
}

const placeOf = ({ fresh, cursors, text }: Shown): number | null => {
  const place = fresh[fresh.length - 1]?.to ?? cursors[0]?.head ?? null;
  return place === null ? null : Math.min(place, text.length);
};

/** Only what differs is replaced, so that the place on the screen is kept. */
function difference(before: Text, after: Text): { from: number; to: number; insert: string } | null {
  const [one, other] = [before.toString(), after.toString()];
  const most = Math.min(one.length, other.length);
  let head = 0;
  while (head < most && one.charCodeAt(head) === other.charCodeAt(head)) head += 1;
  if (head === most && one.length === other.length) return null;
  let tail = 0;
  while (tail < most - head && one.charCodeAt(one.length - 1 - tail) === other.charCodeAt(other.length - 1 - tail)) tail += 1;
  return { from: head, to: one.length - tail, insert: other.slice(head, other.length - tail) };
}

const setFresh = StateEffect.define<readonly Fresh[]>();

/** Where something was taken out. */
class Gone extends WidgetType {
  constructor(readonly author: string) {
    super();
  }
  override eq(other: Gone): boolean {
    return other.author === this.author;
  }
  override toDOM(): HTMLElement {
    const sign = document.createElement("span");
    sign.className = `cm-gone cm-fresh-${this.author}`;
    sign.setAttribute("aria-hidden", "true");
    return sign;
  }
}

const fresh = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, change) {
    for (const effect of change.effects) if (effect.is(setFresh)) return decorated(effect.value, change.newDoc.length);
    return shown.map(change.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorated(ranges: readonly Fresh[], length: number): DecorationSet {
  const marks: Range<Decoration>[] = [];
  for (const { from, to, author } of ranges) {
    const end = Math.min(to, length);
    if (from < end) marks.push(Decoration.mark({ class: `cm-fresh cm-fresh-${author}` }).range(from, end));
    else marks.push(Decoration.widget({ widget: new Gone(author), side: -1 }).range(end));
  }
  return Decoration.set(marks, true);
}

const look = EditorView.baseTheme({
  ".cm-fresh": { borderRadius: "2px", boxShadow: "0 1.5px 0 currentColor" },
  ".cm-fresh-candidate": { backgroundColor: "var(--candidate-back)" },
  ".cm-fresh-interviewer": { backgroundColor: "var(--interviewer-back)" },
  ".cm-fresh-reader": { backgroundColor: "var(--search)" },
  ".cm-gone": { display: "inline-block", width: "5px", height: "1em", verticalAlign: "text-bottom", borderRadius: "1px", boxShadow: "inset 0 0 0 1.5px var(--faint)" },
});

/** On a phone the end of a long line would be read without its beginning. */
const isNarrow = () => window.matchMedia("(max-width: 560px)").matches;

const isCode = (name: string) => name.startsWith("code/") || name === "scratch";

const extensionsFor = ({ name, title }: Shown): Extension => [
  fresh,
  otherCursors,
  look,
  lineNumbers(),
  highlightSpecialChars(),
  isCode(name) ? python() : [],
  isCode(name) && !isNarrow() ? [] : EditorView.lineWrapping,
  pythonLook,
  EditorState.readOnly.of(true),
  EditorState.tabSize.of(4),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ "aria-label": `${title}, as it was`, tabindex: "0" }),
];
