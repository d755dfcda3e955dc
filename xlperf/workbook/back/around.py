"""What stands around the tables of a returned book, held against the record: headings, titles, totals, guide.

None of it is ever read as a number. A heading or a name beside the rows decides what people typed below it, so that
one that was changed is named as a fault; anything else is named as being without effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, compress, product
from operator import eq, not_
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from xlperf.entries.cell import agrees
from xlperf.formula.spelling import plain_spelling
from xlperf.workbook.back.locate import Change, Found
from xlperf.workbook.back.plain import content_of, said_in
from xlperf.workbook.record import Kept, Record, Spot
from xlperf.xlsx.skeleton import BASIS, HEAD, NAMES

_SEVERAL, _HEADINGS = 2, "表头"  # headings that are gone: more than these are the row of them
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how a file writes what XML cannot


def is_still(kept: Kept | None, value: Any, *, formula: bool) -> bool:
    """Check whether a locked cell still says what was issued, whatever program saved the book since.

    kept: see `workbook.record`; None for an empty cell. value: what stands there now, of a formula its text.
    """
    if kept is None and value is None:
        return not formula
    if isinstance(kept, str) and kept.startswith("="):
        return formula and (kept == value or plain_spelling(kept) == plain_spelling(str(value)))
    if formula:
        return False
    if isinstance(kept, float):
        return (type(value) in (int, float) and value == kept) or agrees(value, Fraction(repr(kept)))
    if kept is not None and value == kept[1:] and kept.strip() != "'":
        return True
    issued = _plain((kept or "'")[1:])
    return agrees(_plain(value) if isinstance(value, str) else value, issued or None)


def shown(kept: Kept | None) -> str:
    """Write what was issued the way a problem shows it; "" for an empty cell."""
    if isinstance(kept, float):
        return f"{kept:.15g}"
    return "" if kept is None else kept.removeprefix("'")


def _plain(text: str) -> str:
    return " ".join(_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text).split())


def unlike(sheet: Any, kept: Mapping[Spot, Kept]) -> set[Spot]:
    """Return which locked cells do not say, in their own places, what was issued. sheet: see `plain.said_in`.

    Most say it to the letter, which is found out for all of them at once.
    """
    said = said_in(sheet).get
    if getattr(sheet, "is_plain", False):
        same = map(eq, map(said, kept), map(_PLAINLY.__getitem__, kept.values()))
        odd = [*compress(kept, map(not_, same))]
    else:
        odd = [spot for spot, was in kept.items() if not _says(sheet, spot, said(spot), was)]
    return {spot for spot in odd if not _stands(sheet, spot, kept[spot])}


def _says(sheet: Any, spot: Spot, now: Any, was: Kept) -> bool:
    """Check whether what stands in a cell of any worksheet is to the letter what was issued there."""
    if now.__class__ is bool or _PLAINLY[was] != now:
        return False
    return now.__class__ is not str or not now.startswith("=") or content_of(sheet, spot)[1]


def _stands(sheet: Any, spot: Spot, was: Kept) -> bool:
    value, formula = content_of(sheet, spot)
    still = is_still(was, value, formula=formula)
    if still and formula and len(value) <= _PLAINLY_LONGEST:
        _PLAINLY[was] = value
    return still


class _Plainly(dict[Kept, object]):
    """What was issued in a cell → what plainly is the same there, nothing where that takes a closer look.

    Of a formula that is how a program that saved it spelt it last.
    """

    def __missing__(self, was: Kept) -> object:
        said: object = was
        if was.__class__ is str:
            text = str(was)[1:]
            said = text if was != f"={text}" and text[:1] not in ("", "=") and not text[0].isspace() else _NEVER
        if said is not _NEVER and len(str(was)) <= _PLAINLY_LONGEST:
            self[was] = said
        return said

    def __setitem__(self, was: Kept, said: object) -> None:
        if len(self) >= _PLAINLY_MOST:
            self.clear()
        super().__setitem__(was, said)


_NEVER = object()
_PLAINLY = _Plainly()
_PLAINLY_MOST, _PLAINLY_LONGEST = 20_000, 2_000


def pages_of(book: Workbook, record: Record, found: Sequence[Found]) -> dict[str, Page | None]:
    """Return the worksheets that something was issued on, by the title they had; None for one that is not there."""
    pages: dict[str, Page | None] = {}
    for title, kept in record.cells.items():
        here = [t for t in found if t.issued is not None and t.issued.title == title]
        sheet: Any = here[0].sheet if here else book[title] if title in book.sheetnames else None
        pages[title] = Page(sheet, kept, here) if hasattr(sheet, "cell") else None  # a sheet that is a chart has none
    return pages


def around(record: Record, pages: Mapping[str, Page | None]) -> Iterator[Change]:
    """List what was issued outside the tables and is not there any more: sheet, cell, now, was."""
    for title, page in pages.items():
        if page is not None:
            yield from page.changes()
        elif not any(t.title == title for t in record.tables):  # a table that is lost is named already
            yield Change("SHEET_LOST", title, wanted=title)


@dataclass
class Page:
    """A worksheet with its tables, and where the places of the issued one are now.

    kept: the locked cells that were issued on it.
    """

    sheet: Any  # as openpyxl or `lean` reads it
    kept: Mapping[Spot, Kept]
    tables: Sequence[Found]

    @cached_property
    def unlike(self) -> set[Spot]:
        """Return which locked cells do not say, in their own places, what was issued."""
        return unlike(self.sheet, self.kept)

    def doubtful(self, table: Found) -> set[int]:
        """Return the rows of a table in place in which a locked cell says something else than was issued there."""
        said, kept, rows = said_in(self.sheet), self.kept, table.rows.values()
        locked = [at for name, at in table.columns.items() if table.role(name) == "locked"]
        new = [spot for spot in product(rows, locked) if spot in said and spot not in kept]
        gone = self.unlike.intersection(product(rows, locked)) if self.unlike else ()
        return {row for row, _ in chain(new, gone)}

    def changes(self) -> Iterator[Change]:
        """List the cells that are not as they were; a row of headings that is gone is one change."""
        if all(t.is_in_place for t in self.tables) and (not self.unlike or self.unlike <= self._inside()):
            return
        found = list(self._cells(self.kept))
        gone = [c for c in found if c.what == "HEADING_CHANGED" and not c.found]
        if len(gone) > _SEVERAL:
            yield Change("ROW_LOST", self.sheet.title, wanted=_HEADINGS)
        yield from (c for c in found if len(gone) <= _SEVERAL or c not in gone)

    def _cells(self, kept: Mapping[Spot, Kept]) -> Iterator[Change]:
        """List the cells that are not as they were."""
        inside, columns = self._inside(), self._columns()
        rows = self._rows()
        places = {**self._above(), **rows}
        heads = {t.issued.row + at - NAMES for t in self.tables if t.issued is not None for at in (BASIS, HEAD)}
        moved = any(a != b for a, b in (*rows.items(), *columns.items()))
        apart = moved or any(a != b for a, b in places.items())  # whether anything is not where it was
        for (row, column), was in kept.items():
            if (row, column) in inside:
                continue
            now_row, now_column = (_shifted(places, row), _shifted(columns, column)) if apart else (row, column)
            value, formula = self._content(now_row, now_column)
            if is_still(was, value, formula=formula) or (moved and formula and shown(was).startswith("=")):
                continue
            strict = row in heads or row in rows
            if not strict:
                there = self._anywhere
            else:
                there = self._near(now_row, now_column) if row in heads else self._texts.get(now_row, set())
            if _plain(shown(was)) in there:
                continue  # it was only moved
            at = f"{get_column_letter(max(now_column, 1))}{max(now_row, 1)}"
            now = "" if value is None or (row in heads and now_row in rows.values()) else str(value)
            what = "HEADING_CHANGED" if strict and not shown(was).startswith("=") else "TEXT_CHANGED"
            yield Change(what, self.sheet.title, at, now, shown(was))  # type: ignore[arg-type]

    @cached_property
    def _texts(self) -> dict[int, set[str]]:
        """Return row → what stands in it."""
        found: dict[int, set[str]] = {}
        for (row, _), value in said_in(self.sheet).items():
            found.setdefault(row, set()).add(_plain(str(value)))
        return found

    @cached_property
    def _anywhere(self) -> set[str]:
        return set().union(*self._texts.values())

    def _content(self, row: int, column: int) -> tuple[Any, bool]:
        """Return what stands in a cell, of a formula its text, and whether it is one."""
        return (None, False) if row < 1 or column < 1 else content_of(self.sheet, (row, column))

    def _inside(self) -> set[Spot]:
        """Return the cells of the tables themselves, with their machine names and keys, which are read elsewhere."""
        found: set[Spot] = set()
        for table in (t.issued for t in self.tables if t.issued is not None):
            offsets = [0, *(at for at, _ in table.columns.values())]
            found |= {(row, table.column + at) for row in (table.row, *table.rows.values()) for at in offsets}
        return found

    def _rows(self) -> dict[int, int]:
        """Return issued row → row now, of the rows of the tables that are there."""
        pairs = (
            (t.issued.rows[k], r) for t in self.tables if t.issued for k, r in t.rows.items() if k in t.issued.rows
        )
        return dict(pairs)

    def _above(self) -> dict[int, int]:
        """Return issued row → row now, of the lines above the tables."""
        pairs = ((t.issued.row, t.row, at - NAMES) for t in self.tables if t.issued for at in range(HEAD + 1))
        return {was + at: now + at for was, now, at in pairs}

    def _near(self, row: int, column: int) -> set[str]:
        """Return what stands in a column about a row of headings, where lines may have been put between."""
        cells = (self.sheet.cell(r, max(column, 1)) for r in range(max(row - 2, 1), row + 5))
        return {_plain(str(cell.value)) for cell in cells if cell.value is not None}

    def _columns(self) -> dict[int, int]:
        """Return issued column → column now, of the columns of the tables that are there."""
        found: dict[int, int] = {}
        for table in self.tables:
            if table.issued is not None:
                found[table.issued.column] = table.column
                for name, at in table.columns.items():
                    if name in table.issued.columns:
                        found[table.issued.column + table.issued.columns[name][0]] = at
        return found


def _shifted(places: Mapping[int, int], at: int) -> int:
    """Return where a row or column is now: as far from the nearest known one before it, or after it, as it was."""
    if at in places:
        return places[at]
    before = [p for p in places if p < at]
    near = max(before) if before else min(places, default=0)
    return at + (places[near] - near if near else 0)
