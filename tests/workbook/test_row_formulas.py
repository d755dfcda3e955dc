"""A formula written once for all rows of a column is, in every row, the one that is written for this row alone."""

from __future__ import annotations

import pytest
from kit.masters import made_up
from kit.small_plan import scored

from xlperf.engine.score import Scores
from xlperf.formula.excel import formula
from xlperf.workbook.books.master import sheets_written
from xlperf.workbook.layout import Layout, Shown, View

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
    ways = {bool(text) for text in layout._formulas.values()}
    assert True in ways, "some are written once for all rows"
