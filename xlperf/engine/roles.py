"""Where a plan leaves open what a column is to whoever reads on from it; the rows that a scored plan warns of."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import OFFICE, Column, Plan, Row, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.expression import link_of
from xlperf.formula.values import YES, value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.scheme.model import Scheme

_NAMED = 8  # rows named one by one


def open_roles(plan: Plan, scheme: Scheme) -> Iterator[Problem]:
    """List, sheet by sheet, which role a reader would need and no column has.

    A row that is ranked, or that belongs to somebody and is worded by a person, needs words that say what it is about;
    one that is marked up to a limit and added up for its unit needs score and full mark: where were points lost? One
    that units claim and the office decides on needs the decision.
    """
    places = {s.name: s.at for s in scheme.sheets}
    for sheet in plan.sheets:
        at = places.get(sheet.name)
        if _needs_label(plan, sheet) and sheet.label is None:
            yield problem("ROLE_OPEN", at, sheet=sheet.title, wanted=word("哪一列用文字说明这一行"), role="label")
        limited = _marked(sheet) if _is_added_up(plan, sheet) else []
        if limited and not sheet.of_role("score"):
            said = word("哪一列是这一行的得分（没有它，说不出在哪里失了分）")
            yield problem("ROLE_OPEN", at, sheet=sheet.title, wanted=said, role="score")
        full = next((c.high.args[0] for c in limited if c.high is not None and c.high.op == "col"), "")
        if full and not sheet.of_role("full"):
            title = sheet.by_name[full].title
            said = word("哪一列是这一行的分值，可能是“{title}”（没有它，说不出在哪里失了分）", title=title)
            yield problem("ROLE_OPEN", at, sheet=sheet.title, wanted=said, role="full")
        if _is_decided_on(sheet) and sheet.the("decision") is None:
            said = word("哪一列是办公室对申报的决定（choices 依次为待定、通过、未通过）")
            yield problem("ROLE_OPEN", at, sheet=sheet.title, wanted=said, role="decision")


def _is_decided_on(sheet: Sheet) -> bool:
    """Return whether what units claim on a sheet waits for a word of the office."""
    waiting = sheet.claims or {}
    return any(c.choices and c.default is not None and waiting.get(c.name) == c.default for c in sheet.inputs(OFFICE))


def _needs_label(plan: Plan, sheet: Sheet) -> bool:
    """Return whether people meet single rows of a sheet: they are ranked, or somebody words something in them."""
    ranked = any(r.sheet == sheet.name for r in plan.rankings)
    worded = any(c.holds == "text" and not c.choices and not c.offers for c in sheet.inputs())
    return ranked or (bool(sheet.unit) and worded)


def _is_added_up(plan: Plan, sheet: Sheet) -> bool:
    """Return whether the rows of a fixed sheet are added up for the units that they belong to."""
    if not sheet.unit or sheet.grows or plan.is_home(sheet):
        return False
    links = (link_of(column.expr) for home in plan.unit_sheets() for column in home.columns)
    return any(
        link is not None and link.kind == "total" and link.sheet == sheet.name and sheet.unit in dict(link.match)
        for link in links
    )


def _marked(sheet: Sheet) -> list[Column]:
    """List the columns of a sheet in which a unit or a scorer gives points up to a limit."""
    return [c for c in sheet.inputs() if c.by != OFFICE and c.holds == "number" and c.high is not None]


def warned_rows(scores: Scores) -> Iterator[Problem]:
    """List, column by column, the rows whose `warning` column says 是: somebody has to look before it is published."""
    for sheet in scores.plan.sheets:
        columns = sheet.of_role("warning")
        rows = scores.rows(sheet.name) if columns else []
        for column in columns:
            found = [_named(scores, sheet, row) for row in rows if row[column.name] == YES]
            if found:
                names = "、".join(found[:_NAMED]) + ("……" if len(found) > _NAMED else "")
                values = {"title": column.title, "count": len(found), "rows": names, "why": column.note or column.basis}
                yield problem("ROWS_WARNED", Where(sheet=sheet.title), **values)


def _named(scores: Scores, sheet: Sheet, row: Row) -> str:
    """Return the name of a row: whose it is, and what it is about."""
    said = value_text(row.get(sheet.naming.name)) or value_text(row[sheet.key.name])
    thing = scores.objects.of_row(sheet, row)
    name = scores.objects.title(thing) if thing is not None and thing[0] != sheet.table else ""
    return f"{name}“{said}”" if name else said
