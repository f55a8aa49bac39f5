import { useId, useRef, useState } from "preact/hooks";

interface Props {
  label: string;
  note: string;
  value: string;
}

/** A text to be taken elsewhere, and a button that takes it. */
export function CopyField({ label, note, value }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const copy = async () => {
    field.current?.select();
    setSaid((await copied(value)) ? "Copied" : "Press Ctrl+C to copy");
  };
  return (
    <div class="copy">
      <label for={id}>{label}</label>
      <p class="quiet" id={`${id}-note`}>{note}</p>
      <div class="copy-line">
        <input id={id} ref={field} readOnly value={value} aria-describedby={`${id}-note`} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" aria-label={`Copy: ${label}`} onClick={() => void copy()}>Copy</button>
      </div>
      <span class="quiet copied" role="status">{said}</span>
    </div>
  );
}

/** The clipboard is missing where a page comes over plain HTTP from another machine; the text is selected then. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
