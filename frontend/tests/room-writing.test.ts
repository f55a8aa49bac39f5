import { expect, test } from "vitest";
import type { Draft } from "../src/state/room-kept";
import { Authority, deliver, openPage, seeded, type, type Page } from "./support/authority";

const draftOf = (page: Page, seq: number): Draft => ({
  client: page.client, document: "code/q", version: page.shared.version(), seq,
  pending: page.shared.pending(), text: page.shared.text.value,
});

const pieces = ["a", "for ", "\n", "🙂", "é", "x = 1\n", "👩‍🔬", "    "];

/** Everything arrives late, an edit in five is lost on its way, an answer in five too; then all catch up. */
function writeTogether(seed: number, people: number, steps: number): { authority: Authority; pages: Page[] } {
  const random = seeded(seed);
  const authority = new Authority("def f(x):\n    return x  # 🙂\n");
  const pages = Array.from({ length: people }, (_, at) => openPage(authority, `client${at}`));
  for (let step = 0; step < steps; step += 1) {
    const page = pages[Math.floor(random() * people)]!;
    const what = random();
    const length = page.shared.state().doc.length;
    if (what < 0.5) type(page, onWhole(page, Math.floor(random() * length)), pieces[Math.floor(random() * pieces.length)]!);
    else if (what < 0.6) {
      const from = onWhole(page, Math.floor(random() * length));
      type(page, from, "", onWhole(page, from + 3) - from);
    } else if (what < 0.8) {
      const edit = page.shared.toSend();
      if (edit && random() > 0.2) authority.take(edit);
    } else if (random() > 0.2) deliver(authority, page, 1 + Math.floor(random() * 3));
  }
  for (let left = 10 * people; left > 0 && pages.some((page) => page.shared.unsaved.value > 0 || page.seen < authority.log.length); left -= 1) {
    for (const page of pages) {
      deliver(authority, page);
      const edit = page.shared.toSend();
      if (edit) authority.take(edit);
    }
  }
  return { authority, pages };
}

/** As an editor would: never between the halves of a character. */
function onWhole(page: Page, at: number): number {
  const text = page.shared.text.value;
  return /[\udc00-\udfff]/.test(text[at] ?? "") ? at - 1 : at;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])("two who type at once, over a bad line, end with one text (%i)", (seed) => {
  const { authority, pages } = writeTogether(seed, 2, 400);
  for (const page of pages) {
    expect(page.shared.text.value).toBe(authority.text.toString());
    expect(page.shared.unsaved.value).toBe(0);
  }
  expect(() => encodeURIComponent(authority.text.toString())).not.toThrow(); // no half of a character
});

test("four who type at once end with one text", () => {
  const { authority, pages } = writeTogether(11, 4, 800);
  for (const page of pages) expect(page.shared.text.value).toBe(authority.text.toString());
});

test("what a page that died had not sent is written by the next one, exactly once", () => {
  const authority = new Authority("one\ntwo\n");
  const [died, other] = [openPage(authority, "died"), openPage(authority, "other")];
  type(died, 3, " 🙂");
  authority.take(died.shared.toSend()!); // it reached the room, but the page never learnt so
  type(died, 0, "zero\n");
  type(other, 0, "# theirs\n");
  const draft = draftOf(died, 0);
  deliver(authority, other);
  authority.take(other.shared.toSend()!);
  deliver(authority, other);

  const next = openPage(authority, "next", 0);
  expect(next.shared.adopt(draft)).toBe(true);
  authority.take(next.shared.toSend()!);
  for (const page of [next, other]) deliver(authority, page);
  expect(authority.text.toString()).toBe("# theirs\nzero\none 🙂\ntwo\n");
  expect(next.shared.text.value).toBe(authority.text.toString());
  expect(other.shared.text.value).toBe(authority.text.toString());
});

test("what the room has in full is not written again", () => {
  const authority = new Authority("");
  const died = openPage(authority, "died");
  type(died, 0, "a");
  type(died, 1, "b");
  const draft = draftOf(died, 0);
  authority.take(died.shared.toSend()!);
  const next = openPage(authority, "next", 0);
  expect(next.shared.adopt(draft)).toBe(true);
  expect(next.shared.unsaved.value).toBe(0);
  expect(next.shared.text.value).toBe("ab");
});

test("a draft is put on top of what was typed here meanwhile", () => {
  const authority = new Authority("middle");
  const died = openPage(authority, "died");
  type(died, 6, " end");
  const draft = draftOf(died, 0);
  const next = openPage(authority, "next", 0);
  type(next, 0, "start ");
  expect(next.shared.adopt(draft)).toBe(true);
  authority.take(next.shared.toSend()!);
  deliver(authority, next);
  expect(authority.text.toString()).toBe("start middle end");
});

test("a draft whose past is not known here is not guessed at", () => {
  const authority = new Authority("text");
  const died = openPage(authority, "died");
  type(died, 4, "!");
  const draft = draftOf(died, 0);
  const other = openPage(authority, "other");
  type(other, 0, "more ");
  authority.take(other.shared.toSend()!);
  expect(openPage(authority, "next").shared.adopt(draft)).toBe(false);
});

test("what the room will not have is taken back, and handed over", () => {
  const authority = new Authority("kept");
  const page = openPage(authority, "c");
  type(page, 4, " and lost");
  expect(page.shared.giveUp()).toBe("kept and lost");
  expect(page.shared.text.value).toBe("kept");
  expect(page.shared.unsaved.value).toBe(0);
  expect(page.shared.settled()).toBe(page.shared.made());
  type(page, 4, " on");
  authority.take(page.shared.toSend()!);
  expect(authority.text.toString()).toBe("kept on");
});

test("nothing that is no character gets into a document", () => {
  const page = openPage(new Authority("ab"), "c");
  type(page, 1, "\0🙂\ud83d");
  expect(page.shared.text.value).toBe("a🙂b");
});

test("a confirmation counts only once, and edits out of order are told", () => {
  const authority = new Authority("");
  const page = openPage(authority, "c");
  type(page, 0, "a");
  authority.take(page.shared.toSend()!);
  deliver(authority, page);
  expect(page.shared.receive(authority.log[0]!)).toBe(true);
  expect(page.shared.text.value).toBe("a");
  expect(page.shared.receive({ document: "code/q", version: 5, client: "x", changes: [[1]] })).toBe(false);
});
