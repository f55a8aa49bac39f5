import { useState } from "preact/hooks";
import type { Forgotten } from "../../api/types";
import type { Loading } from "../../state/loading";
import { forgetAll } from "../../state/practice";

/** How it is known whose progress this is, and an end to it. */
export function Forget() {
  const [asked, setAsked] = useState(false);
  const [forgotten, setForgotten] = useState<Loading<Forgotten> | null>(null);
  const forget = async () => {
    setForgotten({ at: "loading" });
    setForgotten(await forgetAll());
    setAsked(false);
  };
  return (
    <details class="forget">
      <summary>Whose progress this is, and how to forget it</summary>
      <p>
        There is no account. A cookie that says nothing about you tells the service that it is this browser again; in another browser, or
        once the cookie is gone, all begins anew. Texts you wrote on question pages are kept in this browser and stay.
      </p>
      {asked ? (
        <div class="choices">
          <button type="button" ref={(button) => button?.focus()} onClick={() => void forget()}>Forget it all</button>
          <button type="button" class="plain" onClick={() => setAsked(false)}>Keep it</button>
        </div>
      ) : (
        <button type="button" onClick={() => setAsked(true)}>Forget my progress…</button>
      )}
      <p role="status">{said(forgotten)}</p>
    </details>
  );
}

function said(forgotten: Loading<Forgotten> | null): string {
  if (forgotten === null || forgotten.at === "loading") return "";
  if (forgotten.at === "here") return `Forgotten. ${forgotten.value.remains}`;
  return "Torchroom did not answer, so nothing is forgotten. Try again.";
}
