"""Cells of the 总表 that are not the office's: typed for those who sent nothing, or other than what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from xlperf.engine.plan import OFFICE
from xlperf.engine.roster import MASTER, Party
from xlperf.formula.values import value_text
from xlperf.problems import Problem, problem, word
from xlperf.report.explanation import Answer, Explanation
from xlperf.rounds.ledger import State
from xlperf.rounds.parties import roster_now, roster_of
from xlperf.rounds.store import Round
from xlperf.workbook.back.held import Held

Spot = tuple[str, str, str]  # sheet, key of the row, column
_NAMED = 8  # parties named one by one


def typed_for_others(round_: Round, state: State) -> dict[Spot, Party]:
    """Return the cells that count as the office typed them, because whoever fills them has sent nothing."""
    receipt = state.current.get(MASTER)
    roster = roster_now(round_, state)
    found: dict[Spot, Party] = {}
    for cell in receipt.cells if receipt is not None else ():
        sheet, row = round_.plan.by_name[cell.sheet], roster.rows.get((cell.sheet, cell.row))
        if sheet.grows or row is None:
            continue  # entries of ledgers are the office's own, or claims that were sent
        owner = roster.owner(sheet, sheet.by_name[cell.column], row)
        if owner not in (MASTER, ("scorer", round_.scheme.office)) and owner not in state.current:
            found[cell.sheet, cell.row, cell.column] = owner
    return found


def stood_in(round_: Round, state: State) -> list[Problem]:
    """Return in one line how many cells the office typed for others, and for whom."""
    counts: dict[Party, int] = {}
    for owner in typed_for_others(round_, state).values():
        counts[owner] = counts.get(owner, 0) + 1
    if not counts:
        return []
    roster = roster_of(round_)
    names = [f"{roster.title(p)}{roster.book(p[0])}（{n}）" for p, n in counts.items()]
    some = "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")
    return [problem("OFFICE_STOOD_IN", count=sum(counts.values()), names=some)]


def with_who_typed(found: Answer, round_: Round, says: Callable[[str], str]) -> Answer:
    """Return an answer that says, at every cell the office typed for somebody else, that it did.

    says: the words of it, given the name of whose cell it is.
    """
    typed, roster = typed_for_others(round_, round_.state()), roster_of(round_)
    if not typed:
        return found

    def with_owner(e: Explanation) -> Explanation:
        owner = typed.get((e.sheet, e.key, e.column))
        who = () if owner is None else (says(roster.title(owner)),)
        return replace(e, because=(*e.because, *who), parts=tuple(map(with_owner, e.parts)))

    return replace(found, tree=with_owner(found.tree))


def not_counted(round_: Round, found: Held) -> Iterator[Problem]:
    """List the cells of a book in which something else stands than their owners sent: `score` takes what was sent."""
    state = round_.state()
    roster = roster_now(round_, state)
    theirs = {(c.sheet, c.row, c.column) for p, r in state.current.items() if p != MASTER for c in r.cells}
    for sheet, column, row, where in found.filled:
        key = value_text(row.get(sheet.key.name))
        sent = roster.rows.get((sheet.name, key))
        if sent is None or column.by == OFFICE or (sheet.name, key, column.name) not in theirs:
            continue
        owner = roster.owner(sheet, column, sent)
        was, now = (value_text(r.get(column.name)) for r in (sent, row))
        if was != now:
            values = {
                "title": column.title,
                "who": roster.title(owner),
                "was": was or word("空"),
                "now": now or word("空"),
            }
            yield problem("RECALC_NOT_SENT", where, **values)
