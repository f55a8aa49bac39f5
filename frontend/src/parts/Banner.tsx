import { route } from "../router";
import { answers, around, databaseIsAway, system } from "../state/service";
import { areThere } from "../words";
import { Sentence } from "./Sentence";

/** What must be known on every page: nothing is isolated, nobody judges, or nobody answers. */
export function Banner() {
  const { warning, problem, state } = system.value?.slot ?? {};
  return (
    <div class="banners">
      {warning && <Warning text={warning} isShort={route.value.page === "room"} />}
      <div role="status">
        {/* What was last heard of the slots is old news while nobody can be asked. */}
        {around.value.answers && (problem || state === "away") && (
          <p class="banner banner-ours">
            <strong>No code can be judged at the moment.</strong> <Sentence text={problem ?? "No executor is connected."} />
            {state === "away" && ` What you send is kept, and judged once an executor ${areThere(around.value) ? "takes it" : "is back"}; nothing is lost.`}
          </p>
        )}
        {!answers.value && (
          <p class="banner banner-ours">
            <strong>Torchroom does not answer.</strong> Trying again every two seconds. What you type is kept in this browser meanwhile.
          </p>
        )}
        {answers.value && databaseIsAway.value && (
          <p class="banner banner-ours">
            <strong>Torchroom cannot reach its database.</strong> Trying again every two seconds. What you type is kept in this browser meanwhile.
          </p>
        )}
      </div>
    </div>
  );
}

/** On a phone a room has no lines to spare: there the rest of it is a press away. */
function Warning({ text, isShort }: { text: string; isShort: boolean }) {
  if (isShort && window.matchMedia("(max-width: 760px)").matches) {
    return (
      <details class="banner banner-warning">
        <summary><strong>Not isolated.</strong> What that means</summary>
        <p><Sentence text={text} /></p>
      </details>
    );
  }
  return (
    <p class="banner banner-warning" role="note">
      <strong>Not isolated.</strong> <Sentence text={text} />
    </p>
  );
}
