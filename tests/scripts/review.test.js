/* What the review's pages say, and what is wished again after a conflict. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, mark, newName, short } from "../../templates/scripts/common/texts.js";
import { againWith, mineAsText, theirsAsText } from "../../templates/scripts/review/conflicts.js";
import { effectsAsText, progressAsText } from "../../templates/scripts/review/telling.js";

const say = (name, facts = {}) => `${name} ${Object.values(facts).join(" ")}`.trim();

test("facts are put in once: what they hold is never taken for a place", () => {
  assert.equal(fill("{a} and {b}", { a: "{b}", b: "$&" }), "{b} and $&");
  assert.equal(fill("{a}, {b}", { a: 0 }), "0, ?");
});

test("a mark has two decimals at most, none is a dash", () => {
  assert.deepEqual([79.999, 0, 12.345, null, undefined].map(mark), ["80", "0", "12.35", "–", "–"]);
});

test("names of decisions are 32 hexadecimal digits, and differ", () => {
  assert.match(newName(), /^[0-9a-f]{32}$/);
  assert.equal(newName(new Uint8Array(16)), "0".repeat(32));
  assert.equal(new Set(Array.from({ length: 100 }, () => newName())).size, 100);
});

test("one's own wish in a conflict has its number", () => {
  const wish = (what, number = null) => mineAsText({ what, number, reason: "r" }, say);
  assert.deepEqual(
    [wish("points", 2), wish("points", -1), wish("set", 60), wish("look")],
    [
      "yours-number wish-points +2 r",
      "yours-number wish-points -1 r",
      "yours-number wish-set 60 r",
      "yours wish-look r",
    ],
  );
});

test("a conflict shows the last decisions of others, or that the evidence is newer", () => {
  const one = (author) => ({ author, says: { en: "complete", zh: "完整" }, reason: "r" });
  const conflicts = [
    { name: "Ann", page: "a", version: "2", theirs: ["1", "2", "3", "4"].map(one) },
    { name: "Bob", page: "b", version: "9", theirs: [] },
  ];
  assert.deepEqual(theirsAsText(conflicts, say, "zh"), [
    "Ann: theirs 2 完整 r",
    "Ann: theirs 3 完整 r",
    "Ann: theirs 4 完整 r",
    "Bob: newer",
  ]);
  const wants = [
    { page: "a", version: "1" },
    { page: "c", version: "5" },
  ];
  assert.deepEqual(
    againWith(wants, conflicts).map((want) => want.version),
    ["2", "5"],
  );
});

test("a preview names everybody who is decided about, those whose mark changes first", () => {
  const rows = [
    { name: "a", before: 60, score: 100 },
    { name: "b", before: 60, score: 60 },
    { name: "c", before: null, score: 0 },
  ];
  assert.deepEqual(effectsAsText(rows, say), ["effects 3 2", "effect a 60 100", "effect c – 0", "stays b 60"]);
});

test("the time left is told in whole minutes, where it is known", () => {
  const running = { done: 3, total: 9, left: 200, now: [["ann", "predict", "5/130"]] };
  assert.equal(progressAsText(running, say), "left 3 9 3 ann predict 5/130");
  assert.equal(progressAsText({ ...running, left: 0, now: [] }, say), "running 3 9 1");
});

test("names beside a chart that differ at their ends stay different", () => {
  assert.equal(short("3210000001_wang"), "3210000001_wang");
  const long = ["3210000001_attempt_2026-05-01", "3210000002_attempt_2026-05-01_2"].map(short);
  assert.equal(long[0].length, 20);
  assert.notEqual(long[0], long[1]);
});
