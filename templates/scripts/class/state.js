/* What the page is about, and what of it is shown. */
import { byId } from "../common/elements.js";
import { fill } from "../common/texts.js";
import { rowsOf } from "./rows.js";
import { leftOver } from "./rules.js";

const { language, memory } = window.pages;
const data = JSON.parse(byId("data").textContent);
const rows = rowsOf(data);
const PLACE = `decisions.${data.run}`; // in this browser's memory

const state = {
  active: rows, // those that the filters leave
  printing: false, // on paper, nothing scrolls and all is light
  decisions: leftOver(memory.get(PLACE), new Set(rows.flatMap((row) => row.known))),
};
const word = (key, facts = {}) => fill(data.words[key][language()], facts);
const className = (place) => data.classes[place][language()];

export { className, data, memory, PLACE, rows, state, word };
