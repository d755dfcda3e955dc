"""The shape of a book: all in which the books of the appraised differ, but for the texts and numbers in their cells.

Two books of one shape have the same cells with the same looks and formulas, as wide and as high. What their own cells
say is their words, listed in one order for all of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xlperf.formula.values import Value, numbers_in
from xlperf.workbook.books.unit import Draft, totalled
from xlperf.workbook.layout import UNIT_NAME, Layout, View
from xlperf.workbook.selfcheck import checked
from xlperf.workbook.table import heights, is_asked, looked_up, widths
from xlperf.workbook.text import key_text

KEY = ""  # the column of the hidden keys


@dataclass(frozen=True)
class Slot:
    """Cells of one column that hold a book's own words. table: of the layout. rows: positions in it."""

    table: int
    name: str
    rows: tuple[int, ...]


def shape_of(draft: Draft) -> Hashable | None:
    """Return the shape of a book; None where it has words in other places than cells, so that it must be written."""
    layout = draft.layout
    parts: list[Hashable] = [draft.party[0], bool(draft.name), draft.guide, len(draft.views)]
    for view in layout.views:
        part = _of_table(layout, view)
        if part is None:
            return None
        parts.append(part)
    parts += [annex.shape() for annex in draft.annexes]
    given = any(_is_given(layout, view) for view in draft.views)
    parts += [checked(layout, [view], draft.offered) for view in draft.views] if given else []
    return tuple(parts)


def _of_table(layout: Layout, view: View) -> Hashable | None:
    if (view.rows and view.spare) or view.left:
        return None  # the numbers of new entries follow from the keys
    size = range(len(view.rows))
    if not all(map(key_text, layout.values(view, view.sheet.key.name))):
        return None
    found: list[Hashable] = [view.sheet.name, view.title, view.shown, view.spare, len(view.rows)]
    found += [tuple(widths(layout, view)), tuple(heights(layout, view))]
    for shown in view.shown:
        if shown.name == UNIT_NAME:
            if looked_up(view) and view.rows:
                return None
            found.append(tuple(bool(layout.unit_name(view, p)) for p in size))
            continue
        column = view.sheet.by_name[shown.name]
        values = layout.values(view, shown.name)
        if column.expr is not None:
            found += [tuple(values), layout.whole_numbers(view, column.name), layout.long_numbers(view, column.name)]
            continue
        found.append(bytes(map(_kind, values)))
        if shown.open and column.asked is not None:
            found.append(tuple(is_asked(layout, view, column, p) for p in size))
        if shown.name in totalled(view.sheet) and not view.spare:
            found.append(_sum(values))
    return tuple(found)


def _kind(value: Value) -> int:
    """Return 0 for nothing, 1 for a number, 2 for a text, 3 for a text that is empty."""
    return 0 if value is None else 1 if type(value) is Fraction else 2 if value else 3


def _sum(values: Sequence[Value]) -> float:
    numbers = numbers_in(values)
    if all(v.denominator == 1 for v in numbers):
        return float(sum(v.numerator for v in numbers))
    return float(sum(numbers))


def _is_given(layout: Layout, view: View) -> bool:
    """Return whether something stands in a cell to fill, which the self-check looks at."""
    names = [s.name for s in view.shown if s.open]
    return any(v is not None for name in names for v in layout.values(view, name))


# ---- words ---------------------------------------------------------------------------------------


def slots_of(draft: Draft) -> tuple[Slot, ...]:
    """List the cells that hold a book's own words, the keys of its rows first; the same for all of a shape."""
    return tuple(slot for n, view in enumerate(draft.layout.views) for slot in _slots(draft.layout, n, view))


def _slots(layout: Layout, number: int, view: View) -> Iterator[Slot]:
    size = range(len(view.rows))
    yield Slot(number, KEY, tuple(size))
    for shown in view.shown:
        if shown.name == UNIT_NAME:
            yield Slot(number, UNIT_NAME, tuple(p for p in size if layout.unit_name(view, p)))
        elif view.sheet.by_name[shown.name].expr is None:
            values = layout.values(view, shown.name)
            yield Slot(number, shown.name, tuple(p for p, v in enumerate(values) if v is not None and v != ""))


def words_of(draft: Draft, slots: Sequence[Slot]) -> list[Value]:
    """Return a book's own words, in the order of the slots of its shape and of their rows."""
    layout, words = draft.layout, list[Value]()
    for slot in slots:
        view = layout.views[slot.table]
        if slot.name == KEY:
            keys = layout.scores.values[view.sheet.name][view.sheet.key.name]
            words += [key_text(keys[view.rows[p]]) for p in slot.rows]
        elif slot.name == UNIT_NAME:
            words += [layout.unit_name(view, p) for p in slot.rows]
        else:
            column, rows = layout.scores.values[view.sheet.name][slot.name], view.rows
            words += [column[rows[p]] for p in slot.rows]
    return words
