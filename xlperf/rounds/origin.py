"""Which scheme and readings a 总表 was made from: those of the round it belongs to, wherever in it the book lies.

Outside its round a book is calculated by the scheme that comes with the program, if it is the very one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.clearance import cleared
from xlperf.rounds.store import ROUND_FILE, Round, open_round
from xlperf.scheme.find import schemes_available
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.back.read import ReadBook
from xlperf.workbook.seal import Identity, is_genuine


@dataclass(frozen=True)
class Origin:
    """What a book is calculated by. round: None outside a round."""

    scheme: Scheme
    plan: Plan
    round: Round | None = None


def origin_of(
    book: Path, read: ReadBook, readings: Mapping[str, str], despite: str = ""
) -> tuple[Origin | None, list[Problem]]:
    """Return what a 总表 is calculated by; None where that cannot be said, with the reason.

    readings: options to be taken instead of those adopted. despite: why a scheme whose check is red is used.
    """
    if read.identity is None:
        return None, []
    round_, problems = round_of(book, read.identity)
    scheme, adopted = (round_.scheme, round_.readings) if round_ is not None else (None, _adopted(read))
    if scheme is None and not errors(problems):
        scheme, problems = _installed(read.identity)
    if scheme is None:
        return None, problems
    digest, where = read.made_from.get(""), Where(book.name)
    if digest is None:
        problems.append(problem("RECALC_SCHEME_UNSAID", where, found=scheme.id))
    elif digest != scheme.digest:
        return None, [*problems, problem("RECALC_OTHER_SCHEME", where, found=scheme.id)]
    plan, unsound = compile_scheme(scheme, {**adopted, **readings})
    if not errors(unsound) and round_ is not None:
        plan = replace(plan, caution=round_.plan.caution)
    if not errors(unsound):
        plan, unsound = cleared(scheme, plan, despite)
    problems += unsound
    return (None if errors(unsound) else Origin(scheme, plan, round_)), problems


def round_of(book: Path, identity: Identity) -> tuple[Round | None, list[Problem]]:
    """Find the round that issued a book, in the folders above it; None where it lies in none, or a broken one."""
    for folder in _rounds_above(book):
        round_, problems = open_round(folder)
        if round_ is None:
            return None, problems
        if round_.id == identity.round and is_genuine(identity, round_.key):
            return round_, problems
    return None, []


def _rounds_above(book: Path) -> Iterator[Path]:
    return (folder for folder in book.resolve().parents if (folder / ROUND_FILE).is_file())


def _installed(identity: Identity) -> tuple[Scheme | None, list[Problem]]:
    """Load the scheme that comes with the program; a folder that happens to bear its name is none."""
    path = next((folder for folder in schemes_available() if folder.name == identity.scheme), None)
    if path is None:
        return None, [problem("RECALC_OTHER_SCHEME", found=identity.scheme)]
    scheme, problems = load_scheme(path)
    return (scheme.in_year(identity.year) if scheme is not None else None), problems


def _adopted(read: ReadBook) -> dict[str, str]:
    return {name: option for name, option in read.made_from.items() if name}
