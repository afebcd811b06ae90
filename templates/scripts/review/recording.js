/* Recording decisions: the same one sent twice counts once, as it has a name of its own. */
import { byId } from "../common/elements.js";
import { againWith, mineAsText, theirsAsText } from "./conflicts.js";
import { answerOf, listIn } from "./dialogs.js";
import { myName, sign } from "./signing.js";
import { post, say, sayRefused, shownLanguage, toast } from "./talking.js";

/* What comes of `wants` at `path`: `rows` of all of them; pages that are `left` to what others decided; or null.
   `anew` has the wants again after a conflict. */
export async function wish(path, wants, anew = (again) => wish(path, again)) {
  const answer = await post(path, { wants });
  if (answer.status === 409) return settle(wants, answer.told.conflicts, anew);
  if (answer.status === 200) return { wants, rows: answer.told.rows };
  if (answer.told.each?.length && byId("refused")) return goOn(wants, answer.told.each, anew);
  sayRefused(answer);
  return null;
}

/* Names all that cannot be decided so; goes on with the others if that is wanted. */
async function goOn(wants, refused, anew) {
  const lines = refused.map(({ why }) => why[shownLanguage()]);
  listIn(byId("refused-list"), lines);
  const pages = refused.map(({ page }) => page);
  const others = wants.filter(({ page }) => !pages.includes(page));
  const goes = (await answerOf(byId("refused"))) === "others" && others.length;
  return goes ? anew(others) : null;
}

/* Records all that is wanted, or nothing; the rows as they are then, null where nothing came of it. */
export async function record(wants, anew = record) {
  if (!myName()) {
    toast(say("sign"));
    if (!(await sign())) return null;
  }
  return wish("/decide", wants, anew);
}

/* Shows what others decided meanwhile; goes on all the same only if that is wanted, and else records nothing. */
async function settle(wants, conflicts, anew) {
  listIn(byId("conflict-theirs"), theirsAsText(conflicts, say, shownLanguage()));
  byId("conflict-yours").textContent = mineAsText(wants[0], say);
  if ((await answerOf(byId("conflict"))) === "again") return anew(againWith(wants, conflicts));
  return { left: conflicts.map((row) => row.page) };
}
