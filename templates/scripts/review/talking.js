/* What is said to a person, and to the server. Every text from outside is set as text, never as markup. */
import { byId } from "../common/elements.js";
import { fill } from "../common/texts.js";

const LATER = "review.toast"; // told once the page is there again
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

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, told: await answer.json().catch(() => ({})) };
}

/* Why the server refused, in the language that is shown. */
export function sayRefused({ status, told }) {
  toast(say("refused", { why: told.refused?.[shownLanguage()] ?? told.error ?? status }));
}
