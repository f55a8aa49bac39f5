/** The texts and cursors after any number of events: kept at intervals, folded from there on. */
import { ChangeSet, Text } from "@codemirror/state";
import type { Changes, LogEvent } from "../api/log";
import type { Author } from "../api/room";

const interval = 256; // events from one kept frame to the next: a seek folds fewer than this
const others = 10_000; // milliseconds after which what the interviewer writes is what happens

export interface Caret {
  document: string;
  anchor: number;
  head: number;
}

export interface Frame {
  texts: ReadonlyMap<string, Text>;
  carets: ReadonlyMap<Author, Caret>;
  /** The document in which something happens: the candidate's, unless only others are at work. */
  active: string | null;
  /** When the candidate was last at work there. */
  activeAt: number;
}

export interface Range {
  from: number;
  to: number;
  author: Author;
}

export interface Frames {
  after(applied: number): Frame;
  /** What the events from `since` on have put into the document; where they only deleted, an empty range. */
  fresh(document: string, since: number, applied: number): Range[];
  /** Folds ahead for a slice of idle time; true while there is more to do. */
  warm(hasTime: () => boolean): boolean;
}

const empty: Frame = { texts: new Map(), carets: new Map(), active: null, activeAt: -others };

export function framesOf(events: readonly LogEvent[], times: Float64Array): Frames {
  const kept: Frame[] = [empty]; // kept[n] is the frame after n * interval events
  let last = { applied: 0, frame: empty };

  function keepUpTo(number: number, hasTime = () => true): boolean {
    while (kept.length <= number && hasTime()) {
      const from = (kept.length - 1) * interval;
      kept.push(advance(kept[kept.length - 1] as Frame, events, times, from, from + interval));
    }
    return kept.length <= number;
  }

  return {
    after(applied) {
      const number = Math.floor(applied / interval);
      keepUpTo(number);
      // While it plays, the frame before is nearer than the kept one.
      const isNearer = last.applied <= applied && last.applied >= number * interval;
      const from = isNearer ? last : { applied: number * interval, frame: kept[number] as Frame };
      last = { applied, frame: advance(from.frame, events, times, from.applied, applied) };
      return last.frame;
    },
    fresh(document, since, applied) {
      let ranges: Range[] = [];
      for (const event of events.slice(since, applied)) {
        if (event.kind !== "edit" || event.body.document !== document) continue;
        for (const json of event.body.changes) ranges = mapped(ranges, ChangeSet.fromJSON(json), event.author);
      }
      return ranges;
    },
    warm: (hasTime) => keepUpTo(Math.floor(events.length / interval), hasTime),
  };
}

function advance(frame: Frame, events: readonly LogEvent[], times: Float64Array, from: number, to: number): Frame {
  if (from === to) return frame;
  const [texts, carets] = [new Map(frame.texts), new Map(frame.carets)];
  let { active, activeAt } = frame;
  for (let at = from; at < to; at += 1) {
    const event = events[at] as LogEvent;
    const now = times[at] as number;
    const isAtWork = event.author === "candidate" || now - activeAt > others;
    switch (event.kind) {
      case "opened":
        texts.set(event.body.document, Text.of(event.body.text.split("\n")));
        if (/^(code|answer)\//.test(event.body.document)) [active, activeAt] = [event.body.document, now];
        continue;
      case "edit":
        for (const json of event.body.changes) edit(texts, carets, event.author, event.body.document, json);
        break;
      case "cursor":
        carets.set(event.author, { document: event.body.document, anchor: event.body.anchor, head: event.body.head });
        break;
      default:
        continue;
    }
    if (isAtWork) active = event.body.document;
    if (event.author === "candidate") activeAt = now;
  }
  return { texts, carets, active, activeAt };
}

function edit(texts: Map<string, Text>, carets: Map<Author, Caret>, author: Author, document: string, json: Changes): void {
  const text = texts.get(document);
  if (!text) return; // of a document that this reader may not see
  const changes = ChangeSet.fromJSON(json);
  texts.set(document, changes.apply(text));
  for (const [whose, caret] of carets) {
    if (whose === author || caret.document !== document) continue;
    carets.set(whose, { document, anchor: changes.mapPos(caret.anchor, -1), head: changes.mapPos(caret.head, -1) });
  }
  // Cursors are logged once a second at most; between, one stands behind what one has just typed.
  const end = endOfLastChange(changes);
  if (end !== null) carets.set(author, { document, anchor: end, head: end });
}

function endOfLastChange(changes: ChangeSet): number | null {
  let end: number | null = null;
  changes.iterChanges((_fromA, _toA, _fromB, toB) => {
    end = toB;
  });
  return end;
}

function mapped(ranges: Range[], changes: ChangeSet, author: Author): Range[] {
  const after: Range[] = [];
  for (const range of ranges) {
    const [from, to] = [changes.mapPos(range.from, 1), changes.mapPos(range.to, -1)];
    if (from < to) after.push({ from, to, author: range.author });
  }
  changes.iterChanges((_fromA, _toA, from, to) => after.push({ from, to, author }));
  return after;
}
