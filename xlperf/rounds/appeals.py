"""复核: what a unit asks to have looked at again, and what was decided; entries of the ledger, never edits.

A decision names the cell that somebody typed and what counts in its place from then on; what was typed stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xlperf.engine.plan import Plan, Tables
from xlperf.formula.values import exactly, value_text

UPHELD, CHANGED = "维持", "改定"


@dataclass(frozen=True)
class Appeal:
    """One request. number: from 1. unit: by code. sheet, row: what it is about; item: in words; was: its score then.

    received: when the unit got its feedback sheet; filed: when it asked; due: the last day to. Days as 2026-01-08.
    """

    number: int
    unit: str
    sheet: str
    row: str
    item: str
    was: str
    reason: str
    received: str
    filed: str
    due: str

    @property
    def waived(self) -> bool:
        """Return whether it came too late and so counts as given up."""
        return bool(self.due) and date.fromisoformat(self.filed) > date.fromisoformat(self.due)


@dataclass(frozen=True)
class Ruling:
    """What was decided on an appeal. outcome: 维持 or 改定; column, text: the cell that is changed and to what."""

    number: int
    outcome: str
    opinion: str
    by: str
    sheet: str = ""
    row: str = ""
    column: str = ""
    text: str = ""

    @property
    def changes(self) -> bool:
        """Return whether another value counts from now on, whatever the outcome is called."""
        return bool(self.column)


@dataclass(frozen=True)
class Signed:
    """A stage that somebody signed off. stage: its name; by: who; note; sha: digest of what was signed."""

    stage: str
    by: str
    note: str
    sha: str


def open_appeals(appeals: Mapping[int, Appeal], rulings: Mapping[int, Ruling]) -> list[Appeal]:
    """List the appeals that came in time and nobody has decided."""
    return [a for number, a in appeals.items() if number not in rulings and not a.waived]


def ruled(plan: Plan, tables: Tables, rulings: Mapping[int, Ruling]) -> Tables:
    """Put what was decided in the place of what was typed; the tables are changed."""
    for ruling in (r for r in rulings.values() if r.changes and r.sheet in plan.by_name):
        sheet = plan.by_name[ruling.sheet]
        for row in tables.get(sheet.table, ()):
            if value_text(row.get(sheet.key.name)) == ruling.row and sheet.takes(row):
                row[ruling.column] = exactly(ruling.text, sheet.by_name[ruling.column].holds)
    return tables
