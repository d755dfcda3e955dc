"""Names in the scheme file that must stand for something: scorers, sheets, columns, tables, options."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from xlperf.formula.values import number
from xlperf.problems import Problem, problem
from xlperf.scheme.checking.forms import form_problems
from xlperf.scheme.checking.objects import object_problems
from xlperf.scheme.checking.prints import print_problems
from xlperf.scheme.model import ColumnSpec, Listing, Mapping, Scalar, Scheme, SheetSpec, Stated, place_of
from xlperf.scheme.reading.earlier import PERIOD, names_of
from xlperf.scheme.reading.nodes import listing, mapping, named, pairs, records, text
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.vocabulary import KINDS, PARTIES, ROUND_TABLES
from xlperf.scheme.words import nearest

Problems = Iterator[Problem]

_YEAR_OF_ID = re.compile(r"-((?:19|20)\d\d)\Z", re.ASCII)
_YEAR = re.compile(r"\d{4}\Z", re.ASCII)


def name_problems(scheme: Scheme, root: Mapping, unsound: Collection[str] = ()) -> Problems:
    """Check every name that the scheme file gives, against what stands in it.

    Nothing is said about the columns of a sheet whose `like` leads nowhere: it lacks them.
    """
    sheets = {s.name: s for s in scheme.sheets}
    for sheet in scheme.sheets:
        if sheet.name not in unsound:
            yield from _sheet_problems(scheme, sheet, _tables(scheme, root))
    yield from _holds_problems(scheme.sheets)
    yield from _shadow_problems(scheme)
    yield from object_problems(scheme)
    yield from _ranking_problems(root, sheets, unsound)
    yield from _reading_problems(scheme, root)
    yield from print_problems(scheme)
    yield from form_problems(scheme)
    for stated in scheme.stated:
        yield from _stated_problems(stated, sheets.values(), _tables(scheme, root))
    yield from _repeated(listing(root, "scorers"), "name")
    yield from _repeated(listing(root, "examples"), "id")
    yield from _year_problems(root)


def _tables(scheme: Scheme, root: Mapping) -> list[str]:
    """List the tables there can be: the scheme's own, those of a round, of what is appraised, those that grow."""
    made = [name for name, node in named(root, "sheets") if mapping(node, "rows")]
    growing = [*made, *(s.rows for s in scheme.sheets if s.grows and s.rows)]
    appraised = [spec.table for spec in scheme.objects]
    earlier = [spec.name for spec in scheme.earlier]
    return list(dict.fromkeys([*map(str, pairs(root, "tables")), *ROUND_TABLES, *appraised, *growing, *earlier]))


def _year_problems(root: Mapping) -> Problems:
    named = _YEAR_OF_ID.search(text(root, "scheme"))
    year = text(root, "year")
    if named and _YEAR.match(year) and named[1] != year:
        yield problem("YEAR_MISMATCH", place_of(year), found=year, scheme=text(root, "scheme"))


def _repeated(items: Listing, name: str) -> Problems:
    seen: dict[str, int] = {}
    for item in items:
        found = text(item, name) if isinstance(item, Mapping) else ""
        if found in seen:
            yield problem("DUPLICATE_KEY", place_of(found), found=found, line=seen[found])
        elif found:
            seen[found] = place_of(found).line


# ---- sheets and columns ------------------------------------------------------------------------


def _sheet_problems(scheme: Scheme, sheet: SheetSpec, tables: list[str]) -> Problems:
    names = [c.name for c in sheet.columns]
    if not sheet.rows:
        yield problem("MISSING_KEY", sheet.at, name="rows", means="行来自哪张数据表")
    elif sheet.rows not in tables:
        yield problem("UNKNOWN_TABLE", place_of(sheet.rows), found=sheet.rows, nearest=nearest(sheet.rows, tables))
    for column in filter(None, (sheet.unit, sheet.scorer)):
        yield from _column_named(column, sheet.name, names)
    yield from _key_problems(sheet)
    yield from _claim_problems(sheet)
    yield from _continued_problems(sheet)
    yield from _period_problems(scheme, sheet)
    for column_spec in sheet.columns:
        yield from _party_problems(scheme, column_spec)
        yield from _from_problems(column_spec, tables)
        yield from _default_problems(column_spec)


def _column_named(column: str, sheet: str, names: list[str]) -> Problems:
    if column not in names:
        yield problem("UNKNOWN_COLUMN", place_of(column), sheet=sheet, found=column, nearest=nearest(column, names))


def _key_problems(sheet: SheetSpec) -> Problems:
    keys = [c for c in sheet.columns if text(c.attributes, "is") == "key"]
    if any(not c.rule and text(c.attributes, "is") not in KINDS for c in sheet.columns):
        return  # a column that is nothing has been told, and may have been meant for the key
    if len(keys) != 1:
        yield problem("KEY_COUNT", sheet.at, sheet=sheet.title, found=len(keys))
    elif sheet.columns[0] is not keys[0]:
        yield problem("KEY_NOT_FIRST", keys[0].at, sheet=sheet.title, found=keys[0].name)


def _claim_problems(sheet: SheetSpec) -> Problems:
    columns = {c.name: c for c in sheet.columns}
    for name, value in (sheet.claims or {}).items():
        yield from _column_named(name, sheet.name, list(columns))
        if name in columns:
            yield from _choice_problems(columns[name], name, value)


def _continued_problems(sheet: SheetSpec) -> Problems:
    """Want a ledger where entries go on, with a column that says which round each is of."""
    if sheet.continues is None:
        return
    for name in sheet.continues:
        yield from _column_named(name, sheet.name, [c.name for c in sheet.columns])
    if not sheet.grows or not any(text(c.attributes, "role") == "origin" for c in sheet.columns):
        yield problem("CONTINUES_WITHOUT_ORIGIN", sheet.at, sheet=sheet.title)


def _choice_problems(column: ColumnSpec, name: str, value: str) -> Problems:
    choices = [c for c in listing(column.attributes, "choices") if isinstance(c, Scalar)]
    if choices and value not in choices:
        yield problem("WRONG_WORD", place_of(value), name=name, found=value, words="、".join(choices))


def _default_problems(column: ColumnSpec) -> Problems:
    default = text(column.attributes, "default")
    if not default:
        return
    yield from _choice_problems(column, "default", default)
    if holds_of(column) == "number" and number(default) is None:
        yield problem("NOT_A_FIGURE", place_of(default), name="default", found=default)


def _shadow_problems(scheme: Scheme) -> Problems:
    """Want every word of a rule to stand for one thing: a figure must not bear the name of a column."""
    named = {c.name: s.title for s in reversed(scheme.sheets) for c in s.columns}
    for name, figure in scheme.figures.items():
        if name in named:
            yield problem("FIGURE_SHADOWED", figure.at, found=name, sheet=named[name])


def _party_problems(scheme: Scheme, column: ColumnSpec) -> Problems:
    by = text(column.attributes, "by")
    known = [*PARTIES, *(s.name for s in scheme.scorers)]
    if by and by not in known:
        yield problem("UNKNOWN_SCORER", place_of(by), found=by, nearest=nearest(by, known))


def _period_problems(scheme: Scheme, sheet: SheetSpec) -> Problems:
    """Want the periods in which something is filled to be periods of the scheme."""
    known = names_of(scheme.periods)
    nodes = [n for c in sheet.columns for n in listing(c.attributes, "periods")]
    for period in (*sheet.periods, *map(str, nodes)):
        if period not in known:
            yield problem("UNKNOWN_PERIOD", sheet.at, found=period, nearest=nearest(period, known))


def _from_problems(column: ColumnSpec, tables: list[str]) -> Problems:
    source = text(column.attributes, "from")
    if source and source not in tables:
        yield problem("UNKNOWN_TABLE", place_of(source), found=source, nearest=nearest(source, tables))


def _holds_problems(sheets: Iterable[SheetSpec]) -> Problems:
    """Check that sheets which read the same column of a table agree on what it holds."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet in sheets:
        for column in (c for c in sheet.columns if not c.rule):
            holds = holds_of(column)
            first, other = seen.setdefault((sheet.rows, column.name), (holds, sheet.title))
            if holds != first:
                yield problem("HOLDS_DIFFER", column.at, found=column.name, here=holds, there=first, other=other)


# ---- rankings, readings, stated numbers ----------------------------------------------------------


def _ranking_problems(root: Mapping, sheets: dict[str, SheetSpec], unsound: Collection[str]) -> Problems:
    for node in records(root, "rankings"):
        name = text(node, "sheet")
        if name and name not in sheets:
            yield problem("UNKNOWN_SHEET", place_of(name), found=name, nearest=nearest(name, sheets))
        elif name and name not in unsound:
            names = [c.name for c in sheets[name].columns]
            for word in ("group", "score", "place", "seat"):
                if text(node, word):
                    yield from _column_named(text(node, word), name, names)


def _reading_problems(scheme: Scheme, root: Mapping) -> Problems:
    if scheme.periods and PERIOD in mapping(root, "readings"):
        yield problem("PERIOD_READING", mapping(mapping(root, "readings"), PERIOD).at)
    for name, reading in scheme.open_readings.items():
        node = mapping(mapping(root, "readings"), name)
        options = mapping(node, "options")
        if len(options) == 1:
            yield problem("FEW_OPTIONS", reading.at, reading=name)
        if options and reading.adopted and reading.adopted not in options:
            at, near = place_of(text(node, "adopted")), nearest(reading.adopted, options)
            yield problem("UNKNOWN_OPTION", at, reading=name, found=reading.adopted, nearest=near)


def _stated_problems(stated: Stated, sheets: Iterable[SheetSpec], tables: list[str]) -> Problems:
    if bool(stated.count) == bool(stated.sum):
        yield problem("STATED_WHAT", stated.at, says=stated.says)
        return
    by_table = _columns_by_table(sheets)
    table, _, column = (stated.sum or stated.count).partition(".")
    place = place_of(stated.sum or stated.count)
    if table not in tables:
        yield problem("UNKNOWN_TABLE", place, found=table, nearest=nearest(table, tables))
    elif stated.sum and column not in by_table.get(table, []):
        known = nearest(column, by_table.get(table, []))
        yield problem("UNKNOWN_COLUMN", place, sheet=table, found=column, nearest=known)
    yield from _equals_problems(stated, by_table)


def _equals_problems(stated: Stated, by_table: dict[str, list[str]]) -> Problems:
    if not stated.equals:
        return
    if not stated.by and number(stated.equals) is None:
        yield problem("NOT_A_FIGURE", place_of(stated.equals), name="equals", found=stated.equals)
    elif stated.by:
        table, _, column = stated.equals.partition(".")
        if table not in by_table:
            near = nearest(table, by_table)
            yield problem("UNKNOWN_TABLE", place_of(stated.equals), found=stated.equals, nearest=near)
        elif column not in by_table.get(table, []):
            known = nearest(column, by_table[table])
            yield problem("UNKNOWN_COLUMN", place_of(stated.equals), sheet=table, found=stated.equals, nearest=known)


def _columns_by_table(sheets: Iterable[SheetSpec]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sheet in sheets:
        found.setdefault(sheet.rows, []).extend(c.name for c in sheet.columns if not c.rule)
    return found
