// The office's own cells, typed here as they would be in the 总表.
import { button, el, fill } from "desk/dom";
import { ask, desk } from "desk/desk";
import { say } from "desk/words";

/** Show the sheets in which the office fills cells, and one of them to type in. */
export async function officeCells(place, sheet = "") {
  const found = await ask("cells", { sheet }, { quiet: true });
  if (!found) return;
  if (!found.sheets.length) { fill(place, el("p", {}, say("office_none"))); return; }
  const chosen = sheet || found.sheets[0].sheet;
  if (!sheet) return officeCells(place, chosen);
  const tabs = found.sheets.map((s) => button(`${s.title}（${say("empty_of", s)}）`, () => officeCells(place, s.sheet), { "aria-pressed": s.sheet === chosen, class: "tab" }));
  const only = el("input", { type: "checkbox" });
  const typed = new Map();
  const body = el("tbody");
  const draw = () => fill(body, found.cells.filter((c) => !only.checked || c.text === "").map((c) => row(c, typed)));
  only.addEventListener("change", draw);
  draw();
  const enter = async () => {
    const cells = [...typed.entries()].map(([c, text]) => ({ sheet: c.sheet, key: c.key, column: c.column, text }));
    if (cells.length && (await ask("enter", { cells }))) await desk.refresh();
  };
  fill(place, el("h3", {}, say("office_cells")), el("p", { class: "small" }, say("office_hint")), el("p", { class: "tabs" }, tabs), el("label", {}, only, say("only_empty")),
    el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": say("office_cells") }, el("table", {}, el("thead", {}, el("tr", {}, [say("unit"), say("what_cell"), say("value_cell"), say("limits_cell")].map((t) => el("th", { scope: "col" }, t)))), body)),
    button(say("enter_do"), enter, { class: "main" }));
}

function row(c, typed) {
  const listen = { change: (event) => (event.target.value === c.text ? typed.delete(c) : typed.set(c, event.target.value)) };
  const now = typed.get(c) ?? c.text;
  const label = `${c.label} ${c.title}`;
  const input = c.choices.length
    ? el("select", { "aria-label": label, on: listen }, ["", ...c.choices].map((o) => el("option", { value: o, selected: o === now }, o)))
    : el("input", { value: now, size: 12, "aria-label": label, on: listen });
  const limits = c.low || c.high ? say("between", { low: c.low, high: c.high }) : "";
  return el("tr", { class: c.required && c.text === "" ? "missing" : null }, el("td", {}, c.label), el("td", {}, c.title), el("td", {}, input), el("td", { class: "small" }, limits));
}
