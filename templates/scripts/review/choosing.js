/* Many at once: chosen in the queue, shown what would change, recorded together. */
import { byId } from "../common/elements.js";
import { newName } from "../common/texts.js";
import { numberIn } from "./deciding.js";
import { answerOf, listIn } from "./dialogs.js";
import { record, wish } from "./recording.js";
import { myName, sign } from "./signing.js";
import { say, toast } from "./talking.js";
import { effectsAsText } from "./telling.js";

export const chosen = () => [...document.querySelectorAll(".choose:checked")].map((box) => box.closest("tr"));

function count() {
  byId("chosen").textContent = say("chosen", { count: chosen().length });
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
  if (await recordSeen(wantsOf(rows))) location.reload();
}

/* Records what a person saw the effects of; after a conflict, which is another state, once more. */
async function recordSeen(wants) {
  const seen = await wish("/preview", wants);
  if (!seen) return null;
  listIn(byId("effects-list"), effectsAsText(seen.rows, say));
  return (await answerOf(byId("effects"))) === "record" ? record(seen.wants, recordSeen) : null;
}

export function choosing() {
  if (!byId("bulk")) return;
  const boxes = document.querySelectorAll(".choose");
  byId("choose-all").addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  document.addEventListener("pages:language", count);
  count();
  byId("bulk").addEventListener("submit", (event) => {
    event.preventDefault();
    decideMany();
  });
  byId("bulk-preview").addEventListener("click", decideMany);
}
