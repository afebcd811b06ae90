/* Questions that wait for an answer. */
import { make } from "../common/elements.js";

/* Opens `dialog`; resolves to the value of the button that closed it, "" for Escape. */
export function answerOf(dialog) {
  return new Promise((done) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => done(dialog.returnValue), { once: true });
    dialog.showModal();
  });
}

export const listIn = (place, lines) => place.replaceChildren(...lines.map((line) => make("li", "", line)));
