/* Who decides, and who else may come in. */
import { byId } from "../common/elements.js";
import { answerOf } from "./dialogs.js";
import { post, say, sayRefused } from "./talking.js";

export const myName = () => byId("sign").dataset.name;

/* Asks for a name; whether there is one now. */
export async function sign() {
  if ((await answerOf(byId("signing"))) !== "sign" || !byId("who-decides").value.trim()) return false;
  const answer = await post("/sign", { name: byId("who-decides").value });
  if (answer.status !== 200) {
    sayRefused(answer);
    return false;
  }
  byId("sign").dataset.name = answer.told.name;
  byId("sign").textContent = answer.told.name;
  return true;
}

export function signing() {
  byId("sign").addEventListener("click", sign);
  byId("invite").addEventListener("click", async () => {
    const answer = await post("/invite", {});
    if (answer.status === 200) prompt(say("invited"), `${location.origin}/enter#${answer.told.code}`);
    else sayRefused(answer);
  });
}
