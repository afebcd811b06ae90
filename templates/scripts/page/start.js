/* Every page: which language and which colours. Runs in the head, so that nothing flickers. */
import { language, languageButtons, rememberedLanguage, say } from "./language.js";
import { memory } from "./memory.js";
import { arrowKeys, openOnPaper } from "./moving.js";
import { dark, rememberedTheme, themeButton } from "./theme.js";

document.documentElement.classList.add("scripted");
rememberedLanguage();
rememberedTheme();
document.addEventListener("DOMContentLoaded", () => {
  say(language());
  languageButtons();
  themeButton();
  openOnPaper();
  arrowKeys();
});
window.pages = { language, dark, memory };
