"""An open 总表 brought up to the record: the cells that units and scorers fill show what was accepted from them.

Works on `Pages`, whatever program holds the book. What somebody sent stands, as it does when a 总表 is taken in; what
the office typed stays, and a cell of the office that is empty gets what the record has.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.addin.button import Outcome, rank
from xlperf.addin.issued import Pages, Table, cell_at, tables
from xlperf.engine.plan import Column, Row
from xlperf.engine.roster import MASTER, Roster
from xlperf.entries.cell import agrees
from xlperf.formula.values import Value
from xlperf.rounds.ledger import State
from xlperf.rounds.parties import roster_now
from xlperf.rounds.store import Round
from xlperf.wording import started
from xlperf.workbook.seal import read_text
from xlperf.workbook.text import inert
from xlperf.xlsx.skeleton import MAP

COLLECTED = "汇总"  # the word of the 变动台账


def bring_up(pages: Pages, round_: Round, now: str) -> Outcome:
    """Put what was accepted into an open 总表 and rank anew. now: the time as it stands in the 变动台账.

    What the office typed since the last time is entered in the 变动台账 before, so that one step back takes back what
    was collected and nothing else. Changes nothing in a book that is damaged or of another round.
    """
    if MAP in pages.titles() and not _is_of(pages, round_):
        return Outcome(False, ("这不是本轮考核的总表，没有改动表内数据",))
    before = rank(pages, now)
    if not before.done:
        return before
    state = round_.state()
    roster = roster_now(round_, state)
    issued = [table for table in tables(pages).values() if table.name in round_.plan.by_name]
    count = sum(_fill(pages, table, roster, state) for table in issued)
    if not count:
        return Outcome(True, ("本表已是最新，没有要更新的数据", *_unseen(roster, issued)))
    ranked = rank(pages, now, COLLECTED)
    return Outcome(
        ranked.done, (f"本表更新{count}格", *_unseen(roster, issued), *ranked.lines), ranked.moved, ranked.changed
    )


def _is_of(pages: Pages, round_: Round) -> bool:
    rows = pages.rows(MAP)
    identity = read_text(str(cell_at(rows[0], 0))) if rows else None
    return identity is not None and (identity.kind, identity.round) == ("master", round_.id)


def _fill(pages: Pages, table: Table, roster: Roster, state: State) -> int:
    """Put what the record has into a table; return how many cells changed."""
    sheet, count = roster.plan.by_name[table.name], 0
    rows = pages.rows(table.sheet)
    filled = [(sheet.by_name[n], at) for n, (at, role) in table.columns.items() if role == "input"]
    for key, line in table.keys.items():
        row = roster.rows.get((sheet.name, key))
        if row is None:
            continue
        for column, at in filled:
            stands, now = _wanted(column, row), cell_at(rows[line], at)
            owner = roster.owner(sheet, column, row)
            sent = owner != MASTER and owner in state.current
            if (sent and not agrees(now, stands)) or (now is None and stands is not None):
                pages.put(table.sheet, line, at, _cell(stands))
                count += 1
    return count


def _wanted(column: Column, row: Row) -> Value:
    value = row.get(column.name)
    return column.default if value is None else value


def _cell(value: Value) -> str | float | None:
    return value if value is None else inert(value) if isinstance(value, str) else float(value)


def _unseen(roster: Roster, issued: list[Table]) -> Iterator[str]:
    """Return how many entries of the record have no row in this book: they were made after it was written."""
    there = {(table.name, key) for table in issued for key in table.keys}
    names = {table.name for table in issued}
    count = sum(sheet in names and (sheet, key) not in there for sheet, key in roster.rows)
    if count:
        yield f"另有{count}条新登记在本表中没有行：运行 {started()} score 生成新的总表后可见"
