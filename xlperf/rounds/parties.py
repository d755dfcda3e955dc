"""Whose cell is it: which party fills a column of a row, and what the rows of a round are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Plan, Row, Sheet, Tables
from xlperf.engine.score import rows_of
from xlperf.entries.text import value_text
from xlperf.rounds.ledger import Party

MASTER: Party = ("master", "")


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
        """Return unit code → name in list order."""
        key = next((s.key.name for s in self.plan.unit_sheets()), "code")
        rows = self.tables.get("units", [])
        return {value_text(r.get(key)): value_text(r.get("name")) or value_text(r.get(key)) for r in rows}

    def owner(self, sheet: Sheet, column: Column, row: Row) -> Party:
        """Return who fills a cell."""
        if column.by == UNIT:
            return "unit", self.unit_of(sheet, row)
        if column.by == OFFICE:
            return MASTER
        return "scorer", (value_text(row.get(sheet.scorer)) or self.office) if column.by == LEAD else column.by

    def unit_of(self, sheet: Sheet, row: Row) -> str:
        """Return the code of the unit a row belongs to, "" where it belongs to nobody."""
        name = sheet.key.name if sheet.table == "units" else sheet.unit
        return value_text(row.get(name)) if name else ""

    def mark(self, sheet: Sheet) -> str:
        """Return the letter in the keys of a sheet's new rows: "" for the first ledger of a table, then B, C.

        Ledgers that share a table then never give two rows one key.
        """
        ledgers = [s.name for s in self.plan.sheets if s.table == sheet.table and s.grows]
        at = ledgers.index(sheet.name) if sheet.name in ledgers else 0
        return chr(ord("A") + at) if at else ""

    def title(self, party: Party) -> str:
        """Name a party the way people call it."""
        kind, who = party
        return self.units.get(who, who) if kind == "unit" else who or "总表"
