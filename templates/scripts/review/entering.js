/* The door: a code for a session. */
import { byId } from "../common/elements.js";
import { post, say, toast } from "./talking.js";

export function entering() {
  byId("enter").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { status } = await post("/enter", { code: location.hash.slice(1), name: byId("enter-name").value });
    if (status === 200) location.replace("/");
    else toast(say("bad-code"));
  });
}
