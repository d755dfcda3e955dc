"""复核 at the desk: what was asked, what each outcome would do to everybody, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, worded
from xlperf.desk.looks import names_of
from xlperf.engine.shapes import exact
from xlperf.engine.whatif import Change
from xlperf.formula.values import value_text
from xlperf.problems import Where, errors, problem
from xlperf.publish.review import Asking, cells_of, decide, items_of, open_appeal, outcomes
from xlperf.publish.wishes import MOST_DAYS, appeal_days_of
from xlperf.rounds.appeals import CHANGED, UPHELD, Appeal
from xlperf.rounds.store import Round
from xlperf.rounds.workdays import NoCalendar


def appeals(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return every appeal and where it stands, who may ask, and of one unit what it may ask about.

    words: round; unit, by key, "" for none.
    """
    round_ = desk.round(worded(words, "round"))
    state, names, scores = round_.state(), names_of(round_), round_.scores()
    listed = [
        {
            **vars(a),
            "who": names.get(a.unit, a.unit),
            "waived": a.waived,
            "ruling": vars(state.rulings[n]) if n in state.rulings else None,
        }
        for n, a in state.appeals.items()
    ]
    items = items_of(scores, worded(words, "unit")) if worded(words, "unit") else []
    return {
        "appeals": listed,
        "units": [{"key": key, "name": name} for key, name in names.items() if items_of(scores, key)],
        "items": [{"item": item, "words": said} for item, said in items],
        "days": appeal_days_of(round_, None),
        "today": date.today().isoformat(),
    }


def file_appeal(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Record an appeal. words: round, unit, item, reason, received, filed (days), days (how many are allowed)."""
    round_ = desk.round(worded(words, "round"))
    days = worded(words, "days").strip()
    if days and not (days.isdecimal() and int(days) <= MOST_DAYS):
        raise Refused([problem("DESK_BAD_WORD", found=days)])
    allowed = appeal_days_of(round_, int(days) if days else None)
    received, filed = _day(words, "received"), _day(words, "filed")
    asking = Asking(worded(words, "unit"), worded(words, "item"), worded(words, "reason"), received, filed, allowed)
    try:
        made, problems = open_appeal(round_, asking)
    except NoCalendar as unknown:
        made, problems = None, [problem("NO_CALENDAR", Where(), year=unknown.year)]
    if made is None:
        raise Refused(problems)
    desk.problems.extend(problems)
    return {"number": made.number, "item": made.item, "due": made.due}


def weigh(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return what outcomes of an appeal would change for everybody, and the cells a decision may change.

    words: round, number; text, the value it would be changed to, "" for those worth trying; column.
    """
    round_ = desk.round(worded(words, "round"))
    number, text = _number(words), worded(words, "text").strip()
    tried, problems = outcomes(round_, number, worded(words, "column"), [text] if text else [])
    if errors(problems) and not tried:
        raise Refused(problems)
    desk.problems.extend(problems)
    return {
        "cells": [
            {"column": c.name, "title": c.title, "choices": list(c.choices), "text": value_text(value)}
            for c, value in cells_of(round_, _appeal(round_, number))
        ],
        "outcomes": [{"text": t.text, "changes": _listed(t.changes)} for t in tried],
        "names": names_of(round_),
    }


def rule_on(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Decide an appeal and write the notice of what changed.

    words: round, number, text ("" leaves the score as it is), column, opinion, by, day (on the notice).
    """
    round_ = desk.round(worded(words, "round"))
    text = worded(words, "text").strip()
    opinion, by = (" ".join(worded(words, name).split()) for name in ("opinion", "by"))
    outcome, column = CHANGED if text else UPHELD, worded(words, "column")
    done, problems = decide(round_, _number(words), outcome, opinion, by, _day(words, "day"), column=column, text=text)
    if done is None:
        raise Refused(problems)
    desk.problems.extend(problems)
    return {
        "changes": _listed(done.changes),
        "names": names_of(round_),
        "files": [f.as_posix() for f in done.files],
    }


def _listed(changes: tuple[Change, ...]) -> list[Data]:
    return [{**vars(c), "old": exact(c.old), "new": exact(c.new)} for c in changes]


def _appeal(round_: Round, number: int) -> Appeal:
    return round_.state().appeals[number]


def _number(words: Mapping[str, Any]) -> int:
    """Read the number of an appeal; 0, which none has, for anything else."""
    text = worded(words, "number")
    return int(text) if text.isdecimal() else 0


def _day(words: Mapping[str, Any], name: str) -> date:
    """Read a day, today where none is said. Raises Refused."""
    text = worded(words, name)
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise Refused([problem("DESK_BAD_WORD", found=text)]) from None
