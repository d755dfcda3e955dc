"""How wide the columns of a print are, and on which paper they stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from xlperf.engine.plan import Column, Print
from xlperf.engine.score import Scores
from xlperf.formula.expression import Expr, link_of, root
from xlperf.workbook.books.listed import Listed
from xlperf.workbook.paper import A3, A3_WIDER, A4, FULL_LINE, PADDING, ROOM, SLACK, SMALLEST, Paper
from xlperf.workbook.text import lines, measure

_WIDEST, _NARROWEST = 36.0, 8.0
_MONEY, _NUMBER, _DATE, _TEXT = 12.0, 10.0, 12.0, 16.0  # of what can change in a live print
_MOST_LINES = 3  # of a text, where A4 would not hold it in fewer


@dataclass(frozen=True)
class _Measured:
    """A column before the paper is known. text: how wide its longest text is, where it may go over several lines."""

    natural: float
    heading: float
    text: int = 0

    def at(self, most: int) -> float:
        """Return its width where a text takes at most so many lines."""
        if not self.text:
            return self.natural
        return min(self.natural, max(self.heading, ceil(self.text / most) + 3.0))


def widths_of(listed: Listed, spec: Print) -> list[float]:
    """Return the width of every column: of numbers as they are shown, of texts in as few lines as the paper allows.

    What can change in a live print has the width of the longest text that it can be, or a width of its kind. A print
    that A4 holds with texts in up to three lines is not put on larger paper.
    """
    blanks = [float(max(measure(heading) + 2, 12)) for heading in spec.blank]
    columns = [_measured(listed, spec, listed.view.sheet.by_name[name]) for name in spec.columns]
    for most in range(1, _MOST_LINES + 1):
        widths = [6.0, *(c.at(most) for c in columns), *blanks]
        if sum(w + PADDING for w in widths) <= ROOM[0]:
            return widths
    return [6.0, *(c.at(1) for c in columns), *blanks]


def _measured(listed: Listed, spec: Print, column: Column) -> _Measured:
    layout, view = listed.layout, listed.view
    heading = max(ceil(measure(column.title) / 2) + 2.0, _NARROWEST)
    if listed.live and not listed.is_fixed(column.name):
        texts = texts_of(layout.scores, view.sheet.name, column)
        if column.holds == "text" and texts:
            longest = max(map(measure, texts))
            return _Measured(max(min(longest + 2.0, _WIDEST), heading), heading, longest)
        kind = {"date": _DATE, "text": max(column.width or 0, _TEXT)}.get(column.holds, _NUMBER)
        return _Measured(max(_MONEY if column.role == "money" else kind, heading), heading)
    values = [layout.value(view, column.name, p) for p in range(len(view.rows))]
    numbers = [v for v in values if isinstance(v, Fraction)]
    longest = max((measure(v) for v in values if isinstance(v, str)), default=0)
    if numbers and column.holds != "date":
        summed = len(f"{float(sum(numbers)):.2f}") + 2 if column.name in spec.sums else 0
        return _Measured(max(*(len(f"{float(v):.2f}") + 4.0 for v in numbers), summed, heading), heading)
    natural = _DATE if column.holds == "date" else longest + 2.0
    return _Measured(max(min(natural, _WIDEST), heading), heading, longest)


def texts_of(scores: Scores, sheet: str, column: Column) -> frozenset[str]:
    """Return every text that a column can be, as far as the scheme alone decides that; none where it does not."""
    if column.choices:
        return frozenset(str(c) for c in column.choices)
    if column.expr is None:
        fixed = scores.plan.by_name[sheet].grows == 0 and column.kind in ("key", "fact")
        return frozenset(v for v in scores.column(sheet, column.name) if isinstance(v, str)) if fixed else frozenset()
    link = link_of(column.expr)
    if link is None:
        return _written(scores, sheet, root(column.expr)) or frozenset()
    if link.kind not in ("via", "pick"):
        return frozenset()
    return texts_of(scores, link.sheet, scores.plan.by_name[link.sheet].by_name[link.column])


def _written(scores: Scores, sheet: str, e: Expr) -> frozenset[str] | None:
    """Return the texts that an expression can be; None where something else can come out."""
    if e.op == "const":
        return frozenset({e.args[0]} if isinstance(e.args[0], str) else ())
    if e.op == "col":
        return texts_of(scores, sheet, scores.plan.by_name[sheet].by_name[e.args[0]]) or None
    if e.op == "cases":
        answers = [*(then for _, then, _ in e.args[0]), e.args[1][0]]
    elif e.op == "first":
        answers = list(e.args)
    else:
        return None
    found = [_written(scores, sheet, root(answer)) for answer in answers]
    return None if None in found else frozenset().union(*(f for f in found if f is not None))


def lines_of(listed: Listed, column: Column, width: float) -> int:
    """Return how many lines a text that can change takes at most, in a live print; 0 where nobody knows."""
    texts = texts_of(listed.layout.scores, listed.view.sheet.name, column)
    return max((lines(text, width) for text in texts), default=0)


def paper_of(widths: Sequence[float]) -> Paper:
    """Return the paper that holds all columns side by side, at a scale that is fixed so that pages end where we say."""
    total, line = sum(w + PADDING for w in widths), FULL_LINE * SLACK
    size = A4 if line / total >= SMALLEST else A3
    room = line * (A3_WIDER if size == A3 else 1)
    return Paper(size, scale=min(1.0, int(room / total * 100) / 100))
