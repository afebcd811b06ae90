/* Which rows a reader asked for. */
export const asksForNothing = (wanted) => !Object.values(wanted).some((value) => value.trim());

/* Whether a row has what is wanted: words that all occur, and one of each choice; "" asks for nothing. */
export function fits(row, wanted, codes) {
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    (!wanted.status || row.status === Number(wanted.status)) &&
    (!wanted.band || row.band === wanted.band) &&
    hasReport(row, wanted.report) &&
    (!wanted.finding || row.findings.some((place) => codes[place].code === wanted.finding)) &&
    words.every((word) => row.text.includes(word))
  );
}

function hasReport(row, report) {
  if (!report) return true;
  return report === "matters" ? row.confirmed !== null : row.report === Number(report);
}
