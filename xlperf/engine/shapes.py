"""A plan, its scores and what a reading would change, laid out for programs: plain values, exact decimals as text."""

from __future__ import annotations

from collections.abc import Iterable

from xlperf.engine.plan import Plan
from xlperf.engine.ranked import ranked_lists
from xlperf.engine.score import Scores
from xlperf.engine.whatif import Change, ReadingEffect
from xlperf.formula.values import Value, decimal
from xlperf.problems import Language
from xlperf.report.ranking import Places


def exact(value: Value) -> str | None:
    """Return a value for programs: a number as its decimal text, or p/q where the decimal does not end."""
    return value if value is None or isinstance(value, str) else decimal(value)


def plan_data(plan: Plan) -> dict[str, object]:
    """Return the sheets and columns of a plan."""
    names = ("name", "title", "kind", "holds", "by", "role", "measure", "required", "basis", "note")
    return {
        "scheme": plan.scheme,
        "title": plan.title,
        "year": plan.year,
        "document": plan.document,
        "readings": dict(plan.readings),
        "sheets": [
            {
                "name": s.name,
                "title": s.title,
                "table": s.table,
                "grows": s.grows,
                "columns": [{name: getattr(c, name) for name in names} for c in s.columns],
            }
            for s in plan.sheets
        ],
    }


def scores_data(scores: Scores) -> dict[str, object]:
    """Return a scored plan: every unit on the sheet that scores it, every row of every sheet."""
    plan = scores.plan
    return {
        "scheme": plan.scheme,
        "readings": dict(plan.readings),
        "units": {
            str(row[sheet.key.name]): {"sheet": sheet.name, **{name: exact(v) for name, v in row.items()}}
            for sheet in plan.unit_sheets()
            for row in scores.rows(sheet.name)
            if scores.where_is(row[sheet.key.name]) is sheet
        },
        "sheets": {
            sheet.name: [{name: exact(v) for name, v in row.items()} for row in scores.rows(sheet.name)]
            for sheet in plan.sheets
            if any(c.kind in ("input", "computed") for c in sheet.columns)
        },
    }


def ranking_data(scores: Scores, before: Places | None = None) -> list[dict[str, object]]:
    """Return the ranked lists, a line each. before: the places of an earlier list, for who rose by how many since."""
    return [
        {**vars(line), "score": exact(line.score), "remark": line.remark, "moved": line.moved(before or {})}
        for line in ranked_lists(scores)
    ]


def effects_data(effects: Iterable[ReadingEffect], language: Language) -> list[dict[str, object]]:
    """Return what each option that is not adopted would change."""
    return [
        {
            "reading": e.reading.id,
            "option": e.option,
            "changes": changes_data(e.changes),
            "totals": changes_data(e.totals),
            "problems": [p.data(language) for p in e.problems],
        }
        for e in effects
    ]


def changes_data(changes: Iterable[Change]) -> list[dict[str, object]]:
    """Return what is no longer what it was, a cell each."""
    return [{**vars(c), "old": exact(c.old), "new": exact(c.new)} for c in changes]
