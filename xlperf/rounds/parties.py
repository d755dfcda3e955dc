"""Who a round is about and who fills what: as it began, and with everything accepted since."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import Column, Row, Sheet
from xlperf.engine.reason import is_asked
from xlperf.engine.roster import MASTER, Roster
from xlperf.rounds.ledger import State
from xlperf.rounds.store import Round


def roster_of(round_: Round) -> Roster:
    """Return who and what the round began with, which is what books were issued to."""
    return Roster(round_.plan, round_.scheme.tables, round_.scheme.office)


def roster_now(round_: Round, state: State) -> Roster:
    """Return who and what there is with everything that a state of the ledger holds."""
    return Roster(round_.plan, round_.tables(state), round_.scheme.office)


def office_cells(roster: Roster) -> Iterator[tuple[Sheet, str, Column, Row]]:
    """List the cells that the office fills itself, in the rows there are: sheet, key of the row, column, row."""
    for (name, key), row in roster.rows.items():
        sheet = roster.plan.by_name[name]
        for column in sheet.inputs():
            if roster.owner(sheet, column, row) == MASTER and is_asked(column, row):
                yield sheet, key, column, row
