/** How interviews are described. Pure. */
import type { Interview, InterviewStage } from "./api/types";
import type { Phase } from "./api/room";
import { share } from "./words";

export const phaseWord: Record<Phase, string> = {
  lobby: "Lobby",
  introduction: "Introduction",
  coding: "Coding",
  "follow-ups": "Follow-ups",
  "quick-checks": "Quick checks",
  "wrap-up": "Wrap-up",
  finished: "Finished",
};

/** Minutes with so many percent more, as the service reckons: a stage ends with a whole second. */
export const lengthened = (minutes: number, percent: number) => Math.round((minutes * (100 + percent)) / 10) / 10;

export function rulesInWords({ run, hints, hint_cost, pause, extend }: Interview["rules"]): string {
  const clock = pause && extend ? "The clock can be paused and extended" : pause ? "The clock can be paused" : extend ? "The clock can be extended" : "The clock cannot be stopped";
  const told = [
    run ? "Run as often as you like" : "A whiteboard: no Run, only one Submit at the end",
    hints ? `each hint takes ${share(hint_cost, 1).replace(" ", "\u00a0")} off` : "no hints",
  ];
  return `${told.join("; ")}. ${clock}.`;
}

/** Each question once, though its coding and its follow-ups are two stages. */
export function askedIn(stages: readonly InterviewStage[]): InterviewStage["questions"] {
  const bySlug = new Map(stages.flatMap((stage) => stage.questions).map((question) => [question.slug, question]));
  return [...bySlug.values()];
}
