"""The round that reads earlier results: what it may look back at, and what the objects of those are called now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.frozen import SHORT, FrozenSheet, Results
from xlperf.scheme.model import EarlierSpec, Scheme, Time
from xlperf.scheme.reading.earlier import before, behind_it


@dataclass(frozen=True)
class Earlier:
    """Frozen results that a round takes. sha256: of their file. data: its bytes, where they are read to be copied."""

    results: Results
    sha256: str
    data: bytes = b""

    @property
    def words(self) -> str:
        """Return where a value comes from, with the digest that proves it."""
        r = self.results
        return f"{r.name}结果（轮次 {r.round}，{r.at} 冻结，校验值 {self.sha256[:SHORT]}）"


@dataclass(frozen=True)
class Present:
    """The round that reads: its scheme, year and period."""

    scheme: Scheme
    year: int
    period: str

    def years_back(self, results: Results) -> int:
        """Return how many years before this round some results are."""
        return self.year - results.year

    def precedes(self, results: Results) -> bool:
        """Return whether results are of an earlier year, or of a period of this year that this one follows."""
        back = self.years_back(results)
        return back > 0 or (back == 0 and results.period in behind_it(self.scheme.periods, self.period))

    def order(self, period: str) -> int:
        """Return where a period stands among those of the scheme."""
        return next((n for n, p in enumerate(self.scheme.periods) if p.id == period), -1)

    def wanted(self) -> Iterator[tuple[EarlierSpec, Time]]:
        """List what this round is to read: each entry and when it was; of this year what lies behind."""
        behind, followed = behind_it(self.scheme.periods, self.period), before(self.scheme.periods, self.period)
        for spec in self.scheme.earlier:
            for back, period in spec.times if not spec.periods or self.period in spec.periods else ():
                if back or period in (behind if spec.stacked else followed):
                    yield spec, (back, period)


def columns_of(spec: EarlierSpec, time: Time) -> dict[str, str]:
    """Return the columns that an entry takes of one earlier round: name there → name here."""
    return {there: name for name, (there, when) in spec.columns.items() if spec.stacked or when == time}


class Keys:
    """What the units, people and other objects of earlier rows are called now.

    A unit keeps its code, or stands on the new roster with its old code or name among its aliases; one that is
    nowhere has gone, and its rows are left out and told.
    """

    def __init__(self, present: Present, earlier: Earlier, sheet: str, problems: list[Problem]) -> None:
        self._problems, self._earlier = problems, earlier
        scheme = present.scheme
        spec = next((s for s in scheme.sheets if s.name == sheet), None)
        self._table = spec.rows if spec is not None else ""
        self._now = {o.table: _Roster(scheme, o.table) for o in scheme.objects}
        self._home = scheme.home

    def stays(self, row: Mapping[str, Value], frozen: FrozenSheet) -> bool:
        """Return whether whose row it is is still there."""
        return all(self._found(table, row[c], frozen, row) is not None for table, c in self._named(frozen))

    def now(self, row: Mapping[str, Value], frozen: FrozenSheet, column: str) -> Value:
        """Return a value of an earlier row, a code as it is now."""
        for table, name in self._named(frozen):
            if name == column:
                return self._found(table, row[column], frozen, row)
        return row.get(column)

    def called_now(self, table: str, code: Value) -> Value:
        """Return the code that an object of a table has now, the old one where nobody is meant."""
        roster = self._now.get(table)
        found = roster.find(value_text(code), "")[0] if roster is not None and code is not None else None
        return code if found is None else found

    def _named(self, frozen: FrozenSheet) -> list[tuple[str, str]]:
        """List the columns of a sheet that hold codes of objects with a roster: (table, column)."""
        pairs = [(self._table, frozen.key)] if self._table in self._now else []
        if frozen.unit and frozen.unit != frozen.key:
            pairs.append((self._home, frozen.unit))
        return [(table, name) for table, name in pairs if table in self._now and self._now[table].codes]

    def _found(self, table: str, code: Value, frozen: FrozenSheet, row: Mapping[str, Value]) -> Value:
        if code is None:
            return None
        roster, was = self._now[table], value_text(code)
        named = self._earlier.results.units.get(was, "") if table == self._home else ""
        named = named or value_text(row.get(roster.name))
        found, code_ = roster.find(was, named)
        if code_:
            where = Where(self._earlier.results.round, sheet=frozen.title)
            values = {"was": was, "name": named or was, "now": value_text(found), "called": roster.called(found)}
            self._problems.append(problem(code_, where, **values))
        return found


class _Roster:
    """Who is on the roster of this round, with the names and codes that each had before."""

    def __init__(self, scheme: Scheme, table: str) -> None:
        spec = next(o for o in scheme.objects if o.table == table)
        sheet = next((s for s in scheme.sheets if s.rows == table), None)
        key = sheet.columns[0].name if sheet is not None else ""
        rows = scheme.tables.get(table, [])
        self.name = spec.name
        self.codes: dict[str, Value] = {value_text(r.get(key)): r.get(key) for r in rows}
        self._names = {value_text(r.get(key)): value_text(r.get(spec.name)) for r in rows if spec.name}
        self._aliases = {
            alias: r.get(key)
            for r in rows
            for alias in re.split(r"[;；、,，|\s]+", value_text(r.get(spec.aliases or "aliases")))
            if alias
        }

    def called(self, code: Value) -> str:
        """Return the name that a code has now."""
        return self._names.get(value_text(code), "")

    def find(self, was: str, named: str) -> tuple[Value, str]:
        """Return the code that somebody has now and the code of what is to be said; None where nobody is meant."""
        by_alias = self._aliases.get(was) or self._aliases.get(named)
        if was in self.codes:
            same = not named or not self.called(was) or self.called(was) == named
            if same or self._aliases.get(named) == self.codes[was]:
                return self.codes[was], ""
            return self.codes[was], "EARLIER_NAME_DIFFERS"
        if by_alias is not None:
            return by_alias, "EARLIER_RENAMED"
        return None, "EARLIER_GONE"
