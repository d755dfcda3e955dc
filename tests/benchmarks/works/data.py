"""A folder of CSV scored with every check, beside pandas that reads the same files, checks nothing and computes."""

from __future__ import annotations

import csv
import random
from fractions import Fraction
from pathlib import Path

from benchmarks.frame import Contestant, Ready, Work
from benchmarks.round_of import smallest, tables, write_tables

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.formula.values import Value, half_up
from xlperf.problems import errors
from xlperf.scheme.load import load_scheme

LINES = 17
FILLED = ("actual", "account", "self", "verified", "lead", "reason")
Answer = dict[str, tuple[float, float]]  # unit → what it scores of a hundred, its place


def made(folder: Path, units: int) -> str:
    """Write the scheme of so many units, and what they reported as `data/marks.csv`."""
    source, scheme = smallest()
    rows = tables(scheme, units, LINES)
    write_tables(source, folder / "scheme", rows)
    (folder / "data").mkdir(exist_ok=True)
    draw = random.Random(units)
    with (folder / "data" / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("id", *FILLED))
        for i, row in enumerate(rows["marks"]):
            actual = draw.randrange(4000, 20000) / 100
            own = draw.randrange(0, int(row["full"]) * 100 + 1) / 100  # type: ignore[arg-type]
            found = actual - draw.randrange(0, 300) / 100
            out.writerow((row["id"], f"{actual:g}", f"第{i}项已完成", f"{own:g}", f"{found:g}", "", ""))
    return str(folder)


def checked(folder: str) -> Ready:
    """Read, judge every cell and score; the scheme stands ready, as pandas has its frames."""
    scheme, _ = load_scheme(Path(folder, "scheme"))
    assert scheme is not None
    plan, _ = compile_scheme(scheme)

    def run() -> Answer:
        given, problems = read_data(scheme, Path(folder, "data"))
        assert not errors(problems), problems[0].text("en")
        scores = score(plan, given)
        names = ("code", "result", "place")
        columns = zip(*(scores.column("totals", n) for n in names), strict=True)
        return {str(c): (float(r), float(p)) for c, r, p in columns}  # type: ignore[arg-type]

    return Ready(run)


def by_pandas(folder: str) -> Ready:
    """Read, look the facts up, compute and rank; no cell is judged."""
    import numpy as np
    import pandas as pd

    units = pd.read_csv(Path(folder, "scheme", "units.csv"), dtype={"code": str})
    facts = pd.read_csv(Path(folder, "scheme", "marks.csv")).set_index("id")

    def run() -> Answer:
        given = pd.read_csv(Path(folder, "data", "marks.csv")).set_index("id").join(facts)
        ratio = (given["verified"] / given["target"]).clip(0, 1)
        given["score"] = given["lead"].fillna(given["full"] * ratio)
        sums = given.groupby("unit")[["score", "full"]].sum()
        found = units.join(sums, on="code")
        found["result"] = found["score"] / found["full"] * 100
        found["shown"] = np.floor(found["result"] * 100 + 0.5 + 1e-9) / 100
        found["place"] = found["shown"].groupby(found["group"]).rank(method="min", ascending=False)
        return {c: (r, p) for c, r, p in zip(found["code"], found["result"], found["place"], strict=True)}

    return Ready(run)


def judged(folder: str, answer: Answer) -> tuple[int, int]:
    """Hold scores and places against fractions added up by hand."""
    scheme, _ = load_scheme(Path(folder, "scheme"))
    assert scheme is not None
    facts = {row["id"]: row for row in scheme.tables["marks"]}
    points: dict[Value, Fraction] = {}
    full: dict[Value, Fraction] = {}
    with Path(folder, "data", "marks.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            fact = facts[line["id"]]
            most, target, unit = (fact[n] for n in ("full", "target", "unit"))
            assert isinstance(most, Fraction)
            assert isinstance(target, Fraction)
            points[unit] = points.get(unit, Fraction()) + most * min(Fraction(line["verified"]) / target, Fraction(1))
            full[unit] = full.get(unit, Fraction()) + most
    exact = {unit: points[unit] / full[unit] * 100 for unit in points}
    shown = sorted((half_up(x, 2) for x in exact.values()), reverse=True)
    wrong = 0
    for unit, x in exact.items():
        result, place = answer.get(str(unit), (0.0, 0.0))
        wrong += (abs(result - float(x)) > 1e-9) + (place != shown.index(half_up(x, 2)) + 1)
    return wrong, 2 * len(exact)


WORKS = (
    Work(
        "A folder of CSV, 17 lines a unit, scored exactly with every check, against pandas that checks nothing",
        "units × 17 lines",
        (1_000,),
        made,
        judged,
        (
            Contestant("xlperf, every check", checked),
            Contestant("pandas, unchecked", by_pandas, ("pandas",), ("pandas",)),
        ),
        aims={"pandas, unchecked": 0.067},
    ),
)
