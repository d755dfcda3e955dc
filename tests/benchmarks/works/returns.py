"""Books that come back: taken in with every check, beside a loop that reads the cells to fill and checks nothing.

They are what people have in their hands, books that a spreadsheet program has saved, where LibreOffice is installed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
from benchmarks.frame import Contestant, Ready, Work
from benchmarks.round_of import with_returns
from kit.resaves import saved_again

from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.store import open_round
from xlperf.workbook.back.read import read_book


def made(folder: Path, units: int) -> str:
    """Make a round with its returns, saved again by LibreOffice."""
    round_ = with_returns(folder, units)
    if shutil.which("soffice"):
        for file in saved_again(sorted(round_.inbox.glob("*.xlsx")), "xlsx", folder / "saved"):
            shutil.move(file, round_.inbox / file.name)
    return str(round_.folder)


def taken_in(folder: str) -> Ready:
    """Collect with every check, all that the disk and the ledger cost included but the entry of a file itself."""

    def run() -> int:
        round_, _ = open_round(folder)
        assert round_ is not None
        return sum(len(r.cells) for r in collect(round_, dry_run=True).accepted)

    return Ready(run)


def looped(folder: str) -> Ready:
    """Load every file with openpyxl and read the cells that were to be filled."""
    files = sorted(Path(folder, "inbox").glob("*.xlsx"))
    records = Path(folder, "records")
    cells = [[(c.sheet, c.cell) for c in read_book(f, records).cells if c.role == "input"] for f in files]

    def run() -> int:
        count = 0
        for file, wanted in zip(files, cells, strict=True):
            book = openpyxl.load_workbook(file)
            count += sum(book[title][cell].value is not None for title, cell in wanted)
        return count

    return Ready(run)


def judged(folder: str, answer: int) -> tuple[int, int]:
    """Hold the count of cells against that of the reader of record, book by book."""
    files, records = sorted(Path(folder, "inbox").glob("*.xlsx")), Path(folder, "records")
    books = [read_book(f, records) for f in files]
    wanted = sum(c.role == "input" and c.value is not None for book in books for c in book.cells)
    return abs(wanted - answer), wanted


WORKS = (
    Work(
        "Books that came back, 30 lines each",
        "files",
        (44, 1_000),
        made,
        judged,
        (
            Contestant("xlperf, every check", taken_in),
            Contestant("openpyxl, a loop without checks", looped, ("openpyxl",)),
        ),
        aims={"openpyxl, a loop without checks": 10},
        grows=1.02,
        fat=1.3,
        rounds=2,
    ),
)
