"""Whose cell is it: rows by sheet and key, who there is by name, the owner of every cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xlperf.engine.dated import NEVER
from xlperf.engine.objects import MASTER as MASTER
from xlperf.engine.objects import OFFICIAL, Objects, objects_of
from xlperf.engine.objects import Party as Party
from xlperf.engine.plan import LEAD, OFFICE, SCORER, UNIT, Column, Plan, Row, Sheet, Tables
from xlperf.engine.reason import is_asked
from xlperf.engine.score import rows_of
from xlperf.formula.values import value_text

_OFFICIAL_BOOKS = {SCORER: "打分表", MASTER[0]: "总表"}


@dataclass(frozen=True)
class Roster:
    """The rows of a round by sheet and key, and the units by code and name.

    office: the scorer of rows that name none.
    """

    plan: Plan
    tables: Tables
    office: str

    @cached_property
    def rows(self) -> dict[tuple[str, str], Row]:
        """Return (sheet, key) → row, `where` of the sheet applied."""
        rows = rows_of(self.plan, self.tables)
        return {
            (sheet.name, value_text(row.get(sheet.key.name))): row
            for sheet in self.plan.sheets
            for row in rows[sheet.name]
        }

    @cached_property
    def units(self) -> dict[str, str]:
        """Return unit code → name in list order; the code where it has no name."""
        return self.objects.names(self.plan.units.table) if self.plan.units is not None else {}

    @cached_property
    def objects(self) -> Objects:
        """Return who there is, and who is within whom."""
        return objects_of(self.plan, self.tables)

    @cached_property
    def holders(self) -> tuple[Party, ...]:
        """List the books for the appraised, units first: in list order, kinds with cells to fill."""
        filled = {self.plan.book_kind(s) for s in self.plan.sheets if s.inputs(UNIT)}
        found = [(UNIT, code) for code in self.units] if UNIT in filled or not filled else []
        for subject in (s for s in self.plan.subjects if s.within and s.table in filled):
            each = self.plan.is_for_each(subject)
            whose = [(subject.table, key) for key in self.objects.names(subject.table if each else subject.within)]
            asked = self._with_cells(subject.table) if each else frozenset(whose)
            found += [party for party in whose if party in asked]
        return tuple(found)

    def _with_cells(self, kind: str) -> frozenset[Party]:
        """Return of a kind of book for each object those in which there is a cell to fill, or a ledger to add to."""
        found: set[Party] = set()
        rows = rows_of(self.plan, self.tables)
        for sheet in (s for s in self.plan.sheets if self.plan.book_kind(s) == kind and s.inputs(UNIT)):
            if sheet.claims is not None:
                return frozenset((kind, key) for key in self.objects.names(kind))
            asked = [row for row in rows[sheet.name] if any(is_asked(c, row) for c in sheet.inputs(UNIT))]
            found.update(self.holder(sheet, row) for row in asked)
        return frozenset(found)

    @cached_property
    def owners(self) -> frozenset[Party]:
        """Return every party with at least one cell to fill."""
        found: set[Party] = set()
        for name, rows in rows_of(self.plan, self.tables).items():
            sheet = self.plan.by_name[name]
            kinds = {c.by: c for c in sheet.inputs() if c.asked != NEVER}
            telling = (sheet.key.name if sheet.table in self.plan.subject_of else sheet.unit, sheet.scorer)
            unlike = {tuple([row.get(name) for name in telling]): row for row in rows} if kinds else {}
            found.update(self.owner(sheet, column, row) for column in kinds.values() for row in unlike.values())
            if sheet.grows:
                found.update(self.owner(sheet, c, {}) for c in kinds.values() if c.by not in (UNIT, LEAD))
        return frozenset(found)

    def owner(self, sheet: Sheet, column: Column, row: Row) -> Party:
        """Return who fills a cell."""
        if column.by == UNIT:
            return self.holder(sheet, row)
        if column.by == OFFICE:
            return MASTER
        return SCORER, (value_text(row.get(sheet.scorer)) or self.office) if column.by == LEAD else column.by

    def is_office(self, party: Party | None) -> bool:
        """Return whether a book is the office's own: the 总表, or its 打分表."""
        return party in (MASTER, (SCORER, self.office))

    def is_holder(self, party: Party) -> bool:
        """Return whether a book is one that the appraised fill in about themselves."""
        return party[0] not in OFFICIAL

    def holder(self, sheet: Sheet, row: Row) -> Party:
        """Return whose book a row comes in, ("unit", "") where it belongs to nobody."""
        return self.objects.holder_of(sheet, row)

    def is_own(self, party: Party, sheet: Sheet, row: Row) -> bool:
        """Return whether a row may stand in a book: of who it is for, of somebody within, or nobody's."""
        return self.objects.is_own(party, self.objects.of_row(sheet, row))

    def unit_of(self, sheet: Sheet, row: Row) -> str:
        """Return the code of the outermost object that a row is, or is of somebody within; "" where it is nobody's."""
        chain = self.objects.chain(self.objects.of_row(sheet, row))
        return chain[-1][1] if chain and self.plan.units is not None and chain[-1][0] == self.plan.units.table else ""

    def whose(self, sheet: Sheet, row: Row) -> str:
        """Return the name of the object that a row is or belongs to, "" where it belongs to nobody."""
        thing = self.objects.of_row(sheet, row)
        return self.objects.title(thing) if thing is not None else ""

    def whose_new(self, sheet: Sheet, party: Party) -> dict[str, str]:
        """Return whose a row is that somebody adds to a ledger, as column → key; empty where the row itself says it."""
        bearer = self.objects.bearer(party)
        return {sheet.unit: bearer[1]} if bearer is not None and sheet.unit and sheet.of == bearer[0] else {}

    def mark(self, sheet: Sheet) -> str:
        """Return the letter in the keys of a sheet's new rows: "" for the first ledger of a table, then B, C.

        Ledgers that share a table then never give two rows one key.
        """
        ledgers = [s.name for s in self.plan.sheets if s.table == sheet.table and s.grows]
        at = ledgers.index(sheet.name) if sheet.name in ledgers else 0
        return chr(ord("A") + at) if at else ""

    def title(self, party: Party) -> str:
        """Return what people call a party."""
        bearer = self.objects.bearer(party)
        return self.objects.title(bearer) if bearer is not None else party[1] or "总表"

    def book(self, kind: str) -> str:
        """Return what a kind of book is called."""
        return _OFFICIAL_BOOKS.get(kind) or self.plan.book_title(kind)
