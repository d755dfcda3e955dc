"""Fill accepted cells into the tables of a scheme."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.plan import OFFICE, Column, Plan, Sheet, Tables
from xlperf.entries.text import value_of
from xlperf.formula.values import Value, value_text
from xlperf.rounds.accepted import CellTexts
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
    places = _Places(plan, tables)
    asked = {at for r in found if r.kind == "master" for at in CellTexts.of(r.cells).spots()}
    sent = {at for r in found if r.kind != "master" and asked for at in CellTexts.of(r.cells).spots() if at in asked}
    kept = {
        (s.name, key) for s in plan.sheets if s.origin for key, row in filled.rows(s).items() if s.is_continued(row)
    }
    for receipt in found:
        master = receipt.kind == "master"
        gone = filled.stale(plan, receipt.seen) | kept if master else kept
        for at, row, text in CellTexts.of(receipt.cells).items():
            place = places.of(at)
            if place is None or not place.has(row) or (gone and (at[0], row) in gone):
                continue
            if not (master and place.column.by != OFFICE and (at[0], row, at[1]) in sent):
                filled.put(place.sheet, place.column, row, text)
    return with_made_rows(plan.made, filled.tables)


def placeless(plan: Plan, tables: Tables, receipts: Iterable[Receipt]) -> list[tuple[Receipt, list[CellText]]]:
    """List the accepted cells whose sheet, column or row the scheme does not have any more, by receipt."""
    places = _Places(plan, tables)
    lost = [(receipt, [c for c in receipt.cells if c not in places]) for receipt in receipts]
    return [(receipt, cells) for receipt, cells in lost if cells]


def with_places(plan: Plan, tables: Tables, state: State) -> State:
    """Return what the record adds up to without the cells and decisions that the scheme has no place for."""
    places = _Places(plan, tables)

    def kept(receipt: Receipt) -> Receipt:
        cells = [cell for cell in receipt.cells if cell in places]
        seen = {at: digest for at, digest in receipt.seen.items() if at.partition("|")[0] in plan.by_name}
        return replace(receipt, cells=cells, seen=seen)

    receipts = {digest: kept(receipt) for digest, receipt in state.receipts.items()}
    return replace(state, receipts=receipts, current={p: kept(r) for p, r in state.current.items()})


@dataclass(frozen=True)
class _Place:
    """A column that takes cells. rows: the keys of those there are, None where a ledger grows: it has every row."""

    sheet: Sheet
    column: Column
    rows: frozenset[str] | None

    def has(self, row: str) -> bool:
        return self.rows is None or row in self.rows


class _Places:
    """Where a scheme has places for cells."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._found = {
            (sheet.name, column.name): _Place(sheet, column, rows)
            for sheet, rows in ((sheet, _keys(sheet, tables)) for sheet in plan.sheets)
            for column in sheet.columns
            if column.expr is None
        }

    def of(self, at: tuple[str, str]) -> _Place | None:
        """Return the place of the cells of a sheet and a column; None where there is none."""
        return self._found.get(at)

    def __contains__(self, cell: CellText) -> bool:
        place = self.of((cell.sheet, cell.column))
        return place is not None and place.has(cell.row)


def _keys(sheet: Sheet, tables: Tables) -> frozenset[str] | None:
    if sheet.grows:
        return None
    return frozenset(value_text(row.get(sheet.key.name)) for row in tables.get(sheet.table, ()))


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

    def put(self, sheet: Sheet, column: Column, key: str, text: str) -> None:
        rows = self.rows(sheet)
        if key not in rows:
            rows[key] = {sheet.key.name: value_of(key, sheet.key), **sheet.where}
            self.tables[sheet.table].append(rows[key])
        rows[key][column.name] = value_of(text, column)

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
