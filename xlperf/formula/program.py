"""What was recorded of the array face, run with other numbers: calls of numpy in a row, block by block of the rows.

A block of rows fits a cache, so that a million rows cost little more each than a thousand. Looks at other rows take
columns as wholes; between them stand stages of what goes row by row. See `recording`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xlperf.formula.decisions import Fold
from xlperf.formula.expression import Expr
from xlperf.formula.recording import (
    Look,
    Missed,
    Recorder,
    Spot,
    Step,
    Tape,
    Traced,
    array_of,
    arrays_in,
    is_like,
    with_array,
)
from xlperf.formula.vectors import BLOCK, Cells, Numbers, Texts

Call = tuple[Callable[..., Any], int, int, int, int]  # function, register of the result, of what it takes; −1 for none


@dataclass(frozen=True)
class Stage:
    """Steps over the rows of one sheet. needs: registers of whole columns; gives: which are kept, and their types."""

    sheet: str | None
    calls: tuple[Call, ...]
    needs: tuple[int, ...]
    gives: tuple[tuple[int, Any], ...]

    def run(self, registers: list[Any], size: int) -> None:
        """Do the steps."""
        if self.sheet is None or size <= BLOCK:
            _do(self.calls, registers)
            return
        whole = {at: registers[at] for at in self.needs}
        made = {at: np.empty(size, dtype) for at, dtype in self.gives}
        for start in range(0, size, BLOCK):
            rows = slice(start, start + BLOCK)
            for at, array in whole.items():
                registers[at] = array[rows] if array.ndim else array
            _do(self.calls, registers)
            for at, array in made.items():
                array[rows] = registers[at]
        for at, array in (whole | made).items():
            registers[at] = array


def _do(calls: Sequence[Call], registers: list[Any]) -> None:
    for call, out, a, b, c in calls:
        if b < 0:
            registers[out] = call(registers[a])
        elif c < 0:
            registers[out] = call(registers[a], registers[b])
        else:
            registers[out] = call(registers[a], registers[b], registers[c])


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column that is given. at: its register; known: it as recorded; looked: whether its texts are used."""

    at: int
    known: Any
    looked: bool


@dataclass(frozen=True)
class Program:
    """What is done to work some columns out. leaves: the columns that are given, by their spots.

    varying: numbers in the place of constants, by the id of these. made: columns as recorded, of those that looks read
    and that are wanted. registers: constants in their places.
    """

    leaves: tuple[tuple[Spot, Leaf], ...]
    varying: tuple[tuple[int, Leaf], ...]
    stages: tuple[Stage | Look, ...]
    made: Mapping[Spot, Cells]
    wanted: tuple[Spot, ...]
    registers: tuple[Any, ...]

    def run(self, source: Any) -> dict[Spot, Cells]:
        """Work the columns out of what stands in a source. Raises Missed where it is not such as was recorded."""
        run = _Run(self, source)
        with np.errstate(all="ignore"):
            for stage in self.stages:
                if isinstance(stage, Stage):
                    stage.run(run.registers, source.size(stage.sheet) if stage.sheet is not None else 1)
                else:
                    run.look(stage)
            return {spot: run.columns[spot] if spot in run.columns else run.made(spot) for spot in self.wanted}


class _Run:
    """One run of a program: its registers, the texts of columns, the columns that looks read."""

    def __init__(self, program: Program, source: Any) -> None:
        self.program, self.source, self.codings = program, source, source.codings
        self.registers = list(program.registers)
        self.words: dict[int, tuple[str, ...]] = {}
        self.columns: dict[Spot, Cells] = {}
        for spot, leaf in program.leaves:
            self.columns[spot] = self._take(source.column(*spot), leaf, source.size(spot[0]))
        for at, leaf in program.varying:
            self.registers[leaf.at] = self._take(source.varying[at], leaf, 1).x.reshape(())

    def _take(self, x: Any, leaf: Leaf, size: int) -> Any:
        """Put a column in its register, as long as its sheet."""
        if type(x) is Numbers:
            array: Any = x.x
            if type(leaf.known) is not Numbers or not is_like(x, leaf.known):
                raise Missed
        else:
            array = array_of(x)
            if type(x) is not type(leaf.known):
                raise Missed
            if isinstance(x, Texts):
                if leaf.looked and x.words != leaf.known.words:
                    raise Missed
                self.words[leaf.at] = x.words
        if len(array) != size:
            array = np.broadcast_to(array, (size,))
            x = with_array(x, array)
        self.registers[leaf.at] = array
        return x

    def look(self, look: Look) -> None:
        """Do an operation on whole columns."""
        for spot in look.read:
            if spot not in self.columns:
                self.columns[spot] = self.made(spot)
        found = look.make(Fold(look.sheet, self, False), *(self._filled(x, look.sheet) for x in look.given))
        leaf = Leaf(array_of(look.found).at, look.found, look.looked)
        self._take(found, leaf, self.source.size(look.sheet))

    def made(self, spot: Spot) -> Cells:
        """Return a column that was worked out."""
        found: Cells = self._filled(self.program.made[spot], spot[0])
        return found

    def _filled(self, x: Any, sheet: str) -> Any:
        array: Any = array_of(x)
        if isinstance(array, Traced):
            if isinstance(x, Texts) and array.at in self.words:
                x = replace(x, words=self.words[array.at])
            array = self.registers[array.at]
        size = self.source.size(sheet)
        if array.shape != (size,):
            array = np.broadcast_to(array, (size,))
        return with_array(x, array)  # the same array where it is one already: looks know by it what they coded

    # what looks read: see `decisions.Source`

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column that a look reads."""
        return self.columns[sheet, name]

    def key(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        return self.columns[sheet, self.source.plan.by_name[sheet].key.name]

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        found: int = self.source.size(sheet)
        return found


# ---- made of what was recorded -----------------------------------------------------------------------------------


def recorded(source: Any, wanted: Sequence[Spot], work: Callable[[Expr, Fold], Cells]) -> Program:
    """Work columns out and record how. work: of an expression, with a fold. Raises Unrecorded where that cannot be."""
    recorder = Recorder(source, work)
    with np.errstate(all="ignore"):
        results = [recorder.column(*spot) for spot in wanted]
    tape = recorder.tape
    read = {spot for look in tape.looks for spot in look.read}
    whole = {*arrays_in(results), *arrays_in(x for look in tape.looks for x in look.given)}
    whole |= set(arrays_in(recorder.made[spot] for spot in read))
    for look in tape.looks:
        look.looked = array_of(look.found).at in tape.taken
    stages = _stages(tape.steps, tape.looks, whole)
    registers = _Registers(len(tape.types), stages, {*tape.constants, *whole}, tape.types)
    laid = tuple(registers.stage(*s) if not isinstance(s, Look) else s for s in stages)
    start: list[Any] = [None] * registers.count
    for at, array in tape.constants.items():
        start[at] = array
    kept = {spot: _forgotten(recorder.made[spot]) for spot in (*read, *wanted)}
    leaves = tuple((spot, _leaf(x, tape)) for spot, x in recorder.leaves.items())
    varying = tuple((at, _leaf(x, tape)) for at, x in recorder.varying.items())
    for look in tape.looks:
        look.given, look.found = tuple(map(_forgotten, look.given)), _forgotten(look.found)
    return Program(leaves, varying, laid, kept, tuple(wanted), tuple(start))


def _leaf(x: Any, tape: Tape) -> Leaf:
    at = array_of(x).at
    return Leaf(at, _forgotten(x), at in tape.taken)


def _forgotten(x: Any) -> Any:
    """Return a recorded column without the numbers that it was recorded with."""
    array: Any = array_of(x)
    if isinstance(array, Traced):
        array.now, array.tape = np.empty(0), None  # type: ignore[assignment]
    return x


def _stages(steps: Sequence[Step], looks: Sequence[Look], whole: Collection[int]) -> list[Any]:
    """Put what is needed in order: the steps of each sheet up to a level, the looks of that level, the next level."""
    needed, used = set(whole), []
    for step in reversed(steps):
        if step.out < 0 or step.out in needed:
            needed.update(step.given)
            used.append(step)
    used.reverse()
    found: list[Any] = []
    for level in range(max([s.level for s in used] + [x.level for x in looks], default=-1) + 1):
        there = [s for s in used if s.level == level]
        for sheet in sorted({s.sheet for s in there}, key=lambda name: (name is not None, name)):
            found.append((sheet, [s for s in there if s.sheet == sheet]))
        found.extend(x for x in looks if x.level == level)
    return found


class _Registers:
    """Where each array stands: whole columns have a place of their own, what only a stage needs shares some."""

    def __init__(self, count: int, stages: Sequence[Any], whole: Collection[int], types: Sequence[Any]) -> None:
        self.count, self._types = count + 1, types  # the last one takes what guards return
        self._trash = count
        made = {s.out: n for n, stage in enumerate(stages) if not isinstance(stage, Look) for s in stage[1]}
        self._own = set(whole)
        for n, stage in enumerate(stages):
            for step in [] if isinstance(stage, Look) else stage[1]:
                self._own.update(at for at in step.given if made.get(at) != n)

    def stage(self, sheet: str | None, steps: Sequence[Step]) -> Stage:
        """Lay the steps of a stage out."""
        last = {at: n for n, step in enumerate(steps) for at in step.given}
        made, place, free = {step.out for step in steps}, dict[int, int](), list[int]()
        calls = []
        for n, step in enumerate(steps):
            given = [place.get(at, at) for at in step.given]
            for at in set(step.given):
                if last[at] == n and at in place:
                    free.append(place[at])
            out = self._trash if step.out < 0 else step.out
            if step.out >= 0 and step.out not in self._own:
                out = place[step.out] = free.pop() if free else step.out
            a, b, c = (*given, -1, -1)[:3]
            calls.append((step.call, out, a, b, c))
        taken = {at for step in steps for at in step.given}
        arrays = {at for at in taken - made if not isinstance(self._types[at], tuple)}
        gives = tuple((at, self._types[at]) for at in sorted(made & self._own))
        return Stage(sheet, tuple(calls), tuple(sorted(arrays)), gives)
