/* Light or dark: as the machine is, until somebody chooses. */
import { memory } from "./memory.js";

const darkMachine = () => matchMedia("(prefers-color-scheme: dark)");
const changed = () => document.dispatchEvent(new CustomEvent("pages:theme"));

export function dark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : darkMachine().matches;
}

export function rememberedTheme() {
  const theme = memory.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

export function themeButton() {
  document.querySelector("[data-toggle-theme]")?.addEventListener("click", () => {
    const { dataset } = document.documentElement;
    dataset.theme = dark() ? "light" : "dark";
    memory.set("theme", dataset.theme);
    changed();
  });
  darkMachine().addEventListener("change", changed);
}
