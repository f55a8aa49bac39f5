import { beforeAll, expect, test, vi } from "vitest";
import type { QuestionSummary } from "../src/api/types";

// The modules look at the address and at storage when they are loaded; a page has both.
vi.stubGlobal("window", { location: { pathname: "/", search: "" }, addEventListener() {}, removeEventListener() {} });
vi.stubGlobal("localStorage", { getItem: () => null, setItem() {}, removeItem() {} });

let library: typeof import("../src/state/library");
let router: typeof import("../src/router");
beforeAll(async () => {
  library = await import("../src/state/library");
  router = await import("../src/router");
});

const question = (slug: string, more: Partial<QuestionSummary> = {}): QuestionSummary => ({
  slug, title: slug, kind: "code", lesson: "custom-layers", level: "medium", minutes: 20, tags: [], asked_at: [], summary: "", ...more,
});

const items = [
  question("layer-norm", { title: "Layer normalisation", tags: ["gradients"] }),
  question("fuse-conv-bn", { lesson: "model-acceleration", asked_at: ["Snapchat"], summary: "Fold it into the convolution." }),
  question("debug-training-script", { kind: "debug", lesson: "debugging", level: "hard" }),
];

const found = (search: string) => library.matching(items, library.filtersOf(search), { "layer-norm": "passed" }, new Set(["layer-norm"])).map((item) => item.slug);

test.each([
  ["", ["layer-norm", "fuse-conv-bn", "debug-training-script"]],
  ["?q=SNAPCHAT convolution", ["fuse-conv-bn"]],
  ["?q=snapchat gradients", []],
  ["?kind=debug&level=hard", ["debug-training-script"]],
  ["?kind=debug&level=easy", []],
  ["?lesson=custom-layers", ["layer-norm"]],
  ["?done=passed", ["layer-norm"]],
  ["?done=new&q=fuse", ["fuse-conv-bn"]],
  ["?done=due", ["layer-norm"]],
])("%s finds %j", (search, slugs) => {
  expect(found(search)).toEqual(slugs);
});

test("filters survive the way through the address", () => {
  const chosen = { q: "a&b = c", lesson: "", kind: "code", level: "", done: "tried" };
  expect(library.filtersOf(library.addressOf(chosen).slice(1))).toEqual(chosen);
  expect(library.addressOf(library.filtersOf(""))).toBe("/");
});

test.each([
  ["/", { page: "library" }],
  ["/questions/layer-norm", { page: "question", slug: "layer-norm" }],
  ["/questions/layer-norm/", { page: "question", slug: "layer-norm" }],
  ["/questions/a%20b", { page: "question", slug: "a b" }],
  ["/questions/%zz", { page: "question", slug: "%zz" }],
  ["/questions", { page: "missing" }],
  ["/questions/layer-norm/report", { page: "missing" }],
  ["/interviews", { page: "interviews" }],
  ["/practice/", { page: "practice" }],
  ["/rooms/r1", { page: "room", id: "r1" }],
  ["/rooms/r1/report", { page: "report", id: "r1" }],
  ["/rooms/r1/scoring", { page: "scoring", id: "r1" }],
  ["/rooms/r1/replay", { page: "replay", id: "r1" }],
  ["/rooms/r1/elsewhere", { page: "missing" }],
  ["/rooms/r1/report/more", { page: "missing" }],
  ["/rooms/r1/constructor", { page: "missing" }],
  ["/rooms", { page: "missing" }],
  ["/elsewhere", { page: "missing" }],
])("%s leads to %j", (path, route) => {
  expect(router.routeOf(path)).toEqual(route);
});
