"""A small round for tests: three units of the Dashiqiao scheme, filled by the simulation."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

from xlperf.demo.simulate import Simulation
from xlperf.formula.values import day_of
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.store import Round, open_round
from xlperf.scheme.load import find_scheme
from xlperf.workbook.back.fill import Spot, Typed, fill_book, fill_book_anew
from xlperf.workbook.back.read import read_book

UNITS = ("U01", "U22", "U44")
KEPT_TASKS = 3  # of the units whose tasks are all alike


def small_scheme(folder: Path) -> Path:
    """Write the Dashiqiao scheme cut down to three units, without the numbers that are stated of all."""
    path, _ = find_scheme("dashiqiao-2017")
    assert path is not None
    source = path if path.is_dir() else path.parent
    shutil.copytree(source, folder)
    unstated(folder)
    _cut(folder / "units.csv", lambda row: row["code"] in UNITS)
    _cut(folder / "tasks.csv", _is_kept)
    return folder


def unstated(folder: Path) -> None:
    """Take out of a scheme that has been cut down the numbers that its regulation states of all units."""
    text = (folder / "scheme.yaml").read_text("utf-8")
    (folder / "scheme.yaml").write_text(re.sub(r"^checks:\n(?:  .*\n)+", "", text, flags=re.MULTILINE), "utf-8")


def _is_kept(row) -> bool:
    return row["unit"] in UNITS and (row["unit"] == "U22" or int(row["no"]) <= KEPT_TASKS)


def _cut(file, keeps) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = [row for row in reader if keeps(row)]
        names = reader.fieldnames
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)


def reopened(folder: Path) -> Round:
    """Open a round that must be in order."""
    round_, problems = open_round(folder)
    assert round_ is not None, problems
    return round_


def good_values(round_: Round, kind: str, whom: str, seed: int = 1) -> dict[Spot, Typed]:
    """Return inputs that are right in every cell."""
    simulation = Simulation(round_.plan, round_.scheme.tables, round_.scheme.office, seed)
    inputs = simulation.inputs((kind, whom))
    if kind == "scorer" and whom == round_.scheme.office:
        inputs |= simulation.inputs(("master", ""))
    holds = {at: round_.plan.by_name[at[0]].by_name[at[2]].holds for at in inputs}
    return {at: _typed(value, holds[at]) for at, value in inputs.items()}


def _typed(value, holds) -> Typed:
    if holds == "date":
        return day_of(value)
    return float(value) if isinstance(value, Fraction) else value


def issued_file(round_: Round, kind: str, whom: str) -> Path:
    """Return where a party's book was issued to."""
    return next(round_.folder / p.file for p in parcels_of(round_) if (p.kind, p.whom) == (kind, whom))


def send(round_: Round, kind: str, whom: str, changes=None, name: str = "", **options) -> Path:
    """Fill a party's book rightly but for the changes, and drop it into the inbox.

    anew: written anew by another program, as it comes from people; the others keep every byte that nobody typed.
    """
    fill = fill_book_anew if options.pop("anew", False) else fill_book
    source = options.pop("source", None) or issued_file(round_, kind, whom)
    to = round_.inbox / (name or f"{whom} 报送.xlsx")
    to.parent.mkdir(parents=True, exist_ok=True)
    fill(source, to, {**good_values(round_, kind, whom), **(changes or {})}, **options)
    return to


def send_all(round_: Round) -> None:
    """Let every unit and every scorer send a right book, the first of each written anew by another program."""
    kinds = set()
    for parcel in parcels_of(round_):
        if parcel.kind != "master":
            anew = parcel.kind not in kinds
            send(round_, parcel.kind, parcel.whom, name=f"{parcel.kind} {parcel.name}.xlsx", anew=anew)
            kinds.add(parcel.kind)


def cell_of(file: Path, spot: Spot) -> str:
    """Return the address of a cell in a book."""
    return next(c.cell for c in read_book(file).cells if (c.plan_sheet, c.row_key, c.column) == spot)


A_DAY = date(2017, 9, 5)
