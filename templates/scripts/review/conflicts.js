/* What others decided about the same at the same time. */
const SHOWN = 3; // latest decisions of each row

export function theirsAsText(conflicts, say, language) {
  return conflicts.flatMap(({ name, theirs }) => {
    if (!theirs.length) return [`${name}: ${say("newer")}`];
    return theirs
      .slice(-SHOWN)
      .map(({ author, says, reason }) => `${name}: ${say("theirs", { author, says: says[language], reason })}`);
  });
}

/* What was wished, with its number where it has one. */
export function mineAsText({ what, number, reason }, say) {
  const says = say(`wish-${what}`);
  if (!["points", "set"].includes(what)) return say("yours", { says, reason });
  return say("yours-number", { says, number: `${what === "points" && number > 0 ? "+" : ""}${number}`, reason });
}

/* The same wishes, about the state that is known by now. */
export function againWith(wants, conflicts) {
  const versions = new Map(conflicts.map((row) => [row.page, row.version]));
  return wants.map((want) => ({ ...want, version: versions.get(want.page) ?? want.version }));
}
