"""Rounds of as many units as wanted, 30 lines each, of the smallest scheme: in memory, or with all books back."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from xlperf.demo.simulate import Simulation
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import Scores, score
from xlperf.formula.values import Value, decimal
from xlperf.rounds.distribute import distribute
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.store import Round, new_round
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.record import read_record, record_name
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.cached import write_values

LINES = 30
Rows = list[dict[str, Value]]


def tables(scheme: Scheme, units: int, lines: int = LINES) -> dict[str, Rows]:
    """Return units and marks: each unit has the same indicators, its own full marks and targets."""
    unit, mark = scheme.tables["units"][0], scheme.tables["marks"][0]
    stated = {"indicators": Fraction(lines), "full_mark": Fraction(sum(n % 5 + 1 for n in range(lines)))}
    whose = [{**unit, **stated, "code": f"U{i:05}", "name": f"第{i:05}单位"} for i in range(units)]
    marks: Rows = []
    for i, n in ((i, n) for i in range(units) for n in range(lines)):
        told: dict[str, Value] = {"id": f"U{i:05}-{n:02}", "unit": f"U{i:05}", "no": Fraction(n + 1)}
        told |= {"indicator": f"第{n + 1}项指标（件）", "full": Fraction(n % 5 + 1)}
        marks.append({**mark, **told, "target": Fraction(100 + (i * 7 + n) % 90)})
    return {"units": [dict(row) for row in whose], "marks": marks}


def smallest() -> tuple[Path, Scheme]:
    """Return the smallest scheme and where it lies."""
    path, _ = find_scheme("three-units")
    assert path is not None
    scheme, _ = load_scheme(path)
    assert scheme is not None
    return path if path.is_dir() else path.parent, scheme


def laid_out(units: int) -> tuple[Scheme, Scores]:
    """Return the scheme of so many units and its blank scores."""
    _, scheme = smallest()
    scheme = replace(scheme, tables={**scheme.tables, **tables(scheme, units)})
    plan, _ = compile_scheme(scheme)
    return scheme, score(plan, scheme.tables)


def write_tables(source: Path, folder: Path, wanted: dict[str, Rows]) -> None:
    """Write the scheme of a folder with these tables in place of its own."""
    shutil.copytree(source, folder)
    for name, rows in wanted.items():
        file = folder / f"{name}.csv"
        with file.open(encoding="utf-8", newline="") as there:
            names = next(csv.reader(there))
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(
                {n: decimal(v) if isinstance(v := row.get(n), Fraction) else v for n in names} for row in rows
            )


def with_returns(folder: Path, units: int) -> Round:
    """Make a round on the disk whose units have all sent their books, filled as they should be."""
    source, scheme = smallest()
    write_tables(source, folder / "scheme", tables(scheme, units))
    round_, problems = new_round(folder / "scheme", folder / "round", key=b"k" * 32, despite="benchmark")
    assert round_ is not None, [p.text("en") for p in problems]
    distribute(round_, only=("unit",))
    simulation, issued = Simulation(round_.plan, round_.scheme.tables, round_.scheme.office, 1), round_.state().issued
    for parcel in parcels_of(round_):
        if parcel.kind == "unit":
            _send(round_, simulation, parcel.whom, parcel.file, issued["unit", parcel.whom].serial)
    return round_


def _send(round_: Round, simulation: Simulation, whom: str, file: Path, serial: int) -> None:
    record, _ = read_record(round_.records / record_name(serial))
    inputs, values = simulation.inputs(("unit", whom)), {}
    for table in record.tables:
        for key, row in table.rows.items():
            for name, (at, role) in table.columns.items():
                value = inputs.get((table.plan_sheet, key, name))
                if role == "input" and value is not None:
                    cell = f"{letters(table.column + at - 1)}{row}"
                    values[table.title, cell] = float(value) if isinstance(value, Fraction) else value
    write_values(round_.folder / file, round_.inbox / file.name, values)
