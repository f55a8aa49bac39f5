import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "../src/state/sha256";

const digest = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 65536])("agrees with Node on %i letters", (length) => {
  const text = "a".repeat(length);
  expect(sha256(text)).toBe(digest(text));
});

test("counts bytes, not letters", () => {
  const text = "größer ≠ größter, 🔥";
  expect(sha256(text)).toBe(digest(text));
});
