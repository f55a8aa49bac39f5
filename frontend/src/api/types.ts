/** The shapes that cross the API, by the names this page uses. schema.d.ts is made from the service itself. */
import type { components } from "./schema";

type Schemas = components["schemas"];

/** The service sends every field, also those that have a default there and so look optional in its document. */
type Complete<T> = T extends object ? { [Key in keyof T]-?: Complete<T[Key]> } : T;

export type QuestionSummary = Complete<Schemas["QuestionSummary"]>;
export type QuestionList = Complete<Schemas["QuestionList"]>;
export type Facet = Complete<Schemas["Facet"]>;
export type Question = Complete<Schemas["QuestionView"]>;
export type Hint = Complete<Schemas["HintView"]>;
export type Solution = Complete<Schemas["SolutionView"]>;
export type Run = Complete<Schemas["RunView"]>;
export type Verdict = Complete<Schemas["Verdict"]>;
export type CaseVerdict = Complete<Schemas["CaseVerdict"]>;
export type Failure = Complete<Schemas["Failure"]>;
export type Described = Complete<Schemas["Described"]>;
export type Budget = Complete<Schemas["Budget"]>;
export type Problem = Complete<Schemas["Problem"]>;
export type Script = Complete<Schemas["ScriptResult"]>;
export type Practice = Complete<Schemas["PracticeView"]>;
export type LessonProgress = Complete<Schemas["LessonView"]>;
export type Due = Complete<Schemas["DueView"]>;
export type Suggested = Complete<Schemas["NextView"]>;
export type Sitting = Complete<Schemas["SittingView"]>;
export type Forgotten = Complete<Schemas["ForgottenView"]>;
export type InterviewList = Complete<Schemas["InterviewList"]>;
export type Interview = InterviewList["items"][number];
export type InterviewStage = Interview["stages"][number];
/** A room from a template, or with one question alone: exactly one of the two is named. */
export type NewRoom = Partial<Schemas["NewRoom"]>;
/** The only answer that holds the secrets of a room: the service itself keeps hashes of them. */
export type RoomLinks = Complete<Schemas["RoomLinks"]>;
export type System = Complete<Schemas["SystemView"]>;
export type SlotState = System["slot"]["state"];
export type Layer = Complete<Schemas["LayerView"]>;

export type Outcome = CaseVerdict["outcome"];
export type Mode = Run["mode"];
export type RunState = Run["state"];

/** How the file's run as a script ended; what it printed came before, piece by piece. */
export type ScriptEnd = Pick<Script, "outcome" | "message" | "traceback" | "seconds">;

/** One step of a run, as the event stream tells it. */
export type RunEvent =
  | { event: "state"; data: { state: RunState; position: number | null; losses?: number } }
  | { event: "output"; data: { stream: "stdout" | "stderr"; text: string } }
  | { event: "script"; data: ScriptEnd }
  | { event: "case"; data: { case: CaseVerdict } }
  | { event: "finished"; data: Run };
