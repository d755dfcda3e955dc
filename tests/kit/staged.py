"""The tables of a scheme's own demonstration as they stand once everybody has typed, without any book."""

from __future__ import annotations

from pathlib import Path

from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import stage_of
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.roster import MASTER
from xlperf.scheme.model import Scheme


def staged_tables(folder: Path, scheme: Scheme, plan: Plan, seed: int = 2017) -> Tables:
    """Return what is staged beside a scheme, and what is made up where nothing is."""
    stage = stage_of(folder, scheme, plan)
    assert stage is not None
    simulation = Simulation(plan, scheme.tables, scheme.office, seed, stage)
    made = {name: [dict(row) for row in rows] for name, rows in stage.tables.items()}
    parties = [MASTER, *(("scorer", s.name) for s in scheme.scorers), *(("unit", r["code"]) for r in made["units"])]
    for party in parties:
        for (name, key, column), value in simulation.inputs(party).items():
            sheet = plan.by_name[name]
            row = next(r for r in made[sheet.table] if r[sheet.key.name] == key and sheet.takes(r))
            row[column] = value
    return made
