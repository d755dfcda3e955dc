"""Rounds of the small scheme as tests begin from them; each stage is made once in a run and copied for who wants it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kit.rounds import A_DAY, reopened, send, send_all, small_scheme
from kit.shelf import on_the_shelf
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import Round, new_round

CLAIM = {"item": "省级表彰", "points": 0.5, "date": A_DAY, "document": "大政办〔2017〕1号"}


def claim(number: int = 1, **changes: object) -> dict[tuple[str, str, str], object]:
    """Return a claim of a unit as it is typed into one of its spare rows."""
    return {("events", f"+{number}", name): value for name, value in {**CLAIM, **changes}.items()}


def issued(to: Path, **options: str) -> Round:
    """Make a round whose books are issued. options: those of `new_round`."""

    def make(folder: Path) -> None:
        round_, problems = new_round(small_scheme(folder / "scheme"), folder / "round", key=b"k" * 32, **options)
        assert round_ is not None, problems
        distribute(round_)

    return _copy(f"issued {sorted(options.items())}", make, to)


def scored(to: Path) -> Round:
    """Make a round in which all have sent a right book, and which was collected and scored."""
    return _copy("scored", lambda folder: _taken_in(folder, {}), to)


def claimed(to: Path, claims: int = 1) -> Round:
    """Make one in which U22 (市环保局) has claimed besides; the second claim is 市级表彰."""
    cells = claim() | (claim(2, item="市级表彰") if claims == 2 else {})
    return _copy(f"claimed {claims}", lambda folder: _taken_in(folder, cells), to)


def _taken_in(folder: Path, cells: dict[tuple[str, str, str], object]) -> None:
    round_ = issued(folder / "round")
    send_all(round_)
    if cells:
        send(round_, "unit", "U22", cells, name="unit 市环保局.xlsx")
    assert {r.decision for r in collect(round_).receipts} == {"accepted"}
    publish_scores(round_)


def _copy(name: str, make: Callable[[Path], None], to: Path) -> Round:
    return reopened(shutil.copytree(on_the_shelf(f"round {name}", make) / "round", to))
