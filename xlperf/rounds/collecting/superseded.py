"""What a later version of a book changes: cells that hold something else, however each version says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xlperf.engine.plan import Plan
from xlperf.engine.roster import MASTER, Roster
from xlperf.formula.values import value_text
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.collecting.examine import text_then
from xlperf.rounds.ledger import CellText, Receipt, State
from xlperf.rounds.parties import roster_now
from xlperf.rounds.store import Round

_Spot = tuple[str, str, str]
_BLANK = "空"
_NAMED = 5


def superseding(round_: Round, state: State, before: Receipt, after: Receipt, cells: Sequence[CellText]) -> Problem:
    """Return that a book replaces what its sender sent before, with the cells that differ. cells: of the later one."""
    where = Where(after.file)
    changes = list(changed_cells(round_.plan, before.cells, cells, _without(round_, state, after)))
    if not changes:
        return problem("SUPERSEDES_SAME", where, found=before.file)
    some = "；".join(changes[:_NAMED]) + ("……" if len(changes) > _NAMED else "")
    return problem("SUPERSEDES", where, found=before.file, count=len(changes), cells=some)


def _without(round_: Round, state: State, receipt: Receipt) -> Roster | None:
    """Return how the rows stand without what the office sent; of the other books only defaults stand below."""
    if receipt.party != MASTER:
        return None
    others = {party: r for party, r in state.current.items() if party != MASTER}
    return roster_now(round_, replace(state, current=others))


def changed_cells(
    plan: Plan, before: Sequence[CellText], after: Sequence[CellText], under: Roster | None = None
) -> Iterator[str]:
    """List which cells a later version of a book changes: row, heading, old and new.

    under: how the rows stand without either version. The record of a 总表 that the office typed in holds what was
    typed alone, a copy of the book holds every cell: what neither says is as it stands below, or its default.
    """
    old, new = ({(c.sheet, c.row, c.column): c.text for c in cells} for cells in (before, after))
    known = tuple({at[:2] for at in cells} for cells in (old, new))
    for at in dict.fromkeys((*old, *new)):
        was, now = (
            texts.get(at) or _stands(plan, under, at, is_there=at[:2] in rows)
            for texts, rows in zip((old, new), known, strict=True)
        )
        if was != now:
            yield f"{at[1]} {plan.by_name[at[0]].by_name[at[2]].title} {was}→{now}"


def _stands(plan: Plan, under: Roster | None, at: _Spot, *, is_there: bool) -> str:
    """Return what a cell holds that a version does not say. is_there: whether the version has this row."""
    if under is not None and at[:2] in under.rows:
        return text_then(under, at) or _BLANK
    default = plan.by_name[at[0]].by_name[at[2]].default
    return value_text(default) or _BLANK if is_there else _BLANK
