"""The array face against hand-written numpy of the same scheme, and how it grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.county import MARKS, PARTS, filled, inputs, laid_out, texts, weights, write_scheme
from benchmarks.frame import Contestant, Ready, Work

from xlperf.engine.arrays import ArrayColumns, Vectors
from xlperf.engine.score import rows_of, score
from xlperf.formula.vectors import plain_array

RESULTS = ("shown", "place", "seat", "place_low", "peers", "paid", "grade")
EXACT_UP_TO = 3_000  # units; beyond, the hand-written numbers are the judge


def made(folder: Path, units: int) -> tuple[str, int]:
    """Write the scheme; every contestant draws the same marks from it."""
    return str(write_scheme(folder, units)), units


def judged(given: tuple[str, int], answer: dict[str, Any]) -> tuple[int, int]:
    """Hold the results against the exact face, cell by cell; a large county against plain numpy."""
    folder, units = given
    if units > EXACT_UP_TO:
        wanted = by_hand(given).run()
    else:
        scheme, plan = laid_out(Path(folder))
        scores = score(plan, filled(scheme, units))
        exact = {name: scores.column("units", name) for name in RESULTS}
        wanted = {n: np.array([v if isinstance(v, str) else float(v) for v in c]) for n, c in exact.items()}
    wrong = 0
    for name in RESULTS:
        if name == "grade":
            wrong += int(np.sum(np.asarray(answer[name], str) != np.asarray(wanted[name], str)))
        else:
            wrong += int(np.sum(~np.isclose(np.asarray(answer[name], float), wanted[name], rtol=1e-12, atol=1e-12)))
    return wrong, units * len(RESULTS)


def ours(given: tuple[str, int]) -> Ready:
    """Score on the array face; the tables stand in memory as columns, and the plan was asked for them before."""
    scheme, plan = laid_out(Path(given[0]))
    rows = rows_of(plan, filled(scheme, given[1]))
    vectors = Vectors(plan, rows)
    ArrayColumns(plan, rows, vectors=vectors).every()

    def run() -> dict[str, Any]:
        found = ArrayColumns(plan, rows, vectors=vectors)
        return {spot[1]: plain_array(x) for spot, x in found.of([("units", name) for name in RESULTS]).items()}

    run()  # column by column; what is judged and measured is the list of calls that the plan is from now on
    return Ready(run)


def by_hand(given: tuple[str, int]) -> Ready:
    """Write the scheme out in numpy, as a person who knows it does; ROUND by the fifteen digits of `perf.md`."""
    scheme, _ = laid_out(Path(given[0]))
    rows, drawn = scheme.tables["units"], texts(given[1])
    columns = {name: np.array([float(row[name]) for row in drawn]) for name in inputs()}
    groups = np.array([row["group"] for row in rows])
    districts = np.array([int(str(row["district"])[1:]) for row in rows])
    factors = np.array([float(row["factor"]) for row in scheme.tables["districts"]])
    _, group = np.unique(groups, return_inverse=True)

    return Ready(lambda: by_hand_columns(columns, group, districts, factors))


def by_hand_columns(columns: dict[str, Any], group: Any, districts: Any, factors: Any) -> dict[str, Any]:
    """Compute the results from marks as columns, and groups and districts by number."""
    capped = {i: np.clip(columns[f"m{i}"], 0, 100) for i in range(1, MARKS + 1)}
    parts = [half_up(sum(capped[i] * float(w) for i, w in weights(p))) for p in range(1, PARTS + 1)]
    total = parts[0] * 0.4 + parts[1] * 0.3 + parts[2] * 0.2 + parts[3] * 0.1
    steps = np.minimum(np.floor(np.round(columns["extra"] / 2.5, 9)) * 0.5, 3)
    final = total + steps - columns["minus"]
    shown = half_up(final)
    keys = np.rint(shown * 100)
    return {
        "shown": shown,
        "place": ranked(group, -keys, ties=True),
        "seat": ranked(group, -keys, ties=False),
        "place_low": ranked(group, keys, ties=True),
        "peers": (np.bincount(group, shown) / np.bincount(group))[group],
        "paid": half_up(final * factors[districts]),
        "grade": np.where(shown >= 85, "优秀", np.where(shown >= 70, "良好", "一般")),
    }


def half_up(a: Any, digits: int = 2) -> Any:
    """Round half away from zero, a double's noise about a half counted as a half."""
    scale = 10.0**digits
    x = np.abs(a) * scale
    whole = np.floor(x)
    part = x - whole
    near = np.abs(part - 0.5) <= x * 4e-15 + 1e-15
    return np.copysign((whole + np.where(near, 1, part > 0.5)) / scale, a)


def ranked(group: Any, keys: Any, *, ties: bool) -> Any:
    """Place within each group by sorting: 1, 2, 2, 4, or by the list where ties do not count."""
    by = np.lexsort((keys, group))
    g, k = group[by], keys[by]
    at = np.arange(len(by))
    starts = np.r_[True, g[1:] != g[:-1]]
    first = np.maximum.accumulate(np.where(starts, at, 0))
    if ties:
        fresh = starts | np.r_[True, k[1:] != k[:-1]]
        place = np.maximum.accumulate(np.where(fresh, at, 0)) - first
    else:
        place = at - first
    found = np.empty(len(by))
    found[by] = place + 1
    return found


WORKS = (
    Work(
        "A scheme of 80 columns in float64: array face against numpy written by hand",
        "units × 30 marks",
        (1_000, 100_000),
        made,
        judged,
        (Contestant("array face", ours, ("numpy",)), Contestant("numpy by hand", by_hand, ("numpy",))),
        aims={"numpy by hand": 0.667},
        grows=1.04,
    ),
)
