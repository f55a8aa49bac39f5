/** The service's part of writing together, small: it takes an edit only on its present version, and tells everybody. */
import { ChangeSet, Text } from "@codemirror/state";
import type { EditBody } from "../../src/api/room";
import { openShared, type Shared } from "../../src/editor/collab";

export class Authority {
  text: Text;
  log: EditBody[] = [];
  constructor(text: string) {
    this.text = Text.of(text.split("\n"));
  }
  get version(): number {
    return this.log.reduce((sum, edit) => sum + edit.changes.length, 0);
  }
  /** False where the edit is stale. */
  take(edit: EditBody): boolean {
    if (edit.version !== this.version) return false;
    for (const changes of edit.changes) this.text = ChangeSet.fromJSON(changes).apply(this.text);
    this.log.push(JSON.parse(JSON.stringify(edit)) as EditBody);
    return true;
  }
}

export interface Page {
  client: string;
  shared: Shared;
  seen: number; // edits of the log that have come here
}

export function openPage(authority: Authority, client: string, knows = authority.log.length): Page {
  const shared = openShared({
    name: "code/q", client,
    text: authority.text.toString(),
    version: authority.version,
    before: authority.log.slice(knows),
    editable: true,
    look: [],
    onLocal: () => {},
    onSelection: () => {},
  });
  return { client, shared, seen: authority.log.length };
}

export function deliver(authority: Authority, page: Page, most = Infinity): void {
  for (; page.seen < authority.log.length && most > 0; most -= 1) {
    if (!page.shared.receive(authority.log[page.seen]!)) throw new Error("an edit came out of order");
    page.seen += 1;
  }
}

export function type(page: Page, at: number, insert: string, remove = 0): void {
  const length = page.shared.state().doc.length;
  const from = Math.min(at, length);
  page.shared.dispatch({ changes: { from, to: Math.min(from + remove, length), insert } });
}

/** Numbers that are the same in every run of the test. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
