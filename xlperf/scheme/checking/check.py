"""What can be said about a scheme from its records alone, once it is structurally sound.

Each check is one small function from a scheme to problems; `CHECKS` lists them, and a new one is
added there. Whether names in rules stand for columns is said by the compiler.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Mapping as Mapping_
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from xlperf.formula.excel import ambiguous
from xlperf.formula.values import YES, Value, exactly, number, ratio_sum, shown, whole
from xlperf.problems import Problem, Where, problem, word
from xlperf.rules import RULES
from xlperf.scheme.checking.example_names import example_problems
from xlperf.scheme.checking.figures import computed_columns, figure_of, options_used, readings_in
from xlperf.scheme.checking.paper import PAPER
from xlperf.scheme.checking.references import key_of, row_place
from xlperf.scheme.model import ColumnSpec, Mapping, Node, Scalar, Scheme, SheetSpec, Stated, place_of
from xlperf.scheme.reading.nodes import mapping, text
from xlperf.scheme.reading.tables import given_columns, holds_of, typed_where
from xlperf.scheme.words import nearest
from xlperf.terms import HIGHER, LOWER

Problems = Iterator[Problem]
Rows = list[dict[str, Value]]
Check = Callable[[Scheme], Iterable[Problem]]


def check_scheme(scheme: Scheme, unread: Mapping_[str, Collection[str]] | None = None) -> list[Problem]:
    """Run every check; a column that several sheets take over is reported once.

    unread: tables in which something could not be read, with the columns of the cells where that is all; nothing is
    said from these columns, and nothing at all from a table where more is wrong.
    """
    wrong = unread or {}
    tables = {name: rows for name, rows in scheme.tables.items() if name not in wrong}
    stated = tuple(s for s in scheme.stated if not set(_tables_of(s)) & wrong.keys())
    counted = tuple(s for s in scheme.stated if s not in stated and _is_sound(s, wrong))
    sound = replace(scheme, tables=tables, stated=stated)
    found = chain.from_iterable(check(sound) for check in CHECKS)
    return list(dict.fromkeys([*found, *stated_problems(replace(scheme, stated=counted))]))


def _is_sound(stated: Stated, wrong: Mapping_[str, Collection[str]]) -> bool:
    """Return whether a stated number rests on cells that could all be read, although others of its tables could not."""
    of = stated.sum or stated.count
    looked_at = {(of.partition(".")[0], name) for name in (of.partition(".")[2], stated.by, *stated.where)}
    if stated.by:
        looked_at.add((stated.equals.partition(".")[0], stated.equals.partition(".")[2]))
    return all(wrong.get(table, {""}) and column not in wrong.get(table, ()) for table, column in looked_at)


def _tables_of(stated: Stated) -> Iterator[str]:
    """List the tables that a stated number looks at."""
    return (name.partition(".")[0] for name in (stated.count, stated.sum, stated.equals if stated.by else "") if name)


# ---- numbers the regulation states ---------------------------------------------------------------


def stated_problems(scheme: Scheme) -> Problems:
    """Hold the numbers that the regulation states against the tables."""
    for stated in scheme.stated:
        if (stated.sum or stated.count).partition(".")[0] not in scheme.tables:
            yield problem("STATED_UNCHECKED", stated.at, says=stated.says)
            continue
        yield from _grouped_problems(scheme, stated) if stated.by else _whole_problems(scheme, stated)


def _whole_problems(scheme: Scheme, stated: Stated) -> Problems:
    wanted, found = number(stated.equals), _measured(stated, _rows_of(scheme, stated))
    if wanted is not None and found != wanted:
        yield problem("STATED_DIFFERS", stated.at, says=stated.says, wanted=shown(wanted), found=shown(found))


def _grouped_problems(scheme: Scheme, stated: Stated) -> Problems:
    """Compare group by group with the row whose key the group is; report each that differs."""
    table, _, column = stated.equals.partition(".")
    key = next((key_of(s) for s in scheme.sheets if s.rows == table), "")
    groups = _measured_by(stated, _rows_of(scheme, stated))
    for row in scheme.tables.get(table, []):
        wanted, found = row.get(column), groups.get(row.get(key), Fraction(0))
        if wanted is not None and found != wanted:
            values = {"group": shown(row.get(key)), "wanted": shown(wanted), "found": shown(found)}
            yield problem("STATED_GROUP_DIFFERS", row_place(row, column), says=stated.says, **values)


def _rows_of(scheme: Scheme, stated: Stated) -> Rows:
    table = (stated.sum or stated.count).partition(".")[0]
    return _taken(scheme, table, stated.where)


def _taken(scheme: Scheme, table: str, where: dict[str, str]) -> Rows:
    """List the rows of a table that keep conditions, typed as the plan types them."""
    wanted = typed_where(given_columns(scheme.sheets, table), where)
    rows = scheme.tables.get(table, [])
    return [r for r in rows if all(r.get(name) == value for name, value in wanted.items())] if wanted else rows


def _measured(stated: Stated, rows: Rows) -> Fraction:
    """Count the rows, or add their column; an empty cell adds nothing to what the regulation states."""
    return _measured_by(replace(stated, by=""), rows).get(None, Fraction(0))


def _measured_by(stated: Stated, rows: Rows) -> dict[Value, Fraction]:
    """Return the same for each group of rows; a group that is not there has none."""
    if not stated.sum:
        return {group: whole(count) for group, count in Counter(row.get(stated.by) for row in rows).items()}
    column, numbers = stated.sum.partition(".")[2], defaultdict(list)
    for row in rows:
        if isinstance(value := row.get(column), Fraction):
            numbers[row.get(stated.by)].append(value.as_integer_ratio())
    return {group: ratio_sum(there) for group, there in numbers.items()}


# ---- rule calls ------------------------------------------------------------------------------------


def parameter_problems(scheme: Scheme) -> Problems:
    """Hold the parameter names of every rule call against the rule."""
    for column in computed_columns(scheme):
        known = {p.name: p for p in RULES[column.rule].parameters}
        for key in column.arguments:
            if key not in known:
                near = nearest(key, known)
                yield problem("UNKNOWN_PARAMETER", place_of(key), rule=column.rule, found=key, nearest=near)
        for name, parameter in known.items():
            if name not in column.arguments and not parameter.optional:
                yield problem("MISSING_PARAMETER", column.arguments.at, rule=column.rule, name=name)


def weight_problems(scheme: Scheme) -> Problems:
    """Add the weights of every weighted sum, under every option of the readings they follow."""
    for column in computed_columns(scheme):
        if RULES[column.rule].having("sum"):
            for options in options_used(scheme, column.arguments):
                yield from _weights(scheme, column, options)


def _weights(scheme: Scheme, column: ColumnSpec, options: dict[str, str]) -> Problems:
    weights = [figure_of(scheme, node, options) for node in mapping(column.arguments, "parts").values()]
    known = [w for w in weights if w is not None]
    if not weights or len(known) < len(weights):
        return  # a weight that stands in a column is known only row by row
    found, title = sum(known, Fraction(0)), text(column.attributes, "title", column.name)
    at = mapping(column.arguments, "parts").at
    stated = figure_of(scheme, column.arguments.get(Scalar("weights_sum")), options)
    if stated is not None and found != stated:
        yield problem("WEIGHTS_DIFFER", at, column=title, found=_percent(found), wanted=_percent(stated))
    elif stated is None and "weights_sum" not in column.arguments and found not in (1, 100):
        yield problem("WEIGHTS_ODD", at, column=title, found=_percent(found))


def _percent(x: Fraction) -> str:
    return f"{shown(x * 100, 6)}%" if abs(x) <= 2 else shown(x, 6)


def direction_problems(scheme: Scheme) -> Problems:
    """Allow only the two words for a direction, in rules and in the tables; a target needs one."""
    for sheet in scheme.sheets:
        columns = {c.name: c for c in sheet.columns}
        for column in sheet.columns:
            if column.rule and "direction" in column.arguments:
                yield from _direction(scheme, sheet, column, columns)


def _direction(scheme: Scheme, sheet: SheetSpec, column: ColumnSpec, columns: dict[str, ColumnSpec]) -> Problems:
    word, target = text(column.arguments, "direction"), text(column.arguments, "target")
    words = f"{HIGHER}、{LOWER}"
    if word in columns:
        for row in scheme.tables.get(sheet.rows, []):
            found = row.get(word)
            if found is not None and found not in (HIGHER, LOWER):
                yield problem("WRONG_WORD", row_place(row, word), name=word, found=shown(found), words=words)
            elif word in row and found is None and row.get(target) is not None:
                yield problem("NO_DIRECTION", row_place(row, word), words=words)
    elif word and not word.isascii() and word not in (HIGHER, LOWER):
        yield problem("WRONG_WORD", place_of(word), name="direction", found=word, words=words)


def unused_readings(scheme: Scheme) -> Problems:
    """List each reading that no rule follows: choosing another option would change nothing."""
    columns = [c for s in scheme.sheets for c in s.columns]
    used = {name for c in columns for node in (c.arguments, c.attributes) for name in readings_in(node)}
    for name, reading in scheme.open_readings.items():
        if name not in used:
            yield problem("READING_UNUSED", reading.at, reading=name)


# ---- what the office still has to supply -----------------------------------------------------------


def assumed_rows(scheme: Scheme) -> Problems:
    """Count the rows of each table whose content is a stand-in: one note a table."""
    for table, rows in scheme.tables.items():
        marks = {c.name for s in scheme.sheets if s.rows == table for c in s.columns if _role(c) == "assumed"}
        assumed = [row for row in rows if any(row.get(name) == YES for name in marks)]
        if assumed:
            title = next((s.title for s in scheme.sheets if s.rows == table), table)
            at = place_of(assumed[0])
            yield problem("ROWS_ASSUMED", Where(at.file, at.line, at.column), count=len(assumed), table=title)


def _role(column: ColumnSpec) -> str:
    return text(column.attributes, "role")


def assumed_figures(scheme: Scheme) -> Problems:
    """List each figure that the regulation does not give."""
    for figure in scheme.figures.values():
        if figure.assumed:
            value = shown(figure.value, 6)
            yield problem("FIGURE_ASSUMED", figure.at, title=figure.title, value=value, why=figure.assumed)


# ---- units that fall through ------------------------------------------------------------------------


def units_without_sheet(scheme: Scheme) -> Problems:
    """List every unit that no sheet of units takes in."""
    sheets = [s for s in scheme.sheets if s.rows == scheme.home]
    for row in _fallen_through(scheme, scheme.home) if sheets else []:
        column = next((name for s in sheets for name in s.where), key_of(sheets[0]))
        unit, found = shown(row.get(key_of(sheets[0]))), shown(row.get(column))
        yield problem("UNIT_IN_NO_SHEET", row_place(row, column), unit=unit, name=column, found=found)


def units_without_group(scheme: Scheme) -> Problems:
    """List every unit of a ranked sheet whose group is empty."""
    for ranking in scheme.rankings:
        sheet = next((s for s in scheme.sheets if s.name == ranking.sheet), None)
        if sheet is None:
            continue
        for row in _rows_in(scheme, sheet):
            yield from _group_problems(sheet, ranking.group, row)


def _group_problems(sheet: SheetSpec, group: str, row: dict[str, Value]) -> Problems:
    for name in _facts_behind(sheet, group, row):
        if row[name] is None:
            yield problem("UNIT_WITHOUT_GROUP", row_place(row, name), unit=shown(row.get(key_of(sheet))), name=name)


def _facts_behind(sheet: SheetSpec, group: str, row: dict[str, Value]) -> list[str]:
    """Return the columns of the table that a group column is, or that its rule names; inputs are filled later."""
    column = next((c for c in sheet.columns if c.name == group), None)
    words = [group] if column is None or not column.rule else _words_in(column.arguments)
    inputs = {c.name for c in sheet.columns if text(c.attributes, "is") == "input"}
    return [w for w in dict.fromkeys(words) if w in row and w not in inputs]


def _words_in(node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return [str(node)]
    children = node.values() if isinstance(node, Mapping) else node
    return [word for child in children for word in _words_in(child)]


# ---- rows and cells that go to nobody ----------------------------------------------------------------


def where_problems(scheme: Scheme) -> Problems:
    """List a sheet that takes no row of its table: its condition is of another kind, or no row has the value.

    A slip where other rows fall through, else rows that may yet come. Units that fall through are named one by one.
    """
    for sheet in scheme.sheets:
        rows = scheme.tables.get(sheet.rows, [])
        for name, wanted in sheet.where.items():
            holds = next((holds_of(c) for c in given_columns(scheme.sheets, sheet.rows) if c.name == name), "text")
            value = exactly(wanted, holds)
            given = {shown(v) for row in rows if (v := row.get(name)) is not None}
            values = {"sheet": sheet.title, "name": name, "found": wanted}
            if value is None:
                yield problem("WHERE_KIND", place_of(wanted), **values, kind=_KIND_WORDS[holds])
            elif given and shown(value) not in given:
                lost = bool(_fallen_through(scheme, sheet.rows))
                if not lost:
                    yield problem("WHERE_NONE_YET", place_of(wanted), **values)
                elif sheet.rows != scheme.home:
                    yield problem("WHERE_NO_ROW", place_of(wanted), **values, nearest=nearest(wanted, sorted(given)))


_KIND_WORDS = {"number": word("数"), "date": word("日期"), "text": word("文字")}


def sheets_without_rows(scheme: Scheme) -> Problems:
    """List the sheets whose rows are made from tables that have rows, and of which none came out."""
    for sheet in scheme.sheets:
        if sheet.made and scheme.tables.get(sheet.made.each.table) and not scheme.tables.get(sheet.rows):
            yield problem("ROWS_NONE", sheet.at, sheet=sheet.title)


def owners_without_book(scheme: Scheme) -> Problems:
    """List a column that the lead scorer fills where that comes to nobody who gets a 打分表."""
    if scheme.office in {s.name for s in scheme.scorers}:
        return
    for sheet in scheme.sheets:
        rows = _rows_in(scheme, sheet)
        if sheet.scorer and all(row.get(sheet.scorer) is not None for row in rows):
            continue
        for column in sheet.columns:
            if text(column.attributes, "by") == "lead":
                title = text(column.attributes, "title", column.name)
                values = {"sheet": sheet.title, "column": title, "found": scheme.office}
                yield problem("OWNER_WITHOUT_BOOK", column.at, **values)
                break


# ---- keys a spreadsheet takes for one another ----------------------------------------------------


def confusable_keys(scheme: Scheme) -> Problems:
    """List keys that SUMIFS, COUNTIFS or MATCH would confuse: 001 and 1, or a key that begins with `>`."""
    tables = {sheet.rows: key_of(sheet) for sheet in reversed(scheme.sheets) if key_of(sheet)}
    for table, key in tables.items():  # of all its sheets: what looks at their rows may look for a key of another
        rows = scheme.tables.get(table, [])
        keys = [found for row in rows if isinstance(found := row.get(key), str)]
        wrong = set(ambiguous(keys))
        yield from (
            problem("KEY_CONFUSABLE", row_place(row, key), found=str(row[key])) for row in rows if row.get(key) in wrong
        )


def _rows_in(scheme: Scheme, sheet: SheetSpec) -> Rows:
    return _taken(scheme, sheet.rows, sheet.where)


def _fallen_through(scheme: Scheme, table: str) -> Rows:
    """List the rows of a table that no sheet takes."""
    taken = {id(r) for s in scheme.sheets if s.rows == table for r in _rows_in(scheme, s)}
    return [r for r in scheme.tables.get(table, []) if id(r) not in taken]


CHECKS: tuple[Check, ...] = (
    stated_problems,
    parameter_problems,
    weight_problems,
    direction_problems,
    unused_readings,
    example_problems,
    units_without_sheet,
    units_without_group,
    where_problems,
    sheets_without_rows,
    owners_without_book,
    confusable_keys,
    *PAPER,
    assumed_rows,
    assumed_figures,
)
