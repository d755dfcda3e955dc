"""What came of calculating a 总表 anew, whichever way it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from xlperf.engine.score import Scores
from xlperf.problems import Problem
from xlperf.xlsx.cached import Change


@dataclass(frozen=True)
class Recomputed:
    """What came of it.

    exact: what gives the scores, None where nothing could be calculated. written: how many cells were calculated.
    changes: those that show something else.
    """

    exact: Callable[[], Scores] | None
    written: int
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...] = ()

    @cached_property
    def scores(self) -> Scores | None:
        """Return what everything in the book comes to; None where nothing could be calculated."""
        return None if self.exact is None else self.exact()
