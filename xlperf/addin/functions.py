"""The rules as worksheet functions `XP_…`: the one registry that Excel, LibreOffice and headless engines read.

`formula.signature` says how a rule's parameters become arguments. A function is called with cells (see
`cells`) and answers with a float, a text, TRUE/FALSE, "" where there is nothing to show, or rows of them;
what is wrong is a `CellError`. The arithmetic is the rule's own expression in exact fractions; nothing is
computed here. Standard library only, because it also runs inside LibreOffice's own Python.

Three answers a scheme's cell does not give: a division by zero the rule says nothing about is `#DIV/0!`,
a grade that its table does not list is `#N/A`, and a number too large for a cell is `#NUM!`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from xlperf.addin.cells import OMITTED, Cell, CellError, Columns, grid_of, line_of, must_ascend, single, table_of, wrong
from xlperf.addin.links import looked, ranked
from xlperf.formula.evaluate import awaited, evaluate, taken
from xlperf.formula.explain import explain
from xlperf.formula.expression import Expr, first, link_of, needs, root, same
from xlperf.formula.signature import SIGNATURES, Slot, looks_up_names
from xlperf.formula.values import EXEMPT, Value, shown
from xlperf.problems import Language
from xlperf.rules import RULES, Rule
from xlperf.rules.texts import help_texts

__all__ = ["OMITTED", "CellError", "Function", "functions"]

LONGEST_LIST = 200  # cells in one list; longer ones are what XP_TOTAL and XP_MEAN look at
EXPLAIN = "XP_EXPLAIN"

Answer = Cell | list[list[Cell]]


@dataclass(frozen=True)
class Argument:
    """One argument of a worksheet function, with its heading and its help in both languages."""

    slot: Slot
    title: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """Return the name of the argument: letters, digits and underscores."""
        return self.slot.name

    def help(self, language: Language) -> str:
        """Return the help text."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Function:
    """One worksheet function. rule: None for XP_EXPLAIN, which asks the others."""

    name: str
    zh: str
    help_zh: str
    help_en: str
    arguments: tuple[Argument, ...]
    rule: Rule | None

    def help(self, language: Language) -> str:
        """Return the help text."""
        return self.help_zh if language == "zh" else self.help_en

    @property
    def fixed(self) -> tuple[Argument, ...]:
        """Return the arguments that stand once."""
        return tuple(a for a in self.arguments if not a.slot.repeats)

    @property
    def repeated(self) -> tuple[Argument, ...]:
        """Return the group of arguments that may stand again and again, at the end."""
        return tuple(a for a in self.arguments if a.slot.repeats)

    def __call__(self, *cells: Any) -> Answer:
        """Answer as the cell does; raise CellError where it cannot."""
        if self.rule is None:
            return explained(*cells)
        given = _given(self, cells)
        if self.rule.having("ranked"):
            values, shape = ranked(self.rule, given)
            return _answer(values, shape)
        e, source, sheet = bound(self, given)
        values = evaluate(e, sheet, source)
        here = source.here if sheet else source
        if None in values and not sheet:
            _refuse_arithmetic(self, e, here, values)
        return _answer(values, here.shape)


# ---- from cells to a call of the rule ----------------------------------------------------------------

Given = list[tuple[Slot, str, Any]]


def _given(function: Function, cells: Sequence[Any]) -> Given:
    """Match cells with arguments; what is left out does not appear."""
    fixed, group = function.fixed, function.repeated
    tail = list(cells[len(fixed) :])
    while tail and tail[-1] is OMITTED:
        tail.pop()
    if tail and not group:
        raise wrong("FN_TOO_MANY", found=len(cells), wanted=len(fixed))
    if group and len(tail) % len(group):
        raise wrong("FN_PAIRS", argument="、".join(a.title for a in group), found=len(tail))
    filled = [*cells[: len(fixed)], *[OMITTED] * (len(fixed) - len(cells))]
    pairs = [*zip(fixed, filled, strict=True), *((group[i % len(group)], raw) for i, raw in enumerate(tail))]
    missing = [a.title for a, raw in pairs if raw is OMITTED and not (a.slot.optional and not a.slot.repeats)]
    if missing or (group and not tail and not _may_be_alone(function)):
        raise wrong("FN_MISSING", argument="、".join(missing or [a.title for a in group]))
    kept = [(a.slot, a.title, raw) for a, raw in pairs if raw is not OMITTED]
    return [(slot, title, _word(slot, title, raw) if slot.takes == "word" else raw) for slot, title, raw in kept]


def _may_be_alone(function: Function) -> bool:
    """Return whether the repeated group may be absent: where it is optional, or only narrows a look."""
    return function.repeated[0].slot.optional or function.repeated[0].slot.takes == "column"


def bound(function: Function, given: Given) -> tuple[Expr, Any, str]:
    """Bind cells to the rule: its call, where the columns come from, and the sheet that is asked."""
    rule = function.rule
    if rule is None:
        raise TypeError(f"{function.name} is no rule")
    if any(p.takes in ("column", "sheet", "name") for p in rule.parameters):
        return (*looked(rule, given), "here")
    columns = Columns()
    arguments = {s.parameter: _fixed(s, t, raw, columns) for s, t, raw in given if not s.repeats}
    tail = [(s, t, raw) for s, t, raw in given if s.repeats]
    if tail:
        arguments[tail[0][0].parameter] = _open_ended(tail, columns)
    return rule(**arguments), columns, ""


def _word(slot: Slot, title: str, given: Any) -> str:
    raw = single(given)
    if raw not in slot.words:
        raise wrong("FN_WORD", argument=title, found=raw, nearest="、".join(slot.words))
    return str(raw)


def _fixed(slot: Slot, title: str, raw: Any, columns: Columns) -> Any:
    match slot.takes:
        case "word":
            return raw
        case "list":
            return _listed(slot, title, raw, columns)
        case "table":
            rows = table_of(raw, title, names="names" in slot.traits, words="words" in slot.traits)
            if "rising" in slot.traits:
                must_ascend(rows, title)
            return tuple((columns.add(title, [a]), columns.add(title, [b])) for a, b in rows)
    return _cell(slot, title, raw, columns)


def _cell(slot: Slot, title: str, raw: Any, columns: Columns) -> Expr:
    cell = columns.cell(raw, title, text=slot.takes == "text")
    return first(cell, None) if slot.result else cell  # an answer that may be empty is not "not reported"


def _listed(slot: Slot, title: str, raw: Any, columns: Columns) -> tuple[Expr, ...]:
    values = line_of(raw, title, text=bool(slot.traits & {"words", "any"}))
    if len(values) > LONGEST_LIST:
        raise wrong("FN_TOO_LONG", argument=title, found=len(values), wanted=LONGEST_LIST)
    return tuple(columns.add(title, [value]) for value in values)


def _open_ended(tail: Given, columns: Columns) -> tuple[Any, ...]:
    slot = tail[0][0]
    if slot.takes == "list":
        return tuple(x for s, t, raw in tail for x in _listed(s, t, raw, columns))
    if slot.takes == "condition":
        return _conditions(tail, columns)
    if len(tail) == 2 and all(grid_of(raw) is not None for _, _, raw in tail):
        scores, weights = (_listed(s, t, raw, columns) for s, t, raw in tail)
        if len(scores) != len(weights):
            raise wrong("FN_SIZES", argument=tail[1][1], found=len(weights), wanted=len(scores))
        return tuple(zip(scores, weights, strict=True))
    cells = [columns.cell(raw, title) for _, title, raw in tail]
    return tuple(zip(cells[::2], cells[1::2], strict=True))


def _conditions(tail: Given, columns: Columns) -> tuple[Any, ...]:
    """Read conditions, or conditions and values in turn; the reason counts the conditions."""
    whens = [columns.cell(raw, t, truth=True) for s, t, raw in tail if s.takes == "condition"]
    thens = [_cell(s, t, raw, columns) for s, t, raw in tail if s.takes != "condition"]
    tests = [(same(when, 1), f"第{i}个条件") for i, when in enumerate(whens, 1)]
    return tuple(zip(((one,) for one in tests), thens, strict=True)) if thens else tuple(tests)


# ---- from values to what the cell shows -----------------------------------------------------------------


def _answer(values: Sequence[Value], shape: tuple[int, int]) -> Answer:
    shown_values = [_shown(value) for value in values]
    if shape == (1, 1):
        return shown_values[0]
    width = shape[1]
    return [list(shown_values[i : i + width]) for i in range(0, len(shown_values), width)]


def _shown(value: Value) -> Cell:
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return float(value)
    except OverflowError:
        raise wrong("FN_NOT_FINITE", "#NUM!", argument="") from None


def _refuse_arithmetic(function: Function, e: Expr, columns: Columns, values: Sequence[Value]) -> None:
    """Raise where nothing came out although everything needed is there and the rule did not mean it."""
    for i, value in enumerate(values):
        if value is not None:
            continue
        row = columns.row(i)
        if any(row[name] is None for name in awaited(e, row)):
            continue
        end = _end_of(e, row)
        if end.op in ("const", "first", "col"):
            if looks_up_names(function.name):
                raise wrong("FN_NOT_LISTED", "#N/A", found=explain(e, row, columns.titles).because[-1])
            continue
        raise wrong("FN_DIVISION", "#DIV/0!", found=function.zh)


def _end_of(e: Expr, row: Mapping[str, Value]) -> Expr:
    """Follow the branches that hold to the expression that gave the value."""
    e = root(e)
    while e.op == "cases":
        e = root(taken(e, row)[0])
    return e


# ---- XP_EXPLAIN -----------------------------------------------------------------------------------------


def explained(*cells: Any) -> Answer:
    """Return in a sentence why another function answers what it answers, or what is wrong with its arguments."""
    if not cells or cells[0] is OMITTED:
        raise wrong("FN_MISSING", argument="函数名")
    typed = str(single(cells[0])).strip()
    name = typed.upper()
    found = functions().get(name) or functions().get(f"XP_{name}")
    found = found or next((f for f in functions().values() if f.zh == typed), None)
    if found is None or found.rule is None:
        names = [rule.name for rule in RULES.values() if rule.name]
        near = get_close_matches(name, names, 3, 0.4) or names[:12]
        raise wrong("FN_UNKNOWN", "#NAME?", found=typed, nearest="、".join(near))
    try:
        return _sentences(found, cells[1:])
    except CellError as error:
        return f"{error.code}：{error}"


def _sentences(function: Function, cells: Sequence[Any]) -> Answer:
    answer = function(*cells)
    if function.rule is None or function.rule.having("ranked"):
        return [[_place(cell) for cell in row] for row in answer] if isinstance(answer, list) else _place(answer)
    e, source, sheet = bound(function, _given(function, cells))
    columns: Columns = source.here if sheet else source
    values = evaluate(e, sheet, source)
    titles = {**columns.titles, "there": "所选区域", **{f"there.{s.name}": s.name for s in SIGNATURES[function.name]}}
    words = [_sentence(e, columns.row(i), titles, value) for i, value in enumerate(values)]
    if columns.shape == (1, 1):
        return words[0]
    return [list(words[i : i + columns.shape[1]]) for i in range(0, len(words), columns.shape[1])]


def _place(cell: Cell) -> str:
    return f"第{cell:g}名" if isinstance(cell, float) else "没有得分，不排名次"


def _sentence(e: Expr, row: Mapping[str, Value], titles: Mapping[str, str], value: Value) -> str:
    needed = awaited(e, row) if link_of(e) is None else needs(e)
    blank = [titles[name] for name in needed if row.get(name) is None]
    if blank:
        return f"未报：{'、'.join(dict.fromkeys(blank))}；不按0计，结果为空"
    if value == EXEMPT and any(row.get(name) == EXEMPT for name in needed):
        return EXEMPT
    reason = explain(e, row, titles) if link_of(e) is None else explain(e, {}, titles)
    return f"{reason.sentence()}；得{'空' if value is None else shown(value, 6)}"


# ---- the registry -----------------------------------------------------------------------------------------


@cache
def functions() -> dict[str, Function]:
    """Return every worksheet function by name, in the order of the rules."""
    made = {rule.name: _function(rule) for rule in RULES.values() if rule.name}
    made[EXPLAIN] = _explain_function()
    return made


def _function(rule: Rule) -> Function:
    words = help_texts().get((rule.name, ""), {})
    arguments = tuple(_argument(rule.name, slot) for slot in SIGNATURES[rule.name])
    return Function(rule.name, rule.zh, words.get("zh", ""), rule.help.split("\n")[0], arguments, rule)


def _argument(function: str, slot: Slot) -> Argument:
    words = help_texts().get((function, slot.name), {})
    return Argument(slot, words.get("title", slot.name), words.get("zh", ""), words.get("en", ""))


def _explain_function() -> Function:
    words = help_texts()[EXPLAIN, ""]
    name = Slot("function", "", "text", (), False, None, False)
    rest = Slot("arguments", "", "cell", (), True, None, True)
    arguments = (_argument(EXPLAIN, name), _argument(EXPLAIN, rest))
    return Function(EXPLAIN, words["title"], words["zh"], words["en"], arguments, None)
