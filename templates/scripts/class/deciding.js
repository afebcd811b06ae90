/* Decisions about marks: asked in a dialog, kept in this browser until they are saved as a file. */
import { byId, make } from "../common/elements.js";
import { newName } from "../common/texts.js";
import { fileName, markWith, wrongWith } from "./rules.js";
import { data, memory, PLACE, state, word } from "./state.js";
import { table } from "./table.js";

const SCHEMA = 2; // of decisions, as `grade override` reads them
const dialog = byId("decision");
const field = (name) => byId(`decision-${name}`);
let about = null; // the row
let saved = state.decisions.length; // how many a file or this browser holds

document.addEventListener("class:decide", ({ detail }) => {
  about = detail;
  dialog.querySelector("[data-who]").textContent = about.name;
  dialog.querySelector("[name=report][value='']").checked = true;
  field("points").value = 0;
  field("set").value = "";
  field("reason").value = "";
  field("author").value = memory.get("author") ?? "";
  field("wrong").hidden = true;
  dialog.showModal();
});

function asked() {
  return {
    report: dialog.querySelector("[name=report]:checked").value || null,
    points: Number(field("points").value || 0),
    whole: field("set").value === "" ? null : Number(field("set").value),
    reason: field("reason").value.trim(),
    author: field("author").value.trim(),
  };
}

field("cancel").addEventListener("click", () => dialog.close());
field("keep").addEventListener("click", () => {
  const { whole, ...decided } = asked();
  const wrong = wrongWith({ whole, ...decided }, markWith(state.decisions, about), about.possible);
  field("wrong").hidden = !wrong;
  if (wrong) {
    field("wrong").textContent = word(wrong, { possible: about.possible });
    return;
  }
  memory.set("author", decided.author);
  const identity = { schema_version: SCHEMA, decision: newName(), id: about.id, key: about.key };
  const { report, points, reason, author } = decided;
  const time = new Date().toISOString();
  state.decisions = [...state.decisions, { ...identity, report, points, set_points: whole, reason, author, time }];
  keep();
  dialog.close();
});

function keep() {
  const text = JSON.stringify(state.decisions);
  memory.set(PLACE, text);
  if (memory.get(PLACE) === text) saved = state.decisions.length;
  showPending();
  for (const row of table.getRows("visible")) row.reformat();
}

function showPending() {
  const pending = byId("pending");
  pending.hidden = !state.decisions.length;
  pending.querySelector("[data-count]").textContent = word("pending", { count: state.decisions.length });
  pending.querySelector("[data-file]").textContent = fileName(data.assignment, state.decisions);
}

byId("pending-drop").addEventListener("click", () => {
  state.decisions = [];
  keep();
});
byId("pending-save").addEventListener("click", () => {
  const link = make("a");
  const text = `${JSON.stringify(state.decisions, null, 2)}\n`;
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = fileName(data.assignment, state.decisions);
  link.click();
  saved = state.decisions.length;
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
addEventListener("beforeunload", (event) => {
  if (saved < state.decisions.length) event.preventDefault();
});
document.addEventListener("pages:language", showPending);
showPending();
