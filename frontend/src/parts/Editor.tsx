import { effect } from "@preact/signals";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";
import { setMarks } from "../editor/marks";
import { pythonEditor } from "../editor/setup";
import { showLine } from "../editor/show-line";
import { complaints } from "../state/complaints";
import type { Workbench } from "../state/workbench";

export function Editor({ bench }: { bench: Workbench }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => (host.current ? mount(host.current, bench) : undefined), [bench]);
  return <div class="editor" ref={host} />;
}

function mount(parent: HTMLElement, { draft, clock, runner, jump }: Workbench): () => void {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: draft.text.peek(),
      extensions: pythonEditor("Your code, in Python", (text) => {
        draft.write(text);
        clock.startOnce();
      }),
    }),
  });

  const stops = [
    // The text was replaced from outside: the starter, an earlier text, another tab's.
    effect(() => {
      const text = draft.text.value;
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    }),
    effect(() => {
      const marks = complaints(runner.live.value, draft.text.peek());
      if (marks) view.dispatch({ effects: setMarks.of(marks) });
    }),
    effect(() => {
      if (jump.value) showLine(view, jump.value.line);
    }),
  ];
  // A result that appears takes room from the editor; where one was typing stays in sight.
  const onResize = new ResizeObserver(() => {
    if (view.hasFocus) view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head) });
  });
  onResize.observe(parent);
  return () => {
    for (const stop of stops) stop();
    onResize.disconnect();
    view.destroy();
  };
}
