/** The only file that talks to the server. */
import type { RoomEvent, RoomQuestion, RoomView } from "./api/room";
import type {
  Forgotten, Hint, InterviewList, Mode, NewRoom, Practice, Question, QuestionList, RoomLinks, Run, RunEvent, Solution, System,
} from "./api/types";
import type { RoomLog } from "./api/log";
import type { Download, Report, ReportPage } from "./api/report";

const base = "/api/v1";
const lookWithin = 10_000; // milliseconds; a database that is cut off is given up in less
const runEvents = ["state", "output", "script", "case", "finished"] as const;

/** The service answered, and said no: what problem+json carries. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly retryAfter: number | null,
  ) {
    super(detail || title);
  }
}

/** The service did not answer at all. */
export class Unreachable extends Error {
  constructor() {
    super("The Torchroom service does not answer.");
  }
}

/** How a request found the service: it answered, it did not, or it answered that its database does not. */
export type Contact = "here" | "silent" | "database-away";

/** Told after every request; state/service.ts listens. */
let onContact: (contact: Contact) => void = () => {};

export function watchContact(listener: (contact: Contact) => void): void {
  onContact = listener;
}

export const listQuestions = () => get<QuestionList>("/questions");
export const readQuestion = (slug: string) => get<Question>(`/questions/${encodeURIComponent(slug)}`);
export const readHint = (slug: string, number: number) =>
  get<Hint>(`/questions/${encodeURIComponent(slug)}/hints/${number}`);
export const readSolution = (slug: string, run: string) =>
  get<Solution>(`/questions/${encodeURIComponent(slug)}/solution?run=${encodeURIComponent(run)}`);
export const readRun = (id: string) => get<Run>(`/runs/${encodeURIComponent(id)}`);
/** Asked again and again, so an answer that hangs on the way is given up in time. */
export const readSystem = () => request<System>("/system", { signal: AbortSignal.timeout(lookWithin) });
export const readPractice = () => get<Practice>("/practice");
export const forgetPractice = () => request<Forgotten>("/practice", { method: "DELETE" });
export const listInterviews = () => get<InterviewList>("/interviews");
export const createRoom = (room: NewRoom) =>
  request<RoomLinks>("/rooms", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(room) });

/** What belongs to a room is asked for with the secret of its link. */
export const readRoomQuestion = (room: string, secret: string, slug: string) =>
  request<RoomQuestion>(`/rooms/${encodeURIComponent(room)}/questions/${encodeURIComponent(slug)}`, { headers: bearer(secret) });
export const readRoom = (room: string, secret: string) =>
  request<RoomView>(`/rooms/${encodeURIComponent(room)}`, { headers: bearer(secret) });
export const readRoomLog = (room: string, secret: string) =>
  request<RoomLog>(`/rooms/${encodeURIComponent(room)}/log`, { headers: bearer(secret) });
export const sendRoomEvent = (room: string, secret: string, key: string, kind: string, body: object) =>
  request<{ events: RoomEvent[] }>(`/rooms/${encodeURIComponent(room)}/events`, {
    method: "POST",
    headers: { ...bearer(secret), "Content-Type": "application/json" },
    body: JSON.stringify({ key, kind, body }),
  });

export const readReport = (room: string, secret: string) =>
  request<Report>(`/rooms/${encodeURIComponent(room)}/report`, { headers: bearer(secret) });
export const readReportPage = (room: string, secret: string) =>
  request<ReportPage>(`/rooms/${encodeURIComponent(room)}/report/page`, { headers: bearer(secret) });

/** A link could not carry the secret without showing it, so the file is fetched and handed over. */
export async function downloadReport(room: string, secret: string, suffix: "html" | "json"): Promise<Download> {
  const response = await answer(`${base}/rooms/${encodeURIComponent(room)}/report/export.${suffix}`, { headers: bearer(secret) });
  if (!response.ok) throw refusal(response, await reading(() => response.text()));
  onContact("here");
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  return { name: name ?? `report.${suffix}`, content: await reading(() => response.blob()) };
}

/** The key makes a repeated request find the first one's run, so a lost answer never runs the code twice. */
export function createRun(question: string, mode: Mode, code: string, key: string): Promise<Run> {
  return request<Run>("/runs", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify({ question, mode, code }),
  });
}

export interface Following {
  onEvent: (sequence: number, event: RunEvent) => void;
  onOpen: () => void;
  /** The stream broke; `final` when the browser will not try again by itself. */
  onBreak: (final: boolean) => void;
}

/** Follow a run's events; the returned function stops. The browser reconnects with Last-Event-ID by itself. */
export function followRun(id: string, { onEvent, onOpen, onBreak }: Following): () => void {
  const source = new EventSource(`${base}/runs/${encodeURIComponent(id)}/events`);
  source.onopen = () => {
    onContact("here");
    onOpen();
  };
  source.onerror = () => onBreak(source.readyState === EventSource.CLOSED);
  for (const event of runEvents) {
    source.addEventListener(event, (message: MessageEvent<string>) => {
      onEvent(Number(message.lastEventId), { event, data: JSON.parse(message.data) } as RunEvent);
    });
  }
  return () => source.close();
}

const bearer = (secret: string) => ({ Authorization: `Bearer ${secret}` });

function get<T>(path: string): Promise<T> {
  return request<T>(path, { method: "GET" });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await answer(base + path, init);
  const body = await reading(() => response.text());
  if (!response.ok) throw refusal(response, body);
  onContact("here");
  return JSON.parse(body) as T;
}

/** Whether the service reaches its database. What else keeps it from being ready is no matter here. */
export async function reachesDatabase(): Promise<boolean> {
  const response = await answer("/readyz", { signal: AbortSignal.timeout(lookWithin) });
  const { code } = parsed(await reading(() => response.text()));
  return !["database-away", "not-migrated", "our-error"].includes(String(code));
}

async function answer(address: string, init: RequestInit): Promise<Response> {
  const response = await reading(() => fetch(address, { ...init, headers: { Accept: "application/json", ...init.headers } }));
  // A proxy in front answers 502 or 504 for a service that is not there.
  if (response.status === 502 || response.status === 504) {
    onContact("silent");
    throw new Unreachable();
  }
  return response;
}

/** What breaks on the way, before the answer or in the middle of it, is a service that cannot be reached. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch {
    onContact("silent");
    throw new Unreachable();
  }
}

function refusal(response: Response, body: string): Refusal {
  const told = parsed(body);
  onContact(told.code === "database-away" ? "database-away" : "here");
  const wait = Number(response.headers.get("Retry-After") ?? told.retry_after);
  return new Refusal(
    response.status,
    String(told.code ?? response.status),
    String(told.title ?? response.statusText),
    String(told.detail ?? `The service answered ${response.status} without saying why.`),
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
