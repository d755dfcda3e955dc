"""A frozen sheet held against a sheet of a later scheme: whose rows are whose now, and which column is which."""

from __future__ import annotations

from collections.abc import Mapping

from xlperf.engine.plan import Column, Row, Sheet
from xlperf.formula.values import EXEMPT, Value, value_text
from xlperf.problems import Problem
from xlperf.rounds.frozen import FrozenSheet
from xlperf.rounds.present import Earlier, Keys, Present


def matched(sheet: Sheet, present: Present, earlier: Earlier, problems: list[Problem]) -> Matched | None:
    """Return the frozen sheet of the same name, else of the same title; None where there is none.

    Units that bear another code or name now, and those that have gone, are told.
    """
    sheets = earlier.results.sheets
    there = sheet.name if sheet.name in sheets else next((n for n, f in sheets.items() if f.title == sheet.title), "")
    return Matched(sheet, sheets[there], Keys(present, earlier, sheet.name, problems)) if there else None


class Matched:
    """A frozen sheet as a sheet of the scheme sees it: its rows by key, and by whose they are and their words."""

    def __init__(self, sheet: Sheet, frozen: FrozenSheet, keys: Keys) -> None:
        self.frozen = frozen
        self._titles = {title: name for name, (title, _) in frozen.columns.items()}
        self.rows: dict[str, Row] = {}
        self._worded: dict[tuple[str, str], str] = {}
        self._unit, label = self.name(sheet.by_name.get(sheet.unit)), self.name(sheet.naming)
        for row in frozen.read():
            if keys.stays(row, frozen):
                now = {c: keys.now(row, frozen, c) for c in frozen.columns}
                key = value_text(now[frozen.key])
                self.rows.setdefault(key, now)
                self._worded.setdefault((value_text(now.get(self._unit)), value_text(now.get(label))), key)

    def name(self, column: Column | None) -> str:
        """Return what a column is called there: by its name, else by its heading; "" where it is not there."""
        if column is None:
            return ""
        return column.name if column.name in self.frozen.columns else self._titles.get(column.title, "")

    def key_of(self, sheet: Sheet, row: Row) -> str:
        """Return the key of the frozen row that is meant by a row of the scheme, "" where there is none."""
        key, whose = value_text(row.get(sheet.key.name)), value_text(row.get(sheet.unit))
        there = self.rows.get(key)
        if there is not None and (not self._unit or value_text(there.get(self._unit)) == whose):
            return key
        return self._worded.get((whose, value_text(row.get(sheet.naming.name))), "") if sheet.unit else ""

    def value(self, column: Column, row: Mapping[str, Value]) -> Value:
        """Return what was entered, where it may stand in the column."""
        value = row.get(self.name(column))
        if column.holds == "text":
            return value_text(value) if value is not None else None
        return None if isinstance(value, str) and not (value == EXEMPT and column.exempt) else value
