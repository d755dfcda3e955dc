"""How wide the columns of a print are, and on which paper they stand side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

from xlperf.engine.plan import Print
from xlperf.workbook.books.listed import Listed
from xlperf.workbook.paper import A3, A3_WIDER, A4, FULL_LINE, PADDING, SLACK, SMALLEST, Paper
from xlperf.workbook.text import measure


def widths_of(listed: Listed, spec: Print) -> Iterator[float]:
    """Return the width of every column: of numbers as they are shown, of texts up to three lines.

    What can change in a live print has a width of its kind.
    """
    layout, view = listed.layout, listed.view
    yield 6.0
    for name in spec.columns:
        column = view.sheet.by_name[name]
        values = [layout.value(view, name, p) for p in range(len(view.rows))]
        if listed.live and not listed.is_fixed(name):
            values = []
        texts = [measure(v) for v in values if isinstance(v, str)]
        numbers = [len(f"{float(v):.2f}") for v in values if isinstance(v, Fraction)]
        widest = 12 if column.holds == "date" else max([*numbers, 0]) + 4 if numbers else max([*texts, 0]) + 2
        if not values:
            widest = 12 if column.holds != "text" else max(column.width or 0, 16)
        yield float(min(max(widest, ceil(measure(column.title) / 2) + 2, 8), 36))
    for heading in spec.blank:
        yield float(max(measure(heading) + 4, 14))


def paper_of(widths: Sequence[float]) -> Paper:
    """Return the paper that holds all columns side by side, at a scale that is fixed so that pages end where we say."""
    total, line = sum(w + PADDING for w in widths), FULL_LINE * SLACK
    size = A4 if line / total >= SMALLEST else A3
    room = line * (A3_WIDER if size == A3 else 1)
    return Paper(size, scale=min(1.0, int(room / total * 100) / 100))
