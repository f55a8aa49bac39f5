/** How this page is laid out: which sheet of work is open, what lies beside it, what has been read. Nothing of it is the room's. */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { EditorView } from "@codemirror/view";
import type { Phase, StateView } from "../api/room";
import { setMarks } from "../editor/marks";
import { showLine } from "../editor/show-line";
import { complaints } from "./complaints";
import type { Judged } from "./judged";
import type { Room } from "./room";
import { sha256 } from "./sha256";
import { keep, recall } from "./storage";

/** A sheet is a document's name, or one of the two forms that hold several answers. */
export type Sheet = string;
export const ANSWERS = "answers";
export const CHECKS = "checks";

export type Side = "question" | "work" | "talk";

export interface Desk {
  room: Room;
  sheets: ReadonlySignal<Sheet[]>;
  sheet: Signal<Sheet>;
  /** Where the page is too narrow for all three, which is shown. */
  side: Signal<Side>;
  talkIsOpen: ReadonlySignal<boolean>;
  toggleTalk(): void;
  unread: ReadonlySignal<number>;
  /** The question that the left pane and the buttons are about. */
  question: ReadonlySignal<string | null>;
  judged(question: string): Judged;
  start(mode: "run" | "submit"): void;
  /** A stage that began while somebody was typing in the one before; null once they have gone there. */
  waiting: ReadonlySignal<string | null>;
  goThere(): void;
  /** Whether this page goes where the other's cursor goes. */
  follows: ReadonlySignal<boolean>;
  toggleFollow(): void;
  close(): void;
}

export function openDesk(room: Room): Desk {
  const sheet = signal<Sheet>("scratch");
  const side = signal<Side>("work");
  const talkIsOpen = signal(recall<boolean>("room.talk") ?? true);
  const read = signal(0);
  const waiting = signal<string | null>(null);
  const follows = signal(false);
  const benches = new Map<string, Judged>();

  const sheets = computed<Sheet[]>(() => {
    const view = room.view.value;
    if (!view) return [];
    const found = sheetsOf(view, [...room.documents.value.keys()]);
    // A sheet that somebody writes on is not taken from under their hands.
    return found.includes(sheet.value) || !room.documents.value.has(sheet.value) ? found : [sheet.value, ...found];
  });

  const question = computed(() => {
    const view = room.view.value;
    const open = /^code\/(.+)$/.exec(sheet.value)?.[1];
    return open ?? view?.current[0] ?? null;
  });

  let stage: number | null = null;
  const stopStage = effect(() => {
    const view = room.view.value;
    if (!view || view.stage === stage) return;
    const isFirst = stage === null;
    stage = view.stage;
    const first = sheetsOf(view, [...room.documents.peek().keys()])[0] ?? "scratch";
    if (!isFirst && isTyping() && first !== sheet.peek()) {
      waiting.value = first;
      return;
    }
    waiting.value = null;
    sheet.value = first;
    side.value = view.current.length > 0 ? "work" : "talk";
  });
  const stopWaiting = effect(() => {
    if (waiting.value !== null && sheet.value === waiting.value) waiting.value = null;
  });
  const stopFollow = effect(() => {
    const other = follows.value ? room.others.value.find((one) => one.author !== room.role.value) : undefined;
    if (!other) return;
    sheet.value = sheetOf(other.document, room.view.peek()?.phase ?? "coding");
    const { document: name, head } = other;
    requestAnimationFrame(() => {
      const shared = room.documents.peek().get(name);
      const at = Math.min(head, shared?.state().doc.length ?? 0);
      if (!shared?.view()?.hasFocus) shared?.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
    });
  });
  const talkIsSeen = computed(() => (isNarrow() ? side.value === "talk" : talkIsOpen.value));
  const stopRead = effect(() => {
    const count = room.talk.value.length;
    if (talkIsSeen.value || room.view.value?.current.length === 0) read.value = count;
  });

  const stopMarks = effect(() => {
    for (const [slug, live] of room.runs.live.value) {
      const document = room.documents.value.get(`code/${slug}`);
      if (!document) continue;
      const marks = complaints(live, document.text.peek());
      if (marks) document.dispatch({ effects: setMarks.of(marks) });
    }
  });

  function judged(slug: string): Judged {
    const known = benches.get(slug);
    if (known) return known;
    const live = computed(() => room.runs.live.value.get(slug) ?? null);
    const made: Judged = {
      runner: { live, giveUp: () => room.runs.giveUp(slug), retryNow: () => room.runs.retryNow(slug) },
      revision: computed(() => {
        const document = room.documents.value.get(`code/${slug}`);
        // Answers are judged once, and stand as they were submitted.
        return document ? sha256(document.text.value) : (live.value?.run?.code_sha256 ?? "");
      }),
      goToLine(line) {
        sheet.value = `code/${slug}`;
        side.value = "work";
        requestAnimationFrame(() => {
          const view = room.documents.value.get(`code/${slug}`)?.view();
          if (view) showLine(view, line);
        });
      },
      start: (mode) => room.runs.start(slug, mode),
      openSolution: null,
    };
    benches.set(slug, made);
    return made;
  }

  return {
    room, sheets, sheet, side, talkIsOpen, question, judged, waiting,
    unread: computed(() => Math.max(0, room.talk.value.length - read.value)),
    toggleTalk() {
      talkIsOpen.value = !talkIsOpen.value;
      keep("room.talk", talkIsOpen.value);
    },
    start(mode) {
      const slug = question.value;
      if (slug && room.may(mode)) room.runs.start(slug, mode);
    },
    goThere() {
      if (waiting.value) sheet.value = waiting.value;
      waiting.value = null;
      side.value = "work";
    },
    follows,
    toggleFollow() {
      follows.value = !follows.value;
    },
    close() {
      stopFollow();
      stopStage();
      stopWaiting();
      stopRead();
      stopMarks();
    },
  };
}

/** What one works on in this stage, first things first. */
export function sheetsOf(view: StateView, documents: readonly string[]): Sheet[] {
  const has = (name: string) => documents.includes(name);
  const code = (view.phase === "wrap-up" ? view.questions.map((one) => one.slug) : view.current).map((slug) => `code/${slug}`).filter(has);
  const own = ["scratch", "notes"].filter(has);
  if (view.phase === "follow-ups") return [ANSWERS, ...code, ...own];
  if (view.phase === "quick-checks") return [CHECKS, ...own];
  return view.phase === "coding" ? [...code, ...own] : [...own.slice(0, 1), ...code, ...own.slice(1)];
}

export function sheetOf(document: string, phase: Phase): Sheet {
  if (!document.startsWith("answer/")) return document;
  return phase === "quick-checks" ? CHECKS : ANSWERS;
}

function isTyping(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLElement && (at.isContentEditable || at.tagName === "TEXTAREA" || at.tagName === "INPUT");
}

const isNarrow = () => window.matchMedia("(max-width: 1179px)").matches;
