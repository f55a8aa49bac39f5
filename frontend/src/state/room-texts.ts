/** The documents of a room on this page: what is typed is kept here, sent in order, and confirmed by the room. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { EditBody, Refused, RoomEvent, StateView, Welcome } from "../api/room";
import { openShared, type Shared } from "../editor/collab";
import { lookOf } from "../editor/collab-look";
import type { Draft, Keeper } from "./room-kept";
import { isPutOff } from "./room-outbox";

/** What the person typed and the room will not take. It is on the page until they have dealt with it. */
export interface Aside {
  document: string;
  text: string;
  detail: string;
}

export interface Texts {
  documents: ReadonlySignal<ReadonlyMap<string, Shared>>;
  asides: ReadonlySignal<readonly Aside[]>;
  dropAside(aside: Aside): void;
  unsaved: ReadonlySignal<boolean>;
  /** False where the browser stores nothing. */
  isKept: ReadonlySignal<boolean>;
  openAll(welcome: Welcome): void;
  opened(event: RoomEvent): void;
  /** False where changes are missing before it. */
  edited(event: RoomEvent): boolean;
  setEditable(view: StateView): void;
  takeOver(drafts: readonly Draft[]): void;
  /** A new line: what was on its way may not have come. */
  rewind(): void;
  flush(): void;
  /** True once the room has all that had been typed when this was asked for. */
  barrier(): () => boolean;
  /** True where it was an edit that was refused. */
  refused(told: Refused): boolean;
  close(): void;
}

interface Options {
  client: string;
  keeper: Keeper;
  view: ReadonlySignal<StateView | null>;
  seen(): number;
  /** The command's number; null where nothing can be sent now. */
  send(edit: EditBody): number | null;
  again(): void;
  onSelection(document: Shared): void;
}

const sendEvery = 80; // milliseconds between edits of a document: a word is not a hundred messages
const waitForMissed = 400;
const waitForRoom = 1000;

export function openTexts({ client, keeper, view, seen, send, again, onSelection }: Options): Texts {
  const documents = signal<ReadonlyMap<string, Shared>>(new Map());
  const asides = signal<readonly Aside[]>([]);
  const isKept = signal(true);
  const inFlight = new Map<string, number>(); // document -> number of the edit on its way
  let lastSentAt = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function add(name: string, text: string, version: number, before: EditBody[], state: StateView | null): void {
    if (documents.value.has(name)) return;
    const made: Shared = openShared({
      name, text, version, client, before,
      editable: isEditable(state, name),
      look: lookOf(name),
      onLocal: () => {
        keepDraft(made);
        flushSoon();
      },
      onSelection: () => onSelection(made),
    });
    documents.value = new Map(documents.value).set(name, made);
  }

  function keepDraft(document: Shared): void {
    const pending = document.pending();
    if (pending.length === 0) keeper.forgetDraft(document.name);
    else {
      const draft = { document: document.name, version: document.version(), seq: seen(), pending, text: document.text.value };
      isKept.value = keeper.keepDraft(draft);
    }
  }

  function flushSoon(): void {
    timer ??= setTimeout(() => {
      timer = null;
      flush();
    }, Math.max(0, lastSentAt + sendEvery - performance.now()));
  }

  function flush(): void {
    for (const document of documents.value.values()) {
      // What was typed in the moment of a pause waits for its end.
      const isHeld = view.value?.clock.paused && !isEditable(view.value, document.name);
      if (inFlight.has(document.name) || isHeld) continue;
      const edit = document.toSend();
      if (!edit) continue;
      if (keeper.wasAdopted()) return window.location.reload(); // it slept, and another page has sent this since
      const number = send(edit);
      if (number === null) return;
      inFlight.set(document.name, number);
      lastSentAt = performance.now();
    }
  }

  function setAside(aside: Aside): void {
    if (aside.text !== "") asides.value = [...asides.value, aside];
  }

  /** What it missed is on its way; where it does not come, the line begins again. */
  function waitFor(document: Shared, version: number): void {
    if (version <= document.version()) flushSoon();
    else setTimeout(() => (document.version() < version ? again() : flush()), waitForMissed);
  }

  return {
    documents, asides, isKept, flush,
    unsaved: computed(() => [...documents.value.values()].some((one) => one.unsaved.value > 0)),
    dropAside(aside) {
      asides.value = asides.value.filter((one) => one !== aside);
    },
    openAll({ documents: told, events, state }) {
      const edits = events.filter((event) => event.kind === "edit").map((event) => event.body as unknown as EditBody);
      for (const [name, { version, text }] of Object.entries(told ?? {})) {
        add(name, text, version, edits.filter((edit) => edit.document === name), state);
      }
    },
    opened({ body }) {
      add(body.document as string, body.text as string, 0, [], view.value);
    },
    edited({ body }) {
      const edit = body as unknown as EditBody;
      const document = documents.value.get(edit.document);
      if (!document) return true;
      if (!document.receive(edit)) return false;
      if (edit.client === client) inFlight.delete(edit.document);
      keepDraft(document);
      return true;
    },
    setEditable(state) {
      for (const document of documents.value.values()) document.setEditable(isEditable(state, document.name));
    },
    takeOver(drafts) {
      for (const draft of drafts) {
        if (documents.value.get(draft.document)?.adopt(draft)) continue;
        setAside({ document: draft.document, text: draft.text, detail: "It was typed on a page that was closed before the room had it, and no longer fits." });
      }
    },
    rewind: () => inFlight.clear(),
    barrier() {
      const marks = [...documents.value.values()].map((document) => ({ document, made: document.made() }));
      return () => marks.every(({ document, made }) => document.settled() >= made);
    },
    refused(told) {
      const name = [...inFlight].find(([, number]) => number === told.id)?.[0];
      const document = name === undefined ? undefined : documents.value.get(name);
      if (!document) return false;
      if (isPutOff(told.code)) {
        setTimeout(() => {
          inFlight.delete(document.name);
          flush();
        }, told.retry_after ? told.retry_after * 1000 : waitForRoom);
        return true;
      }
      inFlight.delete(document.name);
      if (told.code === "stale") waitFor(document, told.version ?? 0);
      else if (told.code !== "paused") {
        setAside({ document: document.name, text: document.giveUp(), detail: told.detail });
        keepDraft(document);
      }
      return true;
    },
    close() {
      if (timer) clearTimeout(timer);
    },
  };
}

const isEditable = (state: StateView | null, name: string) => state?.documents.find((one) => one.name === name)?.editable ?? false;
