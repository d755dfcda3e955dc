"""A 总表 that lies as it was issued, calculated anew in one sweep.

Read by its own map, proved to be as it was issued by the digests there, scored on arrays with the exact face for what
they cannot decide; only the cells that show something else are written into a copy. Whatever is not proved is
`Irregular`, and the book is then calculated from its plan cell by cell (`rounds.recompute`): the judge of this.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xlperf.engine.arrays import ArrayColumns, seen_scores, typed_columns
from xlperf.engine.plan import Plan
from xlperf.engine.score import ExactColumns, Scores
from xlperf.files import write_whole
from xlperf.formula.vectors import Floats
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.origin import Origin, origin_of
from xlperf.rounds.recomputed import Recomputed
from xlperf.rounds.stood_in import not_counted
from xlperf.workbook.back.held import Held, as_scored, plan_as_written
from xlperf.workbook.back.inputs import Typed, typed_into
from xlperf.workbook.back.opened import (
    Issued,
    OpenBook,
    column_of,
    hold_facts,
    hold_formulas,
    hold_places,
    read_map,
    shown_by,
)
from xlperf.workbook.back.read import ReadBook
from xlperf.workbook.back.within import limit_problems
from xlperf.workbook.books.standing import Standing, drafted, view_of
from xlperf.workbook.layout import Layout
from xlperf.workbook.seal import Identity
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.cached import NOISE, Change, shows_alike
from xlperf.xlsx.columns import FlatColumn, Irregular
from xlperf.xlsx.patch import write_patched


def swept(book: Path, out: Path, readings: Mapping[str, str], despite: str) -> Recomputed:
    """Write a copy of a 总表 with true values; see `recompute.recomputed`. Irregular where it is not proved."""
    try:
        with zipfile.ZipFile(book) as parts:
            return _swept(OpenBook(parts), book, out, readings, despite)
    except (KeyError, IndexError, ValueError, zipfile.BadZipFile) as fault:
        raise Irregular(str(fault)) from fault


def _swept(opened: OpenBook, book: Path, out: Path, readings: Mapping[str, str], despite: str) -> Recomputed:
    issued = read_map(opened)
    identity = opened.identity(issued)
    if identity is None or identity.kind != "master":
        raise Irregular("no 总表")
    hold_places(opened, issued)
    hold_formulas(opened, issued)
    hold_facts(opened, issued)
    origin, problems = origin_of(book, ReadBook(identity, (), (), (), (), issued.made_from), readings, despite)
    if origin is None:
        return Recomputed(None, 0, tuple(problems))
    if dict(issued.made_from) != {"": origin.scheme.digest, **origin.plan.readings}:
        raise Irregular("made from something else")
    typed = typed_into(opened, issued, origin.plan, origin.scheme.tables, book.name)
    plan = plan_as_written(origin.plan, {**typed.spare})
    columns = typed_columns(as_scored(plan), typed)
    standing = _standing(plan, typed, issued, columns, identity)
    changes, count = _changes(opened, issued, standing)
    if changes:
        write_patched(book, out, {(c.sheet, c.cell): c.now for c in changes})
    else:
        write_whole(out, book.read_bytes())
    wrong = (
        *problems,
        *typed.problems,
        *_others(opened, issued, book.name),
        *_wrong(origin, plan, typed, issued, book),
    )
    return Recomputed(lambda: _exact(plan, typed), count, wrong, changes)


def _standing(plan: Plan, typed: Typed, issued: Issued, columns: ArrayColumns, identity: Identity) -> Standing:
    """Return what every formula comes to."""
    views = [view_of(plan.by_name[t.sheet], t, typed.entered.get(t.sheet, ())) for t in issued.tables]
    layout = Layout(seen_scores(columns), views)
    draft = drafted(layout, [v.title for v in views], identity)
    return Standing(layout, columns.column, draft)


def _exact(plan: Plan, typed: Typed) -> Scores:
    """Score what stands in the book exactly."""
    columns = ExactColumns(as_scored(plan), typed.complete())
    return Scores(plan, {s.name: {c.name: columns.column(s.name, c.name) for c in s.columns} for s in plan.sheets})


# ---- what shows something else -------------------------------------------------------------------------------------


def _changes(opened: OpenBook, issued: Issued, standing: Standing) -> tuple[tuple[Change, ...], int]:
    """List the cells that show something else than they should, in their order; and how many were looked at."""
    found: list[Change] = []
    titles, around, tables = [*opened.worksheets], 0, {t.title for t in issued.tables}
    for run in issued.formulas:
        column, there = column_of(opened, run)
        around += 0 if run.title in tables else len(run.rows)
        for i, now in _differing(opened, column, there, standing.of(run)):
            was = shown_by(opened, column.kinds[i], column.values[i])
            found.append(Change(run.title, f"{run.letter}{int(column.rows[i])}", was, now))
    if around != standing.around():
        raise Irregular("formulas that the plan writes otherwise")
    results = standing.results()
    for (title, cell), now in results.items():
        row, number = row_and_column(cell)
        at = opened.whole(title).at(cell.rstrip("0123456789"), row)
        was = opened.value(at[0].kinds[at[1]], at[0].values[at[1]]) if at is not None else None
        if number and not shows_alike(was, now):
            found.append(Change(title, cell, was, now))
    found.sort(key=lambda c: (titles.index(c.sheet), *row_and_column(c.cell)))
    return tuple(found), sum(len(run.rows) for run in issued.formulas) + len(results)


def _differing(
    opened: OpenBook, column: FlatColumn, there: Sequence[int] | slice, wanted: Sequence[Any] | Floats
) -> Iterator[tuple[int, Any]]:
    """List the places in a column that show something else than wanted, and that."""
    places = range(len(column.rows))[there] if isinstance(there, slice) else there
    if isinstance(wanted, np.ndarray):
        kinds = column.kinds[there] if isinstance(there, slice) else [column.kinds[i] for i in there]
        values = column.values[there] if isinstance(there, slice) else [column.values[i] for i in there]
        if set(kinds) <= {b"", b"n"} and all(values):
            stored = np.array([*map(float, values)])
            limit = NOISE * np.maximum(1.0, np.maximum(np.abs(stored), np.abs(wanted)))
            for i in np.flatnonzero(~(np.abs(stored - wanted) <= limit)).tolist():
                yield places[i], float(wanted[i])
            return
        wanted = wanted.tolist()
    for i, now in zip(places, wanted, strict=True):
        if not shows_alike(shown_by(opened, column.kinds[i], column.values[i]), now):
            yield i, now


# ---- what is told --------------------------------------------------------------------------------------------------


def _others(opened: OpenBook, issued: Issued, file: str) -> Iterator[Problem]:
    """List the formulas that somebody added, in one problem."""
    known = sum(len(run.rows) for run in issued.formulas)
    every = [(t, part) for t in opened.worksheets for part in (opened.whole(t).head, opened.whole(t).body)]
    count = sum(len(c.formulas) - c.formulas.count(b"") for _, part in every for c in part.values())
    if count == known:
        return
    ours = {(run.title, run.letter, row) for run in issued.formulas for row in run.rows}
    first = next(
        (title, letter, row)
        for title, part in every
        for row, letter in sorted((r, x) for x, c in part.items() for r in c.at if c.formulas[c.at[r]])
        if (title, letter, row) not in ours
    )
    where = Where(file, sheet=first[0], cell=f"{first[1]}{first[2]}")
    yield problem("RECALC_OWN_FORMULAS", where, count=count - known)


def _wrong(origin: Origin, plan: Plan, typed: Typed, issued: Issued, book: Path) -> Iterator[Problem]:
    """List what may not stand in a cell, and what its owner sent otherwise."""
    yield from limit_problems(plan, typed, issued)
    if origin.round is not None:
        yield from not_counted(origin.round, Held({}, book.name, filled=[*typed.filled(plan, issued)]))
