/* Recording decisions: the same one sent twice counts once, as it has a name of its own. */
import { byId } from "../common/elements.js";
import { againWith, theirsAsText } from "./conflicts.js";
import { answerOf, listIn } from "./dialogs.js";
import { myName, sign } from "./signing.js";
import { post, say, sayRefused, shownLanguage, toast } from "./talking.js";

/* Records all that is wanted, or nothing; the rows as they are then, null where nothing came of it. */
export async function record(wants) {
  if (!myName()) {
    toast(say("sign"));
    if (!(await sign())) return null;
  }
  let answer;
  try {
    answer = await post("/decide", { wants });
  } catch {
    toast(say("lost"));
    return null;
  }
  if (answer.status === 409) return settle(wants, answer.told.conflicts);
  if (answer.status !== 200) {
    sayRefused(answer);
    return null;
  }
  return answer.told.rows;
}

/* Shows what others decided meanwhile; records all the same only if that is wanted. */
export async function settle(wants, conflicts) {
  listIn(byId("conflict-theirs"), theirsAsText(conflicts, say, shownLanguage()));
  byId("conflict-yours").textContent = say("yours", { says: wants[0].what, reason: wants[0].reason });
  if ((await answerOf(byId("conflict"))) !== "again") {
    location.reload();
    return null;
  }
  return record(againWith(wants, conflicts));
}
