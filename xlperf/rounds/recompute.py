"""A 总表 calculated anew from its plan: exact, fast, and without any spreadsheet program.

The book says which scheme it belongs to and holds every input. The engine scores them, the plan says which
formula stands in which cell and what it comes to, and that is put beside the formula in a copy of the given book,
so that whatever else the office added there stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlperf.engine.score import Scores, rows_of
from xlperf.formula.spelling import plain_spelling
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.origin import origin_of
from xlperf.rounds.recomputed import Recomputed
from xlperf.rounds.stood_in import not_counted
from xlperf.scheme.model import Scheme
from xlperf.workbook.back.held import beyond_limits, held, misplaced, plan_as_written, scored
from xlperf.workbook.back.read import ReadBook, read_book
from xlperf.workbook.book import Book
from xlperf.workbook.books.audit import corrected
from xlperf.workbook.books.master import master_book
from xlperf.workbook.seal import Identity
from xlperf.xlsx.cached import Place, changes, formulas_of, stored_values, write_values
from xlperf.xlsx.cells import UnsoundCell
from xlperf.xlsx.columns import Irregular


def recomputed(
    book: Path, out: Path, readings: Mapping[str, str] | None = None, despite: str = ""
) -> Recomputed | None:
    """Write a copy of a 总表 with true values; None where the book is not a 总表 of xlperf.

    It is calculated by the scheme and readings of its round, or else by those it was made from. readings: options
    to be taken instead. despite: why a scheme whose check is red is used.
    """
    try:
        from xlperf.rounds.swept import swept  # not in every place that reads books are there arrays
    except ImportError:
        return recomputed_by_cells(book, out, readings, despite)
    try:
        return swept(book, out, readings or {}, despite)
    except Irregular:
        return recomputed_by_cells(book, out, readings, despite)


def recomputed_by_cells(
    book: Path, out: Path, readings: Mapping[str, str] | None = None, despite: str = ""
) -> Recomputed | None:
    """Do the same whatever became of the book, and slowly: it is read whole, and made anew to be compared with."""
    read = _readable(book)
    if isinstance(read, Problem):
        return Recomputed(None, 0, (read,))
    if read.identity is None or read.identity.kind != "master":
        return None
    origin, problems = origin_of(book, read, readings or {}, despite)
    if origin is None:
        return Recomputed(None, 0, tuple(problems))
    scheme, plan = origin.scheme, origin.plan
    changed = [(c.sheet, c.wanted or c.found) for c in read.changes]
    if changed:
        return Recomputed(None, 0, (*problems, *_damaged(book, changed)))
    found = held(plan, scheme.tables, read, book.name)
    plan = plan_as_written(plan, found.spare)
    changed = [(title, word("各行")) for title in misplaced(plan, rows_of(plan, found.tables), read, found)]
    if changed:
        return Recomputed(None, 0, tuple(_damaged(book, changed)))
    scores = scored(plan, found.tables)
    texts = formulas_of(book)
    made = book_as_written(scores, scheme, read.identity, texts, found.entered)
    values = _same(made, texts, book, found.problems)
    changed_cells = tuple(changes(book, values))
    write_values(book, out, values)
    wrong = beyond_limits(plan, found)
    if origin.round is not None:
        wrong += not_counted(origin.round, found)
    return Recomputed(lambda: scores, len(values), (*problems, *found.problems, *wrong), changed_cells)


def _readable(book: Path) -> ReadBook | Problem:
    """Read a book, or say why it cannot be read; OSError where the disk does not give it."""
    try:
        return read_book(book)
    except OSError:
        raise
    except UnsoundCell as fault:
        return fault.as_problem("RECALC_UNREADABLE", book.name)
    except Exception as fault:  # a reader fails in more than eight ways on files it does not like
        return problem("RECALC_UNREADABLE", Where(book.name), found=f"{type(fault).__name__} {fault}")


def _damaged(book: Path, changed: list[tuple[str, str]]) -> list[Problem]:
    return [problem("LAYOUT_CHANGED", Where(book.name, sheet=sheet), found=found) for sheet, found in changed]


def book_as_written(
    scores: Scores,
    scheme: Scheme,
    identity: Identity,
    texts: Mapping[Place, str],
    entered: Mapping[str, Sequence[int]] | None = None,
) -> Book:
    """Make a 总表 anew, as it was issued. texts: its formulas as they stand. entered: see `back.held.Held`."""
    native = not any("XP_" in text for text in texts.values())
    return master_book(scores, identity=identity, native=native, scheme=scheme, entered=entered)


def changed_formulas(ours: Mapping[Place, tuple[str, Any]], texts: Mapping[Place, str]) -> list[Place]:
    """List the places where a formula of ours does not stand as it was written. texts: what stands there."""
    return [place for place, (text, _) in ours.items() if not _is(texts.get(place), text)]


def _same(made: Book, texts: Mapping[Place, str], book: Path, problems: list[Problem]) -> dict[Place, Any]:
    """Return the values of the formulas that stand in the book as they were written; tell of the others."""
    ours = made.formulas()
    others = [place for place in texts if place not in ours]
    if others:
        where = Where(book.name, sheet=others[0][0], cell=others[0][1])
        problems.append(problem("RECALC_OWN_FORMULAS", where, count=len(others)))
    changed = changed_formulas(ours, texts)
    kept = stored_values(book, changed)
    for place in changed:
        now = f"={texts[place]}" if place in texts else shown(kept.get(place)) or word("空")
        where = Where(book.name, sheet=place[0], cell=place[1])
        problems.append(problem("NOT_AS_WRITTEN", where, was=f"={ours[place][0]}", now=now))
    values = {place: value for place, (_, value) in ours.items()} | made.results()
    values |= corrected(made, {place: kept.get(place) for place in changed})
    return {place: value for place, value in values.items() if place not in changed}


def _is(text: str | None, wanted: str) -> bool:
    return text is not None and plain_spelling(text) == plain_spelling(wanted)


def shown(value: Any) -> str:
    """Write a stored value as a problem shows it; "" where there is none."""
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)
