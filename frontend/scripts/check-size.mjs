// Fails the build when a page's script outgrows its budget. Sizes are gzipped, as they travel.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** Pages by the sources they load first, with their budget in bytes. */
const budgets = [
  { page: "library, first load", sources: ["index.html"], limit: 25_000 },
  { page: "question with its editor", sources: ["index.html", "src/pages/QuestionPage.tsx"], limit: 220_000 },
  { page: "the same after a pass, with the diff", sources: ["index.html", "src/pages/QuestionPage.tsx", "src/editor/diff.ts"], limit: 220_000 },
  { page: "room, with its editor", sources: ["index.html", "src/pages/RoomPage.tsx"], limit: 220_000 },
  { page: "replay", sources: ["index.html", "src/pages/ReplayPage.tsx", "src/parts/replay/Replay.tsx"], limit: 220_000 },
];
const extras = [{ page: "mathematics, where there is any", sources: ["src/parts/math.ts"] }];

const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

/** A chunk's own file and those it imports at once; what it imports later is not of the first load. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}: name it anew in scripts/check-size.mjs`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) filesOf(imported, found);
  return found;
}

function measure(sources) {
  const files = new Set(sources.flatMap((source) => [...filesOf(source)]));
  return [...files].reduce((sum, file) => sum + size(file), 0);
}

let isOver = false;
for (const { page, sources, limit } of [...budgets, ...extras]) {
  const bytes = measure(sources);
  const over = limit !== undefined && bytes > limit;
  isOver ||= over;
  const most = limit === undefined ? "" : ` of ${(limit / 1000).toFixed(0)} kB${over ? "  OVER BUDGET" : ""}`;
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB gzipped${most}  ${page}`);
}
if (isOver) process.exitCode = 1;
