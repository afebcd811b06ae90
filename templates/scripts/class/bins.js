/* What the charts show, as numbers. */
const NICE = [0.5, 1, 2, 5, 10, 20, 30, 60]; // seconds that a bin of times may be wide
const MOST_BINS = 24;
const SHOWN = 14; // bins of accuracy, from the first that has somebody

/* Bins of accuracy, half a band wide, from one before the first that has somebody. */
export function accuracyBins(rows, band) {
  const step = band / 2;
  const bins = [];
  for (let low = 0; low < 100; low += step) bins.push({ low, high: low + step, name: `${low}`, count: 0 });
  for (const row of rows) {
    if (!row.total) continue;
    const place = Math.floor((100 * row.correct) / row.total / step + 1e-9);
    bins[Math.min(place, bins.length - 1)].count++;
  }
  const first = Math.max(
    bins.findIndex((bin) => bin.count),
    0,
  );
  return bins.slice(Math.max(Math.min(first, bins.length - SHOWN) - 1, 0));
}

export function markBins(rows) {
  const counts = new Map();
  for (const { score } of rows) if (score !== null) counts.set(score, (counts.get(score) ?? 0) + 1);
  return [...counts].sort((a, b) => a[0] - b[0]).map(([score, count]) => ({ name: String(score), count }));
}

export function timeBins(rows) {
  const longest = rows.reduce((most, row) => Math.max(most, row.seconds), 1);
  const width = NICE.find((seconds) => longest / seconds <= MOST_BINS) ?? 120;
  const bins = Array.from({ length: Math.ceil(longest / width) }, (_, place) => ({
    name: String(place * width),
    range: `${place * width}–${(place + 1) * width} s`,
    count: 0,
  }));
  for (const row of rows) bins[Math.min(Math.floor(row.seconds / width), bins.length - 1)].count++;
  return bins;
}

/* How often which class was called what: counts and shares of the truth, per cent. */
export function confusionCells(confusion) {
  return confusion.flatMap((line, truth) => {
    const sum = line.reduce((a, b) => a + b, 0);
    return line.flatMap((count, answer) =>
      count ? [{ truth, answer, count, share: (100 * count) / sum, right: truth === answer }] : [],
    );
  });
}

/* A student's share of right answers in each class, per cent; null where no image was asked. */
export const sharesOf = (packed) =>
  [...packed].map((digit) => (digit === "-" ? null : Math.round((100 * parseInt(digit, 36)) / 35)));
