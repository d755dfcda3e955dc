"""打印的表: what a scheme prints must be there, and add up numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlperf.problems import Problem, problem
from xlperf.scheme.model import ColumnSpec, PrintSpec, Scheme, SheetSpec, place_of
from xlperf.scheme.reading.nodes import text
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.words import nearest


def print_problems(scheme: Scheme) -> Iterator[Problem]:
    """List what a print or the public notice names that is not there, and sums of texts."""
    sheets = {s.name: s for s in scheme.sheets}
    titles: set[str] = set()
    for spec in scheme.prints:
        if spec.title in titles:
            yield problem("DUPLICATE_KEY", spec.at, found=spec.title, line=spec.at.line)
        titles.add(spec.title)
        if spec.rows not in sheets:
            yield problem("UNKNOWN_SHEET", place_of(spec.rows), found=spec.rows, nearest=nearest(spec.rows, sheets))
        else:
            yield from _column_problems(spec, sheets[spec.rows])
    ranked = {c.name: "" for r in scheme.rankings if r.sheet in sheets for c in sheets[r.sheet].columns}
    titles_ = "、".join(dict.fromkeys(sheets[r.sheet].title for r in scheme.rankings if r.sheet in sheets))
    for name in (c for c in scheme.publish.columns if c not in ranked):
        near = nearest(name, ranked)
        yield problem("UNKNOWN_COLUMN", place_of(name), sheet=titles_, found=name, nearest=near)


def _column_problems(spec: PrintSpec, sheet: SheetSpec) -> Iterator[Problem]:
    columns = {c.name: c for c in sheet.columns}
    for name in (*spec.columns, *spec.sums, *spec.needs, *spec.where, *filter(None, (spec.by, spec.order))):
        if name not in columns:
            near = nearest(name, columns)
            yield problem("UNKNOWN_COLUMN", place_of(name), sheet=sheet.title, found=name, nearest=near)
    yield from _arranged(spec, sheet, columns)
    for name in spec.sums:
        if name in columns and holds_of(columns[name]) != "number":
            yield problem("PRINT_SUM", place_of(name), title=spec.title, found=name)
        elif name not in spec.columns:
            yield problem("PRINT_SUM_UNSEEN", place_of(name), title=spec.title, found=name)


def _arranged(spec: PrintSpec, sheet: SheetSpec, columns: Mapping[str, ColumnSpec]) -> Iterator[Problem]:
    """List orders that are no numbers, and groups that nobody can know before they are typed or worked out."""
    if spec.order in columns and holds_of(columns[spec.order]) == "text":
        yield problem("PRINT_ORDER", place_of(spec.order), title=spec.title, found=spec.order)
    by = columns.get(spec.by)
    if by is None or by.name == sheet.unit or text(by.attributes, "is") in ("key", "fact"):
        return
    if by.rule or not {"choices", "from"} & set(by.attributes):
        yield problem("PRINT_GROUP", place_of(spec.by), title=spec.title, found=spec.by)
