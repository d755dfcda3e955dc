"""附表: what a form of the regulation names must be there, and its sums must be of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xlperf.problems import Problem, problem
from xlperf.scheme.forms import AnnexForm
from xlperf.scheme.model import Scheme, SheetSpec, place_of
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.words import nearest


def form_problems(scheme: Scheme) -> Iterator[Problem]:
    """List what a form names that is not there, sums of texts, and titles that are taken."""
    sheets = {s.name: s for s in scheme.sheets}
    home = [s for s in scheme.sheets if s.rows == scheme.home]
    titles = {p.title for p in scheme.prints}
    for form in scheme.forms:
        if form.title in titles:
            yield problem("DUPLICATE_KEY", form.at, found=form.title, line=form.at.line)
        titles.add(form.title)
        if form.rows not in sheets:
            yield _no_sheet(form.rows, sheets)
        else:
            yield from _unknown(form.named(), [sheets[form.rows]])
            yield from _summed(form, sheets[form.rows])
        yield from _unknown(form.units, home)
        yield from _filled(form, sheets)


def _no_sheet(name: str, sheets: Iterable[str]) -> Problem:
    return problem("UNKNOWN_SHEET", place_of(name), found=name, nearest=nearest(name, sheets))


def _unknown(names: Iterable[str], sheets: list[SheetSpec]) -> Iterator[Problem]:
    """List the columns that none of the sheets has."""
    known = {c.name: c for sheet in sheets for c in sheet.columns}
    titles = "、".join(dict.fromkeys(sheet.title for sheet in sheets))
    for name in names:
        if name not in known:
            near = nearest(name, known)
            yield problem("UNKNOWN_COLUMN", place_of(name), sheet=titles, found=name, nearest=near)


def _summed(form: AnnexForm, sheet: SheetSpec) -> Iterator[Problem]:
    columns = {c.name: c for c in sheet.columns}
    for name in form.sums:
        if name in columns and holds_of(columns[name]) != "number":
            yield problem("PRINT_SUM", place_of(name), title=form.title, found=name)
        elif name not in form.columns:
            yield problem("PRINT_SUM_UNSEEN", place_of(name), title=form.title, found=name)


def _filled(form: AnnexForm, sheets: dict[str, SheetSpec]) -> Iterator[Problem]:
    """List the columns of units' entries that are not there."""
    for name, column in form.filled.of:
        if name not in sheets:
            yield _no_sheet(name, sheets)
        else:
            yield from _unknown((column, form.filled.by), [sheets[name]])
