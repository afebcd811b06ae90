/* Pages of `grade review`: keys, decisions, and what happens meanwhile. Every text from outside is
   set as text, never as markup. */
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const words = JSON.parse($("words").textContent);
  const say = (name, facts = {}) => words[name][window.pages.language()].replace(/\{(\w+)\}/g, (all, fact) => (fact in facts ? facts[fact] : all));
  const mark = (score) => (score === null || score === undefined ? "–" : String(Math.round(score * 100) / 100));
  const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const toast = (text) => { $("toast").textContent = text; };
  const later = { get: () => sessionStorage.getItem("review.toast"), set: (text) => sessionStorage.setItem("review.toast", text), drop: () => sessionStorage.removeItem("review.toast") };

  async function post(path, body) {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    return { status: answer.status, told: await answer.json().catch(() => ({})) };
  }
  function ask(dialog) {
    return new Promise((done) => {
      dialog.returnValue = "";
      dialog.addEventListener("close", () => done(dialog.returnValue), { once: true });
      dialog.showModal();
    });
  }
  function list(place, lines) {
    place.replaceChildren(...lines.map((line) => { const item = document.createElement("li"); item.textContent = line; return item; }));
  }

  // --- coming in
  $("enter")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { status } = await post("/enter", { code: location.hash.slice(1), name: $("enter-name").value });
    if (status === 200) location.replace("/"); else toast(say("bad-code"));
  });
  if ($("enter")) return;

  const kept = later.get();
  if (kept) { later.drop(); document.addEventListener("DOMContentLoaded", () => toast(kept)); toast(kept); }

  async function sign() {
    if (await ask($("signing")) !== "sign" || !$("who-decides").value.trim()) return false;
    const { told } = await post("/sign", { name: $("who-decides").value });
    $("sign").dataset.name = told.name;
    $("sign").textContent = told.name;
    return true;
  }
  $("sign").addEventListener("click", sign);
  $("help").addEventListener("click", () => $("keys").showModal());
  $("invite").addEventListener("click", async () => {
    const { told } = await post("/invite", {});
    prompt(say("invited"), `${location.origin}/enter#${told.code}`);
  });
  $("publish").addEventListener("click", async () => {
    $("publish").disabled = true;
    const { status, told } = await post("/publish", {});
    $("publish").disabled = false;
    toast(status === 200 ? say("published") : say("refused", { why: told.refused?.[window.pages.language()] ?? status }));
    if (status === 200) $("unpublished").textContent = told.unpublished;
  });

  // --- deciding: the same decision sent twice counts once, as it has a name of its own
  async function record(wants) {
    if (!$("sign").dataset.name) { toast(say("sign")); if (!(await sign())) return null; }
    let answer;
    try { answer = await post("/decide", { wants }); } catch { toast(say("lost")); return null; }
    if (answer.status === 409) return settle(wants, answer.told.conflicts);
    if (answer.status !== 200) { toast(say("refused", { why: answer.told.refused?.[window.pages.language()] ?? answer.told.error ?? answer.status })); return null; }
    return answer.told.rows;
  }
  async function settle(wants, conflicts) {
    const language = window.pages.language();
    const theirs = conflicts.flatMap((row) => (row.theirs.length ? row.theirs.slice(-3).map((one) => `${row.name}: ` + say("theirs", { author: one.author, says: one.says[language], reason: one.reason })) : [`${row.name}: ${say("newer")}`]));
    list($("conflict-theirs"), theirs);
    $("conflict-yours").textContent = say("yours", { says: wants[0].what, reason: wants[0].reason });
    if (await ask($("conflict")) !== "again") { location.reload(); return null; }
    const versions = new Map(conflicts.map((row) => [row.page, row.version]));
    return record(wants.map((want) => ({ ...want, version: versions.get(want.page) ?? want.version })));
  }

  const beside = document.querySelector(".beside");
  const draft = beside && `review.reason.${beside.dataset.page}`;
  if (beside) {
    $("reason").value = sessionStorage.getItem(draft) ?? "";
    $("reason").addEventListener("input", () => sessionStorage.setItem(draft, $("reason").value));
  }
  async function decide(what) {
    const reason = $("reason").value.trim();
    if (!reason && what !== "undo" && what !== "confirm") { toast(say("why")); $("reason").focus(); return; }
    const number = $("points").value === "" ? null : Number($("points").value);
    const rows = await record([{ name: name(), page: beside.dataset.page, version: beside.dataset.version, what, number, reason }]);
    if (!rows) return;
    sessionStorage.removeItem(draft);
    const [row] = rows;
    later.set(row.before === row.score ? say("same", { after: mark(row.score) }) : say("recorded", { before: mark(row.before), after: mark(row.score) }));
    location.reload();
  }
  for (const button of document.querySelectorAll("[data-what]")) button.addEventListener("click", () => decide(button.dataset.what));
  function take(reason) { $("reason").value = reason; $("reason").dispatchEvent(new Event("input")); }
  for (const button of document.querySelectorAll(".reason")) button.addEventListener("click", () => take(button.dataset.reason));

  // What it holds is read in a confined process, which takes longer than the page.
  const papers = $("papers");
  if (papers) {
    fetch(papers.dataset.src).then((answer) => (answer.ok ? answer.text() : "")).then((text) => {
      const made = new DOMParser().parseFromString(text, "text/html");
      papers.replaceChildren(...made.body.childNodes);
      papers.removeAttribute("aria-busy");
    }).catch(() => {});
  }

  // --- many at once
  const chosen = () => [...document.querySelectorAll(".choose:checked")].map((box) => box.closest("tr"));
  const count = () => { if ($("chosen")) $("chosen").textContent = say("chosen", { count: chosen().length }); };
  $("choose-all")?.addEventListener("change", (event) => { for (const box of document.querySelectorAll(".choose")) box.checked = event.target.checked; count(); });
  for (const box of document.querySelectorAll(".choose")) box.addEventListener("change", count);
  document.addEventListener("pages:language", count);
  count();
  $("bulk")?.addEventListener("submit", (event) => { event.preventDefault(); $("bulk-preview").click(); });
  $("bulk-preview")?.addEventListener("click", async () => {
    const rows = chosen();
    if (!rows.length) { toast(say("nobody")); return; }
    if (!$("sign").dataset.name && !(await sign())) return;
    const number = $("bulk-number").value === "" ? null : Number($("bulk-number").value);
    const wants = rows.map((row) => ({ name: name(), page: row.dataset.page, version: row.dataset.version, what: $("bulk-what").value, number, reason: $("bulk-reason").value.trim() }));
    const { status, told } = await post("/preview", { wants });
    if (status === 409) { if (await settle(wants, told.conflicts)) location.reload(); return; }
    if (status !== 200) { toast(say("refused", { why: told.refused?.[window.pages.language()] ?? status })); return; }
    const changed = told.rows.filter((row) => row.before !== row.score);
    list($("effects-list"), [say("effects", { count: changed.length }), ...changed.map((row) => say("effect", { name: row.name, before: mark(row.before), after: mark(row.score) }))]);
    if (await ask($("effects")) === "record" && await record(wants)) location.reload();
  });

  // --- keys
  let at = -1;
  function move(step) {
    const links = [...document.querySelectorAll(".rows tbody th a")];
    if (!links.length) return;
    at = Math.min(Math.max(at + step, 0), links.length - 1);
    links[at].focus();
    links[at].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea")) { if (event.key === "Escape") event.target.blur(); return; }
    const follow = (id) => $(id)?.click();
    const keys = {
      n: () => follow("next"), j: () => ($("after") ? follow("after") : move(1)), k: () => ($("before") ? follow("before") : move(-1)),
      c: () => beside && decide("complete"), i: () => beside && decide("incomplete"), s: () => beside && decide("stands"), l: () => beside && decide("look"),
      u: () => document.querySelector('[data-what="undo"]')?.click(), r: () => $("reason")?.focus(), q: () => { location.href = beside ? `/?${beside.dataset.query}` : "/"; },
      "/": () => $("search")?.focus(), "?": () => $("keys").showModal(),
    };
    const reason = /^[1-9]$/.test(event.key) && document.querySelectorAll(".reason")[event.key - 1];
    if (reason) { event.preventDefault(); take(reason.dataset.reason); return; }
    if (event.key in keys) { event.preventDefault(); keys[event.key](); }
  });

  // --- meanwhile
  const page = beside?.dataset.page ?? "";
  const shown = document.querySelector("[data-edition]")?.dataset.edition;
  const events = new EventSource(`/events?at=${encodeURIComponent(page)}`);
  events.addEventListener("message", (event) => {
    const now = JSON.parse(event.data);
    $("unpublished").textContent = now.unpublished;
    for (const place of document.querySelectorAll("[data-need]")) place.textContent = now.needs[place.dataset.need] ?? 0;
    const others = (names = []) => names.filter((one) => one !== $("sign").dataset.name);
    for (const place of document.querySelectorAll("[data-here]")) place.textContent = others(now.here[place.dataset.here]).join(", ");
    if (beside) {
      const names = others(now.here[page]);
      $("here").textContent = names.length ? say("here", { names: names.join(", ") }) : "";
      const changed = now.version && now.version !== beside.dataset.version;
      $("meanwhile").hidden = !changed;
      if (changed) $("meanwhile").querySelector("span").textContent = say("changed");
    }
    const running = $("running");
    if (running) {
      running.hidden = !now.running && String(now.edition) === shown;
      const facts = now.running && { done: now.running.done, total: now.running.total, minutes: Math.max(1, Math.round(now.running.left / 60)) };
      const steps = now.running ? now.running.now.map((one) => one.join(" ")).join(" · ") : "";
      running.querySelector("span").textContent = now.running ? `${say(now.running.left ? "left" : "running", facts)} ${steps}` : say("changed");
    }
    document.documentElement.dataset.live = "on";
  });
})();
