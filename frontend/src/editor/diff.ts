/** The candidate's text beside the reference, in one column: fits a narrow pane and a phone. */
import { python } from "@codemirror/lang-python";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { pythonLook } from "./look";

export function showDiff(parent: HTMLElement, own: string, reference: string): () => void {
  const view = new EditorView({
    parent,
    doc: reference,
    extensions: [
      lineNumbers(),
      python(),
      pythonLook,
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ "aria-label": "Difference between your text and the reference", "aria-readonly": "true", tabindex: "0" }),
      EditorView.lineWrapping,
      unifiedMergeView({
        original: own,
        mergeControls: false,
        // Where nothing differs there would be nothing left to see.
        ...(own === reference ? {} : { collapseUnchanged: { margin: 3, minSize: 8 } }),
      }),
    ],
  });
  return () => view.destroy();
}
