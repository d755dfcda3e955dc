"""Rows of the tables that must be told apart and must point at something: keys, units, scorers."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from xlperf.formula.values import Value, shown
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.model import ColumnSpec, ObjectSpec, Scheme, SheetSpec, place_of
from xlperf.scheme.reading.nodes import listing, text
from xlperf.scheme.words import suggester

Problems = Iterator[Problem]
Rows = list[dict[str, Value]]


def table_problems(scheme: Scheme) -> Problems:
    """Check every row of the scheme's tables; sheets that read the same table report a row once."""
    appraised = {o.table: o for o in scheme.objects}
    known = {table: key_values(scheme, table) for table in appraised}
    for sheet in scheme.sheets:
        rows = scheme.tables.get(sheet.rows, [])
        unit, table, _ = scheme.named_by(sheet)
        yield from _key_problems(sheet, rows, appraised.get(sheet.rows))
        if table in scheme.tables and unit and sheet.rows != table:
            yield from _unit_problems(unit, rows, table, known.get(table, {}))
        if sheet.scorer:
            yield from _scorer_problems(scheme, sheet, rows)
        for column in sheet.columns:
            yield from _from_problems(scheme, column, rows)
            yield from _choice_problems(column, rows)


def key_values(scheme: Scheme, table: str) -> dict[str, Value]:
    """Return the keys of a table's rows, as text and as they are."""
    key = next((key_of(s) for s in scheme.sheets if s.rows == table and key_of(s)), "")
    return {shown(row[key]): row[key] for row in scheme.tables.get(table, []) if row.get(key) is not None}


def key_of(sheet: SheetSpec) -> str:
    """Return the name of a sheet's key column, or an empty text."""
    return next((c.name for c in sheet.columns if text(c.attributes, "is") == "key"), "")


def row_place(row: dict[str, Value], column: str) -> Where:
    """Return the place of a cell: the row's line and the column's name."""
    at = place_of(row)
    ordinal = list(row).index(column) + 1 if column in row else 1
    return Where(at.file, at.line, ordinal, column)


def _key_problems(sheet: SheetSpec, rows: Rows, objects: ObjectSpec | None) -> Problems:
    """Check that every row has a key of its own; objects: what the rows are, and so belong to one other at most."""
    key = key_of(sheet)
    seen: dict[Value, dict[str, Value]] = {}
    for row in rows if key else []:
        value = row.get(key)
        if key in row and value is None:
            yield problem("ROW_WITHOUT_KEY", row_place(row, key), name=key)
        elif (
            value in seen and objects is not None and objects.by and row.get(objects.by) != seen[value].get(objects.by)
        ):
            yield _twice(objects, row, seen[value], key)
        elif value in seen:
            line = place_of(seen[value]).line
            yield problem("DUPLICATE_ROW", row_place(row, key), name=key, found=shown(value), line=line)
        elif value is not None:
            seen[value] = row


def _twice(objects: ObjectSpec, row: dict[str, Value], first: dict[str, Value], key: str) -> Problem:
    """Return the problem of one object in two places."""
    name = row.get(objects.name) if objects.name else None
    values = {which: _words(of.get(objects.by)) for which, of in (("first", first), ("second", row))}
    return problem("OBJECT_TWICE", row_place(row, objects.by), name=_words(name), found=shown(row[key]), **values)


def _words(value: Value) -> str:
    return "空" if value is None else shown(value)


def _unit_problems(column: str, rows: Rows, home: str, units: Collection[str]) -> Problems:
    suggest = suggester(units)
    for row in rows:
        unit = row.get(column)
        if column in row and unit is None:
            yield problem("ROW_WITHOUT_UNIT", row_place(row, column), name=column)
        elif unit is not None and units and shown(unit) not in units:  # a roster that could not be read is told once
            at = row_place(row, column)
            yield problem("ROW_UNKNOWN", at, table=home, found=shown(unit), nearest=suggest(shown(unit)))


def _scorer_problems(scheme: Scheme, sheet: SheetSpec, rows: Rows) -> Problems:
    known = [str(s.name) for s in scheme.scorers]
    suggest = suggester(known)
    for row in rows:
        scorer = row.get(sheet.scorer)
        if scorer is not None and scorer not in known:
            at = row_place(row, sheet.scorer)
            yield problem("UNKNOWN_SCORER", at, found=shown(scorer), nearest=suggest(shown(scorer)))


def _choice_problems(column: ColumnSpec, rows: Rows) -> Problems:
    """Want what a table gives for a column with choices to be one of them."""
    choices = [str(c) for c in listing(column.attributes, "choices")]
    for row in rows if choices else []:
        value = row.get(column.name)
        if value is not None and shown(value) not in choices:
            at = row_place(row, column.name)
            yield problem("WRONG_WORD", at, name=column.name, found=shown(value), words="、".join(choices))


def _from_problems(scheme: Scheme, column: ColumnSpec, rows: Rows) -> Problems:
    table = text(column.attributes, "from")
    if table not in scheme.tables:
        return
    known = key_values(scheme, table)
    suggest = suggester(known)
    for row in rows:
        value = row.get(column.name)
        if value is not None and shown(value) not in known:
            at = row_place(row, column.name)
            yield problem("ROW_UNKNOWN", at, table=table, found=shown(value), nearest=suggest(shown(value)))
