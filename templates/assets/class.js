/* The class page: table, filters, charts and decisions. All text from outside goes in as text. */
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const { language, dark, memory } = window.pages;
  const COLUMNS = ["page", "name", "number", "status", "score", "correct", "total", "low", "high", "band", "passed", "checks", "report", "findings", "seconds", "shares", "before", "id", "confirmed", "possible", "key", "known"];
  const rows = data.rows.map((values, index) => {
    const row = { index };
    COLUMNS.forEach((name, place) => { row[name] = values[place]; });
    row.accuracy = row.total ? (100 * row.correct) / row.total : null;
    const found = row.findings.map((place) => data.codes[place]);
    row.weight = row.findings.length;
    row.text = [row.name, row.number, row.id, row.band, ...found.flatMap((f) => [f.code, f.en, f.zh])].join("\n").toLowerCase();
    return row;
  });
  const byId = (id) => document.getElementById(id);
  const word = (key, facts = {}) => fill(data.words[key][language()], facts);
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "?");

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function both(texts) { // as the templates do: every language is there, one is shown
    if (texts.en === texts.zh) return document.createTextNode(texts.en);
    const parts = document.createDocumentFragment();
    for (const [lang, tag] of [["en", "en"], ["zh", "zh-CN"]]) {
      const span = make("span", "t", texts[lang]);
      span.lang = tag;
      parts.append(span);
    }
    return parts;
  }
  function drawn(name, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  /* ---------- table ---------- */
  const head = (key) => () => { const button = make("button", "head"); button.type = "button"; button.append(both(data.words[key])); return button; };
  const link = (row) => { const a = make("a", "", row.name); a.href = `staff/${encodeURIComponent(row.page)}.html`; a.dir = "auto"; return a; };
  function range(row) {
    const cell = document.createDocumentFragment();
    if (row.accuracy === null) { cell.append(make("span", "share", "–")); return cell; }
    cell.append(make("span", "share", `${row.accuracy.toFixed(1)} %`));
    const svg = drawn("svg", { class: "range", "aria-hidden": "true" });
    svg.append(
      drawn("line", { class: "base", x1: "0", x2: "100%", y1: 7, y2: 7 }),
      drawn("line", { class: "line", x1: `${row.low}%`, x2: `${row.high}%`, y1: 7, y2: 7 }),
      drawn("circle", { class: "dot", cx: `${row.accuracy}%`, cy: 7, r: 4 }),
    );
    cell.append(svg, make("span", "unseen", `${row.low}–${row.high} %`));
    return cell;
  }
  function tags(row) {
    const cell = document.createDocumentFragment();
    const order = { error: 0, warning: 1, info: 2 };
    const found = row.findings.map((place) => data.codes[place]).sort((a, b) => order[a.severity] - order[b.severity]);
    for (const finding of found.slice(0, 2)) { const tag = make("span", `tag ${finding.severity}`); tag.append(both(finding)); cell.append(tag); }
    if (found.length > 2) cell.append(make("span", "of", `+${found.length - 2}`));
    return cell;
  }
  const collator = new Intl.Collator(["zh-CN", "en"], { numeric: true });
  const nothingLast = (a, b, _1, _2, _3, way) => (a === b ? 0 : a === null ? (way === "asc" ? 1 : -1) : b === null ? (way === "asc" ? -1 : 1) : a - b);
  const row = (cell) => cell.getRow().getData();
  const column = (key, more) => ({ field: key, titleFormatter: head(more.word ?? key), titlePrint: Object.values(data.words[more.word ?? key]).join(" "), headerSortTristate: false, ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== "word")) });
  const places = new Map();
  rows.map((r) => r.name).sort(collator.compare).forEach((name, place) => { if (!places.has(name)) places.set(name, place); });
  for (const r of rows) r.place = places.get(r.name); // collating once: sorting 10,000 names stays quick

  const columns = [
    column("place", { word: "name", frozen: true, minWidth: 120, widthGrow: 2, formatter: (cell) => link(row(cell)) }),
    column("number", { minWidth: 108, widthGrow: 1, sorter: (a, b) => collator.compare(a, b), formatter: (cell) => make("bdi", "", cell.getValue()) }),
    column("status", { minWidth: 112, widthGrow: 1, formatter(cell) { const chip = make("span", `chip ${data.statuses[cell.getValue()]}`); chip.append(both(data.status[data.statuses[cell.getValue()]])); return chip; } }),
    column("score", { word: "mark", width: 76, hozAlign: "right", cssClass: "n", sorter: nothingLast, headerSortStartingDir: "desc", formatter: (cell) => make("span", "mark", cell.getValue() === null ? "–" : String(cell.getValue())) }),
    ...(data.compared ? [column("before", { width: 90, cssClass: "n", sorter: nothingLast, formatter(cell) { const { before, score } = row(cell); const same = before === score; return make("span", same ? "of" : score === null || score < before ? "down" : "up", before === null ? "–" : String(before)); } })] : []),
    column("correct", { word: "accuracy", minWidth: 136, widthGrow: 2, sorter: (a, b, first, second, _, way) => nothingLast(first.getData().accuracy, second.getData().accuracy, 0, 0, 0, way), headerSortStartingDir: "desc", formatter: (cell) => range(row(cell)) }),
    column("band", { width: 82, cssClass: "n", sorter: (a, b) => (parseInt(a, 10) || -1) - (parseInt(b, 10) || -1), headerSortStartingDir: "desc", formatter: (cell) => make("span", "", cell.getValue().replace("-", "–") || "–") }),
    column("passed", { word: "lenet5", width: 94, cssClass: "n", formatter(cell) { const { passed, checks } = row(cell); return make("span", checks && passed === checks ? "up" : passed < checks ? "down" : "of", checks ? `${passed === checks ? "✓" : "✗"} ${passed}/${checks}` : "–"); } }),
    column("report", { minWidth: 118, widthGrow: 1, formatter(cell) { const span = make("span", cell.getValue() === 1 && row(cell).confirmed !== null ? "tag info" : "of"); span.append(both(data.report[data.reports[cell.getValue()]])); return span; } }),
    column("weight", { word: "findings", minWidth: 146, widthGrow: 3, headerSortStartingDir: "desc", formatter: (cell) => tags(row(cell)) }),
    column("seconds", { word: "time", width: 84, cssClass: "n", headerSortStartingDir: "desc", formatter: (cell) => make("span", "", `${cell.getValue().toFixed(1)} s`) }),
    column("index", { word: "decide", width: 92, headerSort: false, print: false, formatter(cell) { const r = row(cell); const done = decisions.some((d) => d.id === r.id); const button = make("button", done ? "decide done" : "decide"); button.type = "button"; button.append(both(data.words[done ? "decided" : "decide"]), make("span", "unseen", ` ${r.name}`)); button.addEventListener("click", () => ask(r)); return button; } }),
  ];
  const place = `decisions.${data.run}`, recorded = new Set(rows.flatMap((r) => r.known));
  let decisions = [];
  try { decisions = JSON.parse(memory.get(place)) ?? []; } catch { /* another version's */ }
  decisions = decisions.filter((d) => !recorded.has(d.decision)); // what the marks hold is done

  const table = new Tabulator("#table", {
    data: rows, columns, index: "index", [rows.length > 14 ? "height" : "maxHeight"]: "min(72vh, 46rem)", layout: "fitColumns", rowHeight: 44, renderVerticalBuffer: 400,
    placeholder: () => word("none"), columnDefaults: { resizable: "header", headerHozAlign: "left" }, sortMode: "local", printAsHtml: true, printStyled: false, printRowRange: "active",
  });
  const controls = { search: byId("search"), status: byId("by-status"), band: byId("by-band"), finding: byId("by-finding"), report: byId("by-report") };
  for (const band of [...data.bands].reverse()) { const option = make("option", "", `${band.replace("-", "–")} %`); option.value = band; controls.band.append(option); }

  let active = rows;
  function filter() {
    const words = controls.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const status = controls.status.value, band = controls.band.value, report = controls.report.value;
    const code = data.codes.findIndex((finding) => finding.code === controls.finding.value);
    const any = words.length || status || band || report || controls.finding.value;
    const fits = (r) =>
      (!status || r.status === Number(status)) && (!band || r.band === band) &&
      (!report || (report === "matters" ? r.confirmed !== null : r.report === Number(report))) &&
      (!controls.finding.value || r.findings.includes(code)) && words.every((w) => r.text.includes(w));
    active = any ? rows.filter(fits) : rows;
    const kept = new Set(active.map((r) => r.index));
    if (any) table.setFilter((r) => kept.has(r.index)); else table.clearFilter();
    follow();
  }
  const count = () => { byId("shown").replaceChildren(both(Object.fromEntries(["en", "zh"].map((lang) => [lang, fill(data.words.shown[lang], { shown: active.length, total: rows.length })])))); };
  let later = 0;
  const follow = () => { count(); clearTimeout(later); later = setTimeout(() => { for (const id of ["accuracy", "marks", "times", "students"]) redraw(id); }, 150); };
  table.on("tableBuilt", () => {
    // the grid is named; its inner box scrolls by the links in it and needs no stop of its own
    byId("table").setAttribute("aria-labelledby", "submissions");
    document.querySelector("#table .tabulator-tableholder").removeAttribute("tabindex");
    document.querySelector("#table .tabulator-header").addEventListener("click", () => setTimeout(follow));
    count();
    for (const control of Object.values(controls)) control.addEventListener("input", filter);
    byId("clear").addEventListener("click", () => { for (const control of Object.values(controls)) control.value = ""; filter(); controls.search.focus(); });
    document.documentElement.dataset.ready = "table";
  });
  for (const button of document.querySelectorAll("button[data-filter]")) {
    button.addEventListener("click", () => {
      for (const control of Object.values(controls)) control.value = "";
      const control = controls[button.dataset.filter];
      control.value = button.dataset.value;
      filter();
      byId("submissions").scrollIntoView();
      control.focus({ preventScroll: true });
    });
  }

  /* ---------- charts ---------- */
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const label = (place) => data.classes[place][language()];
  const axis = (name) => ({ name, nameLocation: "middle", nameGap: 30, nameTextStyle: { color: colour("soft") }, axisLabel: { color: colour("soft") }, axisLine: { lineStyle: { color: colour("line") } }, splitLine: { lineStyle: { color: colour("line") } } });
  const tooltip = () => ({ renderMode: "richText", confine: true, backgroundColor: colour("card"), borderColor: colour("line"), textStyle: { color: colour("ink") } });
  const plain = () => ({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") }, grid: { left: 48, right: 16, top: 24, bottom: 48 }, tooltip: tooltip() });
  function bars(bins, across, colours) {
    return { ...plain(), xAxis: { type: "category", data: bins.map((b) => b.name), ...axis(across), axisTick: { show: false }, splitLine: { show: false } }, yAxis: { type: "value", minInterval: 1, ...axis(word("submissions")) }, series: [{ type: "bar", barCategoryGap: "12%", data: bins.map((b) => ({ value: b.count, itemStyle: { color: colours ? colours(b) : colour("step-mine"), borderRadius: [3, 3, 0, 0] } })) }] };
  }
  const numbers = (heads, lines) => ({ heads, lines });
  const DRAW = {
    accuracy() {
      const step = data.band / 2, bins = [];
      for (let low = 0; low < 100; low += step) bins.push({ low, high: low + step, name: `${low}`, count: 0 });
      for (const r of active) if (r.total) bins[Math.min(Math.floor((100 * r.correct) / r.total / step + 1e-9), bins.length - 1)].count++;
      const first = bins.findIndex((b) => b.count), shown = bins.slice(Math.max(Math.min(first < 0 ? 0 : first, bins.length - 14) - 1, 0));
      const [some, full] = data.edges;
      const option = bars(shown, word("accuracy-axis"), (b) => (b.low >= full ? colour("good") : b.low >= some ? colour("accent") : colour("hatch")));
      option.series[0].markLine = { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colour("soft") }, data: [...new Set([some, full])].filter((edge) => shown.some((b) => b.low === edge)).map((edge) => ({ xAxis: shown.findIndex((b) => b.low === edge) - 0.5 })) };
      return { option, note: word("accuracy-note", { some, full }), table: numbers([word("range"), word("submissions")], shown.map((b) => [`${b.low}–${b.high} %`, b.count])) };
    },
    marks() {
      const counts = new Map();
      for (const r of active) if (r.score !== null) counts.set(r.score, (counts.get(r.score) ?? 0) + 1);
      const bins = [...counts].sort((a, b) => a[0] - b[0]).map(([score, n]) => ({ name: String(score), count: n }));
      return { option: bars(bins, word("marks-axis")), table: numbers([word("mark"), word("submissions")], bins.map((b) => [b.name, b.count])) };
    },
    times() {
      const longest = Math.max(1, ...active.slice(0, 20000).map((r) => r.seconds));
      const nice = [0.5, 1, 2, 5, 10, 20, 30, 60].find((s) => longest / s <= 24) ?? 120;
      const bins = Array.from({ length: Math.max(Math.ceil(longest / nice), 1) }, (_, n) => ({ name: String(n * nice), count: 0 }));
      for (const r of active) bins[Math.min(Math.floor(r.seconds / nice), bins.length - 1)].count++;
      return { option: bars(bins, word("seconds-axis")), table: numbers([word("range"), word("submissions")], bins.map((b, n) => [`${n * nice}–${(n + 1) * nice} s`, b.count])) };
    },
    confusion() {
      const names = data.classes.map((_, place) => label(place)), across = [...names, word("no-answer")];
      const cells = [], lines = [];
      let most = 0;
      data.confusion.forEach((line, truth) => {
        const sum = line.reduce((a, b) => a + b, 0);
        line.forEach((n, answer) => {
          if (!n || !sum) return;
          const share = (100 * n) / sum;
          if (truth !== answer) { most = Math.max(most, share); lines.push([names[truth], across[answer], n, `${share.toFixed(1)} %`]); }
          cells.push({ value: [answer, truth, Number(share.toFixed(1)), n], ...(truth === answer ? { visualMap: false, itemStyle: { color: colour("wash") } } : {}) });
        });
      });
      for (const cell of cells) if (!("visualMap" in cell) && cell.value[2] > 0.5 * most) cell.label = { color: colour("card") };
      lines.sort((a, b) => b[2] - a[2]);
      const option = {
        ...plain(), grid: { left: 150, right: 20, top: 8, bottom: 120 },
        xAxis: { type: "category", data: across, ...axis(""), axisLabel: { color: colour("soft"), rotate: 50, interval: 0 }, splitLine: { show: false } },
        yAxis: { type: "category", data: names, inverse: true, ...axis(""), axisLabel: { color: colour("soft"), interval: 0 }, splitLine: { show: false } },
        visualMap: { show: false, min: 0, max: most || 1, dimension: 2, inRange: { color: [colour("bad-wash"), colour("bad")] } },
        tooltip: { ...tooltip(), formatter: ({ value }) => `${word("truth")}: ${names[value[1]]}\n${word("answer")}: ${across[value[0]]}\n${value[3]} · ${value[2]} %` },
        series: [{ type: "heatmap", data: cells, itemStyle: { borderWidth: 1, borderColor: colour("card"), borderRadius: 2 }, label: { show: innerWidth > 900, fontSize: 10, color: colour("ink"), formatter: ({ value }) => (value[2] >= 1 ? String(Math.round(value[2])) : "") } }],
      };
      return { option, table: numbers([word("truth"), word("answer"), word("submissions"), "%"], lines.slice(0, 200)) };
    },
    students() {
      const shown = table.getRows("active").map((r) => r.getData()).filter((r) => r.shares).slice(0, 200), cells = [];
      shown.forEach((r, y) => { for (let x = 0; x < r.shares.length; x++) if (r.shares[x] !== "-") cells.push([x, y, Math.round((100 * parseInt(r.shares[x], 36)) / 35)]); });
      const names = data.classes.map((_, place) => label(place));
      const option = {
        ...plain(), grid: { left: 150, right: 48, top: 8, bottom: 120 },
        xAxis: { type: "category", data: names, ...axis(""), axisLabel: { color: colour("soft"), rotate: 50, interval: 0 }, splitLine: { show: false } },
        yAxis: { type: "category", data: shown.map((r) => r.name), inverse: true, ...axis(""), axisLabel: { color: colour("soft"), width: 130, overflow: "truncate", interval: 0 }, splitLine: { show: false } },
        visualMap: { show: false, min: 0, max: 100, dimension: 2, inRange: { color: [colour("bad"), colour("bad-wash"), colour("accent-wash"), colour("accent")] } },
        dataZoom: shown.length > 40 ? [{ type: "slider", yAxisIndex: 0, startValue: 0, endValue: 39, width: 18, right: 8, showDetail: false, brushSelect: false, borderColor: colour("line"), fillerColor: colour("accent-wash") }, { type: "inside", yAxisIndex: 0, zoomOnMouseWheel: "shift", moveOnMouseWheel: false }] : [],
        tooltip: { ...tooltip(), formatter: ({ value }) => `${shown[value[1]].name}\n${names[value[0]]}: ${value[2]} %` },
        series: [{ type: "heatmap", data: cells, itemStyle: { borderWidth: 1, borderColor: colour("card") } }],
      };
      return { option, height: `${Math.min(shown.length, 40) + 9}rem`, note: word("first", { shown: shown.length, total: rows.length }), table: numbers([word("name"), ...names], shown.slice(0, 50).map((r) => [r.name, ...[...r.shares].map((s) => (s === "-" ? "–" : `${Math.round((100 * parseInt(s, 36)) / 35)}`))])) };
    },
  };
  const charts = new Map();
  function redraw(id) {
    const chart = charts.get(id);
    if (!chart) return;
    const { option, note, height, table: figures } = DRAW[id]();
    if (height) chart.getDom().style.height = height;
    chart.resize();
    chart.setOption(option, { notMerge: true });
    chart.getDom().closest("figure").querySelector("[data-note]").textContent = note ?? "";
    tell(id, figures);
  }
  function tell(id, figures) {
    const details = document.querySelector(`[data-table-of=${id}]`), box = details.querySelector(".scroll");
    box.replaceChildren();
    if (details.open) box.append(asTable(figures));
  }
  function asTable({ heads, lines }) {
    const made = make("table"), top = made.createTHead().insertRow(), body = made.createTBody();
    for (const name of heads) { const th = make("th", "", name); th.scope = "col"; top.append(th); }
    for (const line of lines) { const tr = body.insertRow(); line.forEach((value, place) => { const cell = make(place ? "td" : "th", typeof value === "number" ? "n" : "", String(value)); if (!place) cell.scope = "row"; tr.append(cell); }); }
    return made;
  }
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) begin(target);
    }
  }, { rootMargin: "300px" });
  function begin(canvas) {
    seen.unobserve(canvas);
    if (charts.has(canvas.dataset.chart)) return;
    charts.set(canvas.dataset.chart, echarts.init(canvas, null, { renderer: "canvas" }));
    redraw(canvas.dataset.chart);
  }
  const canvases = document.querySelectorAll("[data-chart]");
  for (const canvas of canvases) seen.observe(canvas);
  addEventListener("beforeprint", () => canvases.forEach(begin));
  for (const details of document.querySelectorAll("[data-table-of]")) details.addEventListener("toggle", () => tell(details.dataset.tableOf, DRAW[details.dataset.tableOf]().table));
  const all = () => { for (const id of charts.keys()) redraw(id); };
  document.addEventListener("pages:language", () => { all(); showPending(); });
  document.addEventListener("pages:theme", all);
  addEventListener("resize", () => { for (const chart of charts.values()) chart.resize(); });

  /* ---------- decisions ---------- */
  const dialog = byId("decision");
  let about = null;
  function ask(r) {
    about = r;
    dialog.querySelector("[data-who]").textContent = r.name;
    dialog.querySelector("[name=report][value='']").checked = true;
    byId("decision-points").value = 0;
    byId("decision-set").value = "";
    byId("decision-reason").value = "";
    byId("decision-author").value = memory.get("author") ?? "";
    byId("decision-wrong").hidden = true;
    dialog.showModal();
  }
  byId("decision-cancel").addEventListener("click", () => dialog.close());
  byId("decision-keep").addEventListener("click", () => {
    const report = dialog.querySelector("[name=report]:checked").value || null;
    const points = Number(byId("decision-points").value || 0), reason = byId("decision-reason").value.trim(), author = byId("decision-author").value.trim();
    const whole = byId("decision-set").value === "" ? null : Number(byId("decision-set").value);
    const before = marked(about), after = whole ?? (before === null ? null : before + points);
    const outside = after !== null && (after < Math.min(0, before ?? 0) || after > Math.max(about.possible, before ?? 0));
    const wrong = !report && !points && whole === null ? "nothing-chosen" : points && whole !== null ? "one-of-both" : points && before === null ? "no-mark" : (points || whole !== null) && outside ? "out-of-bounds" : !reason ? "why-missing" : !author ? "who-missing" : "";
    byId("decision-wrong").hidden = !wrong;
    if (wrong) { byId("decision-wrong").textContent = word(wrong, { possible: about.possible }); return; }
    memory.set("author", author);
    decisions = [...decisions, { schema_version: 2, decision: name(), id: about.id, key: about.key, report, points, set_points: whole, reason, author, time: new Date().toISOString() }];
    keep();
    dialog.close();
  });
  const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const marked = (r) => decisions.filter((d) => d.id === r.id).reduce((mark, d) => d.set_points ?? (mark === null ? null : mark + d.points), r.score);
  let saved = decisions.length; // of them, how many a file or this browser holds
  addEventListener("beforeunload", (event) => { if (saved < decisions.length) event.preventDefault(); });
  function keep() {
    memory.set(place, JSON.stringify(decisions));
    if (memory.get(place) === JSON.stringify(decisions)) saved = decisions.length;
    showPending();
    for (const shown of table.getRows("visible")) shown.reformat();
  }
  const file = () => `decisions-${data.assignment}-${(decisions.at(-1)?.time ?? "").replace(/\D/g, "").slice(0, 14)}.json`;
  function showPending() {
    byId("pending").hidden = !decisions.length;
    byId("pending").querySelector("[data-count]").textContent = word("pending", { count: decisions.length });
    byId("pending").querySelector("[data-file]").textContent = file();
  }
  byId("pending-drop").addEventListener("click", () => { decisions = []; keep(); });
  byId("pending-save").addEventListener("click", () => {
    const a = make("a");
    a.href = URL.createObjectURL(new Blob([JSON.stringify(decisions, null, 2) + "\n"], { type: "application/json" }));
    a.download = file();
    a.click();
    saved = decisions.length;
    setTimeout(() => URL.revokeObjectURL(a.href), 10000);
  });
  showPending();
})();
