// The words of the page, in the reader's language.
let texts = {};
export let language = "zh";

export function learn(found, chosen) {
  texts = found;
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

/** Return a text with its {marks} filled. */
export function say(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
}
