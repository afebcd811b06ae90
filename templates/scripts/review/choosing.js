/* Many at once: chosen in the queue, shown what would change, recorded together. */
import { byId } from "../common/elements.js";
import { newName } from "../common/texts.js";
import { numberIn } from "./deciding.js";
import { answerOf, listIn } from "./dialogs.js";
import { record, wish } from "./recording.js";
import { myName, sign } from "./signing.js";
import { say, tellLater, toast } from "./talking.js";
import { effectsAsText } from "./telling.js";

const KEPT = "review.bulk";
const WRITTEN = ["bulk-what", "bulk-number", "bulk-reason", "bulk-to"];

export const chosen = () => [...document.querySelectorAll(".choose:checked")].map((box) => box.closest("tr"));

/* What is chosen and written waits in this window until something came of it. */
function keep() {
  const pages = chosen().map((row) => row.dataset.page);
  const written = Object.fromEntries(WRITTEN.map((id) => [id, byId(id).value]));
  sessionStorage.setItem(KEPT, JSON.stringify({ pages, written }));
}

export const forget = () => sessionStorage.removeItem(KEPT);

function recall() {
  const { pages, written } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{"pages":[],"written":{}}');
  for (const box of document.querySelectorAll(".choose")) {
    box.checked = pages.includes(box.closest("tr").dataset.page);
  }
  for (const [id, value] of Object.entries(written)) byId(id).value = value;
}

function count() {
  byId("chosen").textContent = say("chosen", { count: chosen().length });
}

function changed() {
  keep();
  count();
}

function wantsOf(rows) {
  const what = byId("bulk-what").value;
  const number = numberIn(byId("bulk-number"));
  const reason = byId("bulk-reason").value.trim();
  return rows.map(({ dataset: { page, version } }) => ({ name: newName(), page, version, what, number, reason }));
}

async function decideMany() {
  const rows = chosen();
  if (!rows.length) {
    toast(say("nobody"));
    return;
  }
  if (!myName() && !(await sign())) return;
  const done = await recordSeen(wantsOf(rows));
  if (!done) return;
  if (done.left) leave(done.left);
  else forget();
  location.reload();
}

/* What others decided about is chosen no more; all else stays. */
function leave(pages) {
  for (const row of chosen()) row.querySelector(".choose").checked = !pages.includes(row.dataset.page);
  keep();
  tellLater(say("left-theirs", { count: pages.length }));
}

/* Records what a person saw the effects of; after a conflict, which is another state, once more. */
async function recordSeen(wants) {
  const seen = await wish("/preview", wants);
  if (!seen?.rows) return seen;
  listIn(byId("effects-list"), effectsAsText(seen.rows, say));
  return (await answerOf(byId("effects"))) === "record" ? record(seen.wants, recordSeen) : null;
}

export function choosing() {
  if (!byId("bulk")) return;
  const boxes = document.querySelectorAll(".choose");
  byId("choose-all").addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
    changed();
  });
  for (const box of boxes) box.addEventListener("change", changed);
  for (const id of WRITTEN) byId(id).addEventListener("input", keep);
  document.addEventListener("pages:language", count);
  recall();
  count();
  byId("bulk").addEventListener("submit", (event) => {
    event.preventDefault();
    decideMany();
  });
  byId("bulk-preview").addEventListener("click", decideMany);
}
