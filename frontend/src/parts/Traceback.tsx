import type { Judged } from "../state/judged";
import type { Live } from "../state/run";

interface Where {
  bench: Judged;
  live: Live;
}

export function GoToLine({ bench, live, line }: Where & { line: number }) {
  const text = live.code.split("\n")[line - 1]?.trim();
  return (
    <p class="go-to-line">
      <button type="button" onClick={() => bench.goToLine(line)}>Go to line {line}</button>
      {text && <code>{text}</code>}
    </p>
  );
}

/** A traceback whose line numbers lead into the editor. */
export function Traceback({ bench, text }: Where & { text: string }) {
  return (
    <pre class="code traceback" tabIndex={0} aria-label="Traceback">
      {piecesOf(text).map(({ words, line }, at) =>
        line === null ? words : <button key={at} type="button" class="in-text" onClick={() => bench.goToLine(line)}>{words}</button>,
      )}
    </pre>
  );
}

interface Piece {
  words: string;
  line: number | null;
}

export function piecesOf(text: string): Piece[] {
  return text.split(/(?<=^\s*File "[^"\n]*", )(line \d+)/m).map((words) => {
    const line = /^line (\d+)$/.exec(words)?.[1];
    return { words, line: line ? Number(line) : null };
  });
}
