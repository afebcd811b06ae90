/* What happens meanwhile: who is where, what was decided, what runs. */
import { byId } from "../common/elements.js";
import { beside } from "./deciding.js";
import { myName } from "./signing.js";
import { LOST, say, sayRefused, toast } from "./talking.js";
import { stateAsText } from "./telling.js";

const page = beside?.dataset.handle ?? "";
const shown = document.querySelector("[data-edition]")?.dataset.edition;
const others = (names = []) => names.filter((one) => one !== myName());

function tellCounts(now) {
  byId("unpublished").textContent = now.unpublished;
  for (const place of document.querySelectorAll("[data-need]")) {
    place.textContent = now.needs[place.dataset.need] ?? 0;
  }
  for (const place of document.querySelectorAll("[data-here]")) {
    place.textContent = others(now.here[place.dataset.here]).join(", ");
  }
}

function tellOfThisOne(now) {
  const names = others(now.here[page]);
  byId("here").textContent = names.length ? say("here", { names: names.join(", ") }) : "";
  const changed = now.version && now.version !== beside.dataset.version;
  const examined = now.version && beside.dataset.waits && !now.waits; // the same evidence has the same version
  byId("meanwhile").hidden = !changed && !examined;
  byId("meanwhile").querySelector("span").textContent = say(examined ? "newer" : "changed");
}

function tellProgress(now) {
  const running = byId("running");
  const told = stateAsText(now, shown, say);
  running.hidden = !told;
  running.querySelector("span").textContent = told;
}

export function live() {
  const events = new EventSource(`/events?at=${encodeURIComponent(page)}`);
  events.addEventListener("message", (event) => {
    const now = JSON.parse(event.data);
    tellCounts(now);
    if (beside) tellOfThisOne(now);
    if (byId("running")) tellProgress(now);
    if (document.documentElement.dataset.live === "off") toast("");
    document.documentElement.dataset.live = "on";
  });
  events.addEventListener("error", async () => {
    document.documentElement.dataset.live = "off";
    const answer = await fetch("/events", { method: "HEAD" }).catch(() => null);
    if (!answer?.ok) sayRefused({ status: answer?.status ?? LOST, told: {} });
  });
}
