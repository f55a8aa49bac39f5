/** The interviews there are, and how one begins: alone at once, or with two links for two people. */
import { effect, signal } from "@preact/signals";
import { createRoom, listInterviews } from "../api";
import type { InterviewList, NewRoom, RoomLinks } from "../api/types";
import { navigate } from "../router";
import { described, load, type Loading } from "./loading";
import { rememberRoom } from "./my-rooms";
import { keepSecret } from "./secret";
import { returns } from "./service";
import { keep, recall } from "./storage";

export const interviews = signal<Loading<InterviewList>>({ at: "loading" });

export function openInterviews(): () => void {
  return effect(() => {
    returns.value; // again when the service comes back
    void load(listInterviews()).then((loaded) => {
      if (loaded.at === "here" || interviews.peek().at !== "here") interviews.value = loaded;
    });
  });
}

/** Percent that this person adds to every stage. Who needs it needs it every time, so it is kept. */
export const extraTime = signal<number>(recall<number>("extra-time") ?? 0);
export const extraTimes = [0, 25, 50, 100] as const;

export function setExtraTime(percent: number): void {
  extraTime.value = percent;
  keep("extra-time", percent);
}

/** What one button that makes a room is doing. */
export type Making = { at: "ready" } | { at: "busy" } | { at: "failed"; title: string; detail: string };

export type Plan = Pick<NewRoom, "template" | "question" | "clock">;

/** Make a room for one person and go there; says what was in the way, if something was. */
export async function startAlone(plan: Plan): Promise<Making> {
  try {
    const room = await createRoom({ ...plan, practice: true, extra_time: extraTime.value });
    rememberRoom({ id: room.id, title: room.title, role: "candidate", practice: true, at: new Date().toISOString() });
    navigate(room.candidate_link);
    return { at: "ready" };
  } catch (error) {
    return { at: "failed", ...described(error) };
  }
}

export interface Invitation {
  candidate: string;
  interviewer: string;
  extraTime: number;
  script: boolean;
  /** Whether this browser keeps both links. */
  isKept: boolean;
}

export type Invited = { at: "made"; links: RoomLinks } | Extract<Making, { at: "failed" }>;

export async function invite(template: string, { candidate, interviewer, extraTime: extra_time, script, isKept }: Invitation): Promise<Invited> {
  try {
    const links = await createRoom({ template, practice: false, candidate, interviewer, extra_time, script });
    if (isKept) {
      keepSecret(links.id, links.interviewer_link.split("#")[1] ?? "");
      rememberRoom({
        id: links.id,
        title: links.title,
        role: "interviewer",
        practice: false,
        at: new Date().toISOString(),
        candidate,
        candidateLink: links.candidate_link,
      });
    }
    return { at: "made", links };
  } catch (error) {
    return { at: "failed", ...described(error) };
  }
}
