"""Fill accepted cells into the tables of a scheme."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.plan import OFFICE, Plan, Sheet, Tables
from xlperf.entries.text import value_of
from xlperf.formula.values import Value, value_text
from xlperf.rounds.ledger import CellText, Receipt, State
from xlperf.scheme.made import with_made_rows

Row = dict[str, Value]


def merged(plan: Plan, tables: Tables, receipts: Iterable[Receipt]) -> Tables:
    """Return the tables of a scheme with the accepted cells filled in; nothing given is changed.

    receipts: in the order of acceptance; of two that fill the same cell of the office the later counts.
    A row that no table has is new: it can only be of a sheet that grows. What somebody sent stands
    before what the office entered for them. What the office decided on a claim counts only while the
    claim still says what the office decided on. What a changed scheme has no place for is left out; see `placeless`.
    """
    filled = _Filled({name: [dict(row) for row in rows] for name, rows in tables.items()})
    # the appraised in the order of their codes, whenever they sent; who judges comes after who is judged
    found = sorted(receipts, key=lambda r: (True, "", "") if r.kind in OFFICIAL else (False, r.kind, r.who))
    has_place = _places(plan, tables)
    sent = {(c.sheet, c.row, c.column) for r in found if r.kind != "master" for c in r.cells}
    kept = {
        (s.name, key) for s in plan.sheets if s.origin for key, row in filled.rows(s).items() if s.is_continued(row)
    }
    for receipt in found:
        master = receipt.kind == "master"
        gone = filled.stale(plan, receipt.seen) if master else set()
        for cell in filter(has_place, receipt.cells):
            column = plan.by_name[cell.sheet].by_name[cell.column]
            theirs = master and column.by != OFFICE and (cell.sheet, cell.row, cell.column) in sent
            if (cell.sheet, cell.row) not in gone and not theirs and (cell.sheet, cell.row) not in kept:
                filled.put(plan.by_name[cell.sheet], cell)
    return with_made_rows(plan.made, filled.tables)


def placeless(plan: Plan, tables: Tables, receipts: Iterable[Receipt]) -> list[tuple[Receipt, list[CellText]]]:
    """List the accepted cells whose sheet, column or row the scheme does not have any more, by receipt."""
    has_place = _places(plan, tables)
    lost = [(receipt, [c for c in receipt.cells if not has_place(c)]) for receipt in receipts]
    return [(receipt, cells) for receipt, cells in lost if cells]


def with_places(plan: Plan, tables: Tables, state: State) -> State:
    """Return what the record adds up to without the cells and decisions that the scheme has no place for."""
    has_place = _places(plan, tables)

    def kept(receipt: Receipt) -> Receipt:
        cells = tuple(filter(has_place, receipt.cells))
        seen = {at: digest for at, digest in receipt.seen.items() if at.partition("|")[0] in plan.by_name}
        return replace(receipt, cells=cells, seen=seen)

    receipts = {digest: kept(receipt) for digest, receipt in state.receipts.items()}
    return replace(state, receipts=receipts, current={p: kept(r) for p, r in state.current.items()})


def _places(plan: Plan, tables: Tables) -> Callable[[CellText], bool]:
    """Return what tells whether there is a place for a cell; a ledger that grows has one for every row."""
    rows = {
        sheet.name: {value_text(row.get(sheet.key.name)) for row in tables.get(sheet.table, ())}
        for sheet in plan.sheets
        if not sheet.grows
    }

    def has_place(cell: CellText) -> bool:
        sheet = plan.by_name.get(cell.sheet)
        if sheet is None or cell.column not in sheet.by_name or sheet.by_name[cell.column].expr is not None:
            return False
        return bool(sheet.grows) or cell.row in rows[sheet.name]

    return has_place


@dataclass
class _Filled:
    """Tables being filled, with an index of their rows by key."""

    tables: dict[str, list[Row]]
    _index: dict[str, dict[str, Row]] = field(default_factory=dict)

    def rows(self, sheet: Sheet) -> dict[str, Row]:
        if sheet.table not in self._index:
            rows = self.tables.setdefault(sheet.table, [])
            self._index[sheet.table] = {value_text(row.get(sheet.key.name)): row for row in rows}
        return self._index[sheet.table]

    def put(self, sheet: Sheet, cell: CellText) -> None:
        rows = self.rows(sheet)
        if cell.row not in rows:
            rows[cell.row] = {sheet.key.name: value_of(cell.row, sheet.key), **sheet.where}
            self.tables[sheet.table].append(rows[cell.row])
        rows[cell.row][cell.column] = value_of(cell.text, sheet.by_name[cell.column])

    def stale(self, plan: Plan, seen: Mapping[str, str]) -> set[tuple[str, str]]:
        """Return the rows that are not there any more, or say something else than when the office saw them."""
        gone = set()
        for at, digest in seen.items():
            name, _, key = at.partition("|")
            sheet = plan.by_name.get(name)
            row = self.rows(sheet).get(key) if sheet is not None else None
            if sheet is None or row is None or words_digest(sheet, row) != digest:
                gone.add((name, key))
        return gone


def words_digest(sheet: Sheet, row: Mapping[str, Value]) -> str:
    """Digest what others than the office wrote in a row."""
    words = [value_text(row.get(c.name)) for c in sheet.inputs() if c.by != OFFICE]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]
