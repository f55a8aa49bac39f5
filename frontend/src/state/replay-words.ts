/** How the replay says things. Pure. */
import type { LogEvent } from "../api/log";
import type { Author, Phase, StateView } from "../api/room";
import type { Verdict } from "../api/types";
import { capital, fromId, modeWord, plural, verdictHeading } from "../words";
import type { Moment } from "./replay";
import type { ReplayedRun } from "./replay-marks";

/** "1:02:03", "12:03": milliseconds as a clock on the wall of the session. */
export function timeOf(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000 + 1e-6);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

const months = "January February March April May June July August September October November December".split(" ");

/** "2 March 2026". By hand: the browser's own way costs 50 ms when it is first used. */
export function dayOf(moment: string): string {
  const day = new Date(moment);
  return `${day.getDate()} ${months[day.getMonth()]} ${day.getFullYear()}`;
}

const phaseWords: Record<Phase, string> = {
  lobby: "lobby",
  introduction: "introduction",
  coding: "coding",
  "follow-ups": "follow-ups",
  "quick-checks": "quick checks",
  "wrap-up": "wrap-up",
  finished: "finished",
};
export const phaseWord = (phase: Phase) => phaseWords[phase] ?? phase;

/** What a slider's value is called: "12:03, coding". */
export const momentWord = ({ time, phase }: Moment) => (phase ? `${timeOf(time)}, ${phaseWord(phase.phase)}` : timeOf(time));

export interface Names {
  question(slug: string): string;
  document(name: string): string;
  person(author: Author): string;
  stage(index: number, phase: Phase): string;
}

/** Names as the room gives them; what it does not name is called after its id. */
export function namesOf(state: StateView): Names {
  const questions = new Map(state.questions.map(({ slug, title }) => [slug, title]));
  const documents = new Map(state.documents.map(({ name, title }) => [name, title]));
  const question = (slug: string) => questions.get(slug) ?? fromId(slug);
  return {
    question,
    document(name) {
      const [house, slug = "", item] = name.split("/");
      if (documents.has(name)) return documents.get(name) as string;
      if (house === "code") return question(slug);
      if (house === "answer") return `Answer ${Number(item) + 1}, ${question(slug)}`;
      return capital(name);
    },
    person(author) {
      if (author === "candidate" || author === "interviewer") return state.people[author].name || capital(author);
      return author === "script" ? "Scripted interviewer" : "The room";
    },
    stage: (index, phase) => state.stages[index]?.title || capital(phaseWord(phase)),
  };
}

/** What a sign on the track and in the list looks like: told apart by shape and letter first, by colour second. */
export type Look = "passed" | "failed" | "ours" | "running" | "stage" | "hint" | "paste" | "away" | "pause" | "quiet";

export interface Told {
  sign: string;
  look: Look;
  text: string;
}

/** One line for the list of events. */
export function told(event: LogEvent, names: Names): Told {
  const who = names.person(event.author);
  switch (event.kind) {
    case "phase":
      return { sign: "▸", look: "stage", text: event.body.phase === "finished" ? "Finished" : `${names.stage(event.body.stage, event.body.phase)} begins` };
    case "run": {
      const { mode, question, why } = event.body;
      return { sign: mode === "run" ? "○" : "□", look: "running", text: `${why === "time" ? "Time is up: submitted as it stands" : modeWord[mode]}, ${names.question(question)}` };
    }
    case "verdict":
      return { ...signOf(event.body.verdict), text: `${modeWord[event.body.mode]}: ${verdictHeading(event.body.verdict)}` };
    case "failure":
      return { sign: "!", look: "ours", text: `${modeWord[event.body.mode]} could not be judged: our fault` };
    case "hint":
      return { sign: "?", look: "hint", text: `Hint ${event.body.level} ${event.author === "candidate" ? "asked for" : "given"}, ${names.question(event.body.question)}` };
    case "edit":
      return { sign: "P", look: "paste", text: `${who} pasted ${plural(event.body.pasted, "character")}` };
    case "focus":
      return event.body.away ? { sign: "◌", look: "away", text: `${who} left the window` } : { sign: "●", look: "away", text: `${who} came back to the window` };
    case "pause":
      return { sign: "‖", look: "pause", text: `${who} paused the clock` };
    case "resume":
      return { sign: "▹", look: "pause", text: "The clock goes on" };
    case "extend":
      return { sign: "+", look: "pause", text: `${who} gave ${timeOf(event.body.seconds * 1000)} more${event.body.reason ? `: ${event.body.reason}` : ""}` };
    case "asked":
      return { sign: "?", look: "quiet", text: `${event.body.further ? "A further question" : `Question ${event.body.item + 1}`} is put` };
    case "answered":
      return { sign: "·", look: "quiet", text: `Answer ${event.body.item + 1} given` };
    case "choice":
      return { sign: "·", look: "quiet", text: `Item ${event.body.item + 1}: ${event.body.choices.map(letter).join(", ") || "nothing"} chosen` };
    case "score":
      return { sign: "·", look: "quiet", text: `${who} scored ${event.body.criterion ? fromId(event.body.criterion).toLowerCase() : "an answer"}` };
    case "joined":
      return { sign: "·", look: "quiet", text: `${who} opened the room` };
    case "left":
      return { sign: "·", look: "quiet", text: `${who} was gone` };
    case "take-over":
      return { sign: "·", look: "quiet", text: `${who} speaks instead of the script` };
    case "hand-back":
      return { sign: "·", look: "quiet", text: "The script speaks again" };
    case "share":
      return { sign: "·", look: "quiet", text: "The report was shared" };
    default:
      return { sign: "·", look: "quiet", text: capital(event.kind) };
  }
}

const letter = (choice: number) => String.fromCharCode(65 + choice);

const signOf = (verdict: Verdict): { sign: string; look: Look } =>
  verdict.outcome === "passed" ? { sign: "✓", look: "passed" } : { sign: "✗", look: "failed" };

/** A run on the track: how it ended, and when it was asked for. */
export function runTold(run: ReplayedRun, names: Names): Told {
  const what = `${modeWord[run.mode]}, ${names.question(run.question)}`;
  if (!run.ended) return { sign: "…", look: "running", text: `${what}: no verdict` };
  if (!run.ended.verdict) return { sign: "!", look: "ours", text: `${what}: our fault` };
  return { ...signOf(run.ended.verdict), text: `${what}: ${verdictHeading(run.ended.verdict)}` };
}
