"""Formulas of a 总表 that somebody typed over: named, because writing it anew brings them back."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from xlperf.engine.score import rows_of
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.ledger import Receipt
from xlperf.rounds.recompute import book_as_written, changed_formulas, shown
from xlperf.rounds.store import Round
from xlperf.workbook.back.held import held, misplaced, plan_as_written, scored
from xlperf.workbook.back.read import ReadBook
from xlperf.xlsx.cached import formulas_of, stored_values

_IN_PLACE = ("SHEET_ADDED", "MARK_LOST")


def overwritten(round_: Round, receipt: Receipt, book: ReadBook) -> list[Problem]:
    """List every formula that is not as it was written: cell, what stood there, what stands there now.

    Where rows, columns or worksheets were moved an address says nothing: of such a book the cells are listed that held
    a formula and hold none.
    """
    if book.identity is None:
        return []
    if any(c.what not in _IN_PLACE for c in book.changes):
        return list(_replaced(round_, receipt, book))
    there = held(round_.plan, round_.scheme.tables, book, receipt.file)
    plan = plan_as_written(round_.plan, there.spare)
    if any(misplaced(plan, rows_of(plan, there.tables), book, there)):
        return list(_replaced(round_, receipt, book))
    data = (round_.received / receipt.sha256).read_bytes()
    texts = formulas_of(BytesIO(data))
    made = book_as_written(scored(plan, there.tables), round_.scheme, book.identity, texts, there.entered)
    ours = made.formulas()
    changed = changed_formulas(ours, texts)
    kept = stored_values(BytesIO(data), changed)
    return [
        problem(
            "FORMULA_RESTORED",
            Where(receipt.file, sheet=place[0], cell=place[1]),
            was=f"={ours[place][0]}",
            now=f"={texts[place]}" if place in texts else shown(kept.get(place)) or word("空"),
        )
        for place in changed
    ]


def _replaced(round_: Round, receipt: Receipt, book: ReadBook) -> Iterator[Problem]:
    """List the cells of computed columns in which something was typed, wherever their rows stand now."""
    for cell in book.cells:
        sheet = round_.plan.by_name.get(cell.plan_sheet)
        column = sheet.by_name.get(cell.column) if sheet is not None else None
        if column is not None and column.expr is not None and not cell.formula and cell.value is not None:
            where = Where(receipt.file, sheet=cell.sheet, cell=cell.cell)
            yield problem("FORMULA_RESTORED", where, was=word("公式"), now=cell.value)
