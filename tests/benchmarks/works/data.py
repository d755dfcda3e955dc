"""A folder of CSV scored with every check, beside pandas that reads the same files, checks nothing and computes."""

from __future__ import annotations

import csv
import random
import re
from difflib import SequenceMatcher, get_close_matches
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
NEAR = 0.6  # how much alike a key that is named must be to the unknown one
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


# ---- names that nobody knows ----------------------------------------------------------------------


def misnamed(folder: Path, wrong: int) -> tuple[str, int]:
    """Write the scheme of a thousand units, and as many lines of data whose key has a letter too many."""
    made(folder, max(1, min(1_000, wrong)))
    file = folder / "data" / "marks.csv"
    head, *lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([head, *(f"{line[:3]}x{line[3:]}" for line in lines[:wrong])]), "utf-8")
    return str(folder), wrong


def told(given: tuple[str, int]) -> Ready:
    """Read them; every one is told with the nearest that there are."""
    scheme, _ = load_scheme(Path(given[0], "scheme"))
    assert scheme is not None

    def run() -> list[str]:
        problems = read_data(scheme, Path(given[0], "data"))[1]
        return [p.text("en") for p in problems if p.code == "DATA_UNKNOWN_KEY"]

    return Ready(run)


def compared(given: tuple[str, int]) -> Ready:
    """Hold each against every key that there is, with the standard library."""
    scheme, _ = load_scheme(Path(given[0], "scheme"))
    assert scheme is not None
    known = [str(row["id"]) for row in scheme.tables["marks"]]
    with Path(given[0], "data", "marks.csv").open(encoding="utf-8", newline="") as file:
        asked = [line["id"] for line in csv.DictReader(file)]
    return Ready(lambda: [f"{one}: {'、'.join(get_close_matches(one, known, 3, 0.5))}" for one in asked])


def unhelped(given: tuple[str, int], answer: list[str]) -> tuple[int, int]:
    """Count the keys that nobody told, or told with none that is near."""
    with Path(given[0], "data", "marks.csv").open(encoding="utf-8", newline="") as file:
        asked = [line["id"] for line in csv.DictReader(file)]
    wrong = abs(len(asked) - len(answer))
    for one, said in zip(asked, answer, strict=False):
        nearest = max((_alike(one, key) for key in re.findall(r"U\d{5}-\d\d", said)), default=0.0)
        wrong += nearest < NEAR
    return wrong, given[1]


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, other, one).ratio()


WORKS = (
    Work(
        "Keys that nobody knows, each told with the nearest of 17,000",
        "unknown keys",
        (200, 2_000),
        misnamed,
        unhelped,
        (
            Contestant("xlperf, read and told", told),
            Contestant("difflib, each against all", compared, most=200),
        ),
        rounds=3,
    ),
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
