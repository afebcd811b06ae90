/* The charts: drawn when they come into sight, and again when what they show changes. */
import { make } from "../common/elements.js";
import { FIGURES } from "./figures.js";
import { state } from "./state.js";

const OF_THE_TABLE = ["accuracy", "marks", "times", "students"]; // that follow its filters and order
const PAPER_PIXELS = 700; // between the margins of A4
const charts = new Map();

function redraw(id) {
  const chart = charts.get(id);
  if (!chart) return;
  const { option, note, height, numbers } = FIGURES[id]();
  if (height) chart.getDom().style.height = height;
  chart.resize(state.printing ? { width: paperWidth(chart.getDom()) } : undefined);
  chart.setOption(option, { notMerge: true });
  chart.getDom().closest("figure").querySelector("[data-note]").textContent = note ?? "";
  tell(id, numbers);
}

/* All layers of a chart as one: of several canvases, paper shows the uppermost alone. */
function onPaper(chart) {
  const drawn = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: "#fff" });
  drawn.className = "on-paper";
  drawn.removeAttribute("style");
  return drawn;
}

const paperWidth = (canvas) => (canvas.closest(".wide") ? PAPER_PIXELS : PAPER_PIXELS / 2);

function tell(id, numbers) {
  const details = document.querySelector(`[data-table-of=${id}]`);
  details.querySelector(".scroll").replaceChildren(...(details.open ? [asTable(numbers)] : []));
}

function asTable({ heads, lines }) {
  const made = make("table");
  const top = made.createTHead().insertRow();
  const body = made.createTBody();
  top.append(...heads.map((name) => heading(name, "col")));
  for (const [first, ...values] of lines) {
    const cells = values.map((value) => make("td", typeof value === "number" ? "n" : "", String(value)));
    body.insertRow().append(heading(first, "row"), ...cells);
  }
  return made;
}

function heading(name, scope) {
  const cell = make("th", "", name);
  cell.scope = scope;
  return cell;
}

const inSight = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) begin(target);
  },
  { rootMargin: "300px" },
);

function begin(canvas) {
  inSight.unobserve(canvas);
  if (charts.has(canvas.dataset.chart)) return;
  charts.set(canvas.dataset.chart, echarts.init(canvas, null, { renderer: "canvas" }));
  redraw(canvas.dataset.chart);
}

function redrawAll() {
  for (const id of charts.keys()) redraw(id);
}

const canvases = document.querySelectorAll("[data-chart]");
for (const canvas of canvases) inSight.observe(canvas);
for (const details of document.querySelectorAll("[data-table-of]")) {
  const id = details.dataset.tableOf;
  details.addEventListener("toggle", () => tell(id, FIGURES[id]().numbers));
}
let theme;
addEventListener("beforeprint", () => {
  const { dataset } = document.documentElement;
  theme = dataset.theme;
  dataset.theme = "light";
  state.printing = true;
  canvases.forEach(begin);
  redrawAll();
  for (const chart of charts.values()) chart.getDom().after(onPaper(chart));
});
addEventListener("afterprint", () => {
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
  state.printing = false;
  for (const drawn of document.querySelectorAll(".on-paper")) drawn.remove();
  redrawAll();
});
addEventListener("resize", () => {
  for (const chart of charts.values()) chart.resize();
});
document.addEventListener("class:shown", () => OF_THE_TABLE.forEach(redraw));
document.addEventListener("pages:language", redrawAll);
document.addEventListener("pages:theme", redrawAll);
