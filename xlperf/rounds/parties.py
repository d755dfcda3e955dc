"""Who a round is about and who fills what: as it began, and with everything accepted since."""

from __future__ import annotations

from xlperf.engine.roster import Roster
from xlperf.rounds.ledger import State
from xlperf.rounds.store import Round


def roster_of(round_: Round) -> Roster:
    """Return who and what the round began with, which is what books were issued to."""
    return Roster(round_.plan, round_.scheme.tables, round_.scheme.office)


def roster_now(round_: Round, state: State) -> Roster:
    """Return who and what there is with everything that a state of the ledger holds."""
    return Roster(round_.plan, round_.tables(state), round_.scheme.office)
