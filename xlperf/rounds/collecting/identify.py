"""Whose book is it: the carriers of identity held against the round, against each other and against the name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlperf.engine.roster import MASTER, Party, Roster
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.ledger import State
from xlperf.rounds.store import Round
from xlperf.workbook.back.read import ReadBook
from xlperf.workbook.record import record_name
from xlperf.workbook.seal import is_genuine, map_seal


def identity_problems(round_: Round, state: State, roster: Roster, file: str, book: ReadBook) -> list[Problem]:
    """List why a book may not be taken as what it says it is; nothing where it may.

    file: the name it came under. It proves nothing, but a file that says one unit outside and another
    inside wants a look.
    """
    where, identity = Where(file), book.identity
    if identity is None:
        return [problem("NO_IDENTITY", where)]
    if (identity.round, identity.scheme, identity.year) != (round_.id, round_.scheme.id, round_.year):
        year = str(identity.year)
        found = identity.round if year in identity.round else f"{identity.round} {year}"
        wanted = f"{round_.plan.title}（{round_.id}）"
        return [problem("WRONG_ROUND", where, found=found, wanted=wanted)]
    me, issued = (identity.kind, identity.whom), state.serials.get(identity.serial)
    if issued is None or (issued.kind, issued.who) != me or not is_genuine(identity, round_.key, issued.scheme_sha):
        found = word("封签不是本轮发出的，可能是另一轮（或重新 new 过的轮次）发的表")
        return [problem("FORGED_ID", where, found=found)]
    printed = _other_book(state, me, [code for code in book.codes if code != identity.code()])
    if printed is not None:
        return [problem("WRONG_UNIT", where, found=roster.title(me), printed=roster.title(printed))]
    if issued.plain and book.opened_by != me:
        by = roster.title(book.opened_by) if book.opened_by is not None else word("没有口令")
        return [problem("SECRET_OTHERS", where, found=roster.title(me), by=by)]
    if book.disagreements:
        return [problem("FORGED_ID", where, found="；".join(book.disagreements))]
    if me == MASTER and book.map_seal[1] != map_seal(round_.key, book.map_seal[0]):
        return [problem("MASTER_MAP", where)]
    if me != MASTER and not issued.record:
        return [problem("ISSUED_UNRECORDED", where)]
    if me != MASTER and book.record != issued.record:
        return [problem("RECORD_GONE", where, found=record_name(issued.serial))]
    if issued.shape != state.issued[me].shape:
        return [problem("OLD_ISSUE", where, found=issued.code, wanted=state.issued[me].code)]
    named = named_otherwise(file, roster, me)
    return [problem("NAMED_OTHERWISE", where, named=named, found=roster.title(me))] if named else []


def _other_book(state: State, me: Party, codes: Sequence[str]) -> Party | None:
    """Return the other party whose printed code stands in a book, where there is one. codes: but the book's own."""
    if not codes:
        return None
    others = {i.code: (i.kind, i.who) for i in state.serials.values() if (i.kind, i.who) != me}
    return next((others[code] for code in codes if code in others), None)


def suited_name(names: Sequence[str], roster: Roster, book: ReadBook) -> str:
    """Choose, of the names that the same bytes came under, the first that agrees with the identity."""
    if book.identity is None:
        return names[0]
    me = (book.identity.kind, book.identity.whom)
    return next((n for n in names if not named_otherwise(n, roster, me)), names[0])


def named_otherwise(file: str, roster: Roster, party: Party) -> str:
    """Return the unit a file is named after, where that is not the unit it is of."""
    name, mine = Path(file).name, roster.title(party)
    if party[0] != "unit" or mine in name:
        return ""
    return max((n for n in roster.units.values() if n in name and n not in mine), key=len, default="")
