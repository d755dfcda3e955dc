"""Very many rows and very many draws on the array face: a million units, and weights moved ten thousand times."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.county import DISTRICTS, GROUP, MARKS, PARTS, filled, inputs, laid_out, weights, write_scheme
from benchmarks.frame import Contestant, Ready, Work
from benchmarks.works.arrays import RESULTS, by_hand_columns, half_up, ranked

from xlperf.engine.arrays import ArrayColumns, Vectors
from xlperf.engine.robust import robustness
from xlperf.engine.score import rows_of, score
from xlperf.formula.vectors import Texts, cells, plain_array, typed

UNITS, FEW = 1_000, 90  # of the simulation; for a few draws
BY, SEED = Fraction(1, 10), 1


def drawn(units: int) -> tuple[dict[str, Any], Any, Any]:
    """Draw the marks of units as columns; their groups and districts by number."""
    draw = np.random.default_rng(units)
    low, high = {"extra": 0, "minus": 0}, {"extra": 2001, "minus": 301}
    columns = {n: draw.integers(low.get(n, 4000), high.get(n, 11000), units) / 100 for n in inputs()}
    columns["extra"] = np.round(columns["extra"] * 4) / 4
    return columns, draw.integers(0, max(1, units // GROUP), units), np.arange(units) % DISTRICTS


def made(folder: Path, units: int) -> tuple[str, int]:
    """Write the scheme with a few units; the columns are drawn where they are wanted."""
    return str(write_scheme(folder, DISTRICTS)), units


def ours(given: tuple[str, int]) -> Ready:
    """Score columns that stand in memory as they came; no row is made of them."""
    scheme, plan = laid_out(Path(given[0]))
    columns, group, district = drawn(given[1])
    rows = {**rows_of(plan, scheme.tables), "units": [{}] * given[1]}
    texts = {"group": group.astype("U9"), "district": np.char.add("D", district.astype("U2"))}
    held = {("units", n): _text(t) for n, t in texts.items()} | {("units", n): cells(x) for n, x in columns.items()}

    def run() -> dict[str, Any]:
        found = ArrayColumns(plan, rows, vectors=Vectors(plan, rows, held))
        return {spot[1]: plain_array(x) for spot, x in found.of([("units", name) for name in RESULTS]).items()}

    run()  # column by column; what is judged and measured is the list of calls that the plan is from now on
    return Ready(run)


def _text(values: Any) -> Texts:
    found = typed(values.astype(object), True)
    assert isinstance(found, Texts)
    return found


def by_hand(given: tuple[str, int]) -> Ready:
    """Do it in numpy written for this scheme."""
    scheme, _ = laid_out(Path(given[0]))
    columns, group, district = drawn(given[1])
    _, group = np.unique(group, return_inverse=True)
    factors = np.array([float(row["factor"]) for row in scheme.tables["districts"]])
    return Ready(lambda: by_hand_columns(columns, group, district, factors))


def judged(given: tuple[str, int], answer: dict[str, Any]) -> tuple[int, int]:
    """Hold every number against numpy written by hand; smaller counties are held against the exact face."""
    wanted, wrong = by_hand(given).run(), 0
    for name in RESULTS:
        if name == "grade":
            wrong += int(np.sum(np.asarray(answer[name], str) != np.asarray(wanted[name], str)))
        else:
            wrong += int(np.sum(~np.isclose(np.asarray(answer[name], float), wanted[name], rtol=1e-12, atol=1e-12)))
    return wrong, given[1] * len(RESULTS)


# ---- weights moved ---------------------------------------------------------------------------------

Intervals = list[tuple[int, int, int, int]]


def made_county(folder: Path, draws: int) -> tuple[str, int]:
    """Write the scheme of a thousand units."""
    return str(write_scheme(folder, _units(draws))), draws


def _units(draws: int) -> int:
    return UNITS if draws >= UNITS else FEW


def simulated(given: tuple[str, int]) -> Ready:
    """Move the weights and say between which places everybody stays."""
    scheme, plan = laid_out(Path(given[0]))
    scores = score(plan, filled(scheme, _units(given[1])))

    def run() -> Intervals:
        found = robustness(scores, BY, given[1], SEED)
        return [(k.best, k.worst, k.low, k.high) for k in sorted(found, key=lambda k: k.position)]

    return Ready(run)


def simulated_by_hand(given: tuple[str, int]) -> Ready:
    """Move the same weights by the same numbers in numpy written for this scheme."""
    scheme, _ = laid_out(Path(given[0]))
    rows = filled(scheme, _units(given[1]))["units"]
    capped = {i: np.clip(np.array([float(r[f"m{i}"]) for r in rows]), 0, 100) for i in range(1, MARKS + 1)}  # type: ignore[arg-type]
    extra, minus = (np.array([float(r[name]) for r in rows]) for name in ("extra", "minus"))  # type: ignore[arg-type]
    _, group = np.unique(np.array([str(r["group"]) for r in rows]), return_inverse=True)
    off = np.minimum(np.floor(np.round(extra / 2.5, 9)) * 0.5, 3) - minus

    def run() -> Intervals:
        draw, places = np.random.default_rng(SEED), np.empty((given[1], len(rows)), np.float32)
        for at in range(given[1]):
            parts = []
            for part in range(1, PARTS + 1):
                own = weights(part)
                moved = _moved(np.array([float(w) for _, w in own]), draw)
                parts.append(half_up(sum(capped[i] * w for (i, _), w in zip(own, moved, strict=True))))
            moved = _moved(np.array([0.4, 0.3, 0.2, 0.1]), draw)
            shown = half_up(sum(p * w for p, w in zip(parts, moved, strict=True)) + off)
            places[at] = ranked(group, -np.rint(shown * 100), ties=True)
        low, high = np.percentile(places, (5.0, 95.0), axis=0, method="nearest")
        found = np.stack([places.min(0), places.max(0), low, high], axis=1).astype(int)
        return [tuple(row) for row in found.tolist()]

    return Ready(run)


def _moved(shares: Any, draw: Any) -> Any:
    found = shares * (1 + draw.uniform(-float(BY), float(BY), len(shares)))
    return found * (shares.sum() / found.sum())


def intervals_judged(given: tuple[str, int], answer: Intervals) -> tuple[int, int]:
    """Hold every interval against numpy written by hand."""
    wanted = simulated_by_hand(given).run()
    return sum(a != b for mine, hand in zip(answer, wanted, strict=True) for a, b in zip(mine, hand, strict=True)), (
        4 * len(wanted)
    )


WORKS = (
    Work(
        "Scoring on the array face, columns in memory: how it grows to a million",
        "units × 30 marks",
        (100_000, 1_000_000),
        made,
        judged,
        (Contestant("array face", ours, ("numpy",)), Contestant("numpy by hand", by_hand, ("numpy",))),
        grows=1.041,
        rounds=3,
    ),
    Work(
        "Simulation: all weights moved by up to a tenth, 1,000 units × 30 marks, the interval of everybody's place",
        "draws",
        (1_000, 10_000),
        made_county,
        intervals_judged,
        (
            Contestant("xlperf robust", simulated, ("numpy",)),
            Contestant("numpy by hand", simulated_by_hand, ("numpy",)),
        ),
        rounds=1,
    ),
)
