"""The periods before the one a demonstration shows: rounds in which the office types everything, then frozen."""

from __future__ import annotations

import hashlib
from pathlib import Path

from xlperf.demo.mishaps import typed
from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import Inputs, stage_of
from xlperf.engine.roster import MASTER, Party
from xlperf.problems import Problem
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.freeze import freeze
from xlperf.rounds.store import Progress, Round, new_round
from xlperf.scheme.load import load_scheme
from xlperf.scheme.reading.earlier import before
from xlperf.workbook.back.fill import fill_book

FOLDER = "前期轮次"


def earlier_rounds(
    scheme_path: Path | str, folder: Path, seed: int, progress: Progress, despite: str
) -> tuple[list[Path], list[Problem]]:
    """Make and freeze a round for every period before the last of the year; return their folders, first first.

    None where a year has one period only. What keeps a round from being made is returned, and nothing after it is.
    """
    scheme, _ = load_scheme(scheme_path)
    periods = scheme.periods if scheme is not None else ()
    made: list[Path] = []
    for period in reversed(before(periods, periods[-1].id) if periods else []):
        key = hashlib.sha256(f"demo|{seed}|{period}".encode()).digest()
        at = folder / next(p.title for p in periods if p.id == period)
        round_, problems = new_round(scheme_path, at, period=period, after=made, key=key, despite=despite)
        if round_ is None:
            return made, problems
        _typed_by_the_office(round_, scheme_path, seed, progress)
        freeze(round_)
        made.append(at)
    return made, []


def last_period(scheme_path: Path | str) -> str:
    """Return the period that is shown: the last of the year, "" where it has only one."""
    scheme, _ = load_scheme(scheme_path)
    return scheme.periods[-1].id if scheme is not None and scheme.periods else ""


def _typed_by_the_office(round_: Round, scheme_path: Path | str, seed: int, progress: Progress) -> None:
    """Fill the 总表 as if nobody else had sent anything, and take it in."""
    plan, scheme = round_.plan, round_.scheme
    simulation = Simulation(plan, scheme.tables, scheme.office, seed, stage_of(scheme_path, scheme, plan))
    publish_scores(round_)
    parties: list[Party] = [("unit", str(row["code"])) for row in scheme.tables.get(scheme.home, [])]
    parties += [("scorer", s.name) for s in scheme.scorers]
    values: Inputs = {}
    for party in (*parties, MASTER):
        values |= simulation.inputs(party)
    fill_book(round_.out / "总表.xlsx", round_.inbox / "总表.xlsx", typed(values, plan))
    collect(round_, progress)
    publish_scores(round_)
