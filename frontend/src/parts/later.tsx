import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { MessagePage } from "../pages/MessagePage";

/** A page whose script is fetched when it is first shown. */
export function later<Props extends object>(opening: string, fetchPage: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const fetched = signal<{ component: ComponentType<Props> } | "asked" | "missing" | null>(null);

  function ask(): void {
    fetched.value = "asked";
    fetchPage().then(
      (component) => {
        fetched.value = { component };
      },
      (reason: unknown) => {
        console.error(reason);
        fetched.value = "missing";
      },
    );
  }

  return (props: Props) => {
    const now = fetched.value;
    if (now === null) ask();
    if (now === null || now === "asked") return <MessagePage title={opening} isBusy />;
    if (now === "missing") return <PageMissing />;
    return <now.component {...props} />;
  };
}

function PageMissing() {
  return (
    <MessagePage title="This page could not be fetched">
      <p>Torchroom does not answer, or was updated while this page was open. What you wrote is kept in this browser.</p>
      <button type="button" onClick={() => window.location.reload()}>Load the page again</button>
    </MessagePage>
  );
}
