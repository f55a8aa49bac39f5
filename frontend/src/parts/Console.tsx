import type { Judged } from "../state/judged";
import type { Live } from "../state/run";
import { outcomeWord, seconds, withoutColours } from "../words";
import { Sentence } from "./Sentence";
import { Traceback } from "./Traceback";

interface Props {
  bench: Judged;
  live: Live;
  /** False where how the script ended is told elsewhere on the page. */
  withEnd?: boolean;
}

/** What the file did when it was executed as a script: both streams apart, as they come. */
export function Console({ bench, live, withEnd = true }: Props) {
  const { script, stdout, stderr } = live;
  const isCut = live.run?.verdict?.script?.cut ?? false;
  if (!stdout && !stderr && (!script || !withEnd)) return null;
  const traceback = script?.traceback ?? null;
  return (
    <section class="console">
      <h3>
        Console
        {script && <span class="quiet"> the file ran as a script in {seconds(script.seconds)}</span>}
      </h3>
      {stdout && <Stream name="stdout" text={stdout} />}
      {/* The traceback is shown once, as a traceback. */}
      {stderr && stderr.trim() !== traceback?.trim() && <Stream name="stderr" text={stderr} />}
      {!stdout && !stderr && script?.outcome === "passed" && <p class="quiet">It printed nothing.</p>}
      {isCut && <p class="quiet">There was more than is kept: the rest was cut off.</p>}
      {withEnd && script && script.outcome !== "passed" && (
        <p>
          <strong>{outcomeWord[script.outcome]}.</strong> <Sentence text={script.message} />
        </p>
      )}
      {withEnd && traceback && <Traceback bench={bench} live={live} text={traceback} />}
    </section>
  );
}

function Stream({ name, text }: { name: string; text: string }) {
  return (
    <div class={`stream stream-${name}`}>
      <span class="stream-name">{name}</span>
      <pre class="code" tabIndex={0} aria-label={name}>{withoutColours(text)}</pre>
    </div>
  );
}
