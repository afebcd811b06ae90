/* What a submission holds is read in a confined process, which takes longer than the page. */
import { byId } from "../common/elements.js";

export async function papers() {
  const place = byId("papers");
  if (!place) return;
  try {
    const answer = await fetch(place.dataset.src);
    const made = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
    place.replaceChildren(...made.body.childNodes);
    place.removeAttribute("aria-busy");
  } catch {
    // the server is gone; the page stays as it is
  }
}
