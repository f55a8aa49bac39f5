/** Where everybody is: tells the room where this page's cursor is, and shows the others' in the documents. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Author, CursorMessage, Role, StateView } from "../api/room";
import type { Shared } from "../editor/collab";
import { dropCursor, setCursor } from "../editor/collab-cursors";

export interface Where {
  client: string;
  author: Author;
  document: string;
  head: number;
}

export interface Cursors {
  others: ReadonlySignal<readonly Where[]>;
  /** Ours has moved in this document. */
  moved(document: Shared): void;
  /** The line is new, or somebody came who cannot know where we are. */
  tellAgain(): void;
  tell(): void;
  show(cursor: CursorMessage): void;
  forget(client: string): void;
  close(): void;
}

interface Options {
  client: string;
  documents: ReadonlySignal<ReadonlyMap<string, Shared>>;
  role: ReadonlySignal<Role | null>;
  view: ReadonlySignal<StateView | null>;
  /** False where it cannot be told now. */
  send(body: object): boolean;
}

const tellEvery = 150; // milliseconds

export function openCursors({ client, documents, role, view, send }: Options): Cursors {
  const others = signal<readonly Where[]>([]);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let movedIn: string | null = null; // the document in which ours moved since it was told
  let lastIn: string | null = null;
  let told = "";

  function soon(): void {
    timer ??= setTimeout(() => {
      timer = null;
      tell();
    }, tellEvery);
  }

  /** Behind the text it stands in: a cursor in words that the room does not have yet would be nowhere. */
  function tell(): void {
    const document = movedIn === null ? undefined : documents.value.get(movedIn);
    if (!document || document.unsaved.value > 0) return;
    const { anchor, head } = document.state().selection.main;
    const body = { document: document.name, client, anchor, head };
    const now = JSON.stringify(body);
    if (now !== told && !send(body)) return;
    told = now;
    movedIn = null;
  }

  function nameOf(author: Author): string {
    if (author === role.value) return "You, elsewhere";
    const named = author === "candidate" ? view.value?.people.candidate.name : view.value?.people.interviewer.name;
    return named || (author === "candidate" ? "Candidate" : "Interviewer");
  }

  return {
    others, tell,
    moved(document) {
      if (!document.view()?.hasFocus) return;
      movedIn = lastIn = document.name;
      soon();
    },
    tellAgain() {
      told = "";
      movedIn ??= lastIn;
      if (movedIn !== null) soon();
    },
    show({ client: theirs, author, document: name, anchor, head }) {
      if (theirs === client) return;
      const before = others.value.find((one) => one.client === theirs);
      if (before && before.document !== name) documents.value.get(before.document)?.dispatch({ effects: dropCursor.of(theirs) });
      others.value = [...others.value.filter((one) => one.client !== theirs), { client: theirs, author, document: name, head }];
      const look = author === role.value ? "self" : author === "candidate" ? "candidate" : "interviewer";
      documents.value.get(name)?.dispatch({ effects: setCursor.of({ client: theirs, name: nameOf(author), role: look, anchor, head }) });
    },
    forget(theirs) {
      others.value = others.value.filter((one) => one.client !== theirs);
      for (const document of documents.value.values()) document.dispatch({ effects: dropCursor.of(theirs) });
    },
    close() {
      if (timer) clearTimeout(timer);
    },
  };
}
