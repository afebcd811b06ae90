/* The class page's rows: what they hold, how they are found and sorted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asksForNothing, fits } from "../../templates/scripts/class/filtering.js";
import { nothingLast, rowsOf } from "../../templates/scripts/class/rows.js";

const CODES = [
  { code: "channel-order", severity: "error", en: "Colours are swapped", zh: "颜色通道颠倒" },
  { code: "report-missing", severity: "info", en: "No lab report", zh: "没有实验报告" },
];
const FIELDS = [
  ...["page", "name", "number", "status", "score", "correct", "total", "low", "high", "band", "passed", "checks"],
  ...["report", "findings", "seconds", "shares", "before", "id", "confirmed", "possible", "key", "known", "late"],
];
const EMPTY = {
  number: "",
  status: 0,
  score: null,
  correct: 0,
  total: 0,
  band: "",
  findings: [],
  report: 0,
  confirmed: null,
};
const WORDS = { late: { en: "Late", zh: "迟交" } };
const NOTHING = { search: "", status: "", band: "", finding: "", report: "" };

const rowsWith = (...rows) =>
  rowsOf({ codes: CODES, words: WORDS, rows: rows.map((row) => FIELDS.map((field) => ({ ...EMPTY, ...row })[field])) });
const wanting = (row, wanted) => fits(rowsWith(row)[0], { ...NOTHING, ...wanted }, CODES);

test("a row without answers has no accuracy, one with wrong answers only has 0", () => {
  const [none, wrong, half] = rowsWith({ name: "a" }, { name: "b", total: 8 }, { name: "c", total: 8, correct: 4 });
  assert.deepEqual([none.accuracy, wrong.accuracy, half.accuracy], [null, 0, 50]);
});

test("names are collated once, numbers in them as numbers, equal ones at one place", () => {
  const places = rowsWith({ name: "group 10" }, { name: "group 9" }, { name: "group 10" }).map((row) => row.place);
  assert.deepEqual(places, [1, 0, 1]);
});

test("a row is found by name, number and finding, in any language and case", () => {
  const row = { name: "Ann Müller", number: "3210", id: "x-1", findings: [0] };
  for (const search of ["ANN", "müll", "321 ann", "颜色", "channel-order", "  "])
    assert.ok(wanting(row, { search }), search);
  for (const search of ["bob", "ann bob", "report"]) assert.ok(!wanting(row, { search }), search);
});

test("each choice alone decides, and a choice that is not made decides nothing", () => {
  const row = { name: "a", status: 1, band: "60-80", findings: [1], report: 2, confirmed: 90 };
  for (const wanted of [{ status: "1" }, { band: "60-80" }, { finding: "report-missing" }, { report: "2" }]) {
    assert.ok(wanting(row, wanted));
  }
  for (const wanted of [{ status: "0" }, { band: "0-60" }, { finding: "channel-order" }, { report: "1" }]) {
    assert.ok(!wanting(row, wanted));
  }
  assert.ok(wanting(row, { report: "matters" }));
  assert.ok(!wanting({ ...row, confirmed: null }, { report: "matters" }));
  assert.ok(asksForNothing({ ...NOTHING, search: " " }));
  assert.ok(!asksForNothing({ ...NOTHING, band: "60-80" }));
});

test("what has no number stands last, whichever way is up", () => {
  const sorted = (way) => [null, 3, 1].sort((a, b) => (way === "asc" ? 1 : -1) * nothingLast(a, b, way));
  assert.deepEqual(sorted("asc"), [1, 3, null]);
  assert.deepEqual(sorted("desc"), [3, 1, null]);
});

test("what is late is found by the word, in either language", () => {
  for (const search of ["late", "迟交"]) {
    assert.deepEqual([wanting({ late: 1 }, { search }), wanting({ late: 0 }, { search })], [true, false]);
  }
});
