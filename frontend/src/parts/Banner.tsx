import { route } from "../router";
import { answers, system } from "../state/service";
import { Sentence } from "./Sentence";

/** What must be known on every page: nothing is isolated, or nobody answers. */
export function Banner() {
  const { warning, problem } = system.value?.slot ?? {};
  return (
    <div class="banners">
      {warning && <Warning text={warning} isShort={route.value.page === "room"} />}
      <div role="status">
        {problem && (
          <p class="banner banner-ours">
            <strong>No code can be judged at the moment.</strong> <Sentence text={problem} />
          </p>
        )}
        {!answers.value && (
          <p class="banner banner-ours">
            <strong>Torchroom does not answer.</strong> Trying again every two seconds. What you type is kept in this browser meanwhile.
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
