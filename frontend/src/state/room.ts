/** A room as this page has it: the line, the documents, the conversation, the runs. Phases are the service's to tell. */
import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { readRoomQuestion, Refusal, sendRoomEvent, Unreachable } from "../api";
import type {
  Author, Refused, Role, RoomEvent, RoomQuestion, SaidBody, ServerMessage, StateView, Welcome,
} from "../api/room";
import type { Mode } from "../api/types";
import type { Shared } from "../editor/collab";
import { load, type Loading } from "./loading";
import { rememberRoom } from "./my-rooms";
import { openRoomClock, type RoomClock } from "./room-clock";
import { openCursors, type Where } from "./room-cursors";
import { openKeeper, type Orphan } from "./room-kept";
import { isPutOff, openOutbox } from "./room-outbox";
import { openRoomRuns, type RoomRuns } from "./room-runs";
import { openTexts, type Aside } from "./room-texts";
import { lookAround } from "./service";
import { sha256 } from "./sha256";
import { openLine, roomAddress, type Link } from "./socket";

export interface Said {
  seq: number;
  at: string;
  author: Author;
  body: SaidBody;
}

export type Saving = "saved" | "saving" | "offline" | "not-kept";

export interface Room {
  id: string;
  secret: string;
  role: ReadonlySignal<Role | null>;
  link: ReadonlySignal<Link>;
  view: ReadonlySignal<StateView | null>;
  ended: ReadonlySignal<{ code: string; detail: string } | null>;
  saving: ReadonlySignal<Saving>;
  clock: RoomClock;
  runs: RoomRuns;
  talk: ReadonlySignal<readonly Said[]>;
  documents: ReadonlySignal<ReadonlyMap<string, Shared>>;
  questions: ReadonlySignal<ReadonlyMap<string, Loading<RoomQuestion>>>;
  others: ReadonlySignal<readonly Where[]>;
  asides: ReadonlySignal<readonly Aside[]>;
  dropAside(aside: Aside): void;
  /** The last command that was refused; null once it has been read or another went through. */
  refusal: ReadonlySignal<{ kind: string; detail: string } | null>;
  dismissRefusal(): void;
  /** Kinds of command on their way. */
  asked: ReadonlySignal<ReadonlySet<string>>;
  do(kind: string, body?: object): void;
  may(kind: string): boolean;
  fetchQuestion(slug: string): void;
  close(): void;
}

export function openRoom(id: string, secret: string): Room {
  const client = freshClient();
  const owner = sha256(secret).slice(0, 8);
  const keeper = openKeeper(id, owner, client);

  const role = signal<Role | null>(null);
  const view = signal<StateView | null>(null);
  const ended = signal<{ code: string; detail: string } | null>(null);
  const talk = signal<readonly Said[]>([]);
  const refusal = signal<{ kind: string; detail: string } | null>(null);
  const questions = signal<ReadonlyMap<string, Loading<RoomQuestion>>>(new Map());

  let seen: number | null = null; // the last event folded in
  let orphans: Orphan[] = [];
  let isClosed = false;

  const clock = openRoomClock();
  const outbox = openOutbox(keeper.outboxName, (message) => line?.send(message) ?? false);
  const texts = openTexts({
    client, keeper, view,
    seen: () => seen ?? 0,
    send(edit) {
      const number = outbox.freshId();
      return line?.link.value === "open" && line.send({ type: "command", id: number, kind: "edit", body: edit }) ? number : null;
    },
    again: () => line?.again(),
    onSelection: (document) => cursors.moved(document),
  });
  const { documents } = texts;
  const runs = openRoomRuns(
    (question, mode) => command("run", { question, mode }),
    (question) => documents.value.get(`code/${question}`)?.text.value ?? "",
  );

  const cursors = openCursors({
    client, documents, role, view,
    send: (body) => may("cursor") && line?.link.value === "open" && line.send({ type: "command", id: outbox.freshId(), kind: "cursor", body }),
  });

  // ---- the line

  let line: ReturnType<typeof openLine> | null = null;
  const link = signal<Link>("connecting");
  let stopLink = () => {};

  async function begin(): Promise<void> {
    orphans = await keeper.adopt().catch(() => []);
    if (isClosed) return;
    const drafts = orphans.flatMap((orphan) => orphan.drafts);
    const editsAfter = drafts.length ? Math.min(...drafts.map((draft) => draft.seq)) : null;
    line = openLine({
      address: roomAddress(id),
      hello: () => ({ secret, client, since: seen, edits_after: seen === null ? editsAfter : null }),
      onMessage: (message) => batch(() => take(message)),
      onEnd: (code, detail) => {
        ended.value = { code, detail };
      },
    });
    stopLink = effect(() => {
      link.value = line!.link.value;
      if (link.value === "offline") untracked(() => void lookAround());
    });
  }
  void begin();

  function take(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        return welcome(message);
      case "events":
        return takeEvents(message.events);
      case "state":
        return takeState(message.state);
      case "cursor":
        return cursors.show(message);
      case "refused":
        return refused(message);
      case "done":
        return void outbox.settle(message.id);
      case "pong":
        return clock.correct(message.now);
      case "bye":
        return;
    }
  }

  function welcome(message: Welcome): void {
    // The room knows less than this page: it begins anew, with what is kept here.
    if (message.documents && seen !== null) return window.location.reload();
    role.value = message.role;
    texts.rewind();
    if (message.documents) texts.openAll(message);
    takeEvents(message.documents ? message.events.filter((event) => event.kind !== "edit" && event.kind !== "opened") : message.events);
    seen = Math.max(seen ?? 0, message.seq);
    takeState(message.state);
    const { title, practice, people } = message.state;
    rememberRoom({ id: message.room, title, role: message.role, practice, at: message.now, candidate: people.candidate.name });
    for (const orphan of orphans) takeOver(orphan);
    orphans = [];
    // The line counts as open only after this; what waits is sent right behind it.
    queueMicrotask(() => {
      outbox.rewind();
      flush();
      cursors.tellAgain();
    });
  }

  function takeEvents(events: readonly RoomEvent[]): void {
    const fresh = events.filter((event) => seen === null || event.seq > seen);
    const missing = fresh.findIndex((event) => {
      if (!takeEvent(event)) return true;
      seen = event.seq;
      return false;
    });
    runs.take(missing < 0 ? fresh : fresh.slice(0, missing));
    if (missing >= 0) return line?.again();
    for (const event of events) if (event.id != null) outbox.settle(event.id);
    flush();
  }

  /** False where something is missing before it: the line begins again from what was seen. */
  function takeEvent(event: RoomEvent): boolean {
    switch (event.kind) {
      case "say":
        talk.value = [...talk.value, { seq: event.seq, at: event.at, author: event.author, body: event.body as unknown as SaidBody }];
        return true;
      case "opened":
        texts.opened(event);
        return true;
      case "edit":
        return texts.edited(event);
      case "joined":
        if (event.body.client !== client) cursors.tellAgain();
        return true;
      case "left":
        cursors.forget(event.body.client as string);
        return true;
      default:
        return true;
    }
  }

  function takeState(state: StateView): void {
    view.value = state;
    clock.tell(state);
    texts.setEditable(state);
    for (const slug of new Set([...state.current, ...state.questions.map((one) => one.slug)])) {
      if (comesAgain(questions.value.get(slug))) fetchQuestion(slug);
    }
    flush();
  }

  // ---- text

  /** Things of a page that is gone: its text goes on top of ours, its commands go out under their own numbers. */
  function takeOver(orphan: Orphan): void {
    texts.takeOver(orphan.drafts);
    keeper.forgetDrafts(orphan);
    const after = texts.barrier();
    const stop = effect(() => {
      for (const document of documents.value.values()) document.unsaved.value;
      if (!after()) return;
      queueMicrotask(() => stop());
      void sendFor(orphan);
    });
  }

  async function sendFor(orphan: Orphan): Promise<void> {
    for (const { id: number, kind, body } of orphan.commands) {
      try {
        await sendRoomEvent(id, secret, `${orphan.client}:${number}`, kind, body);
      } catch (reason) {
        // What is refused is settled; what finds nobody, or no database, stays kept, for the next page.
        if (reason instanceof Unreachable || (reason instanceof Refusal && reason.status === 503)) return;
      }
    }
    keeper.forgetCommands(orphan);
  }

  function flush(): void {
    if (line?.link.value !== "open") return;
    texts.flush();
    outbox.pump();
    cursors.tell();
  }

  function refused(told: Refused): void {
    if (isPutOff(told.code) && told.code !== "too-fast") void lookAround();
    if (texts.refused(told)) return outbox.pump();
    if (isPutOff(told.code)) return void outbox.putOff(told.id, told.retry_after ?? 1);
    const done = outbox.settle(told.id);
    if (!done) return; // a cursor
    if (done.kind === "run") {
      const { question, mode } = done.body as { question: string; mode: Mode };
      runs.refused(question, mode, { code: told.code, title: titleOf(told), detail: told.detail, retryAfter: told.retry_after ?? null });
    } else if (done.kind !== "focus") {
      refusal.value = { kind: done.kind, detail: told.detail };
    }
    outbox.pump();
  }

  // ---- commands

  const may = (kind: string) => view.value?.may.includes(kind) ?? false;

  function command(kind: string, body: object = {}): void {
    if (kind !== "focus") refusal.value = null;
    outbox.push(kind, body, kind === "say" || kind === "focus" ? undefined : texts.barrier());
    flush();
  }

  function fetchQuestion(slug: string): void {
    const set = (loaded: Loading<RoomQuestion>) => {
      questions.value = new Map(questions.value).set(slug, loaded);
    };
    if (questions.value.get(slug)?.at !== "here") set({ at: "loading" });
    void load(readRoomQuestion(id, secret, slug)).then((loaded) => {
      if (!isClosed && (loaded.at === "here" || questions.value.get(slug)?.at !== "here")) set(loaded);
    });
  }

  let wasAway = false;
  function onFocus(): void {
    const away = !document.hasFocus();
    if (away === wasAway || !view.value || view.value.phase === "lobby" || !may("focus")) return;
    wasAway = away;
    command("focus", { away });
  }
  window.addEventListener("blur", onFocus);
  window.addEventListener("focus", onFocus);

  const saving = computed<Saving>(() => {
    const unsaved = outbox.waiting.value > 0 || texts.unsaved.value;
    if (unsaved && !texts.isKept.value) return "not-kept";
    if (link.value !== "open") return "offline";
    return unsaved ? "saving" : "saved";
  });

  return {
    id, secret, role, link, view, ended, saving, clock, runs, talk, documents, questions, refusal, may, fetchQuestion,
    others: cursors.others,
    asked: outbox.kinds,
    asides: texts.asides,
    dropAside: texts.dropAside,
    dismissRefusal() {
      refusal.value = null;
    },
    do: command,
    close() {
      isClosed = true;
      window.removeEventListener("blur", onFocus);
      window.removeEventListener("focus", onFocus);
      texts.close();
      cursors.close();
      stopLink();
      line?.close();
      runs.close();
      clock.close();
      keeper.close();
    },
  };
}

/** Not asked for yet, or there was nobody to give it. */
const comesAgain = (loaded: Loading<RoomQuestion> | undefined) =>
  !loaded || loaded.at === "unreachable" || (loaded.at === "refused" && loaded.comesAgain);

const titleOf = ({ code }: Refused) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ");

function freshClient(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
