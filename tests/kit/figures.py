"""The figures of the intake: `make figures COUNT=1000` prints them all, `make figures WHAT=edits` one of them.

The tests run each with a small count. What each of them is stands in `kit.strange_files` and `kit.hard_times`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from kit.corpus import corpus
from kit.figure import Figure
from kit.hard_times import bytes_changed, collectors, full_disk, kills
from kit.injections import injections
from kit.strange_files import edits, forty, mutants, resaves

# name → the figure, and how many of it make one of COUNT
FIGURES: Mapping[str, tuple[Callable[[int, Path], Figure], float]] = {
    "edits": (edits, 1),
    "mutants": (mutants, 10),
    "resaves": (resaves, 1),
    "forty": (forty, 0.05),
    "corpus": (corpus, 5),
    "injections": (injections, 0.2),
    "kills": (kills, 0.1),
    "full_disk": (full_disk, 1),
    "collectors": (collectors, 2),
    "bytes_changed": (bytes_changed, 1),
}


def main(count: int, *names: str) -> None:
    """Print figures. names: which of them, all where none is named."""
    for name, (make, share) in FIGURES.items():
        if not names or name in names:
            began = time.perf_counter()
            with tempfile.TemporaryDirectory() as folder:
                told = make(max(int(count * (1 if names else share)), 1), Path(folder))
                print(f"{told}  [{time.perf_counter() - began:.0f} s]", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, *sys.argv[2:])
