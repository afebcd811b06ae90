/* What the class page's charts count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracyBins, confusionCells, markBins, sharesOf, timeBins } from "../../templates/scripts/class/bins.js";

const sum = (bins) => bins.reduce((all, bin) => all + bin.count, 0);

test("an accuracy on an edge belongs to the bin above, all right ones to the last", () => {
  const rows = [80, 79, 100].map((correct) => ({ correct, total: 100 }));
  const bins = accuracyBins([...rows, { correct: 0, total: 0 }], 10);
  const found = bins.filter((bin) => bin.count).map((bin) => [bin.low, bin.count]);
  assert.deepEqual(found, [
    [75, 1],
    [80, 1],
    [95, 1],
  ]);
  assert.equal(accuracyBins([{ correct: 3, total: 20 }], 10).find((bin) => bin.count).low, 15); // 0.15 as binary
});

test("a class of nobody has bins of nothing", () => {
  assert.equal(sum(accuracyBins([], 10)) + sum(markBins([])) + sum(timeBins([])), 0);
});

test("marks are counted in their order, none is no mark", () => {
  const bins = markBins([100, 9.5, null, 100].map((score) => ({ score })));
  assert.deepEqual(bins, [
    { name: "9.5", count: 1 },
    { name: "100", count: 2 },
  ]);
});

test("every time has a bin, and a hundred thousand of them are counted", () => {
  for (const longest of [0.2, 12, 24, 700, 90_000]) {
    const rows = Array.from({ length: 100_000 }, (_, n) => ({ seconds: (longest * n) / 99_999 }));
    assert.equal(sum(timeBins(rows)), rows.length, longest);
  }
});

test("a share of confusion is of its true class; classes that nobody was asked have none", () => {
  const cells = confusionCells([
    [3, 1],
    [0, 0],
  ]);
  assert.deepEqual(
    cells.map(({ truth, answer, share, right }) => [truth, answer, share, right]),
    [
      [0, 0, 75, true],
      [0, 1, 25, false],
    ],
  );
});

test("shares are unpacked from base 36", () => assert.deepEqual(sharesOf("0z-h"), [0, 100, null, 49]));
