"""What if a reading were decided otherwise, or a cell held something else: what changes for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from xlperf.engine.compile import Bound, compile_scheme
from xlperf.engine.live import Edit, Live, is_akin
from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.refused import row_name
from xlperf.engine.score import Scores, score
from xlperf.formula.values import Value
from xlperf.problems import Problem, errors
from xlperf.scheme.model import Reading, Scheme

Role = Literal["score", "place", "group", "award", "pay", "result"]

_BY_ROLE: dict[str, Role] = {"award": "award", "money": "pay"}


@dataclass(frozen=True)
class Change:
    """One cell that another option changes.

    key: the row's own key. unit: the unit it belongs to. role: what the column is to the unit.
    old, new: exact values; None is blank.
    """

    sheet: str
    key: str
    unit: str
    column: str
    title: str
    role: Role
    old: Value
    new: Value


@dataclass(frozen=True)
class ReadingEffect:
    """What one option of a reading, not adopted, would change.

    changes: in the order of the plan. totals: of money on sheets that are about nobody (a budget); `unit` is then what
    the row is called. problems: why it cannot be scored; then there are no changes.
    """

    reading: Reading
    option: str
    changes: tuple[Change, ...] = ()
    totals: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def units(self) -> tuple[str, ...]:
        """List the units that something changes for, each once."""
        return tuple(dict.fromkeys(change.unit for change in self.changes))

    def of(self, role: Role) -> tuple[Change, ...]:
        """List the changes of one kind."""
        return tuple(change for change in self.changes if change.role == role)


def compare_readings(
    scheme: Scheme,
    tables: Tables,
    adopted: Mapping[str, str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[ReadingEffect]:
    """Score every option that is not adopted, one reading at a time, and compare with those adopted.

    tables: table → rows; a table left out is the scheme's own. adopted: reading → option where a round
    decided otherwise than the scheme. Compared are the columns that a ranking
    names, and of the rows of what is appraised the columns that are an award or money, and numbers that no
    other column goes on from (result: places of honour …). An option that is used in no rule changes
    nothing and is not scored again.
    """
    base = {r.id: r.adopted for r in scheme.readings.values()} | dict(adopted or {})
    bound = Bound()
    plan, problems = compile_scheme(scheme, base, bound)
    whole = {**scheme.tables, **tables}
    options = [(r, option) for r in scheme.open_readings.values() for option in r.options if option != base[r.id]]
    if errors(problems):
        return [ReadingEffect(r, option, problems=tuple(problems)) for r, option in options]
    scores = score(plan, whole)
    effects = []
    for done, (reading, option) in enumerate(options, 1):
        effects.append(_effect(scheme, scores, whole, {**base, reading.id: option}, reading, bound))
        if progress is not None:
            progress(done, len(options), f"比较口径：{reading.id}={option}")
    return effects


def _effect(
    scheme: Scheme, scores: Scores, tables: Tables, readings: Mapping[str, str], reading: Reading, bound: Bound
) -> ReadingEffect:
    option = readings[reading.id]
    other, problems = compile_scheme(scheme, readings, bound)
    if errors(problems):
        return ReadingEffect(reading, option, problems=tuple(problems))
    if other.sheets == scores.plan.sheets:
        return ReadingEffect(reading, option)
    after = Live(scores, other).scores() if is_akin(scores.plan, other) else score(other, tables)
    return ReadingEffect(reading, option, tuple(changes_between(scores, after)), tuple(totals_between(scores, after)))


def changes_if(scores: Scores, *edits: Edit) -> list[Change]:
    """List what changes for units and people when cells are typed over; see `Live.edit` for what it raises."""
    live = Live(scores)
    live.edit(*edits)
    return list(changes_between(scores, live.scores()))


def changes_between(old: Scores, new: Scores) -> Iterator[Change]:
    """List what differs between two scorings of the same rows, in the order of the plan."""
    for sheet in old.plan.sheets:
        roles = {c.name: role for c in sheet.columns if (role := role_of(old.plan, sheet, c))}
        keys = old.column(sheet.name, sheet.key.name)
        units = old.column(sheet.name, sheet.unit) if sheet.unit else keys
        for i, (key, unit) in enumerate(zip(keys, units, strict=True)):
            for name, role in roles.items():
                before, after = old.column(sheet.name, name)[i], new.column(sheet.name, name)[i]
                if before != after:
                    title = sheet.by_name[name].title
                    yield Change(sheet.name, str(key), str(unit), name, title, role, before, after)


def totals_between(old: Scores, new: Scores) -> Iterator[Change]:
    """List which money differs on sheets that are about nobody: totals, budgets."""
    for sheet in old.plan.sheets:
        if sheet.unit or sheet.table in old.plan.subject_of:
            continue
        names = [c.name for c in sheet.columns if c.role == "money" and c.expr is not None]
        for before, after in zip(old.rows(sheet.name), new.rows(sheet.name), strict=True):
            called, key = row_name(sheet, before), str(before[sheet.key.name])
            for name in (n for n in names if before[n] != after[n]):
                yield Change(sheet.name, key, called, name, sheet.by_name[name].title, "pay", before[name], after[name])


def role_of(plan: Plan, sheet: Sheet, column: Column) -> Role | None:
    """Return what a column is to a unit or a person; None where its change moves nothing by itself."""
    for ranking in plan.rankings:
        if ranking.sheet == sheet.name and column.name in (ranking.score, ranking.place, ranking.seat, ranking.group):
            return _ranked(column.name, ranking.score, ranking.group)
    if column.expr is None or sheet.table not in plan.subject_of:
        return None
    if column.role in _BY_ROLE:
        return _BY_ROLE[column.role]
    goes_on = (sheet.name, column.name) in plan.graph.readers
    return None if goes_on or column.holds == "text" else "result"


def _ranked(name: str, score_column: str, group_column: str) -> Role:
    return "score" if name == score_column else "group" if name == group_column else "place"
