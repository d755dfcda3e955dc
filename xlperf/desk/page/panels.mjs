// The steps of a round, a panel each: what is done, what is missing, what to do next.
import { appeals } from "desk/appeals";
import { button, choice, el, field, fill } from "desk/dom";
import { ask, day, desk, note, problem, problems, save, saveText } from "desk/desk";
import { lengths, spread } from "desk/chart";
import { officeCells } from "desk/marks";
import { table } from "desk/table";
import { say } from "desk/words";

export const STEPS = ["check", "issue", "receive", "marks", "ranking", "why", "papers", "appeals", "trial"];

export const PANELS = { check, issue, receive, marks, ranking, why, papers, appeals, trial };

function heading(id, ...more) {
  return el("h2", { id: "panel" }, say(`step_${id}`), ...more);
}

// ---- the scheme --------------------------------------------------------------------------------

async function check(place) {
  const found = await ask("check", {}, { quiet: true });
  if (!found) return;
  const examples = el("ul", { class: "plain" }, found.examples.map((e) => el("li", { class: e.red ? "error" : "done" }, el("strong", {}, e.id), ` ${e.basis} `, el("em", {}, say(e.red ? "example_red" : "example_green")), e.steps ? el("div", { class: "small" }, e.steps) : null)));
  const clauses = found.clauses.map((c) => el("details", {}, el("summary", {}, c.basis), el("ul", { class: "plain" }, c.lines.map(clauseLine))));
  fill(place, heading("check"), el("p", {}, found.title, "　", found.document ?? ""),
    el("h3", {}, say("check_findings")), problems(found.findings) ?? el("p", { class: "done" }, say("check_clean")),
    el("h3", {}, say("clauses")), clauses,
    found.readings.length ? [el("h3", {}, say("readings")), found.readings.map(readingBlock)] : null,
    found.figures.length ? [el("h3", {}, say("figures")), figureTable(found.figures)] : null,
    el("h3", {}, say("examples")), examples);
}

function clauseLine(line) {
  const by = ["unit", "office", "lead"].includes(line.by) ? say(`by_${line.by}`) : line.by;
  const how = line.kind === "computed" ? [say("kind_computed"), line.rule].filter(Boolean).join("：") : say(`kind_${line.kind}`, { by });
  return el("li", {}, el("strong", {}, `${line.sheet} › ${line.title}`), `　${how}`, line.note ? el("div", { class: "small" }, line.note) : null);
}

function readingBlock(r) {
  return el("details", {}, el("summary", {}, r.question, el("span", { class: "small" }, `　${r.basis}`)),
    el("ul", { class: "plain" }, Object.entries(r.options).map(([id, text]) => el("li", {}, id === r.adopted ? el("strong", {}, `${text}（${say("adopted")}）`) : text))));
}

function figureTable(figures) {
  return table([
    { title: say("figures"), of: (f) => f.title },
    { title: say("points"), of: (f) => f.value, number: true },
    { title: say("basis"), of: (f) => f.basis },
    { title: say("remark"), of: (f) => (f.assumed ? say("assumed", { why: f.assumed }) : "") },
  ], figures, { caption: say("figures") });
}

// ---- handing out and taking in -----------------------------------------------------------------

async function issue(place) {
  const step = desk.steps.steps.find((s) => s.id === "issue");
  const act = async () => {
    const done = await ask("distribute");
    if (!done) return;
    await desk.refresh();
    note(say("issue_said", { written: done.written.length, unchanged: done.unchanged.length }));
  };
  fill(place, heading("issue"), el("p", {}, say("done_of", step)), button(say("issue_do"), act, { class: "main" }));
}

async function receive(place) {
  const found = await ask("status", {}, { quiet: true });
  if (!found) return;
  const picker = el("input", { type: "file", multiple: true, class: "hidden", id: "picker", on: { change: () => dropped([...picker.files]) } });
  const zone = el("div", { class: "drop", on: {
    dragover: (event) => { event.preventDefault(); zone.classList.add("over"); },
    dragleave: () => zone.classList.remove("over"),
    drop: (event) => { event.preventDefault(); zone.classList.remove("over"); dropped([...event.dataTransfer.files]); },
  } }, say("drop_here"), " ", el("label", { for: "picker", class: "button", tabindex: 0, on: { keydown: (event) => { if (event.key === "Enter" || event.key === " ") picker.click(); } } }, say("choose_files")), picker);
  const held = found.books.filter((b) => b.problems.length);
  fill(place, heading("receive"), zone,
    found.fresh.length ? el("p", {}, say("fresh", { count: found.fresh.length })) : null,
    button(say("collect_do"), collect, { class: "main" }), button(say("undo"), undo),
    held.length || found.strays.length ? el("h3", {}, say("why_held")) : null,
    held.map((b) => heldBook(`${b.name}　${b.book}`, b)), found.strays.map((s) => heldBook(`${say("strays")}：${s.file}`, s)),
    found.problems.length ? problems(found.problems) : null,
    books(found.books), owed(found.owed), await versions());
}

async function dropped(files) {
  const names = [];
  fill(document.getElementById("said"));
  for (const file of files) {
    const told = await desk.line.drop(desk.round, file);
    if (told.failed) { fill(document.getElementById("said"), problems(told.problems)); return; }
    names.push(told.data.file);
  }
  await desk.refresh();
  note(say("dropped", { names: names.join("、") }));
}

async function collect() {
  const got = await ask("collect");
  if (!got) return;
  await desk.refresh();
  const count = (decision) => got.files.filter((f) => f.decision === decision).length;
  note(say("collect_said", { accepted: count("accepted"), held: count("held"), refused: count("refused"), duplicate: count("duplicate") }));
}

async function undo() {
  const done = await ask("undo");
  if (!done) return;
  await desk.refresh();
  note(say("undone", { number: done.number, what: done.file || done.kind }));
}

function heldBook(title, book) {
  const more = el("div");
  const held = book.problems.find((p) => p.where.file)?.where.file ?? book.file; // beside the one that counts
  return el("section", { class: "held" }, el("h4", {}, title, held ? el("span", { class: "small" }, `　${held}`) : null),
    el("ul", { class: "problems" }, book.problems.map(problem)),
    el("p", {}, book.letter ? button(say("letter"), () => letter(more, book.letter)) : null,
      button(say("form"), () => form(more, held)), button(say("lift"), () => lift(held))), more);
}

async function letter(place, file) {
  const found = await ask("letter", { file }, { quiet: true });
  if (!found) return;
  fill(place, el("pre", { class: "letter", tabindex: 0 }, found.text),
    button(say("copy"), async () => { await navigator.clipboard.writeText(found.text); note(say("copied")); }),
    button(say("save"), () => saveText(found.name, found.text)));
}

async function form(place, file) {
  const found = await ask("form", { file }, { quiet: true });
  if (!found) return;
  fill(place, found.sheets.map((sheet) => el("div", { class: "wide", tabindex: 0 }, el("table", { class: "form" }, el("caption", {}, sheet.sheet),
    el("thead", {}, el("tr", {}, el("th", {}), sheet.columns.map((c) => el("th", { scope: "col" }, c)))),
    el("tbody", {}, sheet.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row.number), row.cells.map((cell) => el("td", { class: cell.wrong ? "wrong" : null }, cell.text)))))))));
}

async function lift(file) {
  const done = await ask("lift", { file });
  if (!done) return;
  note(say("lifted", done));
  save(done.book);
}

function state(b) {
  return b.state === "in" && b.problems.length ? say("again") : say(`state_${b.state}`);
}

function books(found) {
  return table([
    { title: say("whose"), of: (b) => b.name },
    { title: say("book"), of: (b) => b.book },
    { title: say("state"), of: state, show: (b) => el("span", { class: `state ${b.state}` }, state(b)) },
    { title: say("file"), of: (b) => b.file },
    { title: say("arrived"), of: (b) => b.arrived },
    { title: say("remark"), of: (b) => b.late, show: (b) => (b.late > 0 ? say("late", { days: b.late }) : "") },
  ], found, { caption: say("step_receive") });
}

function owed(found) {
  const names = found.map((o) => `${o.name}（${o.book}）`).join("、");
  return el("section", {}, el("h3", {}, say("owed")), found.length ? [el("p", {}, names), button(say("copy"), async () => { await navigator.clipboard.writeText(names); note(say("copied")); })] : el("p", { class: "done" }, say("nobody")));
}

async function versions() {
  const found = await ask("versions", {}, { quiet: true });
  if (!found?.versions.length) return null;
  const choose = async (v) => { if (await ask("choose", { file: v.sha256 })) await desk.refresh(); };
  return [el("h3", {}, say("versions")), table([
    { title: say("whose"), of: (v) => v.name },
    { title: say("file"), of: (v) => v.file },
    { title: say("arrived"), of: (v) => v.at.slice(0, 16) },
    { title: say("state"), of: (v) => v.counts, show: (v) => (v.counts ? say("counts") : button(say("make_count"), () => choose(v))) },
  ], found.versions)];
}

// ---- marks, ranking, why -----------------------------------------------------------------------

async function marks(place) {
  const step = desk.steps.steps.find((s) => s.id === "marks");
  const own = el("div");
  fill(place, heading("marks"), el("p", {}, say("done_of", step)), button(say("score_do"), rank, { class: "main" }), button(say("undo"), undo), own);
  await officeCells(own);
}

async function rank() {
  const done = await ask("score");
  if (!done) return;
  await desk.refresh("ranking");
}

async function ranking(place) {
  const found = await ask("ranking", {}, { quiet: true });
  if (!found) return;
  fill(place, heading("ranking"), el("p", { class: "noprint" }, button(say("score_do"), rank, { class: "main" }), button(say("print"), () => window.print()),
    button(say("open_file", { name: "总表.xlsx" }), () => save("out/总表.xlsx")), button(say("open_file", { name: "排名.csv" }), () => save("out/排名.csv"))), found.lists.map(list));
}

function list(found) {
  const title = found.group && found.group !== found.title ? `${found.title}　${found.group}` : found.title;
  const why = (line) => button(line.points || say("blank"), () => desk.go("why", { unit: line.sheet ? `${line.sheet}:${line.key}` : line.key }), { class: "link", "aria-label": `${line.name} ${line.points} ${say("step_why")}` });
  const moved = (line) => (line.moved > 0 ? say("up", { n: line.moved }) : line.moved < 0 ? say("down", { n: -line.moved }) : "");
  const placed = found.lines.filter((l) => l.place !== null).map((l) => ({ name: l.name, points: l.points, value: Number(l.points) }));
  return el("section", {}, el("h3", {}, title), table([
    { title: say("place"), of: (l) => l.place, number: true },
    { title: say("code"), of: (l) => l.key },
    { title: say("unit"), of: (l) => l.name },
    { title: say("points"), of: (l) => l.points, show: why, number: true, falls: true },
    { title: say("moved"), of: (l) => l.moved, show: moved },
    { title: say("remark"), of: (l) => l.remark },
  ], found.lines, { label: title }),
  el("details", { class: "noprint" }, el("summary", {}, say("distribution")), el("h4", {}, say("distribution")), spread(title, placed.map((l) => l.value)), el("h4", {}, say("places_chart")), lengths(title, placed)));
}

async function why(place, words = {}) {
  const answer = el("div");
  const [label, unit] = field(say("unit"), { list: "units", value: "" });
  const known = await ask("ranking", {}, { quiet: true });
  const names = [...new Set((known?.lists ?? []).flatMap((l) => l.lines.map((line) => line.name)))];
  const form = el("form", { class: "asking", on: { submit: (event) => { event.preventDefault(); explain(answer, { unit: unit.value.trim() }); } } }, label, el("datalist", { id: "units" }, names.map((n) => el("option", { value: n }))), el("button", { type: "submit", class: "main" }, say("step_why")));
  fill(place, heading("why"), el("p", {}, say("why_hint")), form, answer);
  if (words.unit) await explain(answer, words);
}

async function explain(place, words, trail = []) {
  if (!words.unit) return;
  const a = await ask("explain", words, { quiet: true });
  if (!a) return;
  const deeper = (part) => explain(place, { unit: `${part.sheet}:${part.key}`, column: part.column }, [...trail, words]);
  const rows = (title, found, line) => (found.length ? el("section", {}, el("h3", {}, title), el("ul", { class: "plain" }, found.map((x) => el("li", {}, line(x))))) : null);
  fill(place,
    trail.length ? button(`← ${say("back")}`, () => explain(place, trail[trail.length - 1], trail.slice(0, -1))) : null,
    el("h3", { class: "result" }, `${a.who}　${a.title} ＝ ${a.value}`, a.basis ? el("span", { class: "small" }, `　〔${a.basis}〕`) : null),
    a.because.length ? el("p", {}, a.because.join("；")) : null,
    rows(say("how"), a.steps.length ? a.steps : [{ title: a.title, value: a.value, working: a.working, basis: "" }], (s) => [el("strong", {}, `${s.title} ＝ ${s.value}`), `　${s.working}`, s.basis ? el("span", { class: "small" }, `　〔${s.basis}〕`) : null]),
    rows(say("missing"), a.missing, (g) => `${g.sheet}　${g.label || g.key}：${g.title}`),
    rows(say("losses"), a.losses, (x) => [el("strong", {}, `－${x.lost}`), `　${x.label || x.key}（${say("of_full", x)}）　${x.why}`]),
    rows(say("extras"), a.extras, (x) => `${x.value}　${x.label}（${x.sheet}）→ ${x.title}`),
    rows(say("uncounted"), a.uncounted, (x) => `${x.label}（${x.sheet}）　${x.why}`),
    a.parts.length ? el("section", {}, el("h3", {}, say("parts")), table([
      { title: say("unit"), of: (p) => p.label || p.key },
      { title: say("step_why"), of: (p) => p.title, show: (p) => button(p.title, () => deeper(p), { class: "link" }) },
      { title: say("points"), of: (p) => p.value, number: true },
      { title: say("how"), of: (p) => (p.working === p.value ? "" : p.working) },
      { title: say("basis"), of: (p) => p.basis },
    ], a.parts)) : null,
    a.clauses.length ? el("p", { class: "small" }, `${say("basis")}：${a.clauses.join("；")}`) : null);
}

// ---- feedback sheets and the notice ------------------------------------------------------------

async function papers(place, words = {}) {
  const found = await ask("papers", words, { quiet: true });
  if (!found) return;
  const [dayLabel, onDay] = field(say("papers_day"), { type: "date", value: found.day });
  const [appealLabel, appeal] = field(say("papers_appeal"), { inputmode: "numeric", size: 4, value: found.appeal_days });
  const [noticeLabel, notice] = field(say("papers_notice"), { inputmode: "numeric", size: 4, value: found.notice_days });
  const [whyLabel, why_] = field(say("papers_incomplete"), { size: 40, value: words.incomplete ?? "" });
  const [pdfLabel, pdf] = field(say("papers_pdf"), { type: "checkbox" });
  const said = () => ({ day: onDay.value, appeal_days: appeal.value.trim(), notice_days: notice.value.trim(), incomplete: why_.value.trim() });
  const act = async () => {
    const done = await ask("publish", { ...said(), pdf: pdf.checked ? "是" : "" });
    if (!done) return;
    await desk.refresh();
    note(say("papers_said", { count: done.files.length }));
  };
  const last = [found.due ? say("papers_due", { day: day(found.due) }) : "", found.notice_due ? say("papers_until", { day: day(found.notice_due) }) : ""].filter(Boolean).join("　");
  fill(place, heading("papers"), el("p", {}, say("papers_hint")),
    found.lacking.length ? [el("h3", {}, say("papers_lacking")), problems(found.lacking)] : el("p", { class: "done" }, say("papers_ready")),
    el("div", { class: "fields" }, dayLabel, appealLabel, noticeLabel, whyLabel, desk.line.inside ? null : pdfLabel),
    last ? el("p", { class: "small" }, last) : null,
    button(say("papers_do"), act, { class: "main" }), button(say("papers_look"), () => papers(place, said())),
    found.sheets.length ? table([
      { title: say("papers_kind"), of: (s) => s.kind },
      { title: say("whose"), of: (s) => s.file.split("/").pop() },
      { title: say("papers_code"), of: (s) => s.code },
      { title: say("file"), of: (s) => s.files.length, show: (s) => s.files.map((f) => button(f.split(".").pop(), () => save(f), { class: "link", "aria-label": `${say("save")} ${f.split("/").pop()}` })) },
    ], found.sheets, { caption: say("papers_last") }) : null,
    found.sheets.length ? button(say("open_file", { name: "结果.html" }), () => save("out/发布/公开/结果.html")) : null);
}

// ---- what if -----------------------------------------------------------------------------------

async function trial(place) {
  const found = await ask("check", {}, { quiet: true });
  if (!found) return;
  const answer = el("div", { "aria-live": "polite" });
  const fields = found.figures.map((f) => [f, ...field(`${f.title}（${f.basis}）`, { value: f.value, inputmode: "decimal", size: 8 })]);
  const choices = found.readings.map((r) => [r, ...choice(`${r.question}（${r.basis}）`, Object.entries(r.options), r.adopted)]);
  const run = async () => {
    const figures = Object.fromEntries(fields.filter(([f, , input]) => input.value.trim() !== f.value).map(([f, , input]) => [f.name, input.value]));
    const readings = Object.fromEntries(choices.filter(([r, , input]) => input.value !== r.adopted).map(([r, , input]) => [r.id, input.value]));
    const done = await ask("trial", { figures, readings });
    if (done) fill(answer, changes(done.changes, done.names));
  };
  const compare = async () => {
    const done = await ask("readings");
    if (done) fill(answer, done.effects.map((e) => el("section", {}, el("h3", {}, say("reading_option", { id: done.readings[e.reading]?.question ?? e.reading, option: done.readings[e.reading]?.options[e.option] ?? e.option })), problems(e.problems), changes(e.changes, done.names))));
  };
  fill(place, heading("trial"), el("p", {}, say("trial_hint")), el("div", { class: "fields" }, fields.map(([, label]) => label), choices.map(([, label]) => label)),
    button(say("trial_do"), run, { class: "main" }), button(say("compare"), compare), answer);
}

function changes(found, names) {
  if (!found.length) return el("p", { class: "done" }, say("nobody_affected"));
  return table([
    { title: say("unit"), of: (c) => names[c.unit] ?? c.unit },
    { title: say("step_why"), of: (c) => c.title },
    { title: say("moved"), of: (c) => say("was_would", { old: c.old ?? say("blank"), new: c.new ?? say("blank") }) },
  ], found, { caption: say("affected", { count: found.length }) });
}
