/** A room as this page has it: the line, the documents, the conversation, the runs. Phases are the service's to tell. */
import { batch, computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { readRoomQuestion, sendRoomEvent } from "../api";
import type {
  Author, EditBody, Refused, Role, RoomEvent, RoomQuestion, SaidBody, ServerMessage, StateView, Welcome,
} from "../api/room";
import type { Mode } from "../api/types";
import { lookOf } from "../editor/collab-look";
import { openShared, type Shared } from "../editor/collab";
import { load, type Loading } from "./loading";
import { rememberRoom } from "./myRooms";
import { openRoomClock, type RoomClock } from "./room-clock";
import { openCursors, type Where } from "./room-cursors";
import { openKeeper, type Orphan } from "./room-kept";
import { openOutbox } from "./room-outbox";
import { openRoomRuns, type RoomRuns } from "./room-runs";
import { sha256 } from "./sha256";
import { openLine, roomAddress, type Link } from "./socket";

export interface Said {
  seq: number;
  at: string;
  author: Author;
  body: SaidBody;
}

/** What the person typed and the room will not take. It is on the page until they have dealt with it. */
export interface Aside {
  document: string;
  text: string;
  detail: string;
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

const sendEvery = 80; // milliseconds between edits of a document: a word is not a hundred messages
const tooFastWait = 1000;

export function openRoom(id: string, secret: string): Room {
  const client = freshClient();
  const owner = sha256(secret).slice(0, 8);
  const keeper = openKeeper(id, owner, client);

  const role = signal<Role | null>(null);
  const view = signal<StateView | null>(null);
  const ended = signal<{ code: string; detail: string } | null>(null);
  const documents = signal<ReadonlyMap<string, Shared>>(new Map());
  const talk = signal<readonly Said[]>([]);
  const asides = signal<readonly Aside[]>([]);
  const refusal = signal<{ kind: string; detail: string } | null>(null);
  const questions = signal<ReadonlyMap<string, Loading<RoomQuestion>>>(new Map());
  const isKept = signal(true);

  let seen: number | null = null; // the last event folded in
  let orphans: Orphan[] = [];
  let isClosed = false;
  const inFlight = new Map<string, number>(); // document -> id of the edit on its way
  let lastSentAt = 0;
  let sendTimer: ReturnType<typeof setTimeout> | null = null;

  const clock = openRoomClock();
  const outbox = openOutbox(keeper.outboxName, (message) => line?.send(message) ?? false);
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
        return settled(message.id);
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
    inFlight.clear();
    if (message.documents) openAll(message);
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

  function openAll({ documents: told, events, state }: Welcome): void {
    const before = events.filter((event) => event.kind === "edit").map((event) => event.body as unknown as EditBody);
    const all = new Map(documents.value);
    for (const [name, { version, text }] of Object.entries(told ?? {})) {
      if (!all.has(name)) all.set(name, shared(name, text, version, before.filter((edit) => edit.document === name), state));
    }
    documents.value = all;
  }

  function shared(name: string, text: string, version: number, before: EditBody[], state: StateView | null): Shared {
    const made: Shared = openShared({
      name, text, version, client, before,
      editable: isEditable(state, name),
      look: lookOf(name),
      onLocal: () => {
        keepDraft(made);
        flushSoon();
      },
      onSelection: () => cursors.moved(made),
    });
    return made;
  }

  function takeEvents(events: readonly RoomEvent[]): void {
    const fresh = events.filter((event) => seen === null || event.seq > seen);
    for (const event of fresh) if (!takeEvent(event)) return;
    runs.take(fresh);
    for (const event of events) if (event.id != null) settled(event.id);
    const last = fresh.at(-1);
    if (last) seen = Math.max(seen ?? 0, last.seq);
    outbox.pump();
    flush();
  }

  /** False where something is missing before it: the line begins again from what was seen. */
  function takeEvent(event: RoomEvent): boolean {
    switch (event.kind) {
      case "say":
        talk.value = [...talk.value, { seq: event.seq, at: event.at, author: event.author, body: event.body as unknown as SaidBody }];
        return true;
      case "opened": {
        const { document: name, text } = event.body as { document: string; text: string };
        if (!documents.value.has(name)) documents.value = new Map(documents.value).set(name, shared(name, text, 0, [], view.value));
        return true;
      }
      case "edit": {
        const edit = event.body as unknown as EditBody;
        const document = documents.value.get(edit.document);
        if (!document) return true;
        if (!document.receive(edit)) {
          line?.again();
          return false;
        }
        if (edit.client === client) inFlight.delete(edit.document);
        keepDraft(document);
        return true;
      }
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
    for (const document of documents.value.values()) document.setEditable(isEditable(state, document.name));
    for (const slug of new Set([...state.current, ...state.questions.map((one) => one.slug)])) {
      if (!questions.value.has(slug)) fetchQuestion(slug);
    }
    flush();
  }

  // ---- text

  /** Things of a page that is gone: its text goes on top of ours, its commands go out under their own numbers. */
  function takeOver(orphan: Orphan): void {
    for (const draft of orphan.drafts) {
      const document = documents.value.get(draft.document);
      if (document?.adopt(draft)) continue;
      setAside({ document: draft.document, text: draft.text, detail: "It was typed on a page that was closed before the room had it, and no longer fits." });
    }
    const after = barrier();
    const stop = effect(() => {
      for (const document of documents.value.values()) document.unsaved.value;
      if (!after()) return;
      queueMicrotask(() => stop());
      void (async () => {
        for (const { id: number, kind, body } of orphan.commands) {
          await sendRoomEvent(id, secret, `${orphan.client}:${number}`, kind, body).catch(() => {});
        }
        keeper.forgetOrphan(orphan);
      })();
    });
    if (orphan.commands.length === 0) keeper.forgetOrphan(orphan);
  }

  function keepDraft(document: Shared): void {
    const pending = document.pending();
    if (pending.length === 0) keeper.forgetDraft(document.name);
    else {
      isKept.value = keeper.keepDraft({
        document: document.name, version: document.version(), seq: seen ?? 0, pending, text: document.text.value,
      });
    }
  }

  function flushSoon(): void {
    sendTimer ??= setTimeout(() => {
      sendTimer = null;
      flush();
    }, Math.max(0, lastSentAt + sendEvery - performance.now()));
  }

  function flush(): void {
    if (line?.link.value !== "open") return;
    for (const document of documents.value.values()) {
      // What was typed in the moment of a pause waits for its end.
      const isHeld = view.value?.clock.paused && !isEditable(view.value, document.name);
      if (inFlight.has(document.name) || isHeld) continue;
      const edit = document.toSend();
      if (!edit) continue;
      if (keeper.wasAdopted()) return window.location.reload(); // it slept, and another page has sent this since
      const number = outbox.freshId();
      if (!line.send({ type: "command", id: number, kind: "edit", body: edit })) return;
      inFlight.set(document.name, number);
      lastSentAt = performance.now();
    }
    outbox.pump();
    cursors.tell();
  }

  /** True once the room has all that had been typed by now. */
  function barrier(): () => boolean {
    const marks = [...documents.value.values()].map((document) => ({ document, made: document.made() }));
    return () => marks.every(({ document, made }) => document.settled() >= made);
  }

  function setAside(aside: Aside): void {
    if (aside.text !== "") asides.value = [...asides.value, aside];
  }

  function refused(told: Refused): void {
    const name = [...inFlight].find(([, number]) => number === told.id)?.[0];
    if (name !== undefined) return editRefused(name, told);
    const done = outbox.settle(told.id);
    if (!done) return; // a cursor
    if (told.code === "too-fast" || told.code === "our-error") {
      setTimeout(() => outbox.push(done.kind, done.body), (told.retry_after ?? 1) * 1000);
      return;
    }
    if (done.kind === "run") {
      const { question, mode } = done.body as { question: string; mode: Mode };
      runs.refused(question, mode, { code: told.code, title: titleOf(told), detail: told.detail, retryAfter: told.retry_after ?? null });
    } else if (done.kind !== "focus") {
      refusal.value = { kind: done.kind, detail: told.detail };
    }
    outbox.pump();
  }

  function editRefused(name: string, told: Refused): void {
    const document = documents.value.get(name);
    if (!document) return;
    if (told.code === "paused") {
      inFlight.delete(name);
      return;
    }
    if (told.code === "stale") {
      inFlight.delete(name);
      // What it missed is on its way; where it is not, the line begins again.
      if ((told.version ?? 0) <= document.version()) flushSoon();
      else setTimeout(() => (document.version() < (told.version ?? 0) ? line?.again() : flush()), 400);
      return;
    }
    if (told.code === "too-fast" || told.code === "our-error") {
      setTimeout(() => {
        inFlight.delete(name);
        flush();
      }, told.retry_after ? told.retry_after * 1000 : tooFastWait);
      return;
    }
    inFlight.delete(name);
    setAside({ document: name, text: document.giveUp(), detail: told.detail });
    keepDraft(document);
    outbox.pump();
  }

  // ---- commands

  const may = (kind: string) => view.value?.may.includes(kind) ?? false;

  function command(kind: string, body: object = {}): void {
    refusal.value = null;
    outbox.push(kind, body, kind === "say" || kind === "focus" ? undefined : barrier());
    flush();
  }

  function settled(number: number): void {
    outbox.settle(number);
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
    const unsaved = outbox.waiting.value > 0 || [...documents.value.values()].some((one) => one.unsaved.value > 0);
    if (unsaved && !isKept.value) return "not-kept";
    if (link.value !== "open") return "offline";
    return unsaved ? "saving" : "saved";
  });

  return {
    id, secret, role, link, view, ended, saving, clock, runs, talk, documents, questions, asides, refusal, may, fetchQuestion,
    others: cursors.others,
    asked: outbox.kinds,
    dropAside(aside) {
      asides.value = asides.value.filter((one) => one !== aside);
    },
    dismissRefusal() {
      refusal.value = null;
    },
    do: command,
    close() {
      isClosed = true;
      window.removeEventListener("blur", onFocus);
      window.removeEventListener("focus", onFocus);
      if (sendTimer) clearTimeout(sendTimer);
      cursors.close();
      stopLink();
      line?.close();
      runs.close();
      clock.close();
      keeper.close();
    },
  };
}

export const isEditable = (state: StateView | null, name: string) => state?.documents.find((one) => one.name === name)?.editable ?? false;

const titleOf = ({ code }: Refused) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ");

function freshClient(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
