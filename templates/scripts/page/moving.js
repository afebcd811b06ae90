/* From page to page by arrow keys; on paper every part is open. */
const STEPS = { ArrowLeft: "prev", ArrowRight: "next" };
const TAKES_KEYS = "input, select, textarea, [role=grid], .scroll, dialog";

export function openOnPaper() {
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([data-table-of])")) part.open = true;
  });
}

export function arrowKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(TAKES_KEYS)) return;
    document.querySelector(`.steps a[rel=${STEPS[event.key]}]`)?.click();
  });
}
