import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  label: string;
  /** What it does, said before it is done. */
  does: string;
  stay: string;
  isOnItsWay?: boolean;
  /** False: the press is enough. */
  asks?: boolean;
  look?: string;
  go: () => void;
}

/** A button whose deed cannot be taken back: what it does is said, and asked about once. */
export function AskFirst({ label, does, stay, isOnItsWay = false, asks = true, look = "", go }: Props) {
  const [isAsking, ask] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking) yes.current?.focus();
  }, [isAsking]);
  const goAhead = () => {
    ask(false);
    if (!isOnItsWay) go();
  };
  const leave = () => {
    ask(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <div class="ask-first" onKeyDown={(event) => event.key === "Escape" && isAsking && leave()}>
      <button
        ref={button}
        type="button"
        class={look}
        title={does}
        aria-expanded={asks ? isAsking : undefined}
        aria-disabled={isOnItsWay}
        onClick={() => (asks ? ask(!isAsking) : goAhead())}
      >
        {label}
      </button>
      {isAsking && (
        <div class="ask-first-box" role="group" aria-label={label}>
          <p>{does}</p>
          <div class="choices">
            <button ref={yes} type="button" class="primary" onClick={goAhead}>{label}</button>
            <button type="button" onClick={leave}>{stay}</button>
          </div>
        </div>
      )}
    </div>
  );
}
