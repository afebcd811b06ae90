/* The decision beside a submission. What was written waits in this browser until it is recorded. */
import { byId } from "../common/elements.js";
import { mark, newName } from "../common/texts.js";
import { record } from "./recording.js";
import { myName } from "./signing.js";
import { say, tellLater, toast } from "./talking.js";

const NEEDS_NO_REASON = ["undo", "confirm"];

export const beside = document.querySelector(".beside");
let busy = false;
const draft = `review.draft.${beside?.dataset.run}.${beside?.dataset.page}`;
const DRAFTED = ["reason", "points"];

export function takeReason(reason) {
  byId("reason").value = reason;
  byId("reason").dispatchEvent(new Event("input"));
}

function keepDraft() {
  localStorage.setItem(draft, JSON.stringify(Object.fromEntries(DRAFTED.map((id) => [id, byId(id).value]))));
}

function recallDraft() {
  for (const [id, value] of Object.entries(JSON.parse(localStorage.getItem(draft) ?? "{}"))) byId(id).value = value;
}

/* `meant`: the decision that is taken back, where it is not one's own last one. */
export async function decide(what, meant = "") {
  const reason = byId("reason").value.trim();
  if (!reason && !NEEDS_NO_REASON.includes(what)) {
    toast(say("why"));
    byId("reason").focus();
    return;
  }
  const number = numberIn(byId("points"));
  const { page, version } = beside.dataset;
  if (busy) return; // a key that is pressed twice is one wish
  busy = true;
  const done = await record([{ name: newName(), page, version, what, number, reason, meant }]);
  busy = false;
  if (done?.left) location.reload();
  if (!done?.rows) return;
  localStorage.removeItem(draft);
  const [{ before, score }] = done.rows;
  const facts = { before: mark(before), after: mark(score) };
  tellLater(say(before === score ? "same" : "recorded", facts));
  again();
}

/* Shows this one anew, where it stood in the queue before it was decided. */
function again() {
  const place = new URL(location);
  if (place.searchParams.has("was")) location.reload();
  else {
    place.searchParams.set("was", beside.dataset.was);
    location.replace(place);
  }
}

export function undo() {
  if (document.querySelector('#decide [data-what="undo"]')) decide("undo");
  else if (beside) toast(say("nothing-to-undo"));
}

/* A button of the page: another's decision is taken back only after a question. */
function pressed({ what, meant, author, reason }) {
  const ask = meant && author !== myName();
  if (!ask || confirm(say("undo-theirs", { author, reason }))) decide(what, meant);
}

export const numberIn = (field) => (field.value === "" ? null : Number(field.value));

export function deciding() {
  if (!beside) return;
  recallDraft();
  for (const id of DRAFTED) byId(id).addEventListener("input", keepDraft);
  for (const button of document.querySelectorAll("[data-what]")) {
    button.addEventListener("click", () => pressed(button.dataset));
  }
  for (const button of document.querySelectorAll(".reason")) {
    button.addEventListener("click", () => takeReason(button.dataset.reason));
  }
}
