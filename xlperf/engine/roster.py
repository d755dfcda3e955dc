"""Who is appraised, and whose cell is it: rows by sheet and key, units by name, the owner of every cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Plan, Row, Sheet, Tables
from xlperf.engine.score import rows_of
from xlperf.formula.values import value_text

Party = tuple[str, str]  # kind of workbook and whose it is: ("unit", "U22"), ("scorer", "市信访局"), ("master", "")
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
        """Return unit code → name in list order; the code where it has no name."""
        homes = [s for s in self.plan.unit_sheets() if self.plan.units is not None]
        if not homes or self.plan.units is None:
            return {}
        rows = self.tables.get(self.plan.units.table, [])
        return {value_text(r.get(homes[0].key.name)): self.plan.name_of(homes[0], r) for r in rows}

    @cached_property
    def owners(self) -> frozenset[Party]:
        """Return every party with at least one cell to fill."""
        found: set[Party] = set()
        for name, rows in rows_of(self.plan, self.tables).items():
            sheet = self.plan.by_name[name]
            kinds = {c.by: c for c in sheet.inputs()}
            found.update(self.owner(sheet, column, row) for column in kinds.values() for row in rows)
            if sheet.grows:
                found.update(self.owner(sheet, c, {}) for c in kinds.values() if c.by not in (UNIT, LEAD))
        return frozenset(found)

    def owner(self, sheet: Sheet, column: Column, row: Row) -> Party:
        """Return who fills a cell."""
        if column.by == UNIT:
            return "unit", self.unit_of(sheet, row)
        if column.by == OFFICE:
            return MASTER
        return "scorer", (value_text(row.get(sheet.scorer)) or self.office) if column.by == LEAD else column.by

    def is_office(self, party: Party | None) -> bool:
        """Return whether a book is the office's own: the 总表, or its 打分表."""
        return party in (MASTER, ("scorer", self.office))

    def unit_of(self, sheet: Sheet, row: Row) -> str:
        """Return the code of the unit a row belongs to, "" where it belongs to nobody."""
        name = self.plan.unit_column(sheet)
        return value_text(row.get(name)) if name else ""

    def mark(self, sheet: Sheet) -> str:
        """Return the letter in the keys of a sheet's new rows: "" for the first ledger of a table, then B, C.

        Ledgers that share a table then never give two rows one key.
        """
        ledgers = [s.name for s in self.plan.sheets if s.table == sheet.table and s.grows]
        at = ledgers.index(sheet.name) if sheet.name in ledgers else 0
        return chr(ord("A") + at) if at else ""

    def title(self, party: Party) -> str:
        """Return the name people call a party by."""
        kind, who = party
        return self.units.get(who, who) if kind == "unit" else who or "总表"
