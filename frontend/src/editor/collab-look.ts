/** How a document of a room is written in: code with all the editor has, words with less, an answer on one line with least. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { otherCursors } from "./collab-cursors";
import { noticePastes } from "./collab-paste";
import { pythonLook } from "./look";
import { pythonEditor } from "./setup";

export const kindOf = (document: string): "code" | "answer" | "scratch" | "notes" =>
  document.startsWith("code/") ? "code" : document.startsWith("answer/") ? "answer" : document === "notes" ? "notes" : "scratch";

const labels = {
  code: "Your code, in Python",
  answer: "Your answer",
  scratch: "Scratch, for both, never judged",
  notes: "Notes, seen by interviewers only",
} as const;

const invitations = {
  answer: "Your answer…",
  scratch: "For ideas, shapes, sums. Both of you see it; it is never judged.",
  notes: "What you notice. The candidate never sees this.",
} as const;

export function lookOf(document: string): Extension {
  const kind = kindOf(document);
  const both = [otherCursors, noticePastes()];
  if (kind === "code") return [pythonEditor(labels.code, () => {}), both];
  return [
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    proseLook,
    pythonLook,
    placeholder(invitations[kind]),
    EditorState.tabSize.of(4),
    keymap.of([...defaultKeymap, ...historyKeymap]), // Tab goes on to the next thing on the page, as in any box of text
    EditorView.contentAttributes.of({ "aria-label": labels[kind], tabindex: "0", spellcheck: "true" }),
    both,
  ];
}

const proseLook = EditorView.theme({
  ".cm-scroller": { fontFamily: "var(--sans)", fontSize: "14.5px", lineHeight: "1.6" },
  ".cm-content": { padding: "10px 14px" },
  ".cm-line": { padding: "0" },
  ".cm-placeholder": { color: "var(--faint)" },
});
