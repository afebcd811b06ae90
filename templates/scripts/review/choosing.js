/* Many at once: chosen in the queue, shown what would change, recorded together. */
import { byId } from "../common/elements.js";
import { newName } from "../common/texts.js";
import { numberIn } from "./deciding.js";
import { answerOf, listIn } from "./dialogs.js";
import { record, settle } from "./recording.js";
import { myName, sign } from "./signing.js";
import { post, say, sayRefused, toast } from "./talking.js";
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
  const wants = wantsOf(rows);
  const answer = await post("/preview", { wants });
  if (answer.status === 409) {
    if (await settle(wants, answer.told.conflicts)) location.reload();
  } else if (answer.status !== 200) {
    sayRefused(answer);
  } else {
    listIn(byId("effects-list"), effectsAsText(answer.told.rows, say));
    if ((await answerOf(byId("effects"))) === "record" && (await record(wants))) location.reload();
  }
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
