"""What a worksheet function costs: one call, and ranges of 1,000 and 100,000 rows in one call.

    python -m tests.benchmarks.bench_functions [rows …]     from the top folder

Against the same arithmetic as plain Python (exact fractions of the decimals a cell shows) and against one
call a cell, in the same run: rounds take turns, medians are told. Ratios travel between machines, seconds do
not. The three answers are compared before anything is timed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from statistics import median

from xlperf.addin.functions import functions

SIZES = (1, 1_000, 100_000)
STEPS = functions()["XP_STEPS"]
TARGET, STEP, POINTS = 100.0, 0.05, 5.0


@dataclass(frozen=True)
class Timing:
    """Seconds for one size: a call with a range, a call for each cell, plain Python."""

    rows: int
    ranged: float
    cells: float
    plain: float


def column(rows: int) -> tuple[tuple[float], ...]:
    """Make a range of one column: values on both sides of the target, some at a step."""
    return tuple((80 + i % 977 / 10,) for i in range(rows))


def with_a_range(cells: tuple[tuple[float], ...]) -> list[float]:
    """Answer for the whole range in one call."""
    found = STEPS(cells, TARGET, STEP, POINTS)
    return [row[0] for row in found] if isinstance(found, list) else [found]


def with_cells(cells: tuple[tuple[float], ...]) -> list[float]:
    """Call once for each cell, as formulas filled down do."""
    return [STEPS(value, TARGET, STEP, POINTS) for (value,) in cells]


def with_python(cells: tuple[tuple[float], ...]) -> list[float]:
    """Do the same arithmetic exactly, as a person who knows Python writes it down."""
    target, step, points = (Fraction(f"{x:.15g}") for x in (TARGET, STEP, POINTS))
    answers = []
    for (value,) in cells:
        over = Fraction(f"{value:.15g}") - target
        answers.append(float(max(floor(over / target / step), 0) * points))
    return answers


def measure(rows: int, rounds: int = 3) -> Timing:
    """Check that the three agree, then take the median of each over rounds that take turns."""
    cells = column(rows)
    ways: tuple[Callable[[tuple[tuple[float], ...]], list[float]], ...] = (with_a_range, with_cells, with_python)
    answers = [way(cells) for way in ways]
    assert answers[0] == answers[1] == answers[2]
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, taken in zip(ways, times, strict=True):
            start = time.perf_counter()
            way(cells)
            taken.append(time.perf_counter() - start)
    return Timing(rows, *map(median, times))


def report(timings: Sequence[Timing]) -> str:
    """Write the table: seconds, and ratios to plain Python and to one call a cell."""
    lines = ["   rows    range s    cells s   python s  range/python  cells/range"]
    for t in timings:
        lines.append(
            f"{t.rows:>7} {t.ranged:>10.5f} {t.cells:>10.5f} {t.plain:>10.5f}"
            f" {t.ranged / t.plain:>13.2f} {t.cells / t.ranged:>12.2f}"
        )
    return "\n".join(lines)


def main(sizes: Sequence[int]) -> None:
    """Measure and print; small sizes get more rounds."""
    print(report([measure(size, rounds=3 if size > 10_000 else 15) for size in sizes]))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or SIZES)
