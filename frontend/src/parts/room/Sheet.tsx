import { useLayoutEffect, useRef } from "preact/hooks";
import { EditorView } from "@codemirror/view";
import type { Shared } from "../../editor/collab";

/** A document to write in. Selection and undo stay with the document while another one is looked at. */
export function Sheet({ shared, look, label }: { shared: Shared; look: "code" | "page" | "box" | "line"; label?: string }) {
  const host = useRef<HTMLDivElement>(null);
  // Before the first paint: one should not see, and wait for, a page without its editor.
  useLayoutEffect(() => (host.current ? mount(host.current, shared, label) : undefined), [shared, label]);
  return <div class={`editor editor-${look}`} ref={host} />;
}

function mount(parent: HTMLElement, shared: Shared, label: string | undefined): () => void {
  const hide = shared.show(parent);
  // Several boxes of one kind stand on a page: each is named by what it answers.
  if (label) parent.querySelector(".cm-content")?.setAttribute("aria-label", label);
  // A result that appears takes room from the editor; where one was typing stays in sight.
  const onResize = new ResizeObserver(() => {
    const view = shared.view();
    if (view?.hasFocus) view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head) });
  });
  onResize.observe(parent);
  return () => {
    onResize.disconnect();
    hide();
  };
}
