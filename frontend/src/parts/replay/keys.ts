/** The keys of the replay, from anywhere on the page but fields and lists that have their own use for them. */
import type { Player } from "../../state/replay-player";

export const keyHelp: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ["Space"], does: "play or pause" },
  { keys: ["←", "→"], does: "5 seconds" },
  { keys: ["Shift ←", "Shift →"], does: "previous or next event" },
  { keys: [",", "."], does: "one edit" },
  { keys: ["+", "−"], does: "speed" },
  { keys: ["Home", "End"], does: "beginning and end" },
];

export function listenForKeys(player: Player): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || hasOwnUse(event)) return;
    const act = actOf(event, player);
    if (!act) return;
    event.preventDefault();
    act();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

function actOf(event: KeyboardEvent, player: Player): (() => void) | null {
  switch (event.key) {
    case " ":
      return event.repeat ? () => {} : player.toggle;
    case "ArrowLeft":
      return event.shiftKey ? () => player.stepEvent(-1) : () => player.skip(-1);
    case "ArrowRight":
      return event.shiftKey ? () => player.stepEvent(1) : () => player.skip(1);
    case "Home":
      return () => player.seek(0);
    case "End":
      return player.toEnd;
    case ",":
      return () => player.stepEdit(-1);
    case ".":
      return () => player.stepEdit(1);
    case "+":
    case "=": // the same key without Shift
      return () => player.changeSpeed(1);
    case "-":
    case "−":
      return () => player.changeSpeed(-1);
    default:
      return null;
  }
}

function hasOwnUse({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("select, textarea, input:not([type=checkbox], [type=radio])")) return true;
  if (key === " ") return target.closest("button, a, summary, input") !== null;
  return key.startsWith("Arrow") && target.closest("input[type=radio]") !== null;
}
