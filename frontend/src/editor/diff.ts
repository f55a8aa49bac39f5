/** The candidate's text beside the reference, in one column: fits a narrow pane and a phone. */
import { python } from "@codemirror/lang-python";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { pythonLook } from "./look";

/** True where at least half the lines of one text, blank ones aside, stand in the other too. */
export function isMostlyIn(text: string, other: string): boolean {
  const others = new Set(other.split("\n").map((line) => line.trim()));
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  return lines.filter((line) => others.has(line)).length * 2 >= lines.length;
}

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
        diffConfig: { scanLimit: 10_000, timeout: 500 }, // two short files: worth a thorough search for what they share
        // Between texts that share little, marking every word that differs marks nearly all of them.
        highlightChanges: isMostlyIn(own, reference),
        // Where nothing differs there would be nothing left to see.
        ...(own === reference ? {} : { collapseUnchanged: { margin: 3, minSize: 8 } }),
      }),
    ],
  });
  return () => view.destroy();
}
