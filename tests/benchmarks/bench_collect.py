"""What it costs to take books back as a round grows: the processor's time a file, and the peak of memory.

    make bench-collect [UNITS="…"]

Each size is a round of its own with 30 lines a unit, whose units have all sent; it is collected in two goes, in
processes of their own: first a few books, then all others, ledger, records and files on the disk included. The peak of
the first is what the round itself takes, that of the second has everybody's accepted cells as well. Seconds do not
travel between machines; growth does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

from benchmarks.frame import peak, spent

SIZES = (300, 1_000, 3_000)
FIRST = 100  # books that come first
HOME = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cost:
    """Of a collect: how many files, seconds of the processor with those of the readers, peak MB of the one writer."""

    files: int
    seconds: float
    memory: float


def measured(folder: str) -> Cost:
    """Collect a round once, in this process; every book must be taken in."""
    from xlperf.rounds.collecting.collect import collect
    from xlperf.rounds.store import open_round

    before = spent()
    round_, problems = open_round(folder)
    assert round_ is not None, problems
    found = collect(round_)
    files = len(list(round_.inbox.iterdir()))
    assert [r.decision for r in found.receipts] == ["accepted"] * files
    return Cost(found.new, spent() - before, peak())


def apart(folder: Path) -> Cost:
    """Collect a round in a process of its own."""
    words = [sys.executable, "-m", "tests.benchmarks.bench_collect", "--one", str(folder)]
    said = subprocess.run(words, check=True, capture_output=True, text=True, cwd=HOME)
    files, *costs = said.stdout.split()
    return Cost(int(files), *map(float, costs))


def both(units: int) -> tuple[Cost, Cost]:
    """Make a round of so many units and collect it: a few books, then all others."""
    from benchmarks.round_of import with_returns

    with tempfile.TemporaryDirectory() as home:
        round_ = with_returns(Path(home), units)
        later = Path(home, "later")
        later.mkdir()
        files = sorted(round_.inbox.glob("*.xlsx"))
        for file in files[FIRST:]:
            file.rename(later / file.name)
        first = apart(round_.folder)
        for file in files[FIRST:]:
            (later / file.name).rename(round_.inbox / file.name)
        return first, apart(round_.folder)


def report(costs: Sequence[tuple[int, tuple[Cost, Cost]]]) -> str:
    """Write the table; growth is an exponent against the smallest size, of all that the round's collecting took."""
    lines = [f"| units | ms a file | s together | growth | MB with {FIRST} | MB with all | against {FIRST} |"]
    lines.append("|---|---|---|---|---|---|---|")
    least, begun = costs[0][0], sum(c.seconds for c in costs[0][1])
    for units, (first, rest) in costs:
        together = first.seconds + rest.seconds
        grown = log(together / begun) / log(units / least) if units > least else 1.0
        each = together / (first.files + rest.files) * 1000
        ratio = rest.memory / first.memory
        cells = [f"{units:,}", f"{each:.1f}", f"{together:.1f}", f"{grown:.2f}"]
        lines.append("| " + " | ".join([*cells, f"{first.memory:.0f}", f"{rest.memory:.0f}", f"{ratio:.2f}"]) + " |")
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    if words[:1] == ["--one"]:
        cost = measured(words[1])
        print(cost.files, cost.seconds, cost.memory)
        return
    print(report([(units, both(units)) for units in (map(int, words) if words else SIZES)]))


if __name__ == "__main__":
    main(sys.argv[1:])
