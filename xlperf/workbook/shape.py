"""The shape of a book: all in which the books of the appraised differ, but for the texts and numbers in their cells.

Two books of one shape have the same cells with the same looks and formulas, as wide and as high. What their own cells
say is their words, listed in one order for all of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from xlperf.engine.objects import Party
from xlperf.engine.plan import Column, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.expression import link_of
from xlperf.formula.values import Value, numbers_in, ratio_sum, value_text
from xlperf.workbook.books.unit import Draft, totalled
from xlperf.workbook.layout import UNIT_NAME, Layout, View
from xlperf.workbook.selfcheck import checked
from xlperf.workbook.table import heights, widths
from xlperf.workbook.table_rows import asked_rows, looked_up
from xlperf.workbook.text import key_text

KEY = ""  # the column of the hidden keys

Table = tuple[Sheet, Literal["", "held", "chosen"]]  # how the rows are found: none, those held, those to choose from


@dataclass(frozen=True)
class Slot:
    """Cells of one column that hold a book's own words. table: of the layout. rows: positions in it.

    formula: where the words are what formulas come to: each its own row's, or one the sum of those above it.
    """

    table: int
    name: str
    rows: tuple[int, ...]
    formula: Literal["", "result", "sum"] = ""


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
            said = map(_but_for_a_number, values) if is_result(column) else values
            found.append(tuple(said))
            if column.shown is None:  # then the numbers themselves tell how many decimals are shown
                found += [layout.whole_numbers(view, column.name), layout.long_numbers(view, column.name)]
            continue
        found.append(bytes(map(_kind, values)))
        if shown.open and column.asked is not None:
            found.append(asked_rows(layout, view, column))
    return tuple(found)


def _kind(value: Value) -> int:
    """Return 0 for nothing, 1 for a number, 2 for a text, 3 for a text that is empty."""
    return 0 if value is None else 1 if type(value) is Fraction else 2 if value else 3


def is_result(column: Column) -> bool:
    """Return whether the numbers of a column are no more than what its formulas come to, each from its own row.

    What looks at other rows may be written otherwise by what stands there, or as a number where the scheme settles it.
    """
    return column.expr is not None and link_of(column.expr) is None


def _but_for_a_number(value: Value) -> Hashable:
    return (Fraction,) if type(value) is Fraction else value


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
            continue
        values = layout.values(view, shown.name)
        if is_result(view.sheet.by_name[shown.name]):
            yield Slot(number, shown.name, tuple(p for p, v in enumerate(values) if type(v) is Fraction), "result")
        elif view.sheet.by_name[shown.name].expr is None:
            yield Slot(number, shown.name, tuple(p for p, v in enumerate(values) if v is not None and v != ""))
    for name in (s.name for s in view.shown if s.name in totalled(view.sheet)):
        if numbers_in(layout.values(view, name)):
            yield Slot(number, name, (len(view.rows),), "sum")


def tables_of(draft: Draft) -> tuple[Table, ...]:
    """List for each table of a book of which sheet it is and how its rows are found; the same for all of a shape."""
    own: list[Table] = [(v.sheet, "" if v.spare else "held") for v in draft.views]
    return (*own, *((v.sheet, "chosen") for v in draft.references))


def words_of(scores: Scores, party: Party, tables: Sequence[Table], slots: Sequence[Slot]) -> list[Sequence[Value]]:
    """Return a book's own words, slot by slot in the order of their rows."""
    rows, words = [_rows(scores, party, *table) for table in tables], list[Sequence[Value]]()
    for slot in slots:
        sheet, there = tables[slot.table][0], rows[slot.table]
        if slot.formula == "sum":
            summed = numbers_in(picked(scores.values[sheet.name][slot.name], there))
            words.append([ratio_sum(v.as_integer_ratio() for v in summed)])
            continue
        if len(slot.rows) != len(there):
            there = tuple([there[p] for p in slot.rows])
        if slot.name == KEY:
            keys = picked(scores.key(sheet.name), there)
            words.append(keys if {*map(type, keys)} <= {str} else [key_text(key) for key in keys])
        elif slot.name == UNIT_NAME:
            names, whose = scores.objects.names(sheet.of), picked(scores.values[sheet.name][sheet.unit], there)
            words.append([names.get(value_text(unit), "") for unit in whose])
        else:
            words.append(picked(scores.values[sheet.name][slot.name], there))
    return words


def _rows(scores: Scores, party: Party, sheet: Sheet, how: str) -> tuple[int, ...]:
    if how == "chosen":
        return scores.rows_within(sheet, scores.objects.bearer(party))
    return scores.rows_held(sheet, party) if how else ()


def picked(column: Sequence[Value], rows: Sequence[int]) -> Sequence[Value]:
    """Return some values of a column; most rows of a book stand together."""
    if rows and rows[-1] - rows[0] + 1 == len(rows):
        return column[rows[0] : rows[-1] + 1]
    return [column[row] for row in rows]
