/* Tables and pages are written with the marks as they are. */
import { byId } from "../common/elements.js";
import { post, say, sayRefused, toast } from "./talking.js";

export function publishing() {
  const button = byId("publish");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await post("/publish", {}).catch(() => null);
    button.disabled = false;
    if (answer?.status === 200) {
      byId("unpublished").textContent = answer.told.unpublished;
      toast(say("published"));
    } else if (answer) sayRefused(answer);
    else toast(say("lost"));
  });
}
