/* Which language is shown: every page holds both. */
import { memory } from "./memory.js";

const TAGS = { en: "en", zh: "zh-CN" };
const AS_A_CLOCK = {
  dateStyle: "medium",
  timeStyle: "short",
}; // the reader's own clock
const IN_BOTH = ["aria-label", "title", "placeholder"]; // attributes with a text in each language

export const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

export function say(lang) {
  document.documentElement.lang = TAGS[lang];
  for (const element of document.querySelectorAll("[data-en-text]")) {
    element.textContent = element.dataset[`${lang}Text`];
  }
  for (const name of IN_BOTH) {
    for (const element of document.querySelectorAll(`[data-en-${name}]`)) {
      element.setAttribute(name, element.getAttribute(`data-${lang}-${name}`));
    }
  }
  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.valueOf())) time.textContent = moment.toLocaleString(TAGS[lang], AS_A_CLOCK);
  }
  for (const button of document.querySelectorAll("[data-set-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setLang === lang));
  }
  document.dispatchEvent(new CustomEvent("pages:language"));
}

export function rememberedLanguage() {
  const kept = memory.get("language");
  if (kept in TAGS) document.documentElement.lang = TAGS[kept];
}

export function languageButtons() {
  for (const button of document.querySelectorAll("[data-set-lang]")) {
    button.addEventListener("click", () => {
      memory.set("language", button.dataset.setLang);
      say(button.dataset.setLang);
    });
  }
}
