import { useEffect, useState } from "preact/hooks";
import type { Room, Saving } from "../../state/room";
import { savingWord } from "../../state/room-words";

const settleFor = 1500; // milliseconds; what lasts shorter is not worth saying aloud

/** Always there and always true. Read aloud only where it lasts: each key stroke saves, and nobody wants to hear it. */
export function SavedStatus({ room }: { room: Room }) {
  const saving = room.saving.value;
  return (
    <>
      <span class={`saved saved-${saving}`}>
        <span class="saved-sign" aria-hidden="true">{signs[saving]}</span> {savingWord[saving]}
      </span>
      <span class="hidden" role="status" aria-live="polite">{useSettled(saving)}</span>
    </>
  );
}

const signs: Record<Saving, string> = { saved: "✓", saving: "…", offline: "⇡", "not-kept": "!" };

function useSettled(saving: Saving): string {
  const [said, say] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => say((before) => (before === "" && saving === "saved" ? "" : savingWord[saving])), settleFor);
    return () => clearTimeout(timer);
  }, [saving]);
  return said;
}
