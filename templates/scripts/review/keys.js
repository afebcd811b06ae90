/* What keys do. */
import { byId } from "../common/elements.js";
import { beside, decide, takeReason, undo } from "./deciding.js";

const DECISIONS = { c: "complete", i: "incomplete", s: "stands", l: "look" };
const MOVES = ["j", "k"];
const click = (selector) => document.querySelector(selector)?.click();
let at = -1; // of the queue's rows

function move(step) {
  const links = [...document.querySelectorAll(".rows tbody th a")];
  if (!links.length) return;
  at = Math.min(Math.max(at + step, 0), links.length - 1);
  links[at].focus();
  links[at].scrollIntoView({ block: "nearest" });
}

function step(link, by) {
  if (byId(link)) byId(link).click();
  else move(by);
}

const KEYS = {
  n: () => click("#next"),
  j: () => step("after", 1),
  k: () => step("before", -1),
  u: undo,
  r: () => byId("reason")?.focus(),
  q: () => {
    location.href = beside ? `/?${beside.dataset.query}` : "/";
  },
  w: () => {
    location.href = "/changes";
  },
  "/": () => byId("search")?.focus(),
  "?": () => byId("keys").showModal(),
};

function actionOf(key) {
  if (/^[1-9]$/.test(key)) {
    const reason = document.querySelectorAll(".reason")[key - 1];
    return reason && (() => takeReason(reason.dataset.reason));
  }
  if (beside && key in DECISIONS) return () => decide(DECISIONS[key]);
  return Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
}

export function keys() {
  byId("help").addEventListener("click", KEYS["?"]);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = actionOf(event.key);
    if (!act || (event.repeat && !MOVES.includes(event.key))) return; // held down, it decides once
    event.preventDefault();
    act();
  });
}
