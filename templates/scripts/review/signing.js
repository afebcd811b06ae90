/* Who decides, and who else may come in. */
import { byId } from "../common/elements.js";
import { answerOf } from "./dialogs.js";
import { post, say } from "./talking.js";

export const myName = () => byId("sign").dataset.name;

/* Asks for a name; whether there is one now. */
export async function sign() {
  if ((await answerOf(byId("signing"))) !== "sign" || !byId("who-decides").value.trim()) return false;
  const { told } = await post("/sign", { name: byId("who-decides").value });
  byId("sign").dataset.name = told.name;
  byId("sign").textContent = told.name;
  return true;
}

export function signing() {
  byId("sign").addEventListener("click", sign);
  byId("invite").addEventListener("click", async () => {
    const { told } = await post("/invite", {});
    prompt(say("invited"), `${location.origin}/enter#${told.code}`);
  });
}
