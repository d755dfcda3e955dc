// Elements made from plain values. Whatever a unit typed goes in as text and stays text: nothing here writes HTML.

/** Make an element. props: attributes; on: {event: listener}; a child that is null is left out. */
export function el(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Put these children in place of all that an element holds. */
export function fill(place, ...children) {
  place.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return place;
}

export function button(text, act, props = {}) {
  return el("button", { type: "button", ...props, on: { click: act } }, text);
}

/** A labelled field; returns [label, field]. */
export function field(text, props = {}) {
  const made = el("input", props);
  return [el("label", {}, el("span", {}, text), made), made];
}

export function choice(text, options, chosen = "") {
  const made = el("select", {}, options.map(([value, shown]) => el("option", { value, selected: value === chosen }, shown)));
  return [el("label", {}, el("span", {}, text), made), made];
}
