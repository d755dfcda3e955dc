// What units ask to have looked at again: recorded, weighed against what each outcome would do to everybody, decided.
import { button, choice, el, field, fill } from "desk/dom";
import { ask, day, desk, note, save } from "desk/desk";
import { table } from "desk/table";
import { say } from "desk/words";

/** Show the appeals of a round, one of them to decide, and a form for another. number: the one to decide. */
export async function appeals(place, { number = 0 } = {}) {
  const found = await ask("appeals", { unit: "" }, { quiet: true });
  if (!found) return;
  const weighed = el("div", { "aria-live": "polite" });
  fill(place, el("h2", { id: "panel" }, say("step_appeals")), el("p", {}, say("appeals_hint")),
    found.appeals.length ? table([
      { title: say("appeal_number"), of: (a) => a.number, number: true },
      { title: say("unit"), of: (a) => a.who },
      { title: say("appeal_item"), of: (a) => a.item },
      { title: say("appeal_was"), of: (a) => a.was, number: true },
      { title: say("appeal_reason"), of: (a) => a.reason },
      { title: say("appeal_filed"), of: (a) => a.filed },
      { title: say("appeal_due"), of: (a) => a.due },
      { title: say("state"), of: standing, show: (a) => (a.ruling || a.waived ? standing(a) : button(say("appeal_weigh"), () => weigh(weighed, a), { "aria-label": `${say("appeal_weigh")} ${a.number}` })) },
    ], found.appeals, { caption: say("step_appeals") }) : el("p", {}, say("appeals_none")),
    weighed, asking(found));
  const chosen = found.appeals.find((a) => a.number === number && !a.ruling && !a.waived);
  if (chosen) await weigh(weighed, chosen);
}

function standing(a) {
  if (a.ruling) return a.ruling.text ? say("appeal_changed", { text: a.ruling.text, by: a.ruling.by }) : say("appeal_upheld", { by: a.ruling.by });
  return say(a.waived ? "appeal_late" : "appeal_open");
}

function asking(found) {
  const [unitLabel, unit] = choice(say("unit"), [["", ""], ...found.units.map((u) => [u.key, u.name])]);
  const [itemLabel, item] = choice(say("appeal_item"), []);
  const [reasonLabel, reason] = field(say("appeal_reason"), { size: 40 });
  const [receivedLabel, received] = field(say("appeal_received"), { type: "date", required: true });
  const [filedLabel, filed] = field(say("appeal_filed"), { type: "date", value: found.today });
  const [daysLabel, days] = field(say("papers_appeal"), { inputmode: "numeric", size: 4, value: found.days });
  unit.addEventListener("change", async () => {
    const told = await ask("appeals", { unit: unit.value }, { quiet: true });
    fill(item, (told?.items ?? []).map((i) => el("option", { value: i.item }, i.words)));
  });
  const record = async () => {
    const made = await ask("appeal", { unit: unit.value, item: item.value, reason: reason.value.trim(), received: received.value, filed: filed.value, days: days.value.trim() });
    if (!made) return;
    await desk.refresh("appeals", { number: made.number });
    note(say("appeal_said", { number: made.number, item: made.item, due: made.due ? day(made.due) : "—" }));
  };
  return el("form", { class: "fields", on: { submit: (event) => { event.preventDefault(); record(); } } }, el("h3", {}, say("appeal_begin")),
    unitLabel, itemLabel, reasonLabel, receivedLabel, filedLabel, daysLabel, el("p", {}, el("button", { type: "submit", class: "main" }, say("appeal_do"))));
}

async function weigh(place, appeal, tried = {}) {
  const found = await ask("weigh", { number: String(appeal.number), text: "", column: "", ...tried }, { quiet: true });
  if (!found) return;
  const cells = found.cells;
  const now = cells.find((c) => c.column === tried.column) ?? cells[0];
  const [columnLabel, column] = choice(say("appeal_cell"), cells.map((c) => [c.column, `${c.title}（${c.text || say("blank")}）`]), now?.column);
  const [textLabel, text] = now?.choices.length ? choice(say("appeal_to"), [["", ""], ...now.choices.map((c) => [c, c])], tried.text) : field(say("appeal_to"), { value: tried.text ?? "", size: 12 });
  const [opinionLabel, opinion] = field(say("appeal_opinion"), { size: 40 });
  const [byLabel, by] = field(say("appeal_by"));
  const [dayLabel, on] = field(say("papers_day"), { type: "date" });
  column.addEventListener("change", () => weigh(place, appeal, { column: column.value, text: "" }));
  const look = () => weigh(place, appeal, { column: column.value, text: text.value.trim() });
  const decide = async (to) => {
    const done = await ask("decide", { number: String(appeal.number), text: to, column: to ? column.value : "", opinion: opinion.value.trim(), by: by.value.trim(), day: on.value });
    if (!done) return;
    await desk.refresh("appeals");
    const files = el("p", {}, done.files.map((f) => button(say("open_file", { name: f.split("/").pop() }), () => save(f))));
    document.getElementById("panel").after(el("section", {}, el("h3", {}, say("appeal_decided", { number: appeal.number })), outcomesTable([{ text: "", changes: [] }, { text: to || say("appeal_uphold"), changes: done.changes }], done.names), done.files.length ? [el("p", {}, say("appeal_files")), files] : null));
  };
  fill(place, el("h3", {}, say("appeal_weighing", { number: appeal.number, who: appeal.who, item: appeal.item })), outcomesTable(found.outcomes, found.names),
    el("div", { class: "fields" }, columnLabel, textLabel, opinionLabel, byLabel, dayLabel),
    el("p", {}, button(say("trial_do"), look), button(say("appeal_change"), () => (text.value.trim() ? decide(text.value.trim()) : text.focus()), { class: "main" }), button(say("appeal_keep"), () => decide(""))));
}

/** Lay outcomes side by side: a line for every cell that any of them changes; the first outcome leaves all as it is. */
function outcomesTable(found, names) {
  const lines = new Map();
  for (const [i, outcome] of found.entries()) for (const c of outcome.changes) {
    const at = `${c.sheet} ${c.key} ${c.column}`;
    if (!lines.has(at)) lines.set(at, { ...c, then: [] });
    lines.get(at).then[i] = c.new ?? say("blank");
  }
  if (!lines.size) return el("p", { class: "done" }, say("nobody_affected"));
  return table([
    { title: say("unit"), of: (c) => names[c.unit] ?? c.unit },
    { title: say("what_cell"), of: (c) => c.title },
    { title: say("appeal_uphold"), of: (c) => c.old ?? say("blank") },
    ...found.slice(1).map((outcome, i) => ({ title: outcome.text, of: (c) => c.then[i + 1] ?? "—" })),
  ], [...lines.values()], { caption: say("affected", { count: lines.size }) });
}
