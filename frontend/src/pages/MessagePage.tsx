import type { ComponentChildren } from "preact";
import { useArrival } from "../parts/arrive";

interface Props {
  title: string;
  isBusy?: boolean;
  children?: ComponentChildren;
}

/** A page that has one thing to say. */
export function MessagePage({ title, isBusy = false, children }: Props) {
  const heading = useArrival(title);
  return (
    <main id="main" class="message" tabIndex={-1} aria-busy={isBusy}>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {children}
    </main>
  );
}
