// The words of the page, in the reader's language.
let texts = {};
export let language = "zh";

export function learn(found, chosen) {
  texts = found;
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

/** Return a text with its marks filled: {count}, {count:file was|files were} with the number, {count::is|are} without. */
export function say(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)(?::(:?)([^{}|]*)\|([^{}]*))?\}/g, (mark, name, bare, one, many) => {
    if (!(name in values)) return mark;
    if (one === undefined) return String(values[name]);
    const words = Number(values[name]) === 1 ? one : many;
    return bare ? words : `${values[name]} ${words}`;
  });
}
