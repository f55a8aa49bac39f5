/** How a room says things. Pure. */
import type { Author, Role, RulesView, StateView } from "../api/room";
import { capital } from "../words";
import type { Saving } from "./room";

export const savingWord: Record<Saving, string> = {
  saved: "Saved",
  saving: "Saving…",
  offline: "Offline, kept here",
  "not-kept": "Not kept: this browser stores nothing. Copy your text before you leave.",
};

export const minutes = (seconds: number | null) => (seconds === null ? "no clock" : `${Math.round(seconds / 60)} min`);

export const roleWord = (role: Role) => (role === "candidate" ? "Candidate" : "Interviewer");

export function personWord(view: StateView, role: Role, mine: Role | null): string {
  const name = view.people[role].name || roleWord(role);
  return role === mine ? `${name} (you)` : name;
}

export function speaker(author: Author, mine: Role | null, view: StateView): string {
  if (author === mine) return "You";
  if (author === "script") return view.practice ? "Interviewer" : "Interviewer (script)";
  return author === "system" ? "The room" : view.people[author].name || roleWord(author);
}

/** The rules of this interview as sentences, for the lobby: told to the candidate, and to the interviewer of the candidate. */
export function rulesOf(view: StateView, reader: Role | null): string[] {
  const { rules, extra_time: extra } = view;
  const [you, your] = reader === "interviewer" ? ["The candidate", "the candidate’s"] : ["You", "your"];
  return [
    rules.run
      ? `Run tries ${your} file; Submit judges every case, hidden ones too. Neither is limited.`
      : `This is a whiteboard: there is no Run. ${capital(your)} text is judged once, as it stands at the end.`,
    hintRule(rules, you),
    `When a stage’s time is up, ${your} text is submitted as it stands. ${you} can go on earlier.`,
    pauseRule(view, reader),
    ...(extra > 0 ? [`Every stage is ${extra} % longer than usual.`] : []),
  ];
}

function hintRule({ hints, hint_cost: cost }: RulesView, you: string): string {
  if (!hints) return "No hints are given.";
  return cost > 0
    ? `${you} may ask for hints. Each takes ${percent(cost)} off what the question counts.`
    : `${you} may ask for hints. They cost nothing.`;
}

function pauseRule({ rules, practice }: StateView, reader: Role | null): string {
  const who = practice || reader === "interviewer" ? "You" : "The interviewer";
  if (rules.pause && rules.extend) return `${who} can pause the clock and extend a stage.`;
  if (rules.pause) return `${who} can pause the clock.`;
  return rules.extend ? `${who} can extend a stage.` : "The clock is neither paused nor extended.";
}

export const percent = (part: number) => `${Math.round(part * 1000) / 10} %`;

/** What going on does, said before it is done. */
export function nextWords(view: StateView): { label: string; does: string; asksFirst: boolean } {
  const next = view.stages[view.stage + 1];
  const label = next ? `Go on to ${next.title}` : "End the interview";
  const left = view.phase === "coding" ? view.questions.filter((one) => view.current.includes(one.slug) && !one.submitted) : [];
  const unanswered = view.phase === "quick-checks" && view.questions.some((one) => view.current.includes(one.slug) && !one.submitted);
  const does = left.length
    ? `${left.map((one) => `“${one.title}”`).join(" and ")} ${left.length === 1 ? "is" : "are"} submitted as the text stands now.`
    : unanswered
      ? "What you have answered is submitted as it stands."
      : next
        ? "You cannot come back to this stage."
        : "Nothing can be changed afterwards.";
  return { label, does, asksFirst: view.phase !== "introduction" };
}

export function announceStage(view: StateView): string {
  if (view.phase === "finished") return "The interview is over.";
  const stage = view.stages[view.stage];
  if (!stage) return "";
  return `${stage.title} has begun${stage.seconds === null ? "" : `, ${minutes(stage.seconds)}`}.`;
}

/** Without the browser's own formats, whose first use takes longer than all the rest of the talk to draw. */
export function hourAndMinute(at: string): string {
  const moment = new Date(at);
  return `${moment.getHours()}:${String(moment.getMinutes()).padStart(2, "0")}`;
}
