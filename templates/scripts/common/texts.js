/* Sentences with places for facts, names, and marks. */

/* A sentence with its facts; "?" where one is missing. */
export const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "?");

/* A name for a decision that no other has: 32 hexadecimal digits. */
export function newName(random = crypto.getRandomValues(new Uint8Array(16))) {
  return [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* A name that fits beside a chart. Ids differ at their ends: the middle goes. */
export const short = (name) => (name.length > 20 ? `${name.slice(0, 8)}…${name.slice(-11)}` : name);

/* A mark to two decimals at most; a dash where there is none. */
export const mark = (score) => (score === null || score === undefined ? "–" : String(Math.round(score * 100) / 100));
