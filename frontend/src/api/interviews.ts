/** What an interview is made of, as /interviews and POST /rooms have it. */
import type { Phase, RulesView } from "./room";

export interface InterviewStage {
  phase: Phase;
  title: string;
  minutes: number;
  questions: { slug: string; title: string; kind: string; minutes: number }[];
}

export interface Interview {
  slug: string;
  title: string;
  summary: string;
  minutes: number;
  /** How to speak in this one, for whoever is asked. */
  tips: string[];
  stages: InterviewStage[];
  rules: RulesView;
}

export interface InterviewList {
  items: Interview[];
}

/** A room from a template, or with one question alone: exactly one of the two is named. */
export interface NewRoom {
  template?: string;
  question?: string;
  practice: boolean;
  clock?: boolean;
  candidate?: string;
  interviewer?: string;
  extra_time?: number;
  script?: boolean;
}

/** The only answer that holds the secrets of a room: the service itself keeps hashes of them. */
export interface RoomLinks {
  id: string;
  title: string;
  candidate_link: string;
  interviewer_link: string;
}
