// What the page knows: which round, how to ask, and what was said last.
import { button, el, fill } from "desk/dom";
import { Lost } from "desk/call";
import { language, say } from "desk/words";

export const desk = { line: null, round: "", home: null, steps: null, shown: "", go: () => {}, refresh: async () => {} };

let counted = 0;

/** Ask for an action, show how far it is and what it says; returns its data, null where it could not be done. */
export async function ask(action, words = {}, { quiet = false } = {}) {
  const number = String(++counted);
  const place = document.getElementById("said");
  const bar = el("progress", { max: 1 });
  const at = el("span", {}, say("working"));
  const stop = button(say("stop"), () => desk.line.end(number));
  const since = Date.now();
  const spent = el("span", { class: "small", "aria-hidden": "true" });
  const clock = setInterval(() => { spent.textContent = say("seconds", { count: Math.round((Date.now() - since) / 1000) }); }, 500);
  const shown = setTimeout(() => fill(place, el("div", { class: "busy" }, at, bar, spent, stop)), quiet ? 900 : 150);
  try {
    const told = await desk.line.ask(action, { round: desk.round, ...words }, (done, total, text) => {
      bar.max = Math.max(1, total);
      bar.value = done;
      at.textContent = `${done}/${total} ${text}`;
    }, number, !quiet);
    clearTimeout(shown);
    if (!quiet || told.failed || told.problems.some((p) => p.severity === "error")) fill(place, problems(told.problems));
    else if (place.querySelector(".busy")) fill(place);
    return told.data;
  } catch (fault) {
    clearTimeout(shown);
    if (!(fault instanceof Lost)) throw fault;
    fill(place, el("p", { class: "error" }, fault.message));
    return null;
  } finally {
    clearInterval(clock);
  }
}

/** List problems, each with its place, what stands there and what to do. */
export function problems(found) {
  if (!found?.length) return null;
  const order = { error: 0, warning: 1, note: 2 };
  const sorted = [...found].sort((a, b) => order[a.severity] - order[b.severity]);
  return el("ul", { class: "problems" }, sorted.map(problem));
}

export function problem(p) {
  const place = [p.where.file, p.where.sheet, p.where.cell, p.where.line, p.where.row].filter(Boolean).join(" › ");
  return el("li", { class: p.severity }, el("strong", {}, say(p.severity)), place ? el("span", { class: "place" }, place) : null, el("span", {}, p.message), el("span", { class: "todo" }, say("todo", { text: p.remedy })));
}

/** Say what was done, above the problems that came with it. */
export function note(text) {
  const place = document.getElementById("said");
  fill(place, el("p", { class: "done" }, text), place.querySelector(":scope > .problems"));
}

/** Let the browser save what the engine holds. */
export async function save(name) {
  const data = await desk.line.file(desk.round, name);
  const link = el("a", { href: URL.createObjectURL(data), download: name.split("/").pop() });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

export function saveText(name, text) {
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/plain" })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

export function day(text) {
  return text ? new Date(`${text}T00:00:00`).toLocaleDateString(language === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long", day: "numeric", weekday: "short" }) : "";
}
