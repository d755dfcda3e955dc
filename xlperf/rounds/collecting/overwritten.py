"""Formulas of the 总表 that somebody typed over: named, because writing it anew brings them back."""

from __future__ import annotations

from io import BytesIO

from xlperf.engine.score import score
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.collecting.edition import FILE, Edition
from xlperf.rounds.recompute import book_as_written, changed_formulas, shown
from xlperf.rounds.store import Round
from xlperf.workbook.back.read import ReadBook
from xlperf.xlsx.cached import formulas_of, stored_values

_IN_PLACE = ("SHEET_ADDED", "MARK_LOST")


def overwritten(round_: Round, edition: Edition, book: ReadBook) -> list[Problem]:
    """List every formula that is not as it was written: cell, what stood there, what stands there now.

    Nothing is said of a book whose rows, columns or worksheets were moved: there an address says nothing.
    """
    if book.identity is None or any(c.what not in _IN_PLACE for c in book.changes):
        return []
    texts = formulas_of(BytesIO(edition.data))
    scores = score(round_.plan, edition.written.tables)
    ours = book_as_written(scores, round_.scheme, book.identity, texts).formulas()
    changed = changed_formulas(ours, texts)
    kept = stored_values(BytesIO(edition.data), changed)
    return [
        problem(
            "FORMULA_RESTORED",
            Where(FILE, sheet=place[0], cell=place[1]),
            was=f"={ours[place][0]}",
            now=f"={texts[place]}" if place in texts else shown(kept.get(place)) or word("空"),
        )
        for place in changed
    ]
