/* What stands in the cells of the table. */
import { both, button, drawn, make } from "../common/elements.js";
import { data, state } from "./state.js";

const WEIGHTS = { error: 0, warning: 1, info: 2 };
const SHOWN_FINDINGS = 2;

export function nameCell(row) {
  const link = make("a", "", row.name);
  link.href = `staff/${encodeURIComponent(row.page)}.html`;
  link.dir = "auto";
  return link;
}

export function statusCell(row) {
  const chip = make("span", `chip ${data.statuses[row.status]}`);
  chip.append(both(data.status[data.statuses[row.status]]));
  if (!row.late) return chip;
  const cell = document.createDocumentFragment();
  const late = make("span", "chip late");
  late.append(both(data.words.late));
  cell.append(chip, late);
  return cell;
}

export const markCell = (row) => make("span", "mark", row.score === null ? "–" : String(row.score));

export function beforeCell({ before, score }) {
  const way = before === score ? "of" : score === null || score < before ? "down" : "up";
  return make("span", way, before === null ? "–" : String(before));
}

export function accuracyCell(row) {
  const cell = document.createDocumentFragment();
  if (row.accuracy === null) {
    cell.append(make("span", "share", "–"));
    return cell;
  }
  const svg = drawn("svg", { class: "range", "aria-hidden": "true" });
  svg.append(
    drawn("line", { class: "base", x1: "0", x2: "100%", y1: 7, y2: 7 }),
    drawn("line", { class: "line", x1: `${row.low}%`, x2: `${row.high}%`, y1: 7, y2: 7 }),
    drawn("circle", { class: "dot", cx: `${row.accuracy}%`, cy: 7, r: 4 }),
  );
  const share = make("span", "share", `${row.accuracy.toFixed(1)} %`);
  cell.append(share, svg, make("span", "unseen", `${row.low}–${row.high} %`));
  return cell;
}

export const bandCell = (row) => make("span", "", row.band.replace("-", "–") || "–");

export function checksCell({ passed, checks }) {
  const all = passed === checks;
  const way = checks && all ? "up" : passed < checks ? "down" : "of";
  return make("span", way, checks ? `${all ? "✓" : "✗"} ${passed}/${checks}` : "–");
}

export function reportCell(row) {
  const cell = make("span", row.report === 1 && row.confirmed !== null ? "tag info" : "of");
  cell.append(both(data.report[data.reports[row.report]]));
  return cell;
}

export function findingsCell(row) {
  const cell = document.createDocumentFragment();
  const found = row.findings.map((place) => data.codes[place]);
  found.sort((a, b) => WEIGHTS[a.severity] - WEIGHTS[b.severity]);
  for (const finding of found.slice(0, SHOWN_FINDINGS)) {
    const tag = make("span", `tag ${finding.severity}`);
    tag.append(both(finding));
    cell.append(tag);
  }
  if (found.length > SHOWN_FINDINGS) cell.append(make("span", "of", `+${found.length - SHOWN_FINDINGS}`));
  return cell;
}

export function decideCell(row) {
  const done = state.decisions.some(({ id }) => id === row.id);
  const text = both(data.words[done ? "decided" : "decide"]);
  const made = button(done ? "decide done" : "decide", text, make("span", "unseen", ` ${row.name}`));
  made.addEventListener("click", () => document.dispatchEvent(new CustomEvent("class:decide", { detail: row })));
  return made;
}
