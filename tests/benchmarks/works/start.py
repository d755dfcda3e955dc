"""What starting costs of the processor: `xlperf --help` and `check` of the smallest scheme, beside a bare Python."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.frame import Contestant, Ready, Work

SCHEME = "schemes/three-units"
TOP = Path(__file__).parents[3]


def started(words: list[str], _: object) -> Ready:
    """Start Python with these words, from the top folder."""
    return Ready(lambda: subprocess.run([sys.executable, *words], cwd=TOP, capture_output=True, check=False).returncode)


def ended(_: object, code: int) -> tuple[int, int]:
    """Return whether it ended well; `check` ends with 3 where it found something to look at."""
    return int(code not in (0, 3)), 1


def nothing(folder: Path, size: int) -> None:
    """Make nothing."""


def work(title: str, words: list[str]) -> Work:
    """Measure one command beside what Python itself costs, and Python with click."""
    return Work(
        title,
        "start",
        (1,),
        nothing,
        ended,
        (
            Contestant(title, partial(started, ["-m", "xlperf", *words]), ("click",)),
            Contestant("bare Python", partial(started, ["-c", "pass"])),
            Contestant("Python with click", partial(started, ["-c", "import click"])),
            Contestant("Python with numpy and pandas", partial(started, ["-c", "import numpy, pandas"]), ("pandas",)),
        ),
        rounds=7,
    )


WORKS = (
    work("xlperf --help (at most 0.15 s CPU)", ["--help"]),
    work("xlperf check three-units (at most 0.4 s CPU)", ["check", SCHEME]),
)
