/* What each chart shows: ECharts' options, and the same as a table of numbers. */
import { short } from "../common/texts.js";
import { accuracyBins, confusionCells, markBins, sharesOf, timeBins } from "./bins.js";
import { className, data, rows, state, word } from "./state.js";
import { table } from "./table.js";

const MOST_STUDENTS = 200; // in the map of students and classes
const AT_ONCE = 40; // of them, before one has to scroll
const IN_NUMBERS = 50;
const MOST_MISTAKES = 200;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const classNames = () => data.classes.map((_, place) => className(place));

function axis(name) {
  const line = { lineStyle: { color: colour("line") } };
  const soft = { color: colour("soft") };
  return {
    name,
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: soft,
    axisLabel: soft,
    axisLine: line,
    splitLine: line,
  };
}

const category = (names, label) => ({
  type: "category",
  data: names,
  ...axis(""),
  axisLabel: { color: colour("soft"), interval: 0, ...label },
  splitLine: { show: false },
});

const tooltip = () => ({
  renderMode: "richText",
  confine: true,
  backgroundColor: colour("card"),
  borderColor: colour("line"),
  textStyle: { color: colour("ink") },
});

const plain = () => ({
  animation: false,
  textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") },
  grid: { left: 48, right: 16, top: 24, bottom: 48 },
  tooltip: tooltip(),
});

const scale = (max, colours) => ({
  show: false,
  min: 0,
  max,
  dimension: 2,
  inRange: { color: colours.map(colour) },
});

function bars(bins, across, colours = () => colour("step-mine")) {
  const bar = (bin) => ({ value: bin.count, itemStyle: { color: colours(bin), borderRadius: [3, 3, 0, 0] } });
  return {
    ...plain(),
    xAxis: {
      type: "category",
      data: bins.map((bin) => bin.name),
      ...axis(across),
      axisTick: { show: false },
      splitLine: { show: false },
    },
    yAxis: { type: "value", minInterval: 1, ...axis(word("submissions")) },
    series: [{ type: "bar", barCategoryGap: "12%", data: bins.map(bar) }],
  };
}

function accuracy() {
  const bins = accuracyBins(state.active, data.band);
  const [some, full] = data.edges;
  const colours = ({ low }) => colour(low >= full ? "good" : low >= some ? "accent" : "hatch");
  const option = bars(bins, word("accuracy-axis"), colours);
  const edges = [...new Set([some, full])].map((edge) => bins.findIndex((bin) => bin.low === edge));
  option.series[0].markLine = {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: colour("soft") },
    data: edges.filter((place) => place >= 0).map((place) => ({ xAxis: place - 0.5 })),
  };
  const lines = bins.map((bin) => [`${bin.low}–${bin.high} %`, bin.count]);
  const note = word("accuracy-note", { some, full });
  return { option, note, numbers: { heads: [word("range"), word("submissions")], lines } };
}

function marks() {
  const bins = markBins(state.active);
  const lines = bins.map((bin) => [bin.name, bin.count]);
  return { option: bars(bins, word("marks-axis")), numbers: { heads: [word("mark"), word("submissions")], lines } };
}

function times() {
  const bins = timeBins(state.active);
  const lines = bins.map((bin) => [bin.range, bin.count]);
  return { option: bars(bins, word("seconds-axis")), numbers: { heads: [word("range"), word("submissions")], lines } };
}

function confusion() {
  const names = classNames();
  const across = [...names, word("no-answer")];
  const found = confusionCells(data.confusion);
  const mistakes = found.filter(({ right }) => !right).sort((a, b) => b.count - a.count);
  const most = mistakes.reduce((share, cell) => Math.max(share, cell.share), 0);
  const cells = found.map(({ truth, answer, count, share, right }) => ({
    value: [answer, truth, Number(share.toFixed(1)), count],
    ...(right ? { visualMap: false, itemStyle: { color: colour("wash") } } : {}),
    ...(!right && share > 0.5 * most ? { label: { color: colour("card") } } : {}),
  }));
  const told = ({ value: [answer, truth, share, count] }) =>
    `${word("truth")}: ${names[truth]}\n${word("answer")}: ${across[answer]}\n${count} · ${share} %`;
  const label = {
    show: innerWidth > 900,
    fontSize: 10,
    color: colour("ink"),
    formatter: ({ value }) => (value[2] >= 1 ? String(Math.round(value[2])) : ""),
  };
  const option = {
    ...plain(),
    grid: { left: 150, right: 20, top: 8, bottom: 120 },
    xAxis: category(across, { rotate: 50 }),
    yAxis: { ...category(names), inverse: true },
    visualMap: scale(most || 1, ["bad-wash", "bad"]),
    tooltip: { ...tooltip(), formatter: told },
    series: [
      {
        type: "heatmap",
        data: cells,
        itemStyle: { borderWidth: 1, borderColor: colour("card"), borderRadius: 2 },
        label,
      },
    ],
  };
  const line = ({ truth, answer, count, share }) => [names[truth], across[answer], count, `${share.toFixed(1)} %`];
  const heads = [word("truth"), word("answer"), word("submissions"), "%"];
  return { option, numbers: { heads, lines: mistakes.slice(0, MOST_MISTAKES).map(line) } };
}

function students() {
  const inOrder = table.getRows("active").map((row) => row.getData());
  const shown = inOrder.filter((row) => row.shares).slice(0, MOST_STUDENTS);
  const inParts = shown.length > AT_ONCE && !state.printing;
  const names = classNames();
  const shares = shown.map((row) => sharesOf(row.shares));
  const cells = shares.flatMap((line, y) => line.flatMap((share, x) => (share === null ? [] : [[x, y, share]])));
  const option = {
    ...plain(),
    grid: { left: 150, right: 48, top: 8, bottom: 120 },
    xAxis: category(names, { rotate: 50 }),
    yAxis: {
      ...category(
        shown.map((row) => row.name),
        { formatter: short },
      ),
      inverse: true,
    },
    visualMap: scale(100, ["bad", "bad-wash", "accent-wash", "accent"]),
    dataZoom: inParts ? scrolling() : [],
    tooltip: {
      ...tooltip(),
      formatter: ({ value: [x, y, share] }) => `${shown[y].name}\n${names[x]}: ${share} %`,
    },
    series: [
      { type: "heatmap", data: cells, progressive: 0, itemStyle: { borderWidth: 1, borderColor: colour("card") } },
    ],
  };
  const line = (row, y) => [row.name, ...shares[y].map((share) => (share === null ? "–" : String(share)))];
  return {
    option,
    height: `${(inParts ? AT_ONCE : shown.length) + 9}rem`,
    note: word("first", { shown: shown.length, total: rows.length }),
    numbers: { heads: [word("name"), ...names], lines: shown.slice(0, IN_NUMBERS).map(line) },
  };
}

function scrolling() {
  return [
    {
      type: "slider",
      yAxisIndex: 0,
      startValue: 0,
      endValue: AT_ONCE - 1,
      width: 18,
      right: 8,
      showDetail: false,
      brushSelect: false,
      borderColor: colour("line"),
      fillerColor: colour("accent-wash"),
    },
    { type: "inside", yAxisIndex: 0, zoomOnMouseWheel: "shift", moveOnMouseWheel: false },
  ];
}

export const FIGURES = { accuracy, marks, times, confusion, students };
