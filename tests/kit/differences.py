"""What a spreadsheet program calculated, held against the engine cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlperf.engine.score import Scores
from xlperf.formula.values import ERRORS, Value, day_number, decimal, from_float
from xlperf.workbook.back.read import read_book
from xlperf.workbook.layout import noise_free
from xlperf.workbook.text import inert, key_text
from xlperf.xlsx.cached import Place, _stored_where, stored_results, stored_values
from xlperf.xlsx.skeleton import MAP, SPARE


@dataclass(frozen=True)
class Difference:
    """A formula cell that does not say what the engine says."""

    sheet: str
    cell: str
    found: str
    wanted: str


def differences(scores: Scores, file: Path, issued: Path | None = None) -> list[Difference]:
    """Compare every formula cell of a recalculated book with the engine.

    issued: the book before, whose cached values are the engine's; then the formulas outside the tables
    (lists, totals, self-checks) are compared too. An error value always counts.
    """
    return [*_in_tables(scores, file), *_elsewhere(file, issued)]


def shown(file: Path) -> dict[Place, Any]:
    """Return what every cell of a workbook shows that is not empty; a day is a number."""
    return {at: value for at, value in _stored_where(file, lambda *_: True).items() if value not in (None, "")}


def _in_tables(scores: Scores, file: Path) -> Iterator[Difference]:
    rows = {
        s.name: {key_text(row[s.key.name]): row for row in reversed(scores.rows(s.name))} for s in scores.plan.sheets
    }
    for cell in read_book(file).cells:
        column = scores.plan.by_name[cell.plan_sheet].by_name.get(cell.column)
        if not cell.formula or column is None or cell.row_key.startswith(SPARE):
            continue
        wanted = rows[cell.plan_sheet][cell.row_key][cell.column]
        exactly = noise_free(scores.plan, cell.plan_sheet, cell.column)
        if not agrees(cell.cached, wanted, exactly=exactly and column.holds == "number"):
            yield Difference(cell.sheet, cell.cell, repr(cell.cached), _told(wanted))


def agrees(found: Any, wanted: Value, *, exactly: bool) -> bool:
    """Return whether a cell's value is the exact one; exactly: at the 15 digits a cell shows, else to 1e-9."""
    if wanted is None:
        return found in (None, "")
    if isinstance(wanted, str):
        return bool(found == inert(wanted))
    if isinstance(found, datetime | date):
        found = float(day_number(found.date() if isinstance(found, datetime) else found))
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    if exactly:
        return from_float(float(found)) == from_float(float(wanted))
    return abs(found - float(wanted)) <= 1e-9 * max(1.0, abs(float(wanted)))


def _told(value: Value) -> str:
    return "空" if value is None else value if isinstance(value, str) else decimal(value)


def _elsewhere(file: Path, issued: Path | None) -> Iterator[Difference]:
    """Look at every formula cell for errors, and at its stored value before where a book before is given."""
    now = stored_results(file)
    before = now if issued is None else stored_values(issued, now)
    for (sheet, cell), found in now.items():
        wanted = before.get((sheet, cell))
        if sheet != MAP and (found in ERRORS or not _alike(found, wanted)):
            yield Difference(sheet, cell, repr(found), repr(wanted))


def _alike(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return (found or "") == (wanted or "") if not isinstance(found, int | float) else False
