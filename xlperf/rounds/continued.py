"""续登: entries of a ledger that an earlier round of the same year has frozen are rows of that ledger in a later one.

A deduction of March counts in the half-year and in the year; nobody enters it twice. Each row says where it comes from
(the column of role `origin`), with the digest that proves it, and nobody changes it in the later round. Its key begins
with the period that it was entered in, so that an entry which two earlier rounds hold is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from xlperf.formula.values import Value, says, value_text
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.frozen import SHORT, FrozenSheet
from xlperf.rounds.present import Earlier, Keys, Present
from xlperf.scheme.model import SheetSpec
from xlperf.scheme.reading.earlier import fills_of
from xlperf.scheme.reading.nodes import text
from xlperf.scheme.reading.tables import typed_where

Rows = list[dict[str, Value]]


def continuing(present: Present) -> list[SheetSpec]:
    """List the ledgers whose earlier entries are rows of this round: those that are filled in its period."""
    fills = fills_of(present.scheme.periods, present.period)
    return [
        s for s in present.scheme.sheets
        if s.continues is not None and (not s.periods or present.period in s.periods) and (not fills or s.name in fills)
    ]  # fmt: skip


def with_continued(
    present: Present, taken: Iterable[Earlier], tables: Mapping[str, Rows], problems: list[Problem]
) -> dict[str, Rows]:
    """Return the tables with the entries of earlier rounds of this year before those of their own."""
    made = dict(tables)
    behind = sorted(
        (e for e in taken if present.years_back(e.results) == 0 and present.precedes(e.results)),
        key=lambda e: present.order(e.results.period),
    )
    problems += _taken_otherwise(behind)
    for spec in continuing(present):
        rows: dict[str, dict[str, Value]] = {}
        for earlier in behind:
            for row in _entries(present, spec, earlier, problems):
                rows.setdefault(value_text(row[spec.columns[0].name]), row)
        made[spec.rows] = [*made.get(spec.rows, []), *rows.values()]
    return made


def _entries(
    present: Present, spec: SheetSpec, earlier: Earlier, problems: list[Problem]
) -> Iterator[dict[str, Value]]:
    """List what one earlier round has in a ledger: its own entries and those it had taken itself."""
    frozen, origin = earlier.results.sheets.get(spec.name), origin_of(spec)
    if frozen is None or spec.continues is None:
        return
    lacking = sorted(set(spec.continues) - frozen.columns.keys())
    if lacking:
        named = Where(earlier.results.round)
        problems.append(problem("EARLIER_LACKS", named, title=spec.title, found="、".join(lacking)))
        return
    keys, period, left = Keys(present, earlier, spec.name, problems), earlier.results.period, 0
    for row in frozen.read():
        if not all(says(words, row.get(c)) for c, words in spec.continues.items()):
            left += 1
        elif keys.stays(row, frozen):
            yield _entry(spec, keys, frozen, row) | (
                {} if row.get(origin) is not None
                else {frozen.key: f"{period}-{value_text(row[frozen.key])}", origin: earlier.words}
            )  # fmt: skip
    if left:
        titles = {c.name: text(c.attributes, "title", c.name) for c in spec.columns}
        wanted = "、".join(f"{titles[c]}为{words}" for c, words in spec.continues.items())
        values = {"title": spec.title, "count": left, "round": earlier.results.name, "wanted": wanted}
        problems.append(problem("EARLIER_NOT_CONTINUED", Where(earlier.results.round), **values))


def _entry(spec: SheetSpec, keys: Keys, frozen: FrozenSheet, row: Mapping[str, Value]) -> dict[str, Value]:
    """Return what somebody entered in a row, with codes as they are now."""
    made: dict[str, Value] = dict(typed_where(spec.columns, spec.where))
    for column in (c for c in spec.columns if not c.rule and c.name in frozen.columns):
        roster = text(column.attributes, "from")
        value = keys.now(row, frozen, column.name)
        made[column.name] = keys.called_now(roster, value) if roster and column.name != frozen.unit else value
    return made


def origin_of(spec: SheetSpec) -> str:
    """Return the column of a sheet that says which earlier round a row was entered in, "" where there is none."""
    return next((c.name for c in spec.columns if text(c.attributes, "role") == "origin"), "")


def _taken_otherwise(behind: Iterable[Earlier]) -> Iterator[Problem]:
    """List earlier results that another one of them had read in another state: frozen anew since."""
    there = {(e.results.year, e.results.period): e for e in behind}
    for earlier in there.values():
        for took in earlier.results.took:
            now = there.get((took["year"], took["period"]))
            if now is not None and now.sha256 != took["sha256"]:
                values = {"found": now.results.name, "was": took["sha256"][:SHORT], "now": now.sha256[:SHORT]}
                yield problem("EARLIER_FROZEN_ANEW", Where(earlier.results.round), round=earlier.results.name, **values)
