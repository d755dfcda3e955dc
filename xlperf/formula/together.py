"""Columns worked out together, by programs that are kept as long as the plan is: compiled once, run at will."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from xlperf.formula.array import worked_out
from xlperf.formula.program import Program, recorded
from xlperf.formula.recording import Missed, Spot, Unrecorded
from xlperf.formula.vectors import Cells

_MOST = 8  # programs for the same columns: numbers that always differ are worked out as always


def worked_out_together(
    source: Any, wanted: Sequence[Spot], kept: dict[str, object], given: object
) -> dict[Spot, Cells]:
    """Return columns of a source: by a program where one fits what stands in it, else column by column.

    kept: where programs stay. given: what tells the columns apart that are given from those to be worked out. The first
    time nothing is compiled: most columns are asked for once.
    """
    known = cast("dict[Any, list[Program | None]]", kept.setdefault("programs", {}))
    programs = known.get((*wanted, given))
    if programs is None:
        known[*wanted, given] = []
        return {spot: source.column(*spot) for spot in wanted}
    for program in filter(None, programs):
        try:
            return program.run(source)
        except Missed:
            continue
    if len(programs) < _MOST:
        try:
            programs.append(recorded(source, wanted, worked_out))
            return cast("Program", programs[-1]).run(source)
        except Unrecorded:
            programs.extend([None] * (_MOST - len(programs)))
        except Missed:
            programs[-1] = None
    return {spot: source.column(*spot) for spot in wanted}
