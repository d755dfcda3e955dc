"""Names in worked examples: a misspelt column would read as an empty cell and fail without a hint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlperf.formula.values import number
from xlperf.problems import Problem, problem
from xlperf.rules import RULES
from xlperf.scheme.model import Example, Listing, Mapping, Scalar, Scheme, place_of
from xlperf.scheme.reading.earlier import PERIOD
from xlperf.scheme.vocabulary import FREE_COLUMNS
from xlperf.scheme.words import nearest

Problems = Iterator[Problem]

_ALTERNATIVE = ("readings", "figures", "rows", "gives")


def example_problems(scheme: Scheme) -> Problems:
    """Check the tables, columns, readings, figures and rules that every example names."""
    for example in scheme.examples:
        yield from _shape(example)
        yield from _options(scheme, example.readings)
        yield from _figures(scheme, example.figures)
        yield from _tables(scheme, example)
        yield from _gives(scheme, example.given)
        yield from _gives(scheme, example.gives)
        yield from _alternatives(scheme, example)


def _shape(example: Example) -> Problems:
    """Check for calls of a rule with their results, or for tables with theirs."""
    if example.rule and example.rule not in RULES:
        yield problem("UNKNOWN_RULE", place_of(example.rule), found=example.rule, nearest=nearest(example.rule, RULES))
    whole = bool(example.rows) if example.rule else bool((example.tables or example.given) and example.gives)
    if not whole:
        yield problem("EXAMPLE_INCOMPLETE", example.at, example=example.id)
    for row in example.rows:
        if isinstance(row, Mapping) and "gives" not in row:
            yield problem("MISSING_KEY", row.at, name="gives", means="应得结果")


def _options(scheme: Scheme, readings: dict[str, str]) -> Problems:
    for name, option in readings.items():
        reading = scheme.readings.get(name)
        months = [p.id for p in scheme.periods if name == PERIOD and p.fills]
        if reading is None:
            near = nearest(name, scheme.readings)
            yield problem("UNKNOWN_READING", place_of(name), found=name, nearest=near)
        elif option not in (*reading.options, *months):
            near = nearest(option, [*reading.options, *months])
            yield problem("UNKNOWN_OPTION", place_of(option), reading=name, found=option, nearest=near)


def _figures(scheme: Scheme, figures: dict[str, str]) -> Problems:
    for name, value in figures.items():
        if name not in scheme.figures:
            yield problem("UNKNOWN_FIGURE", place_of(name), found=name, nearest=nearest(name, scheme.figures))
        elif number(value) is None:
            yield problem("NOT_A_FIGURE", place_of(value), name=name, found=value)


def _tables(scheme: Scheme, example: Example) -> Problems:
    by_table: dict[str, list[str]] = {}
    for sheet in scheme.sheets:
        given = [c.name for c in sheet.columns if not c.rule]
        by_table.setdefault(sheet.rows, []).extend([*given, *sheet.where, *FREE_COLUMNS])
    for table, rows in example.tables.items():
        if table not in by_table:
            yield problem("UNKNOWN_TABLE", place_of(table), found=table, nearest=nearest(table, by_table))
        else:
            yield from _columns(table, by_table[table], (r for r in rows if isinstance(r, Mapping)))


def _columns(sheet: str, known: list[str], rows: Iterable[Mapping]) -> Problems:
    for name in (name for row in rows for name in row if name not in known):
        yield problem("UNKNOWN_COLUMN", place_of(name), sheet=sheet, found=name, nearest=nearest(name, known))


def _gives(scheme: Scheme, gives: object) -> Problems:
    """Check sheet → row → column."""
    sheets = {s.name: [c.name for c in s.columns] for s in scheme.sheets}
    for sheet, rows in gives.items() if isinstance(gives, Mapping) else ():
        if sheet not in sheets:
            yield problem("UNKNOWN_SHEET", place_of(sheet), found=sheet, nearest=nearest(sheet, sheets))
        elif isinstance(rows, Mapping) and all(isinstance(r, Mapping) for r in rows.values()):
            yield from _columns(sheet, sheets[sheet], rows.values())
        else:
            yield problem("EXPECTED_MAPPING", place_of(sheet), name=sheet, found="…")


def _alternatives(scheme: Scheme, example: Example) -> Problems:
    for other in example.alternatives:
        if not isinstance(other, Mapping):
            continue  # told when the file was read
        for key in (k for k in other if k not in _ALTERNATIVE):
            yield problem("UNKNOWN_KEY", place_of(key), found=key, nearest=nearest(key, _ALTERNATIVE))
        yield from _options(scheme, _texts(other.get(Scalar("readings"))))
        yield from _figures(scheme, _texts(other.get(Scalar("figures"))))
        yield from _gives(scheme, other.get(Scalar("gives")))
        rows = other.get(Scalar("rows"), Listing())
        if not isinstance(rows, Listing):
            yield problem("EXPECTED_LIST", place_of(rows), name="rows", found="…")


def _texts(node: object) -> dict[str, str]:
    return {k: v for k, v in node.items() if isinstance(v, Scalar)} if isinstance(node, Mapping) else {}
