/** Run and Submit from anywhere on the page; caught before the editor, which has its own use for Ctrl+Enter. */
import type { Workbench } from "../state/workbench";

export function listenForShortcuts(bench: Workbench): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    bench.start(event.shiftKey ? "submit" : "run");
  };
  window.addEventListener("keydown", onKey, { capture: true });
  return () => window.removeEventListener("keydown", onKey, { capture: true });
}
