"""How long scoring takes: weighted composite, rounding and rank in group, on 44, 1,000 and 100,000 units.

    python -m tests.benchmarks.bench_scoring [units …]     from the top folder

The exact face and the array face are timed against pandas doing the same work in the same run, the best
of some repeats; ratios travel between machines, seconds do not. Growth is the time per unit against the
smallest size. The three answers are compared before anything is timed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from xlperf.engine.arrays import score_drawn
from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.score import score
from xlperf.formula.expression import Expr, col, lift
from xlperf.rules import RULES

SIZES = (44, 1_000, 100_000)
WEIGHTS = {
    "indicators": Fraction("0.7"),
    "party": Fraction("0.1"),
    "leader": Fraction("0.14"),
    "public": Fraction("0.06"),
}


@dataclass(frozen=True)
class Timing:
    """Seconds for one size: exact face, array face, pandas."""

    units: int
    exact: float
    array: float
    pandas: float


def plan() -> Plan:
    """Lay out one sheet: four scores, a composite, its rounded key, the place in the group."""
    composite = RULES["weighted"](parts=tuple((col(name), weight) for name, weight in WEIGHTS.items()))
    columns = (
        Column("code", "代码", "key", "text"),
        Column("group", "组别", "fact", "text"),
        *(Column(name, name, "input") for name in WEIGHTS),
        _computed("composite", composite),
        _computed("key", RULES["shown_at"](score=col("composite"), digits=lift(2))),
        _computed("place", RULES["rank"](by="key", within={"group": col("group")})),
    )
    return Plan("bench", "", 2024, (Sheet("units", "单位", "units", columns),))


def _computed(name: str, expr: Expr) -> Column:
    return Column(name, name, "computed", expr=expr)


def units(count: int) -> Tables:
    """Make units with scores of two decimals in groups of about 40, so that ties happen."""
    random.seed(count)
    groups = max(1, count // 40)
    return {
        "units": [
            {
                "code": f"U{i}",
                "group": f"G{random.randrange(groups)}",
                **{name: Fraction(random.randrange(6000, 10000), 100) for name in WEIGHTS},
            }
            for i in range(count)
        ]
    }


def frame_of(tables: Tables) -> pd.DataFrame:
    """Put the units in a frame, as a person who scores with pandas has them."""
    frame = pd.DataFrame(tables["units"])
    return frame.astype(dict.fromkeys(WEIGHTS, "float64"))


def with_pandas(frame: pd.DataFrame) -> pd.Series:
    """Do the same work in pandas: weighted sum, half up at two decimals, rank in group."""
    composite = sum(frame[name] * float(weight) for name, weight in WEIGHTS.items())
    key = np.floor((composite * 100).round(6) + 0.5) / 100
    return key.groupby(frame["group"]).rank(method="min", ascending=False)


def measure(count: int, repeats: int = 3) -> Timing:
    """Check that the three agree on every place, then take the best time of each."""
    scheme, tables = plan(), units(count)
    frame = frame_of(tables)
    scores = score(scheme, tables)
    places = [float(x) for x in scores.column("units", "place")]
    assert places == score_drawn(scores, {})["units"]["place"].tolist()
    assert places == with_pandas(frame).tolist()
    return Timing(
        count,
        _best(lambda: score(scheme, tables), repeats),
        _best(lambda: score_drawn(scores, {}), repeats),
        _best(lambda: with_pandas(frame_of(tables)), repeats),
    )


def _best(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def report(timings: Sequence[Timing]) -> str:
    """Write the table: seconds, ratios to pandas, and growth of the time per unit."""
    least = timings[0]
    lines = ["  units    exact s    array s   pandas s  exact/pandas  array/pandas  exact growth  array growth"]
    for t in timings:
        times = t.units / least.units
        lines.append(
            f"{t.units:>7} {t.exact:>10.4f} {t.array:>10.4f} {t.pandas:>10.4f} {t.exact / t.pandas:>13.2f}"
            f" {t.array / t.pandas:>13.2f}"
            f" {t.exact / least.exact / times:>13.2f} {t.array / least.array / times:>13.2f}"
        )
    return "\n".join(lines)


def main(sizes: Sequence[int]) -> None:
    """Measure and print."""
    print(report([measure(size) for size in sizes]))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or SIZES)
