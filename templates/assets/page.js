/* Every page: which language and which colours; both are remembered on this machine. */
(() => {
  "use strict";
  const root = document.documentElement;
  const TAGS = { en: "en", zh: "zh-CN" };
  const memory = {
    get(key) { try { return localStorage.getItem("lab-grader." + key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem("lab-grader." + key, value); } catch { /* private window */ } },
  };
  const language = () => (root.lang.startsWith("zh") ? "zh" : "en");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

  function say(lang) {
    root.lang = TAGS[lang];
    for (const element of document.querySelectorAll("[data-en-text]")) element.textContent = element.dataset[lang + "Text"];
    for (const name of ["aria-label", "title", "placeholder"]) {
      for (const element of document.querySelectorAll(`[data-en-${name}]`)) element.setAttribute(name, element.getAttribute(`data-${lang}-${name}`));
    }
    for (const button of document.querySelectorAll("[data-set-lang]")) button.setAttribute("aria-pressed", String(button.dataset.setLang === lang));
    document.dispatchEvent(new CustomEvent("pages:language"));
  }

  root.classList.add("scripted");
  const kept = memory.get("language");
  if (kept in TAGS) root.lang = TAGS[kept];
  const theme = memory.get("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  document.addEventListener("DOMContentLoaded", () => {
    say(language());
    for (const button of document.querySelectorAll("[data-set-lang]")) {
      button.addEventListener("click", () => { memory.set("language", button.dataset.setLang); say(button.dataset.setLang); });
    }
    document.querySelector("[data-toggle-theme]")?.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      memory.set("theme", root.dataset.theme);
      document.dispatchEvent(new CustomEvent("pages:theme"));
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("pages:theme")));
    addEventListener("beforeprint", () => { for (const part of document.querySelectorAll("details:not([data-table-of])")) part.open = true; });
    document.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, [role=grid], .scroll, dialog")) return;
      const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
      document.querySelector(`.steps a[rel=${way}]`)?.click();
    });
  });
  window.pages = { language, dark, memory };
})();
