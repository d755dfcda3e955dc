"""Whether a round may be published: what is missing from it, and what of it changed since it was frozen."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import UNIT, Column, Row, Sheet
from xlperf.engine.reason import is_asked
from xlperf.engine.score import Scores
from xlperf.formula.values import YES
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.appeals import open_appeals
from xlperf.rounds.freeze import held_against
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.stages import stage_problems
from xlperf.rounds.store import Round

_STOP = (
    "NOT_RETURNED",
    "RETURNED_HELD",
    "MASTER_NOT_IN",
    "MASTER_WAITS",
    "NEWER_HELD",
    "INBOX_WAITS",
    "MASTER_UNSEEN",
    "CLAIMS_PENDING",
    "UNITS_UNSCORED",
    "MARKS_MISSING",
)
_NAMED = 8


def not_ready(round_: Round, scores: Scores, incomplete: str) -> list[Problem]:
    """List what is to be said before publishing; an error among it stops it.

    incomplete: why it is published although marks or books are missing; nothing excuses what is wrong.
    """
    if round_.state().closed and (held := held_against(round_)).problems:
        return [problem("PUBLISH_FROZEN", Where(str(round_.folder))), *held.problems]
    found = [*_appealed(round_), *stage_problems(round_), *unsettled(round_, scores), *_missing(scores)]
    lacking = [p for p in found if p.code in _STOP]
    if errors(found) or (lacking and not incomplete):
        count = len({*errors(found), *lacking})
        return [problem("PUBLISH_LACKS", Where(str(round_.folder)), count=count), *found]
    said = [problem("PUBLISH_INCOMPLETE", Where(str(round_.folder)), reason=incomplete)] if lacking else []
    return [*said, *found]


def _appealed(round_: Round) -> list[Problem]:
    """List the appeals that nobody has decided: nothing is published over them."""
    state = round_.state()
    waiting = open_appeals(state.appeals, state.rulings)
    names = round_.scores().unit_names if waiting else {}
    return [problem("APPEAL_OPEN", number=a.number, unit=names.get(a.unit, a.unit), item=a.item) for a in waiting]


def _missing(scores: Scores) -> Iterator[Problem]:
    """List, column by column, the rows of fixed lists that ask for a mark which is not there."""
    for sheet in scores.plan.sheets:
        for column in sheet.inputs():
            if column.required and not sheet.grows and column.by != UNIT and column.holds == "number":
                rows = [_called(scores, sheet, row) for row in scores.rows(sheet.name) if _lacks(sheet, row, column)]
                if rows:
                    names = "、".join(rows[:_NAMED]) + ("……" if len(rows) > _NAMED else "")
                    where = Where(sheet=sheet.title)
                    yield problem("MARKS_MISSING", where, title=column.title, count=len(rows), rows=names)


def _lacks(sheet: Sheet, row: Row, column: Column) -> bool:
    stand_in = any(row[c.name] == YES for c in sheet.of_role("assumed"))
    return row[column.name] is None and not stand_in and is_asked(column, row)


def _called(scores: Scores, sheet: Sheet, row: Row) -> str:
    thing = scores.objects.of_row(sheet, row)
    said = str(row[sheet.naming.name] or "")
    name = scores.objects.title(thing) if thing is not None else ""
    return f"{name}“{said}”" if name and name != said else said
