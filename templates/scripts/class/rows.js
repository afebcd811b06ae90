/* The rows of the class, as the page's data holds them: one list of values for each. */
const COLUMNS = [
  ...["page", "name", "number", "status", "score", "correct", "total", "low", "high", "band", "passed", "checks"],
  ...["report", "findings", "seconds", "shares", "before", "id", "confirmed", "possible", "key", "known"],
  "late",
];

export const collator = new Intl.Collator(["zh-CN", "en"], { numeric: true });

export function rowsOf(data) {
  const rows = data.rows.map((values, index) => rowOf(values, index, data));
  // Names are collated once: sorting 10,000 of them stays quick.
  const places = new Map();
  for (const name of rows.map((row) => row.name).sort(collator.compare)) {
    if (!places.has(name)) places.set(name, places.size);
  }
  for (const row of rows) row.place = places.get(row.name);
  return rows;
}

function rowOf(values, index, { codes, words }) {
  const row = { index };
  COLUMNS.forEach((name, place) => {
    row[name] = values[place];
  });
  row.accuracy = row.total ? (100 * row.correct) / row.total : null;
  row.weight = row.findings.length;
  const found = row.findings.flatMap((place) => [codes[place].code, codes[place].en, codes[place].zh]);
  const late = row.late ? Object.values(words.late) : [];
  row.text = [row.name, row.number, row.id, row.band, ...found, ...late].join("\n").toLowerCase();
  return row;
}

/* Compares numbers; what has none stands last, whichever way is up. */
export function nothingLast(a, b, way) {
  if (a === b) return 0;
  if (a === null) return way === "asc" ? 1 : -1;
  if (b === null) return way === "asc" ? -1 : 1;
  return a - b;
}
