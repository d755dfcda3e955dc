"""Worksheet functions: one call with a range against a call for each cell; and ROUND on a column against Decimal."""

from __future__ import annotations

import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.frame import Contestant, Ready, Work

from xlperf.addin.functions import functions
from xlperf.formula.array import half_up

TARGET, STEP, POINTS = 100.0, 0.05, 5.0
CENT = Decimal("0.01")


def rows(_: Path, count: int) -> int:
    """Say how many rows; contestants make them alike."""
    return count


def column(count: int) -> tuple[tuple[float], ...]:
    """Make a range of one column: values on both sides of the target, some at a step."""
    return tuple((80 + i % 977 / 10,) for i in range(count))


def with_a_range(count: int) -> Ready:
    """Answer for the whole range in one call."""
    cells, steps = column(count), functions()["XP_STEPS"]

    def run() -> list[float]:
        found = steps(cells, TARGET, STEP, POINTS)
        return [row[0] for row in found] if isinstance(found, list) else [found]

    return Ready(run)


def with_cells(count: int) -> Ready:
    """Call once for each cell, as formulas filled down do."""
    cells, steps = column(count), functions()["XP_STEPS"]
    return Ready(lambda: [steps(value, TARGET, STEP, POINTS) for (value,) in cells])


def with_python(count: int) -> Ready:
    """Do the same arithmetic exactly, as a person who knows Python writes it down."""
    cells = column(count)

    def run() -> list[float]:
        target, step, points = (Fraction(f"{x:.15g}") for x in (TARGET, STEP, POINTS))
        over = (Fraction(f"{value:.15g}") - target for (value,) in cells)
        return [float(max(floor(x / target / step), 0) * points) for x in over]

    return Ready(run)


def stepped(count: int, answer: list[float]) -> tuple[int, int]:
    """Hold the answers against whole arithmetic in tenths: five points for each five that a value is over a hundred."""
    wanted = (max((i % 977 - 200) // 50, 0) * POINTS for i in range(count))
    return sum(a != w for a, w in zip(answer, wanted, strict=True)), count


def sums(count: int) -> tuple[list[float], list[int]]:
    """Make sums of three weighted scores in binary arithmetic, and what they are in whole ten-thousandths."""
    draw = random.Random(5)
    scores = [[draw.randrange(0, 10_001) for _ in range(3)] for _ in range(count)]
    return [a / 100 * 0.5 + b / 100 * 0.3 + c / 100 * 0.2 for a, b, c in scores], [
        a * 50 + b * 30 + c * 20 for a, b, c in scores
    ]


def rounded(count: int, answer: Any) -> tuple[int, int]:
    """Hold rounded sums against whole arithmetic."""
    wanted = np.array([(n + 50) // 100 / 100 for n in sums(count)[1]])
    return int(np.sum(np.asarray(answer) != wanted)), count


def with_half_up(count: int) -> Ready:
    """Round the column on the array face."""
    values = np.array(sums(count)[0])
    return Ready(lambda: half_up(values, 2))


def with_decimal(count: int) -> Ready:
    """Round by Decimal, from the fifteen digits that a spreadsheet looks at."""
    values = sums(count)[0]
    return Ready(lambda: [float(Decimal(f"{v:.15g}").quantize(CENT, ROUND_HALF_UP)) for v in values])


def with_builtin(count: int) -> Ready:
    """Round by Python's own `round`."""
    values = sums(count)[0]
    return Ready(lambda: [round(v, 2) for v in values])


def with_numpy(count: int) -> Ready:
    """Round by numpy's own `round`."""
    values = np.array(sums(count)[0])
    return Ready(lambda: np.round(values, 2))


WORKS = (
    Work(
        "XP_STEPS over a range",
        "rows",
        (1_000, 100_000),
        rows,
        stepped,
        (
            Contestant("one call with a range", with_a_range),
            Contestant("a call a cell", with_cells),
            Contestant("plain Python, exact", with_python),
        ),
        aims={"a call a cell": 10},
        rounds=3,
    ),
    Work(
        "ROUND(x,2) of a column",
        "values",
        (100_000,),
        rows,
        rounded,
        (
            Contestant("array face", with_half_up, ("numpy",)),
            Contestant("Decimal", with_decimal),
            Contestant("round()", with_builtin),
            Contestant("numpy.round", with_numpy, ("numpy",)),
        ),
        aims={"Decimal": 50},
        rounds=3,
    ),
)
