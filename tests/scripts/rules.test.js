/* What may be decided on the class page, and what of it is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName, leftOver, markWith, wrongWith } from "../../templates/scripts/class/rules.js";

const GOOD = { report: "complete", points: 0, whole: null, reason: "read it", author: "Ann" };
const wrong = (changes, before = 60) => wrongWith({ ...GOOD, ...changes }, before, 100);

test("a decision says what, why and who, and keeps the mark within its bounds", () => {
  assert.equal(wrong({}), "");
  assert.equal(wrong({ report: null, whole: 0 }), "");
  assert.equal(wrong({ report: null }), "nothing-chosen");
  assert.equal(wrong({ points: 1, whole: 2 }), "one-of-both");
  assert.equal(wrong({ points: 1 }, null), "no-mark");
  assert.equal(wrong({ points: 41 }), "out-of-bounds");
  assert.equal(wrong({ points: -61 }), "out-of-bounds");
  assert.equal(wrong({ points: -1 }, 110), ""); // a bonus may be lowered, and not raised
  assert.equal(wrong({ points: 1 }, 110), "out-of-bounds");
  assert.equal(wrong({ reason: "" }), "why-missing");
  assert.equal(wrong({ author: "" }), "who-missing");
});

test("decisions about one row add up in their order; those about others do not count", () => {
  const decisions = [
    { id: "a", points: 5, set_points: null },
    { id: "b", points: 50, set_points: null },
    { id: "a", points: 0, set_points: 30 },
    { id: "a", points: -1, set_points: null },
  ];
  assert.equal(markWith(decisions, { id: "a", score: 60 }), 29);
  assert.equal(markWith(decisions.slice(0, 2), { id: "a", score: null }), null);
});

test("decisions that the marks hold are no longer pending, and a broken memory holds none", () => {
  const kept = JSON.stringify([{ decision: "1" }, { decision: "2" }]);
  assert.deepEqual(leftOver(kept, new Set(["1"])), [{ decision: "2" }]);
  for (const broken of [null, "null", "{", "3"]) assert.deepEqual(leftOver(broken, new Set()), [], broken);
});

test("a file of decisions is named by assignment and time", () => {
  assert.equal(fileName("lab", [{ time: "2026-11-27T22:01:02.345Z" }]), "decisions-lab-20261127220102.json");
  assert.equal(fileName("lab", []), "decisions-lab-.json");
});
