"""A formula written once for all rows of a column is, in every row, the one that is written for this row alone."""

from __future__ import annotations

import pytest
from kit.masters import laid_out, made_up
from kit.small_plan import scored

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.roster import Roster
from xlperf.engine.score import Scores, score
from xlperf.formula.excel import formula
from xlperf.workbook.books.master import sheets_written
from xlperf.workbook.layout import Layout, Shown, View
from xlperf.workbook.seal import Identity
from xlperf.workbook.stamp import Stamps

SCHEMES = ("three-units", "dashiqiao-2017", "guannan-2009", "hebi-2021", "yangcheng-2020", "yiyang-2018")


def laid(scores: Scores) -> Layout:
    """Lay every table out as the 总表 does, rows for new entries with it."""
    sheets = sheets_written(scores)
    return Layout(
        scores,
        [View(s, s.title, tuple(map(Shown, s.by_name)), tuple(range(scores.size(s.name))), s.grows) for s in sheets],
    )


def places(layout: Layout):
    """List the computed columns of every table, each with rows from all over it."""
    for view in layout.views:
        rows = len(view.rows) + view.spare
        some = sorted({*range(min(rows, 3)), *range(0, rows, max(rows // 7, 1)), rows - 1} - {-1})
        for column in view.sheet.columns:
            for position in some if column.expr is not None else ():
                yield view, column, position


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("scheme", ["small", *SCHEMES])
def test_it_is_the_one_that_is_written_for_the_row_alone(scheme: str, native: bool):
    layout, count = laid(scored() if scheme == "small" else made_up(scheme)), 0
    for view, column, position in places(layout):
        alone = formula(column.expr, layout.row(view, position), native=native)
        assert layout.formula(view, column.name, column.expr, position, native=native) == alone
        count += 1
    assert count
    assert {*layout._texts.values()} - {None}, "some are written once for all rows"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_book_is_the_one_whose_rows_are_written_alone(scheme: str, monkeypatch: pytest.MonkeyPatch):
    """Formulas and self-checks, of books that are blank and that are filled."""
    (whole, plan), filled = laid_out(scheme), made_up(scheme)
    holders = Roster(plan, whole.tables, whole.office).holders

    def written() -> list[tuple[str, bytes]]:
        found = []
        for scores in (score(plan, whole.tables), filled):
            stamps = Stamps(scores, whole)
            for kind, whom in [h for h in holders if h[0] not in OFFICIAL][::7]:
                found.append((whom, stamps.in_full(whom, Identity(kind, "r", scheme, plan.year, whom, 1)).data))
        return found

    ours = written()
    monkeypatch.setattr(Layout, "of_row", lambda self, view, position, what, write: write(self.row(view, position)))
    assert written() == ours
