"""回测: the data of a frozen round under another scheme, as if that had been in force then.

What people entered is taken from the frozen round, everything else from the scheme. Units are found by code or alias
(`rounds/matched.py`), rows by their key, else by whose they are and their words, columns by name, else by heading. A
row of the scheme without data, a unit that was not there, and data without a place in the scheme are left out and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Ranking, Sheet, Tables
from xlperf.engine.score import Scores, score
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.chain import with_earlier
from xlperf.rounds.matched import matched
from xlperf.rounds.present import Earlier, Present
from xlperf.scheme.made import with_made_rows
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.earlier import PERIOD

_NAMED = 8  # rows named one by one
Row = dict[str, Value]


@dataclass(frozen=True)
class Compared:
    """One row of a ranked list: what the frozen round came to (None where it has no such row), and what it is now."""

    ranking: Ranking
    position: int
    was_place: Value
    place: Value
    was_score: Value
    score: Value


@dataclass(frozen=True)
class Backtest:
    """What came of it. scores: None where the scheme cannot be used. problems: what could not be matched."""

    scores: Scores | None
    lines: tuple[Compared, ...]
    problems: tuple[Problem, ...]


def backtest(scheme: Scheme, earlier: Earlier, before: Sequence[Earlier] = ()) -> Backtest:
    """Score the data of a frozen round under a scheme; nothing is written.

    before: what that round took of rounds before it.
    """
    results = earlier.results
    now = scheme.in_year(results.year)
    period = results.period if results.period in {p.id for p in scheme.periods} else ""
    now, said = with_earlier(Present(now, results.year, period), before)
    plan, problems = compile_scheme(now, {PERIOD: period} if period else {})
    if errors(problems):
        return Backtest(None, (), tuple(problems))
    filling = _Filling(Present(now, results.year, period), plan, earlier)
    scores = score(plan, filling.tables())
    lines = [line for ranking in plan.rankings for line in filling.compared(scores, ranking)]
    return Backtest(scores, tuple(lines), tuple(dict.fromkeys([*said, *filling.problems])))


class _Filling:
    """Fills the tables of a scheme with what a frozen round holds."""

    def __init__(self, present: Present, plan: Plan, earlier: Earlier) -> None:
        self._present, self._plan, self._earlier = present, plan, earlier
        self.problems: list[Problem] = []
        self._sources = {s.name: matched(s, present, earlier, self.problems) for s in plan.sheets}
        self._where = Where(earlier.results.round)

    def tables(self) -> Tables:
        """Return the tables of the scheme, filled."""
        tables = {name: [dict(row) for row in rows] for name, rows in self._present.scheme.tables.items()}
        for sheet in (s for s in self._plan.sheets if s.inputs()):
            self._lacking(sheet)
        for table in {s.table: None for s in self._plan.sheets if s.inputs() and s.grows}:
            tables[table] = self._entries(table)
        for sheet in (s for s in self._plan.sheets if not s.grows):
            tables[sheet.table] = self._filled(sheet, tables.get(sheet.table, []))
        there = {value_text(row[s.key.name]) for s in self._plan.unit_sheets() for row in tables[s.table]}
        for sheet in (s for s in self._plan.sheets if s.unit and s.of == self._home):
            tables[sheet.table] = [r for r in tables.get(sheet.table, []) if value_text(r.get(sheet.unit)) in there]
        return with_made_rows(self._plan.made, tables)

    @property
    def _home(self) -> str:
        return self._plan.units.table if self._plan.units is not None else ""

    def _lacking(self, sheet: Sheet) -> None:
        """List which columns that somebody fills have no data."""
        source = self._sources[sheet.name]
        lacking = [c.title for c in sheet.inputs() if source is None or not source.name(c)]
        if lacking:
            titles = "、".join(lacking)
            self.problems.append(problem("BACKTEST_COLUMNS", self._where, sheet=sheet.title, titles=titles))

    def _entries(self, table: str) -> list[Row]:
        """Return the entries of a ledger; several sheets may share them.

        What tells the entries of one sheet from those of another stands in no column of theirs: the sheet says it.
        """
        found: dict[str, Row] = {}
        for sheet in (s for s in self._plan.sheets if s.table == table):
            source, own = self._sources[sheet.name], [c for c in sheet.columns if c.kind in ("input", "fact", "key")]
            if source is None:
                continue
            for key, row in source.rows.items():
                found.setdefault(key, {}).update({c.name: source.value(c, row) for c in own} | dict(sheet.where))
        return list(found.values())

    def _filled(self, sheet: Sheet, rows: list[Row]) -> list[Row]:
        """Return the rows of a table with what was entered in a sheet of it; those without data only if reference."""
        source = self._sources[sheet.name]
        if not sheet.inputs() and sheet.table not in self._plan.subject_of:
            return rows
        kept, fresh, met = list[Row](), list[Row](), set[str]()
        for row in rows:
            key = source.key_of(sheet, row) if source is not None and sheet.takes(row) else ""
            if key and source is not None:
                met.add(key)
                row |= {c.name: source.value(c, source.rows[key]) for c in sheet.inputs()}
            if key or not sheet.takes(row):
                kept.append(row)
            else:
                fresh.append(row)
        self._left_out("BACKTEST_NEW", sheet, [value_text(r.get(sheet.naming.name)) for r in fresh])
        label = source.name(sheet.naming) if source is not None else ""
        gone = [row for key, row in source.rows.items() if key not in met] if source is not None else []
        self._left_out("BACKTEST_GONE", sheet, [value_text(r.get(label)) for r in gone])
        return kept

    def _left_out(self, code: str, sheet: Sheet, names: list[str]) -> None:
        if names:
            some = "、".join(dict.fromkeys(names[:_NAMED])) + ("……" if len(names) > _NAMED else "")
            self.problems.append(problem(code, self._where, sheet=sheet.title, count=len(names), names=some))

    def compared(self, scores: Scores, ranking: Ranking) -> Iterator[Compared]:
        """List who is ranked, with what the frozen list said."""
        sheet, source = scores.plan.by_name[ranking.sheet], self._sources[ranking.sheet]
        place, points = sheet.by_name[ranking.place], sheet.by_name[ranking.score]
        for at, row in enumerate(scores.rows(sheet.name)):
            was = source.rows.get(value_text(row[sheet.key.name]), {}) if source is not None else {}
            before = [was.get(source.name(c)) if source is not None else None for c in (place, points)]
            yield Compared(ranking, at, before[0], row[place.name], before[1], row[points.name])
