// The page: which folder and round, the steps on the left, one panel on the right.
import { Served } from "desk/call";
import { button, choice, el, field, fill } from "desk/dom";
import { ask, day, desk } from "desk/desk";
import { PANELS, STEPS } from "desk/panels";
import { language, learn, say } from "desk/words";

const head = document.getElementById("head");
const nav = document.getElementById("steps");
const content = document.getElementById("content");

function kept(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ }
}

async function speak(chosen) {
  learn({}, chosen);
  const told = await desk.line.ask("texts");
  learn(told.data, chosen);
  keep("xlperf.language", chosen);
  document.title = say("title");
  document.getElementById("skip").textContent = say("skip");
}

function top(...more) {
  const other = language === "zh" ? "en" : "zh";
  fill(head, el("h1", {}, say("title")), more, button(say("language"), async () => { await speak(other); await start(); }, { lang: other, class: "quiet" }));
}

async function start() {
  if (desk.line.inside && !desk.home) await desk.line.choose(content);
  desk.home = await ask("home", {}, { quiet: true });
  if (!desk.home) return;
  if (desk.home.is_round) await open("");
  else if (desk.round) await open(desk.round);
  else choose();
}

/** Choose a round of the folder, or begin one. */
function choose() {
  desk.round = "";
  top(el("span", {}, say("folder", { folder: desk.line.name || desk.home.folder })));
  fill(nav);
  const schemes = desk.home.schemes.map((s) => [s.id, `${s.title}（${s.units}）`]);
  const [schemeLabel, scheme] = choice(say("scheme"), schemes);
  const [nameLabel, name] = field(say("name"), { required: true });
  const [yearLabel, year] = field(say("year"), { inputmode: "numeric", size: 6 });
  const [dueLabel, due] = field(say("deadline"), { type: "date" });
  const [contactLabel, contact] = field(say("contact"));
  const make = async (action) => {
    const done = await ask(action, { round: "", scheme: scheme.value, name: name.value.trim(), year: year.value.trim(), deadline: due.value, contact: contact.value.trim() });
    if (done) { desk.home = await ask("home", {}, { quiet: true }); await open(done.round); }
  };
  const form = el("form", { class: "fields", on: { submit: (event) => { event.preventDefault(); make("new"); } } }, schemeLabel, nameLabel, yearLabel, dueLabel, contactLabel,
    el("p", {}, el("button", { type: "submit", class: "main" }, say("begin")), button(say("demo"), () => { if (!name.value.trim()) name.value = `demo-${scheme.value}`; make("demo"); })));
  fill(content, el("h2", {}, say("rounds")), desk.home.rounds.length ? el("ul", { class: "plain" }, desk.home.rounds.map((r) => el("li", {}, button(r, () => open(r), { class: "link" })))) : el("p", {}, say("no_rounds")), el("h2", {}, say("begin")), form);
}

async function open(round) {
  desk.round = round;
  desk.steps = await ask("steps", {}, { quiet: true });
  if (!desk.steps) { if (!desk.home.is_round) choose(); return; }
  await show(STEPS.includes(desk.shown) ? desk.shown : desk.steps.next);
}

/** Take notice of what was done elsewhere meanwhile, then show a step. */
desk.go = async (step, words = {}) => {
  await desk.line.look?.();
  await desk.refresh(step, words);
};

desk.refresh = async (step = desk.shown, words = {}) => {
  desk.steps = (await ask("steps", {}, { quiet: true })) ?? desk.steps;
  await show(step, words);
};

async function show(step, words = {}) {
  desk.shown = step;
  const { title, deadline, days_left: days } = desk.steps;
  top(desk.home.is_round ? null : button(say("all_rounds"), choose, { class: "quiet" }), el("span", { class: "title" }, `${title}　${desk.round || desk.steps.round}`),
    deadline ? el("span", {}, days >= 0 ? say("due", { day: day(deadline), days }) : say("overdue", { day: day(deadline), days: -days })) : null,
    desk.steps.closed ? el("strong", {}, say("closed")) : null);
  fill(nav, el("ol", {}, STEPS.map(stepItem)));
  const panel = el("div");
  fill(content, panel);
  await PANELS[step](panel, words);
  document.getElementById("panel")?.scrollIntoView({ block: "nearest" });
}

function stepItem(id) {
  const counted = desk.steps.steps.find((s) => s.id === id);
  const state = counted ? (counted.ready ? "ready" : id === desk.steps.next ? "next" : "open") : "";
  const more = id === "receive" && (desk.steps.fresh || desk.steps.held) ? ` +${desk.steps.fresh + desk.steps.held}` : "";
  return el("li", { class: state }, button([el("span", {}, say(`step_${id}`)), counted ? el("span", { class: "small" }, say("done_of", counted) + more) : null], () => desk.go(id), { "aria-current": id === desk.shown ? "step" : null }));
}

desk.line = globalThis.xlperfLine ?? new Served();
await desk.line.ready?.(content);
await speak(kept("xlperf.language") ?? (navigator.language.startsWith("en") ? "en" : "zh"));
await start();
