/** Which lines of the text a run complained about. Pure. */
import type { Live } from "./run";

export interface Complaint {
  line: number;
  message: string;
}

/** Null where the marks that stand should stay: the text is no longer the one that was judged. */
export function complaints(live: Live | null, text: string): Complaint[] | null {
  if (live === null || live.stage === "sending") return [];
  if (live.stage !== "finished" || !live.run?.verdict || live.code !== text) return null;
  const { problem, cases } = live.run.verdict;
  if (problem?.line) return [{ line: problem.line, message: `${problem.title}. ${problem.message}` }];
  const byLine = new Map<number, string>();
  for (const { line, message, title } of cases) {
    if (line && !byLine.has(line)) byLine.set(line, `${title}: ${message}`);
  }
  return [...byLine].map(([line, message]) => ({ line, message }));
}
