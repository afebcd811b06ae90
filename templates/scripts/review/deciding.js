/* The decision beside a submission. What was written waits in this browser until it is recorded. */
import { byId } from "../common/elements.js";
import { mark, newName } from "../common/texts.js";
import { record } from "./recording.js";
import { say, tellLater, toast } from "./talking.js";

const NEEDS_NO_REASON = ["undo", "confirm"];

export const beside = document.querySelector(".beside");
let busy = false;
const draft = `review.reason.${beside?.dataset.run}.${beside?.dataset.page}`;

export function takeReason(reason) {
  byId("reason").value = reason;
  byId("reason").dispatchEvent(new Event("input"));
}

export async function decide(what) {
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
  const done = await record([{ name: newName(), page, version, what, number, reason }]);
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
  if (document.querySelector('[data-what="undo"]')) decide("undo");
  else if (beside) toast(say("nothing-to-undo"));
}

export const numberIn = (field) => (field.value === "" ? null : Number(field.value));

export function deciding() {
  if (!beside) return;
  byId("reason").value = localStorage.getItem(draft) ?? "";
  byId("reason").addEventListener("input", () => localStorage.setItem(draft, byId("reason").value));
  for (const button of document.querySelectorAll("[data-what]")) {
    button.addEventListener("click", () => decide(button.dataset.what));
  }
  for (const button of document.querySelectorAll(".reason")) {
    button.addEventListener("click", () => takeReason(button.dataset.reason));
  }
}
