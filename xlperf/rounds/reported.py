"""What scorers get to see: what the units reported so far, and what the scorers themselves gave."""

from __future__ import annotations

from dataclasses import replace

from xlperf.engine.plan import UNIT, Plan
from xlperf.engine.roster import MASTER
from xlperf.engine.score import Scores, score
from xlperf.rounds.ledger import Receipt, State
from xlperf.rounds.merge import merged
from xlperf.rounds.store import Round


def reported(round_: Round, state: State) -> Scores | None:
    """Score what 打分表 may show, None while nothing was reported.

    The decisions of the office, and what it gave in the place of a scorer, stay in the 总表; what it typed for a unit
    that sent nothing is what that unit reported.
    """
    receipts = [_for_scorers(round_.plan, receipt) for receipt in state.current.values()]
    if not any(receipt.cells for receipt in receipts):
        return None
    return score(round_.plan, merged(round_.plan, round_.scheme.tables, receipts))


def _for_scorers(plan: Plan, receipt: Receipt) -> Receipt:
    if receipt.party != MASTER:
        return receipt
    cells = (c for c in receipt.cells if plan.by_name[c.sheet].by_name[c.column].by == UNIT)
    return replace(receipt, cells=tuple(cells), seen={})
