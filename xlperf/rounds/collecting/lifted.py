"""换新壳: what is right in a broken return lifted into a fresh copy of the issued book, with a list of the rest."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from xlperf.engine.roster import MASTER
from xlperf.entries.text import value_of
from xlperf.formula.values import day_of
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.collecting.examine import Examiner
from xlperf.rounds.collecting.findings import Findings
from xlperf.rounds.collecting.open import open_books
from xlperf.rounds.outputs import put_out
from xlperf.rounds.parties import roster_now
from xlperf.rounds.passwords import password, passwords_of
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import Spot, Typed, fill_book
from xlperf.workbook.back.read import ReadBook
from xlperf.workbook.record import read_record, record_name
from xlperf.workbook.secret import locked, opened

FOLDER = "换新壳"
_NOT_OURS = ("NO_IDENTITY", "FORGED_ID", "WRONG_ROUND", "WRONG_UNIT")  # whose cells these are nobody knows


@dataclass(frozen=True)
class Lifted:
    """What was lifted. book, rest: the fresh book and the list of what it lacks, below the round. count: of cells."""

    book: Path
    rest: Path
    count: int
    left: tuple[Problem, ...]


def lift(round_: Round, file: str) -> tuple[Lifted | None, list[Problem]]:
    """Lift the cells of a held file that are right into a fresh book; None where that cannot be, with the reason.

    file: its name, or the beginning of its sha256. Nothing is taken in: the office or the unit looks at the fresh book
    and sends it.
    """
    state, where = round_.state(), Where(file)
    named = [
        r for r in state.receipts.values() if r.decision == "held" and (r.file == file or r.sha256.startswith(file))
    ]
    receipt = named[-1] if named else None
    issued = state.issued.get(receipt.party) if receipt is not None else None
    if (
        receipt is None
        or issued is None
        or receipt.party == MASTER
        or {p.code for p in receipt.problems} & {*_NOT_OURS}
    ):
        return None, [problem("NOTHING_TO_LIFT", where, found=file)]
    source = round_.folder / issued.file
    if not source.is_file() or hashlib.sha256(source.read_bytes()).hexdigest() != issued.sha256:
        return None, [problem("ISSUED_CHANGED", Where(issued.file))]
    kept = [(round_.received / receipt.sha256, receipt.file)]
    (book,) = open_books(kept, round_.records, passwords=passwords_of(round_, state))
    if not isinstance(book, ReadBook):
        return None, [book]
    roster = roster_now(round_, state)
    found = Examiner(roster, state, receipt.party, receipt.file).examine(book)
    values = _values(round_, found, issued.serial)
    to = Path("out", FOLDER, source.name)
    with tempfile.TemporaryDirectory() as folder:
        blank, made = Path(folder, "blank.xlsx"), Path(folder, "book.xlsx")
        word, there = password(round_, receipt.party), source.read_bytes()
        blank.write_bytes(opened(there, [word])[1] if issued.plain else there)
        fill_book(blank, made, values)
        data = locked(made.read_bytes(), word) if issued.plain else made.read_bytes()
    left = tuple(errors(found.problems))
    rest = to.with_name(f"{to.stem} 未搬入.txt")
    put_out(round_, {to: data, rest: "".join(f"{p.text('zh')}\n" for p in left).encode("utf-8")})
    return Lifted(to, rest, len(values), left), []


def _values(round_: Round, found: Findings, serial: int) -> Mapping[Spot, Typed]:
    """Return what is typed into the fresh book, by the cells that were issued to be filled."""
    record, _ = read_record(round_.records / record_name(serial))
    spare = {(sheet, key): row for (sheet, row), key in found.entered.items()}
    values: dict[Spot, Typed] = {}
    for cell in found.cells:
        row = spare.get((cell.sheet, cell.row), cell.row)
        tables = [t for t in record.tables if t.plan_sheet == cell.sheet and row in t.rows]
        if any(t.columns.get(cell.column, (0, "locked"))[1] == "input" for t in tables):
            column = round_.plan.by_name[cell.sheet].by_name[cell.column]
            value = value_of(cell.text, column)
            values[cell.sheet, row, cell.column] = (
                value if not isinstance(value, Fraction) else day_of(value) if column.holds == "date" else float(value)
            )
    return values
