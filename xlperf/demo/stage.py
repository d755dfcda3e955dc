"""What a demonstration of one scheme types: tables as CSV in `demo/ID` beside the folder `ID` of the scheme.

They are read as any folder of data is, and shared out to whoever would type them: units their claims, scorers
and units their cells, the office its ledgers and its word on each claim. What no file gives is made up. Where earlier
years are shown, a folder of the year in it (`demo/ID/2008`) holds the tables that were others then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from xlperf.engine.objects import Objects, Party, objects_of
from xlperf.engine.plan import OFFICE, UNIT, Column, Plan, Row, Sheet, Tables
from xlperf.engine.reason import is_asked
from xlperf.engine.score import rows_of
from xlperf.entries.folder import read_data
from xlperf.formula.operations import equal
from xlperf.formula.values import Value, value_text
from xlperf.scheme.model import Scheme

Spot = tuple[str, str, str]  # plan sheet, key of the row ("+1" for the first new one), column
Inputs = dict[Spot, Value]
FOLDER = "demo"


def stage_of(path: Path | str, scheme: Scheme, plan: Plan) -> Stage | None:
    """Return what is staged for the scheme at a path, in the year it is laid out for; None where nothing is."""
    at = Path(path)
    home = (at if at.is_dir() else at.parent).resolve()
    folder = home.parent / FOLDER / home.name
    if not folder.is_dir():
        return None
    tables = read_data(scheme, folder)[0]
    then = folder / str(scheme.year)
    if then.is_dir():
        others = read_data(scheme, then)[0]
        tables = {**tables, **{file.stem: others[file.stem] for file in sorted(then.glob("*.csv"))}}
    return Stage(plan, tables)


@dataclass(frozen=True)
class Stage:
    """The tables of one scheme's demonstration, as what people type."""

    plan: Plan
    tables: Tables
    _by_key: dict[str, dict[str, Row]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def given(self, sheet: Sheet, key: str) -> dict[str, Value]:
        """Return the cells that are given for a row of a fixed roster and open in it: not those of another period."""
        if sheet.name not in self._by_key:
            keyed: dict[str, Row] = {value_text(row.get(sheet.key.name)): row for row in reversed(self.rows(sheet))}
            self._by_key[sheet.name] = keyed
        row = self._by_key[sheet.name].get(key, {})
        return {c.name: row[c.name] for c in sheet.inputs() if row.get(c.name) is not None and is_asked(c, row)}

    def claims(self, party: Party) -> Inputs:
        """Return the rows that a party adds itself."""
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.claims is not None):
            held = (r for r in self.rows(sheet) if self._objects.holder_of(sheet, r) == party)
            mine = (r for r in held if not imposed(sheet, r))
            for number, row in enumerate(mine, 1):
                found |= _cells(sheet, f"+{number}", row, sheet.inputs(UNIT))
        return found

    def entered(self) -> Inputs:
        """Return the rows the office adds to its ledgers, and those it imposes beside what units claim."""
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.grows):
            own = (row for row in self.rows(sheet) if sheet.claims is None or imposed(sheet, row))
            for number, row in enumerate(own, 1):
                found |= _cells(sheet, f"+{number}", row, sheet.inputs())
        return found

    def everything(self) -> Inputs:
        """Return every row of a ledger, with its own key: for a round in which one person types all of it."""
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.grows):
            for row in self.rows(sheet):
                found |= _cells(sheet, value_text(row[sheet.key.name]), row, sheet.inputs())
        return found

    def decisions(self, tables: Tables) -> Inputs:
        """Return the office's word on every claim that came in as it was staged."""
        came = rows_of(self.plan, tables)
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.claims is not None):
            columns = [c for c in sheet.inputs(OFFICE) if c.name != sheet.unit]
            staged = defaultdict(list)
            for row in self.rows(sheet):
                staged[value_text(row.get(sheet.unit))].append(row)
            for row in came[sheet.name]:
                for meant in staged[value_text(row.get(sheet.unit))]:
                    if all(_same(row.get(c.name), meant.get(c.name)) for c in sheet.inputs(UNIT)):
                        found |= _cells(sheet, value_text(row[sheet.key.name]), meant, columns)
        return found

    def rows(self, sheet: Sheet) -> list[dict[str, Value]]:
        """Return the staged rows of a sheet."""
        return self._shared[sheet.name]

    @cached_property
    def _objects(self) -> Objects:
        return objects_of(self.plan, self.tables)

    @cached_property
    def _shared(self) -> dict[str, list[dict[str, Value]]]:
        return {name: list(self._new(self.plan.by_name[name], rows)) for name, rows in self._all.items()}

    @cached_property
    def _all(self) -> dict[str, list[dict[str, Value]]]:
        return rows_of(self.plan, self.tables)

    def _new(self, sheet: Sheet, rows: list[dict[str, Value]]) -> Iterator[dict[str, Value]]:
        """List the rows of a sheet that nobody entered in an earlier round of the year: those go on by themselves."""
        there = {value_text(row[sheet.key.name]).partition("-")[2] for row in rows if sheet.is_continued(row)}
        for row in rows:
            if not sheet.is_continued(row) and value_text(row[sheet.key.name]) not in there:
                yield row


def imposed(sheet: Sheet, row: Mapping[str, Value]) -> bool:
    """Return whether a row is of another kind than a unit's claims begin with: a deduction beside claimed bonuses."""
    kinds = {c.name for c in sheet.inputs(OFFICE) if c.choices and c.required and c.default is None}
    return any(row.get(name) != kind for name, kind in (sheet.claims or {}).items() if name in kinds)


def _same(one: Value, other: Value) -> bool:
    return (one is None and other is None) or equal(one, other)


def _cells(sheet: Sheet, key: str, row: dict[str, Value], columns: Collection[Column]) -> Inputs:
    return {(sheet.name, key, c.name): row[c.name] for c in columns if row.get(c.name) is not None}
