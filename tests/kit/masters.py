"""Schemes laid out, and the 总表 of a made-up round of each, once for all tests that only look at them or copy them."""

from __future__ import annotations

import random
import shutil
from functools import cache
from pathlib import Path

from kit.shelf import on_the_shelf
from kit.simulated import simulated, value_drawn
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import Scores, score
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.seal import Identity

ENTRIES = 6  # in each ledger, under keys as units and office give them
SEED = 7


@cache
def laid_out(scheme_id: str) -> tuple[Scheme, Plan]:
    """Return a shipped scheme and its plan, which are as they should be; tables of it are copied before a change."""
    scheme, problems = load_scheme(find_scheme(scheme_id)[0])
    assert problems == []
    plan, problems = compile_scheme(scheme)
    assert problems == []
    return scheme, plan


@cache
def made_up(scheme_id: str) -> Scores:
    """Score a round in which every input is drawn and every ledger has entries that were taken in before."""
    scheme, plan = laid_out(scheme_id)
    return score(plan, with_entries(plan, simulated(plan, scheme.tables, SEED, events=0), SEED))


def master_of(scheme_id: str, to: Path | None = None, *, native: bool = True) -> Path:
    """Return the 总表 of `made_up`, or a copy of it that may be changed. native: no XP_ function in it."""

    def make(folder: Path) -> None:
        scheme, plan = laid_out(scheme_id)
        whom = Identity("master", "r", scheme_id, plan.year, "", 1)
        write_master(made_up(scheme_id), folder / "总表.xlsx", identity=whom, native=native, scheme=scheme)

    file = on_the_shelf(f"master {scheme_id} {native}", make) / "总表.xlsx"
    return file if to is None else Path(shutil.copyfile(file, to))


def blank_master_of(scheme_id: str, to: Path) -> Path:
    """Return a copy of the 总表 of a scheme in which nobody has typed."""

    def make(folder: Path) -> None:
        scheme, plan = laid_out(scheme_id)
        scores = score(plan, {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()})
        whom = Identity("master", "r", scheme_id, plan.year, "", 1)
        write_master(scores, folder / "总表.xlsx", identity=whom, scheme=scheme)

    return Path(shutil.copyfile(on_the_shelf(f"blank master {scheme_id}", make) / "总表.xlsx", to))


def with_entries(plan: Plan, tables: Tables, seed: int) -> Tables:
    """Add entries to every ledger."""
    draw = random.Random(seed)
    made = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    for number, sheet in enumerate(s for s in plan.sheets if s.grows):
        for i in range(1, ENTRIES + 1):
            row = {sheet.key.name: f"E{number}-{i}" if i % 2 else f"{100 * number + i}", **sheet.where}
            made.setdefault(sheet.table, []).append(row)
            for column in sheet.inputs():
                row[column.name] = plain(value_drawn(draw, plan, made, sheet, column, row, 0.05))
    return made


def plain(value):
    """Leave out what would be a formula where a person types it."""
    return "另行说明" if isinstance(value, str) and value.startswith(("=", "+")) else value
