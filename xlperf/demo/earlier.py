"""The rounds before the one a demonstration shows: data of earlier years, taken in as one file each, then frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import Inputs, stage_of
from xlperf.engine.roster import MASTER, Party
from xlperf.formula.values import value_text
from xlperf.problems import Problem
from xlperf.rounds.freeze import freeze
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.rounds.store import Progress, Round, keep, new_round
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.earlier import before

FOLDER = "前期轮次"
FILE = "历年数据.csv"


def earlier_rounds(
    scheme_path: Path | str, folder: Path, seed: int, progress: Progress, despite: str
) -> tuple[list[Path], list[Problem]]:
    """Make and freeze every round that the last of the year reads from; return their folders, first first.

    Those of earlier years where the scheme looks back at them, and the periods of this year before its last. None where
    it looks at nothing. What keeps a round from being made is returned, and nothing after it is.
    """
    scheme, _ = load_scheme(scheme_path)
    wanted = list(_wanted(scheme)) if scheme is not None else []
    made: list[Path] = []
    for number, (year, period, title) in enumerate(wanted, 1):
        key = hashlib.sha256(f"demo|{seed}|{year}|{period}".encode()).digest()
        at = folder / title
        round_, problems = new_round(scheme_path, at, year=year, period=period, after=made, key=key, despite=despite)
        if round_ is None:
            return made, problems
        _taken_in(round_, scheme_path, seed + number)
        freeze(round_)
        made.append(at)
        progress(number, len(wanted), f"前期轮次：{title}")
    return made, []


def _wanted(scheme: Scheme) -> Iterator[tuple[int, str, str]]:
    """List year, period and a name for the folder of every round before the one that is shown, first first."""
    periods = scheme.periods
    if not periods:
        return
    back = max((year for e in scheme.earlier for year, _ in e.times), default=0)
    for year in range(scheme.year - back, scheme.year):
        yield from ((year, p.id, f"{year}年{p.title}") for p in periods if not p.fills)
    for period in reversed(before(periods, periods[-1].id)):
        yield scheme.year, period, next(p.title for p in periods if p.id == period)


def last_period(scheme_path: Path | str) -> str:
    """Return the period that is shown: the last of the year, "" where it has only one."""
    scheme, _ = load_scheme(scheme_path)
    return scheme.periods[-1].id if scheme is not None and scheme.periods else ""


def _taken_in(round_: Round, scheme_path: Path | str, seed: int) -> None:
    """Record what everybody gave in an earlier round as one file of the office: nobody sends books of years gone by."""
    plan, scheme = round_.plan, round_.scheme
    stage = stage_of(scheme_path, scheme, plan)
    simulation = Simulation(plan, scheme.tables, scheme.office, seed, stage)
    parties: list[Party] = [("unit", str(row["code"])) for row in scheme.tables.get(scheme.home, [])]
    parties += [("scorer", s.name) for s in scheme.scorers]
    values: Inputs = stage.everything() if stage else {}
    for party in (*parties, MASTER):
        values |= simulation.inputs(party)
    cells = tuple(CellText(*at, _exact(value)) for at, value in sorted(values.items()) if value is not None)
    data = "".join(f"{c.sheet},{c.row},{c.column},{c.text}\n" for c in cells).encode()
    record_receipts(round_.ledger, Receipt(keep(round_, data), FILE, *MASTER, 0, "accepted", cells=cells))


def _exact(value: object) -> str:
    return value_text(value) if isinstance(value, Fraction | str) else ""
