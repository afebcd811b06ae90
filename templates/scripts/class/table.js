/* The table: its columns and filters. */

import { both, button, byId, make } from "../common/elements.js";
import { fill } from "../common/texts.js";
import {
  accuracyCell,
  bandCell,
  beforeCell,
  checksCell,
  decideCell,
  findingsCell,
  markCell,
  nameCell,
  reportCell,
  statusCell,
} from "./cells.js";
import { asksForNothing, fits } from "./filtering.js";
import { collator, nothingLast } from "./rows.js";
import { data, rows, state, word } from "./state.js";

const FALLING = { headerSortStartingDir: "desc" };
const NUMBER = { cssClass: "n" };
const FITS_THE_SCREEN = 14; // rows up to which the table is as high as they are

const titles = new Map(); // by field

function column(field, title, cell, more) {
  titles.set(field, title);
  return {
    field,
    titleFormatter: () => button("head", both(data.words[title])),
    headerSortTristate: false,
    formatter: (place) => cell(place.getRow().getData()),
    ...more,
  };
}

const byValue = (a, b, _first, _second, _column, way) => nothingLast(a, b, way);
const byAccuracy = (_a, _b, first, second, _column, way) =>
  nothingLast(first.getData().accuracy, second.getData().accuracy, way);
const byBand = (a, b) => (parseInt(a, 10) || -1) - (parseInt(b, 10) || -1);
const seconds = (row) => make("span", "", `${row.seconds.toFixed(1)} s`);
const number = (row) => make("bdi", "", row.number);

const columns = [
  column("place", "name", nameCell, { frozen: true, minWidth: 120, widthGrow: 2 }),
  column("score", "mark", markCell, { width: 76, hozAlign: "right", ...NUMBER, sorter: byValue, ...FALLING }),
  column("number", "number", number, { minWidth: 108, widthGrow: 1, sorter: collator.compare }),
  column("status", "status", statusCell, { minWidth: rows.some((row) => row.late) ? 184 : 112, widthGrow: 1 }),
  column("before", "before", beforeCell, { width: 90, ...NUMBER, sorter: byValue, visible: data.compared }),
  column("correct", "accuracy", accuracyCell, { minWidth: 136, widthGrow: 2, sorter: byAccuracy, ...FALLING }),
  column("band", "band", bandCell, { width: 82, ...NUMBER, sorter: byBand, ...FALLING }),
  column("passed", "lenet5", checksCell, { width: 94, ...NUMBER }),
  column("report", "report", reportCell, { minWidth: 118, widthGrow: 1 }),
  column("weight", "findings", findingsCell, { minWidth: 146, widthGrow: 3, ...FALLING }),
  column("seconds", "time", seconds, { width: 84, ...NUMBER, ...FALLING }),
  column("index", "decide", decideCell, { width: 92, headerSort: false, print: false }),
].filter(({ visible }) => visible !== false);

const table = new Tabulator("#table", {
  data: rows,
  columns,
  index: "index",
  [rows.length > FITS_THE_SCREEN ? "height" : "maxHeight"]: "min(72vh, 46rem)",
  layout: "fitColumns",
  rowHeight: 44,
  renderVerticalBuffer: 400,
  placeholder: () => word("none"),
  columnDefaults: { resizable: "header", headerHozAlign: "left" },
  sortMode: "local",
  printAsHtml: true,
  printStyled: false,
  printRowRange: "active",
});

const controls = {
  search: byId("search"),
  status: byId("by-status"),
  band: byId("by-band"),
  finding: byId("by-finding"),
  report: byId("by-report"),
};
for (const band of [...data.bands].reverse()) {
  const option = make("option", "", `${band.replace("-", "–")} %`);
  option.value = band;
  controls.band.append(option);
}

function filter() {
  const wanted = Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, control.value]));
  if (asksForNothing(wanted)) {
    state.active = rows;
    table.clearFilter();
  } else {
    state.active = rows.filter((row) => fits(row, wanted, data.codes));
    const kept = new Set(state.active.map((row) => row.index));
    table.setFilter((row) => kept.has(row.index));
  }
  follow();
}

function clear() {
  for (const control of Object.values(controls)) control.value = "";
}

function count() {
  const facts = { shown: state.active.length, total: rows.length };
  const texts = Object.entries(data.words.shown).map(([language, text]) => [language, fill(text, facts)]);
  byId("shown").replaceChildren(both(Object.fromEntries(texts)));
}

/* What stands above the columns on paper: text, in the language that is shown. */
function titlesOnPaper() {
  for (const shown of table.getColumns()) shown.getDefinition().titlePrint = word(titles.get(shown.getField()));
}

let later = 0;
function follow() {
  count();
  clearTimeout(later);
  later = setTimeout(() => document.dispatchEvent(new CustomEvent("class:shown")), 150);
}

table.on("tableBuilt", () => {
  // The grid is named; its inner box scrolls by the links in it and needs no stop of its own.
  byId("table").setAttribute("aria-labelledby", "submissions");
  document.querySelector("#table .tabulator-tableholder").removeAttribute("tabindex");
  document.querySelector("#table .tabulator-header").addEventListener("click", () => setTimeout(follow));
  count();
  for (const control of Object.values(controls)) control.addEventListener("input", filter);
  byId("clear").addEventListener("click", () => {
    clear();
    filter();
    controls.search.focus();
  });
  titlesOnPaper();
  document.addEventListener("pages:language", titlesOnPaper);
  document.documentElement.dataset.ready = "table";
});

for (const asking of document.querySelectorAll("button[data-filter]")) {
  asking.addEventListener("click", () => {
    clear();
    const control = controls[asking.dataset.filter];
    control.value = asking.dataset.value;
    filter();
    byId("submissions").scrollIntoView();
    control.focus({ preventScroll: true });
  });
}

export { table };
