import { answers, system } from "../state/service";
import { Sentence } from "./Sentence";

/** What must be known on every page: nothing is isolated, or nobody answers. */
export function Banner() {
  const { warning, problem } = system.value?.slot ?? {};
  return (
    <div class="banners">
      {warning && (
        <p class="banner banner-warning" role="note">
          <strong>Not isolated.</strong> <Sentence text={warning} />
        </p>
      )}
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
