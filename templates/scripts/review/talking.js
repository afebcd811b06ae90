/* What is said to a person, and to the server. Every text from outside is set as text, never as markup. */
import { byId } from "../common/elements.js";
import { fill } from "../common/texts.js";

const LATER = "review.toast"; // told once the page is there again
export const LOST = 0; // the status of an answer that never came
const OUT = 401; // that of a server which does not know this browser
const TOLD_MS = 15_000; // how long something that went well is told
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
  setTimeout(() => byId("toast").textContent === kept && toast(""), TOLD_MS);
}

/* That there is no other one to go to, where the address says so. */
export function tellTheEnd(only) {
  const asked = new URLSearchParams(location.search);
  if (!asked.has("ended")) return;
  toast(say(only ? "only" : "none"));
  asked.delete("ended");
  history.replaceState(null, "", `?${asked}`);
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
  const error = () => (words[told.error] ? say(told.error) : (told.error ?? status));
  const why = () => told.refused?.[shownLanguage()] ?? error();
  if (status === LOST || status === OUT) toast(say(status === LOST ? "lost" : "out"));
  else toast(say("refused", { why: why() }));
}
