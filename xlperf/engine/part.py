"""A part of a scored plan: the rows of one object and of those within it, with the numbers of the whole.

What a column says of other rows is worked out of the rows that are there; where that is not what the whole says, the
column looks beyond them.
"""

from __future__ import annotations

from xlperf.engine.objects import Thing
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import evaluate
from xlperf.formula.expression import link_of

Spot = tuple[str, str]  # sheet, column


def part_of(scores: Scores, bearer: Thing) -> Scores:
    """Return the rows that are of an object, of one within it, or nobody's, with the values that they have."""
    values = {}
    for sheet in scores.plan.sheets:
        rows = scores.rows_within(sheet, bearer)
        columns = scores.values[sheet.name]
        values[sheet.name] = {name: [column[row] for row in rows] for name, column in columns.items()}
    return Scores(scores.plan, values)


def looking_beyond(part: Scores) -> frozenset[Spot]:
    """List the columns that come to something else where only the rows of a part are looked at."""
    found = set[Spot]()
    for sheet in part.plan.sheets:
        for column in sheet.columns:
            if column.expr is not None and link_of(column.expr) is not None and part.size(sheet.name):
                alone = evaluate(column.expr, sheet.name, part, index=part.index)
                if list(alone) != list(part.values[sheet.name][column.name]):
                    found.add((sheet.name, column.name))
    return frozenset(found)
