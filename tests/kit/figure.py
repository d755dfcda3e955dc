"""What the figures of the intake share: the tally, a small round whose books are out, what is decided on a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kit.rounds import reopened, small_scheme
from xlperf.rounds.collecting.collect import Desk
from xlperf.rounds.collecting.open import open_books
from xlperf.rounds.distribute import distribute
from xlperf.rounds.ledger import Receipt
from xlperf.rounds.store import Round, keep, new_round

UNIT = "U22"


@dataclass
class Figure:
    """What a run came to. tally: outcome → how often; wrong: what must not be, in words."""

    name: str
    count: int = 0
    tally: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, outcome: str) -> None:
        """Count an outcome."""
        self.count += 1
        self.tally[outcome] = self.tally.get(outcome, 0) + 1

    def __str__(self) -> str:
        told = "，".join(f"{name} {n}" for name, n in sorted(self.tally.items()))
        return f"{self.name}: {self.count} ({told}); wrong: {len(self.wrong)}" + "".join(
            f"\n  {w}" for w in self.wrong[:20]
        )


def issued_round(folder: Path) -> Round:
    """Return a small round whose books are issued."""
    round_, problems = new_round(small_scheme(folder / "scheme"), folder / "round", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_)
    return reopened(folder / "round")


def decided(round_: Round, files: Sequence[Path]) -> list[Receipt | None]:
    """Return what is decided on each file, as if it were the only one; nothing is recorded."""
    kept = [keep(round_, f.read_bytes()) for f in files]
    opened = open_books([(round_.received / d, f.name) for d, f in zip(kept, files, strict=True)], round_.records)
    state = round_.state()
    found = zip(kept, files, opened, strict=True)
    return [Desk(round_, state).decided(digest, [file.name], book) for digest, file, book in found]


def cells_of(receipt: Receipt | None) -> dict[tuple[str, str, str], str]:
    """Return the cells of a receipt."""
    return {} if receipt is None else {(c.sheet, c.row, c.column): c.text for c in receipt.cells}


def not_owned(round_: Round, receipt: Receipt | None, unit: str = UNIT) -> list[str]:
    """List the cells of a receipt that are not the unit's to fill."""
    found = []
    for (name, row, column), text in cells_of(receipt).items():
        sheet = round_.plan.by_name[name]
        begins = {**(sheet.claims or {}), sheet.unit: unit}
        mine = sheet.by_name[column].by == "unit" and row.startswith(f"{unit}-")
        if not mine and begins.get(column) != text:
            found.append(f"{name} {row} {column} = {text}")
    return found
