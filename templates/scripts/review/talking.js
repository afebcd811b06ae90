/* What is said to a person, and to the server. Every text from outside is set as text, never as markup. */
import { byId } from "../common/elements.js";
import { fill } from "../common/texts.js";

const LATER = "review.toast"; // told once the page is there again
const LOST = 0; // the status of an answer that never came
const words = JSON.parse(byId("words").textContent);

export const shownLanguage = () => window.pages.language();
export const say = (name, facts = {}) => fill(words[name][shownLanguage()], facts);

export function toast(text) {
  byId("toast").textContent = text;
}

export const tellLater = (text) => sessionStorage.setItem(LATER, text);

export function tellWhatWaited() {
  const kept = sessionStorage.getItem(LATER);
  if (kept === null) return;
  sessionStorage.removeItem(LATER);
  toast(kept);
}

/* The answer; its status is LOST where there was none. */
export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (!answer) return { status: LOST, told: {} };
  return { status: answer.status, told: await answer.json().catch(() => ({})) };
}

/* Why nothing came of it, in the language that is shown. */
export function sayRefused({ status, told }) {
  const why = () => told.refused?.[shownLanguage()] ?? told.error ?? status;
  toast(status === LOST ? say("lost") : say("refused", { why: why() }));
}
