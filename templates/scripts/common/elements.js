/* Elements. All text from outside goes in as text. */
export const byId = (id) => document.getElementById(id);

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function button(className, ...content) {
  const made = make("button", className);
  made.type = "button";
  made.append(...content);
  return made;
}

/* As the templates do: every language is there, one is shown. */
export function both(texts) {
  if (texts.en === texts.zh) return document.createTextNode(texts.en);
  const parts = document.createDocumentFragment();
  for (const [language, tag] of [
    ["en", "en"],
    ["zh", "zh-CN"],
  ]) {
    const span = make("span", "t", texts[language]);
    span.lang = tag;
    parts.append(span);
  }
  return parts;
}

export function drawn(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
