import { describe, expect, it } from "vitest";
import type { Evidence } from "../src/api/report";
import { figure, hintsTook, moment, placesOf } from "../src/state/report-words";

const piece: Evidence = {
  kind: "case",
  sentence: "",
  value: 0.9,
  weight: 1,
  product: 0.9,
  before_hints: null,
  hints: 0,
  hint_cost: 0,
  question: "layer-norm",
  case: null,
  line: null,
  item: null,
  at: null,
};

describe("the arithmetic, written out", () => {
  it("shows as many decimals as a reader needs to follow it", () => {
    expect(figure(0.85)).toBe("0.85");
    expect(figure(3)).toBe("3.00");
    expect(figure(2 / 3)).toBe("0.667");
  });

  it("says what hints took", () => {
    expect(hintsTook(piece)).toBe("");
    expect(hintsTook({ ...piece, before_hints: 1, hints: 2, hint_cost: 0.05 })).toBe("1.00 × (1 − 2 hints × 0.05) = 0.90");
  });
});

describe("where evidence leads", () => {
  it("to its case and its line in the report", () => {
    expect(placesOf({ ...piece, case: "odd-sizes", line: 12 })).toEqual([
      { words: "case", anchor: "layer-norm-case-odd-sizes" },
      { words: "line 12", anchor: "layer-norm-L12" },
    ]);
  });

  it("to an answer, whether judged or written", () => {
    expect(placesOf({ ...piece, case: "item-2" })).toEqual([{ words: "answer", anchor: "layer-norm-case-item-2" }]);
    expect(placesOf({ ...piece, item: 0 })).toEqual([{ words: "answer 1", anchor: "layer-norm-answer-1" }]);
  });

  it("nowhere where it belongs to no question", () => {
    expect(placesOf({ ...piece, question: null, case: "odd-sizes" })).toEqual([]);
  });
});

describe("moments", () => {
  it("are read like a clock", () => {
    expect([-5, 0, 67.9, 3600, 3847].map(moment)).toEqual(["0:00", "0:00", "1:07", "1:00:00", "1:04:07"]);
  });
});
