"""Where a plan leaves open what a column is to whoever reads on from it; the rows that a scored plan warns of."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import Plan, Row, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import YES, value_text
from xlperf.problems import Problem, Where, problem, word

_NAMED = 8  # rows named one by one


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


def warned_rows(scores: Scores) -> Iterator[Problem]:
    """Name, column by column, the rows whose `warning` column says 是: somebody has to look before it is published."""
    for sheet in scores.plan.sheets:
        columns = sheet.of_role("warning")
        rows = scores.rows(sheet.name) if columns else []
        for column in columns:
            found = [_named(scores, sheet, row) for row in rows if row[column.name] == YES]
            if found:
                names = "、".join(found[:_NAMED]) + ("……" if len(found) > _NAMED else "")
                told = {"title": column.title, "count": len(found), "rows": names, "why": column.note or column.basis}
                yield problem("ROWS_WARNED", Where(sheet=sheet.title, path=column.name), **told)


def _named(scores: Scores, sheet: Sheet, row: Row) -> str:
    """Name a row: whose it is, and what it is about."""
    said = value_text(row.get(sheet.naming.name)) or value_text(row[sheet.key.name])
    unit = row.get(sheet.unit) if sheet.unit else None
    home = scores.where_is(unit) if unit is not None else None
    name = scores.plan.name_of(home, scores.row(home.name, unit)) if home is not None else ""
    return f"{name}“{said}”" if name else said
