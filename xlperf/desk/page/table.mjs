// Tables that sort by any column, by mouse or keyboard.
import { el, fill } from "desk/dom";
import { say } from "desk/words";

/** Make a table. columns: [{title, of: row => value to sort by, show: row => node or text, number}]. */
export function table(columns, rows, { caption = "", label = caption, marked = () => "" } = {}) {
  let by = -1;
  let down = false;
  const body = el("tbody");
  const heads = columns.map((column, i) => {
    const sorter = el("button", { type: "button", class: "sorter", "aria-label": say("sort_by", { column: column.title }), on: { click: () => sort(i) } }, column.title);
    return el("th", { scope: "col", class: column.number ? "number" : null }, sorter);
  });
  const draw = () => {
    const sorted = by < 0 ? rows : [...rows].sort((a, b) => compare(columns[by].of(a), columns[by].of(b)) * (down ? -1 : 1));
    fill(body, sorted.map((row) => el("tr", { class: marked(row) || null }, columns.map((column) => el("td", { class: column.number ? "number" : null }, shown(column, row))))));
  };
  const sort = (i) => {
    down = by === i ? !down : Boolean(columns[i].number && columns[i].falls);
    by = i;
    heads.forEach((head, n) => (n === i ? head.setAttribute("aria-sort", down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    draw();
  };
  draw();
  return el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": label || columns[0].title }, el("table", {}, caption ? el("caption", {}, caption) : null, el("thead", {}, el("tr", {}, heads)), body));
}

function shown(column, row) {
  const found = column.show ? column.show(row) : column.of(row);
  return found === null || found === undefined ? "" : found instanceof Node || Array.isArray(found) ? found : String(found);
}

/** Compare numbers as numbers, texts by the language's order, and what is empty last. */
export function compare(a, b) {
  const [empty, other] = [a, b].map((x) => x === null || x === undefined || x === "");
  if (empty || other) return Number(empty) - Number(other);
  const [p, q] = [Number(a), Number(b)];
  if (!Number.isNaN(p) && !Number.isNaN(q)) return p - q;
  return String(a).localeCompare(String(b), "zh-CN");
}
