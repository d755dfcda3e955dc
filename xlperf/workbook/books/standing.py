"""What the formulas of a 总表 that lies as it was issued come to, without writing it anew.

The cells of the tables are the columns of the scores. The sheets around them (排名, 对账, prints) are worked out by
those who write them, onto pages that keep nothing but formulas and values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from xlperf.engine.plan import Sheet
from xlperf.formula.digests import digest_as_spelt
from xlperf.formula.vectors import Cells, Floats, Numbers, objects
from xlperf.workbook.back.opened import Run, Table
from xlperf.workbook.book import Book, Place, Titles
from xlperf.workbook.books.master import DIRECTORY, FRONT, write_around
from xlperf.workbook.layout import UNIT_NAME, Layout, Shown, View
from xlperf.workbook.seal import Identity
from xlperf.workbook.table_rows import name_beside
from xlperf.workbook.text import inert
from xlperf.xlsx.addresses import letters, number
from xlperf.xlsx.columns import Irregular
from xlperf.xlsx.skeleton import BODY, SPARE

Spot = tuple[int, int]  # row and column, counted from 0
Arrays = Callable[[str, str], Cells]  # sheet, column → what stands in it


class Draft(Titles):
    """A book of which only formulas, values and results are kept; see `workbook.book.Book`."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, _Page] = {}

    def look(self, _: object) -> None:
        """Return no format."""

    def sheet(self, title: str) -> _Page:
        """Add a worksheet."""
        self.pages[title] = _Page()
        return self.pages[title]


class _Page:
    """A worksheet that remembers its formulas and the results written without one; whatever else it is told is lost."""

    def __init__(self) -> None:
        self.formulas: dict[Spot, tuple[str, str | float]] = {}
        self.results: dict[str, str | float] = {}

    def write_formula(self, row: int, col: int, formula: str, _: object = None, value: str | float = 0) -> None:
        """Write a formula with its value; row and col are counted from 0."""
        self.formulas[row, col] = (formula.removeprefix("="), value)

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _nothing(*_: object, **__: object) -> None:
    """Take what nobody looks at."""


def drafted(layout: Layout, titles: Sequence[str], identity: Identity) -> Draft:
    """Return the sheets around the tables as the book was written. titles: of the worksheets with the tables."""
    draft = Draft()
    for title in (FRONT, *titles, DIRECTORY):
        draft.title(title)
    write_around(cast("Book", draft), layout, identity)
    return draft


def view_of(sheet: Sheet, table: Table, entered: Sequence[int]) -> View:
    """Return a table as the map of its book says it lies. entered: see `back.held.Held`."""
    shown = tuple(Shown(name, name in table.inputs) for name in table.letters)
    spare = sum(key.startswith(SPARE) for key in table.keys)
    issued = len(table.keys) - spare
    new = {number: issued + i for i, number in enumerate(entered)}
    view = View(sheet, table.title, shown, tuple(range(issued)), spare, new, table.corner)
    if any(letters(view.at[name]) != letter for name, letter in table.letters.items()):
        raise Irregular("a column")
    return view


@dataclass(frozen=True)
class Standing:
    """What every formula of a book comes to. columns: what the tables hold; draft: the sheets around them."""

    layout: Layout
    columns: Arrays
    draft: Draft

    def of(self, run: Run) -> Floats | list[str | float]:
        """Return what formulas below each other come to: numbers alone, or whatever they are.

        Irregular where the plan has other formulas there than were issued.
        """
        views = [v for v in self.layout.views if v.title == run.title]
        return self._in_table(views, run) if views else self._around(run)

    def results(self) -> dict[Place, str | float]:
        """Return what is written without a formula."""
        return {(title, at): value for title, page in self.draft.pages.items() for at, value in page.results.items()}

    def around(self) -> int:
        """Return how many formulas there are outside the tables."""
        return sum(len(page.formulas) for page in self.draft.pages.values())

    def _around(self, run: Run) -> list[str | float]:
        page, column = self.draft.pages.get(run.title), number(run.letter)
        found = [page.formulas.get((row - 1, column)) if page is not None else None for row in run.rows]
        there = [f for f in found if f is not None]
        texts = [text for text, _ in there]
        if len(there) < len(found) or digest_as_spelt(texts) != run.spelt:
            raise Irregular("a formula that the plan writes otherwise")
        return [value for _, value in there]

    def _in_table(self, views: Sequence[View], run: Run) -> Floats | list[str | float]:
        at = number(run.letter)
        view = next((v for v in views if v.left < at <= v.end), None)
        if view is None or run.row <= BODY:
            raise Irregular("a formula beside a table")
        name, first = view.shown[at - view.left - 1].name, run.row - BODY - 1
        places = range(first, first + len(run.rows))
        if name == UNIT_NAME:
            return [name_beside(self.layout, view, p) for p in places]
        found = self.columns(view.sheet.name, name)
        issued = len(view.rows)
        if isinstance(found, Numbers) and found.whole and places[-1] < issued:
            return found.x[first : first + len(run.rows)] if len(found.x) > 1 else np.full(len(run.rows), found.x[0])
        values = objects(found)
        rows = [p if p < issued else view.entered.get(p - issued) for p in places]
        return [_cached(values[p]) if p is not None else "" for p in rows]


def _cached(value: object) -> str | float:
    return "" if value is None else inert(value) if isinstance(value, str) else float(cast("float", value))
