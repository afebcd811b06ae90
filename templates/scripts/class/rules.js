/* What may be decided about a mark; `grade override` has the same rules. */

/* The mark of a row with what was decided about it here; null while there is none. */
export function markWith(decisions, row) {
  const mine = decisions.filter((decision) => decision.id === row.id);
  return mine.reduce((mark, { set_points, points }) => set_points ?? (mark === null ? null : mark + points), row.score);
}

/* The word for what is wrong with a decision; "" for nothing. */
export function wrongWith({ report, points, whole, reason, author }, before, possible) {
  if (!report && !points && whole === null) return "nothing-chosen";
  if (points && whole !== null) return "one-of-both";
  if (points && before === null) return "no-mark";
  if ((points || whole !== null) && isOutside(whole ?? before + points, before ?? 0, possible)) return "out-of-bounds";
  if (!reason) return "why-missing";
  return author ? "" : "who-missing";
}

const isOutside = (after, before, possible) => after < Math.min(0, before) || after > Math.max(possible, before);

export function fileName(assignment, decisions) {
  const time = (decisions.at(-1)?.time ?? "").replace(/\D/g, "").slice(0, 14);
  return `decisions-${assignment}-${time}.json`;
}

/* Decisions that an earlier visit left, but for those that the marks hold by now. */
export function leftOver(kept, recorded) {
  try {
    return (JSON.parse(kept) ?? []).filter(({ decision }) => !recorded.has(decision));
  } catch {
    return []; // another version's
  }
}
