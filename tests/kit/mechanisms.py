"""The mechanisms of the scheme language on very many random rows: by hand = exact = array = LibreOffice.

`make mechanisms` holds 10,000 rows of each (some minutes), the tests a few; one run of LibreOffice recalculates the
总表 of all. Rules and looks have theirs in `tests/rules`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random

from kit.differences import differences
from kit.faces import plain
from kit.judge import agrees
from kit.libreoffice import converted
from kit.mechanism_rows import Made, levels, made_rows, musts, time_door
from kit.small_plan import identity
from xlperf.engine.arrays import score_drawn
from xlperf.engine.score import Scores, score
from xlperf.formula.values import Value
from xlperf.workbook.books.master import write_master

MECHANISMS: Mapping[str, Callable[[int, Random, Path], Made]] = {
    "M2": levels,
    "M3": time_door,
    "M4": made_rows,
    "M6": musts,
}


@dataclass
class Held:
    """What came of one mechanism: how many rows, cells held against each other, and what differs, in words."""

    name: str
    rows: int
    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = "".join(f"\n  {w}" for w in self.wrong[:20])
        return f"{self.name}: {self.rows} rows, {self.cells} cells; wrong: {len(self.wrong)}{told}"


def mechanisms(count: int, folder: Path, *, judged: bool = True, seed: int = 20260901) -> list[Held]:
    """Hold every mechanism on at least so many rows. judged: whether LibreOffice recalculates their books."""
    held, files, all_scores = [], [], []
    for name, make in MECHANISMS.items():
        made = make(count, Random(f"{name} {seed}"), folder / name)
        scores = score(made.plan, made.tables)
        held.append(Held(f"{name} {made.says}", made.rows))
        held[-1].wrong += by_hand(made, scores, held[-1])
        held[-1].wrong += by_arrays(scores)
        all_scores.append(scores)
        if judged:
            files.append(folder / f"{name}.xlsx")
            write_master(scores, files[-1], identity=identity())
    answered = converted(files, folder / "answered") if judged else []
    for one, scores, file, back in zip(held, all_scores, files, answered, strict=judged):
        one.wrong += [f"LibreOffice {d}" for d in differences(scores, back, file)]
    return held


def by_hand(made: Made, scores: Scores, held: Held) -> list[str]:
    """List the cells that are not what arithmetic by hand comes to."""
    wrong = []
    for (sheet, column), expected in made.expected.items():
        key = scores.plan.by_name[sheet].key.name
        found: dict[Value, Value] = {row[key]: row[column] for row in scores.rows(sheet)}
        held.cells += len(expected)
        wrong += [f"{sheet}.{k}.{column}: {found.get(k)}, {v} by hand" for k, v in expected.items() if found[k] != v]
    return wrong


def by_arrays(scores: Scores) -> list[str]:
    """List the computed cells in which the array face differs from the exact one."""
    arrays, wrong = score_drawn(scores, {}), []
    for sheet, column in scores.plan.computed():
        exact, quick = scores.column(sheet.name, column.name), arrays[sheet.name][column.name]
        for i, (a, b) in enumerate(zip(exact, map(plain, quick), strict=True)):
            if not agrees(float(b) if isinstance(b, Fraction) else b, a):
                wrong.append(f"array {sheet.name}.{column.name} {i}: {b}, exact {a}")
    return wrong


def main(count: int) -> None:
    """Print the figures."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for held in mechanisms(count, Path(folder)):
            print(held, flush=True)
    print(f"[{time.perf_counter() - began:.0f} s]")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
