/** Run, Submit, and the way from part to part; caught before the editor, which has its own use for Ctrl+Enter. */
import type { Desk } from "../../state/room-desk";

export function listenForRoomKeys(desk: Desk): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "F6" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      event.stopPropagation();
      toPart(event.shiftKey ? -1 : 1);
      return;
    }
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
    desk.start(event.shiftKey ? "submit" : "run");
  };
  window.addEventListener("keydown", onKey, { capture: true });
  return () => window.removeEventListener("keydown", onKey, { capture: true });
}

function toPart(step: number): void {
  const parts = [...document.querySelectorAll<HTMLElement>("[data-part], .room .results, .room .tabs + .panel, .room .work .panel:not([hidden])")]
    .filter((part, at, all) => all.indexOf(part) === at && part.offsetParent !== null);
  if (parts.length === 0) return;
  // The innermost part that holds the focus is where we are.
  const here = parts.findLastIndex((part) => part.contains(document.activeElement));
  const next = parts[(here + step + parts.length) % parts.length] ?? parts[0];
  const target = next?.querySelector<HTMLElement>(".cm-content, textarea, .panel[tabindex], [role=tabpanel]") ?? next;
  if (!target) return;
  if (!target.hasAttribute("tabindex") && !target.isContentEditable && target.tagName !== "TEXTAREA") target.tabIndex = -1;
  target.focus();
}
