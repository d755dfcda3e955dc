"""Where a plan leaves open what a column is to whoever reads on from it."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import Plan, Sheet
from xlperf.problems import Problem, problem, word


def open_roles(plan: Plan) -> Iterator[Problem]:
    """Tell, sheet by sheet, which role a reader would need and no column has.

    A row that is ranked, or that belongs to somebody and is worded by a person, needs words that say what it is about.
    """
    for sheet in plan.sheets:
        if _needs_label(plan, sheet) and sheet.label is None:
            yield problem("ROLE_OPEN", sheet=sheet.title, wanted=word("哪一列用文字说明这一行"), role="label")


def _needs_label(plan: Plan, sheet: Sheet) -> bool:
    """Tell whether people meet single rows of a sheet: they are ranked, or somebody words something in them."""
    ranked = any(r.sheet == sheet.name for r in plan.rankings)
    worded = any(c.holds == "text" and not c.choices and not c.offers for c in sheet.inputs())
    return ranked or (bool(sheet.unit) and worded)
