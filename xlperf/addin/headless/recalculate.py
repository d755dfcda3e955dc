"""An office's own book calculated without a spreadsheet: which engines, and what becomes of each cell.

Two engines calculate the book where both can. A cell that they agree on is written; one that they do not agree on,
or that only one of them takes for an error, is told and keeps its old value.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xlperf.addin.headless.adapter import CIRCLE
from xlperf.addin.headless.bounded import looks_at_whole, write_bounded
from xlperf.addin.headless.engines import Answer, Job, answers
from xlperf.addin.headless.left import called, left_alone, left_problems, write_left
from xlperf.problems import Problem, Where, problem, word
from xlperf.xlsx.cached import (
    Change,
    Place,
    changes,
    formulas_of,
    shows_alike,
    shows_error,
    stored_results,
    write_values,
)
from xlperf.xlsx.cells import UnsoundCell
from xlperf.xlsx.parts import UnsafePart

ENGINES = ("formulas", "formualizer")
# `formulas` needs about 4 ms a formula to load and 2 to calculate, and more the larger the book is; beyond 50
# units × 30 formulas a person waits, and `formualizer` calculates alone.
MOST_FOR_FORMULAS = 1_500
SECONDS = 120.0  # for one book
_BEYOND = (1, 4)  # empty rows that stand for the rest of a whole column, in one calculation and in the other
_OWN_ERRORS = frozenset({"#VALUE!", "#NAME?", "#REF!", "#NUM!", "#NULL!"})  # which an engine may also mean of itself
_MISSING = object()


@dataclass(frozen=True)
class Recalculated:
    """What came of a book. written: how many cells have their true value. changes: those that show something else."""

    written: int = 0
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()


def engines_for(formula_cells: int) -> tuple[str, ...]:
    """Choose the engines for a book of so many formula cells, of those that are installed."""
    wanted = ENGINES if formula_cells <= MOST_FOR_FORMULAS else ENGINES[1:]
    return tuple(name for name in wanted if find_spec(name) is not None) or tuple(
        name for name in ENGINES if find_spec(name) is not None
    )


def recalculated(book: Path, out: Path, engine: str | None = None, *, seconds: float = SECONDS) -> Recalculated:
    """Write a copy of a workbook with true cached values, or nothing where none could be calculated in time.

    A cell that could not be valued, or on which the engines differ, keeps what it had. engine: one alone; None for
    both where both can.
    """
    try:
        texts = formulas_of(book)
    except UnsoundCell as fault:
        return Recalculated(problems=(fault.as_problem("RECALC_UNREADABLE", book.name),))
    except (UnsafePart, zipfile.BadZipFile, zlib.error, EOFError, KeyError) as fault:
        found = f"{type(fault).__name__} {fault}"
        return Recalculated(problems=(problem("RECALC_UNREADABLE", Where(book.name), found=found),))
    names = (engine,) if engine is not None else engines_for(len(texts))
    lacking = [name for name in names if find_spec(name) is None] or ([] if names else list(ENGINES[1:]))
    if lacking:
        problems = [problem("RECALC_NO_ENGINE", None, found=name, python=sys.executable) for name in lacking]
        return Recalculated(problems=tuple(problems))
    left = left_alone(texts)
    calculated = {place: text for place, text in texts.items() if place not in left}
    results, unsure = _calculated(book, calculated, left, names, seconds)
    done = {name: answer for name, answer in results.items() if answer.done}
    if not done:
        return Recalculated(problems=tuple(_failures(book, results, seconds)))
    values: dict[Place, Any] = {}
    problems = list(_alone(book, results, texts)) if engine is None else []
    stored = stored_results(book)
    for place, text in calculated.items():
        settled = _settled(place, text, done, unsure, stored.get(place), chosen=engine is not None)
        if isinstance(settled, Problem):
            problems.append(_at(settled, book, place))
        else:
            values[place] = settled[0]
    problems += left_problems(book, left)
    changed = tuple(changes(book, values))
    write_values(book, out, values)
    return Recalculated(len(values), tuple(problems), changed)


def _calculated(
    book: Path, texts: Mapping[Place, str], left: Mapping[Place, str], names: Sequence[str], seconds: float
) -> tuple[dict[str, Answer], frozenset[Place]]:
    """Calculate a book by each engine; where formulas look at whole columns, once more under another bound.

    left: formulas that are not calculated. Returns the answers, and the cells (worksheets in capitals) to which the
    bound makes a difference.
    """
    names_called = tuple(sorted({name for text in texts.values() for name in called(text)}))
    whole = any(looks_at_whole(text) for text in texts.values())
    with tempfile.TemporaryDirectory(prefix="xlperf-") as folder:
        book = write_left(book, Path(folder, f"left {book.name}"), left) if left else book
        copies = [write_bounded(book, Path(folder, f"{i}.xlsx"), n) for i, n in enumerate(_BEYOND)] if whole else [book]
        jobs = [Job(name, copies[0], names_called) for name in names]
        jobs += [Job(names[-1], copies[1], names_called)] if whole else []
        found = answers(jobs, seconds)
    unsure = _differing(texts, found[len(names) - 1], found[-1]) if whole else frozenset()
    return dict(zip(names, found, strict=False)), unsure


def _differing(texts: Mapping[Place, str], one: Answer, other: Answer) -> frozenset[Place]:
    at = {(sheet.upper(), cell): text for (sheet, cell), text in texts.items()}
    if not (one.done and other.done):
        return frozenset(place for place, text in at.items() if looks_at_whole(text))
    return frozenset(p for p in at if not shows_alike(one.values.get(p, _MISSING), other.values.get(p, _MISSING)))


def _failures(book: Path, found: Mapping[str, Answer], seconds: float) -> Iterator[Problem]:
    where = Where(book.name)
    if any(answer.late for answer in found.values()):
        yield problem("RECALC_TOO_LONG", where, seconds=f"{seconds:g}")
    for name, answer in found.items():
        if answer.fault:
            yield problem("RECALC_ENGINE_FAILED", where, engine=name, found=answer.fault)


def _alone(book: Path, found: Mapping[str, Answer], texts: Mapping[Place, str]) -> Iterator[Problem]:
    """List where only one engine calculated the book, and why."""
    done = [name for name, answer in found.items() if answer.done]
    if len(done) > 1:
        return
    other = next(name for name in ENGINES if name not in done)
    answer = found.get(other)
    if answer is not None:
        why = word("{other} 没有按时算完", other=other) if answer.late else f"{other}: {answer.fault}"
    elif find_spec(other) is None:
        why = word("没有安装 {other}", other=other)
    else:
        why = word("公式有{count}个，{other} 要算很久", count=len(texts), other=other)
    yield problem("RECALC_ONE_ENGINE", Where(book.name), found=done[0], why=why)


# ---- one cell ------------------------------------------------------------------------------------------------


def _settled(
    place: Place, text: str, done: Mapping[str, Answer], unsure: frozenset[Place], stored: Any, *, chosen: bool
) -> tuple[Any] | Problem:
    """Return the value that the engines agree on, or the problem of the cell.

    unsure: see `_calculated`. stored: what the cell shows now; no error of one engine alone takes the place of a value.
    chosen: whether a person asked for one engine alone, whose errors stand where there is none.
    """
    at = (place[0].upper(), place[1])
    shown = {name: answer.values.get(at, _MISSING) for name, answer in done.items()}
    if CIRCLE in shown.values():
        return problem("RECALC_CIRCLE", found=f"={text}")
    ignorant = {name for name, value in shown.items() if value == "#NAME?" and called(text) & done[name].unknown}
    known = {name: value for name, value in shown.items() if value is not _MISSING and name not in ignorant}
    if not known:
        return problem("RECALC_UNKNOWN_FUNCTION" if ignorant else "RECALC_NO_VALUE", found=f"={text}")
    if at in unsure:
        return problem("RECALC_WHOLE_COLUMN", found=f"={text}")
    values = list(known.values())
    if not all(shows_alike(values[0], value) for value in values[1:]):
        first, second = (f"{name} {_shown(value)}" for name, value in known.items())
        return problem("RECALC_ENGINES_DIFFER", first=first, second=second, found=f"={text}")
    has_value = stored is not None and not shows_error(stored)
    ours = bool(called(text)) and all(name.startswith("XP_") for name in called(text))  # no engine answers for these
    is_doubtful = shows_error(values[0]) if has_value else values[0] in _OWN_ERRORS and not chosen
    if len(values) == 1 and not ours and is_doubtful:  # nobody says whether the book means it or the engine gave up
        return problem("RECALC_ERROR_ALONE", first=values[0], found=f"={text}")
    return (values[0],)


def _shown(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) and not shows_error(value) else f"{'' if value is None else value}"


def _at(p: Problem, book: Path, place: Place) -> Problem:
    return Problem(p.code, Where(file=book.name, sheet=place[0], cell=place[1]), p.values)
