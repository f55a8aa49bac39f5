/** Bring a line into sight and put the cursor on its first word. */
import { EditorView } from "@codemirror/view";

export function showLine(view: EditorView, number: number): void {
  const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
  view.dispatch({
    selection: { anchor: line.from + (/\S/.exec(line.text)?.index ?? 0) },
    effects: EditorView.scrollIntoView(line.from, { y: "center" }),
  });
  view.focus();
  view.dom.scrollIntoView({ block: "nearest" });
}
