/**
 * One document that several people write in. The room's service is the authority: it takes changes only on its present
 * version, and what it took comes back as events, ours too. Until then ours are unconfirmed, and kept in the browser.
 */
import { collab, getSyncedVersion, rebaseUpdates, receiveUpdates, sendableUpdates, type Update } from "@codemirror/collab";
import { Annotation, ChangeSet, Compartment, EditorState, Text, Transaction, type Extension, type TransactionSpec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Changes, EditBody } from "../api/room";
import type { Draft, Pending } from "../state/room-kept";
import { pastedOf } from "./collab-paste";

const most = 500; // change sets in one edit: what the room takes at once

export interface Shared {
  name: string;
  text: ReadonlySignal<string>;
  /** How many of our change sets the room has not confirmed. */
  unsaved: ReadonlySignal<number>;
  /** Change sets made here so far, and how many of them are settled: a command may wait for those before it. */
  made(): number;
  settled(): number;
  version(): number;
  state(): EditorState;
  dispatch(spec: TransactionSpec): void;
  /** Show it; the returned function takes it away again and keeps selection and undo. */
  show(parent: HTMLElement): () => void;
  view(): EditorView | null;
  setEditable(editable: boolean): void;
  /** False where changes are missing between ours and these. */
  receive(edit: EditBody): boolean;
  toSend(): EditBody | null;
  pending(): Pending[];
  /** Bring in what a page that is gone had typed; false where what came since is not known here. */
  adopt(draft: Draft): boolean;
  /** Take back what the room will not have; returns the text as it was. */
  giveUp(): string;
}

interface Options {
  name: string;
  text: string;
  version: number;
  client: string;
  /** Edits already in `text` that came before it, newest last; needed to adopt older drafts. */
  before: EditBody[];
  editable: boolean;
  look: Extension;
  onLocal: () => void;
  onSelection: () => void;
}

/** Changes that were typed elsewhere under another client's name carry how much of them was pasted. */
const adopted = Annotation.define<number>();

export function openShared(options: Options): Shared {
  const { name, client } = options;
  const editable = new Compartment();
  // What the room has, without what is unconfirmed.
  let synced = textOf(options.text);
  // All confirmed change sets from `logStart` on, so that an older draft can be moved over them.
  const known: Update[] = options.before.flatMap(updatesOf);
  const logStart = options.version - known.length;
  let view: EditorView | null = null;
  let madeCount = 0;
  let settledCount = 0;

  const begin = (startVersion: number) =>
    EditorState.create({
      doc: synced,
      extensions: [
        options.look,
        editable.of(EditorState.readOnly.of(!isEditable)),
        collab({ startVersion, clientID: client }),
        onlyWholeCharacters,
        EditorView.updateListener.of((update) => {
          if (update.selectionSet || update.focusChanged || update.docChanged) options.onSelection();
        }),
      ],
    });
  let isEditable = options.editable;
  let state = begin(options.version);
  const text = signal(options.text);
  const unsaved = signal(0);

  function take(next: EditorState): void {
    const before = sendableUpdates(state).length;
    const changed = next.doc !== state.doc;
    state = next;
    const after = sendableUpdates(state).length;
    if (after > before) madeCount += after - before;
    if (changed) text.value = state.doc.toString();
    unsaved.value = after;
    if (after > before) options.onLocal();
  }

  function dispatch(spec: TransactionSpec): void {
    if (view) view.dispatch(spec);
    else take(state.update(spec).state);
  }

  const version = () => getSyncedVersion(state);

  function receive(edit: EditBody): boolean {
    const all = updatesOf(edit);
    const skip = version() - edit.version;
    if (skip < 0) return false;
    const updates = all.slice(skip);
    if (updates.length === 0) return true;
    const before = sendableUpdates(state).length;
    for (const update of updates) synced = update.changes.apply(synced);
    known.push(...updates);
    const transaction = receiveUpdates(state, updates);
    if (view) view.dispatch(transaction);
    else take(transaction.state);
    const confirmed = before - sendableUpdates(state).length;
    settledCount += confirmed;
    return true;
  }

  function adopt(draft: Draft): boolean {
    if (draft.version < logStart || draft.version > version()) return false;
    const over = known.slice(draft.version - logStart);
    let changes: readonly Update[];
    try {
      const made = draft.pending.map((one) => ({ changes: ChangeSet.fromJSON(one.changes), clientID: draft.client }));
      changes = rebaseUpdates(made, over);
    } catch {
      return false; // it belongs to another text than ours
    }
    const pasted = draft.pending.slice(draft.pending.length - changes.length).map((one) => one.pasted);
    // What was typed here meanwhile stands on the same version: theirs goes on top of it.
    let ours = sendableUpdates(state).reduce((all, one) => all.compose(one.changes), ChangeSet.empty(synced.length));
    changes.forEach((update, at) => {
      const mapped = update.changes.map(ours);
      ours = ours.map(update.changes, true);
      dispatch({ changes: mapped, annotations: adopted.of(pasted[at] ?? 0), filter: false });
    });
    return true;
  }

  const pending = () =>
    sendableUpdates(state).map(({ changes, origin }) => ({
      changes: changes.toJSON() as Changes,
      pasted: origin.annotation(adopted) ?? pastedOf(origin),
    }));

  function setEditable(next: boolean): void {
    if (next === isEditable) return;
    isEditable = next;
    dispatch({ effects: editable.reconfigure(EditorState.readOnly.of(!next)) });
  }

  return {
    name, text, unsaved, dispatch, version, receive, adopt, pending, setEditable,
    made: () => madeCount,
    settled: () => settledCount,
    state: () => state,
    view: () => view,
    show(parent) {
      const mine = new EditorView({
        parent,
        state,
        dispatchTransactions: (transactions, self) => {
          self.update(transactions);
          take(self.state);
        },
      });
      view = mine;
      return () => {
        if (view === mine) view = null;
        mine.destroy();
      };
    },
    toSend() {
      const updates = pending().slice(0, most);
      if (updates.length === 0) return null;
      const pasted = updates.reduce((sum, one) => sum + one.pasted, 0);
      return { document: name, version: version(), client, changes: updates.map((one) => one.changes), pasted };
    },
    giveUp() {
      const was = state.doc.toString();
      const at = version();
      const fresh = begin(at);
      settledCount = madeCount;
      view?.setState(fresh);
      take(fresh);
      return was;
    },
  };
}

// What is no character by itself cannot be stored: half of a surrogate pair, or NUL, which a paste may hold.
const notCharacters = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const onlyWholeCharacters = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.annotation(Transaction.remote)) return transaction;
  let isClean = true;
  const changes: { from: number; to: number; insert: string }[] = [];
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    const text = inserted.toString();
    const insert = text.replace(notCharacters, "");
    isClean &&= insert === text;
    changes.push({ from, to, insert });
  });
  return isClean ? transaction : { changes, scrollIntoView: true };
});

const textOf = (text: string) => Text.of(text.split("\n"));

function updatesOf(edit: EditBody): Update[] {
  return edit.changes.map((changes) => ({ changes: ChangeSet.fromJSON(changes), clientID: edit.client }));
}
