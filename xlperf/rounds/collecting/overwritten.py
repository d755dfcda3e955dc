"""Formulas of a 总表 that somebody typed over: named, because writing it anew brings them back."""

from __future__ import annotations

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

    Nothing is said of a book whose rows, columns or worksheets were moved: there an address says nothing.
    """
    if book.identity is None or any(c.what not in _IN_PLACE for c in book.changes):
        return []
    there = held(round_.plan, round_.scheme.tables, book, receipt.file)
    plan = plan_as_written(round_.plan, there.spare)
    if any(misplaced(plan, rows_of(plan, there.tables), book, there)):
        return []
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
