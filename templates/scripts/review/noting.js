/* What the team notes about rows: whom they are given to, which are to be examined again. */
import { byId } from "../common/elements.js";
import { chosen, forget } from "./choosing.js";
import { beside } from "./deciding.js";
import { myName, sign } from "./signing.js";
import { post, say, sayRefused, tellLater, toast } from "./talking.js";

async function note(path, pages, told, to = "") {
  if (!pages.length) {
    toast(say("nobody"));
    return;
  }
  if (!myName() && !(await sign())) return;
  const answer = await post(path, { pages, to });
  if (answer.status !== 200) sayRefused(answer);
  else {
    forget();
    tellLater(say(told, { count: pages.length, name: to }));
    location.reload();
  }
}

const pagesChosen = () => chosen().map((row) => row.dataset.page);

export function noting() {
  byId("again")?.addEventListener("click", () => note("/again", [beside.dataset.page], "asked-again"));
  byId("bulk-again")?.addEventListener("click", () => note("/again", pagesChosen(), "asked-again"));
  byId("bulk-give")?.addEventListener("click", () => {
    const to = byId("bulk-to").value.trim();
    note("/give", pagesChosen(), to ? "given" : "given-back", to);
  });
}
