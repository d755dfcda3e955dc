"""Books of units as they are handed out: stamped, beside the same books written in full and filled in by openpyxl."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
from benchmarks.frame import Contestant, Ready, Work
from benchmarks.round_of import laid_out
from xlsxwriter.worksheet import Worksheet

from xlperf.workbook.page import Page
from xlperf.workbook.seal import Identity, sealed
from xlperf.workbook.stamp import Stamps

Cells = dict[tuple[str, str], Any]


def nothing(_: Path, units: int) -> int:
    """Return how many books there are to be; every contestant lays the scheme out for itself."""
    return units


def identities(units: int) -> list[Identity]:
    """Return the identities of the books."""
    made = (Identity("unit", "bench", "three-units", 2024, f"U{i:05}", i + 1) for i in range(units))
    return [sealed(one, b"k" * 32) for one in made]


def stamped(units: int) -> Ready:
    """Stamp, the first book of each shape written in full."""
    scheme, scores = laid_out(units)
    whose = identities(units)

    def run() -> list[bytes]:
        stamps = Stamps(scores, scheme)
        return [stamps.book(one.whom, one).data for one in whose]

    return Ready(run)


def in_full(units: int) -> Ready:
    """Write every book in full with XlsxWriter, in memory; its rows become XML as it writes them itself, not by us."""
    scheme, scores = laid_out(units)
    stamps, whose = Stamps(scores, scheme), identities(units)
    own = {name: getattr(Worksheet, name) for name in ("_write_rows", "_calculate_spans")}

    def run() -> list[bytes]:
        with patch.multiple(Page, **own):
            return [stamps.in_full(one.whom, one).data for one in whose]

    return Ready(run)


def filled_in(units: int) -> Ready:
    """Load one book once with openpyxl; put what each unit's own book says into its cells and save it in memory."""
    scheme, scores = laid_out(units)
    stamps, whose = Stamps(scores, scheme), identities(units)
    books = [cells_of(stamps.book(one.whom, one).data) for one in whose]
    book = openpyxl.load_workbook(io.BytesIO(stamps.book(whose[0].whom, whose[0]).data))
    differ = [at for at in books[0] if any(cells[at] != books[0][at] for cells in books)]
    own = [{at: cells[at] for at in differ} for cells in books]

    def run() -> list[bytes]:
        made = []
        for words in own:
            for (title, cell), value in words.items():
                book[title][cell].value = value
            out = io.BytesIO()
            book.save(out)
            made.append(out.getvalue())
        return made

    return Ready(run)


def cells_of(data: bytes) -> Cells:
    """Return what stands in every cell of a book; an empty text is nothing, as openpyxl writes it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {(s.title, c.coordinate): c.value or None for s in book for row in s.iter_rows() for c in row}


def judged(units: int, answer: list[bytes]) -> tuple[int, int]:
    """Hold some books cell by cell against those written in full."""
    scheme, scores = laid_out(units)
    stamps, whose = Stamps(scores, scheme), identities(units)
    wrong = of = 0
    for at in {0, units // 2, units - 1}:
        wanted = cells_of(stamps.in_full(whose[at].whom, whose[at]).data)
        there = cells_of(answer[at])
        wrong += sum(there.get(cell) != value for cell, value in wanted.items()) + abs(len(answer) - units)
        of += len(wanted)
    return wrong, of


OURS = "xlperf, stamped"
WORKS = (
    Work(
        "Books of units, 30 lines each: styles, live formulas, self-check, validation, protection, identity; in memory",
        "books",
        (44, 300, 10_000),
        nothing,
        judged,
        (
            Contestant(OURS, stamped),
            Contestant("openpyxl, one book loaded and filled in", filled_in, ("openpyxl",), most=300),
            Contestant("XlsxWriter, every book in full", in_full, ("XlsxWriter",), most=300),
        ),
        aims={"openpyxl, one book loaded and filled in": 40, "XlsxWriter, every book in full": 10},
        grows=1.02,
        rounds=3,
    ),
)
