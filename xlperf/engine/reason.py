"""Why: one cell of a scored plan taken apart into arithmetic, clause and the cells it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from xlperf.engine.must import ruled_by
from xlperf.engine.plan import Column, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import asked_by, awaited, of_row
from xlperf.formula.explain import explain, not_taken
from xlperf.formula.expression import Expr, columns_of, link_of
from xlperf.formula.operations import equal
from xlperf.formula.values import Value, day_of, decimal, shown, value_text
from xlperf.formula.words import own
from xlperf.report.explanation import Explanation
from xlperf.terms import POINTS

Row = dict[str, Value]
CLOSED, NONE = "不填", "无"  # what stands for a cell that nobody is asked for, and for a fact that is not there
NOT_REPORTED = "未报"
NO_SCORE, NO_RESULT = "未计算得分", "未算出"  # of a computed column: nobody reports it


def explain_cell(scores: Scores, sheet: str, key: Value, column: str, depth: int = 9) -> Explanation:
    """Explain a cell, down to what was typed in.

    Raises KeyError where the sheet, row or column does not exist. depth: how many steps to follow.
    """
    at = scores.plan.by_name[sheet]
    return _cell(scores, at, scores.row(sheet, key), at.by_name[column], depth)


def _cell(scores: Scores, sheet: Sheet, row: Row, column: Column, depth: int) -> Explanation:
    value = row[column.name]
    made = Explanation(
        sheet.name,
        worded(row[sheet.key.name], sheet.key),
        column.name,
        column.title,
        _not_worked_out(column) if value is None and column.expr is not None else worded(value, column),
        value if isinstance(value, str) else "" if value is None else decimal(value),
        column.basis,
        (),
        "",
        label=label_of(sheet, row),
    )
    if is_closed(scores, sheet, row, column):
        return replace(made, value=own(CLOSED), closed=True)
    if column.expr is None:
        if column.origin and value is not None:
            made = replace(made, because=(own("取自{origin}", origin=column.origin),))
        return made if value is not None or column.kind == "input" else replace(made, value=own(NONE))
    titles = {**scores.plan.titles, **{c.name: c.title for c in sheet.columns}}
    expr = ruled_by(sheet, column, row).expr or column.expr
    reason = explain(expr, row, titles)
    because = (*reason.because, *_frozen(scores, column), *_continued(sheet, row), *_ahead(scores, sheet, row, column))
    parts = () if depth <= 0 else tuple(_parts(scores, sheet, row, expr, depth))
    return Explanation(**{**made.__dict__, "because": because, "working": reason.working, "parts": parts,
                          "taken": reason.taken, "stated": reason.stated})  # fmt: skip


def _frozen(scores: Scores, column: Column) -> list[str]:
    """Return which frozen results a look-up takes its value from."""
    link = link_of(column.expr)
    there = scores.plan.by_name[link.sheet] if link is not None and link.column and link.sheet else None
    origin = there.by_name[link.column].origin if there is not None and link is not None else ""
    return [own("取自{origin}", origin=origin)] if origin else []


def _continued(sheet: Sheet, row: Row) -> list[str]:
    """Return which earlier round a row was entered in, as it says itself."""
    return [own("取自{origin}", origin=value_text(row[sheet.origin]))] if sheet.is_continued(row) else []


def _not_worked_out(column: Column) -> str:
    """Return the words for an empty result: it was not worked out: nobody reports it."""
    return own(NO_SCORE if column.counted_in == POINTS else NO_RESULT)


def is_closed(scores: Scores, sheet: Sheet, row: Row, column: Column) -> bool:
    """Return whether an empty cell is as it should be: not asked for, or made only of what this row does not have.

    A result that lacks a cell somebody still has to fill is not closed.
    """
    if row[column.name] is not None:
        return False
    if column.expr is None:
        return column.kind == "input" and not is_asked(column, row)
    if link_of(column.expr) is not None:
        return False
    made_of = [sheet.by_name[n] for n in awaited(column.expr, row) if n in sheet.by_name and row[n] is None]
    return bool(made_of) and all(c.kind in ("key", "fact") or is_closed(scores, sheet, row, c) for c in made_of)


def is_asked(column: Column, row: Mapping[str, Value]) -> bool:
    """Return whether a row asks for this column at all."""
    if column.asked is None:
        return True
    return bool(of_row(column.asked, {name: row.get(name) for name in columns_of(column.asked)}))


def label_of(sheet: Sheet, row: Row) -> str:
    """Return what a row is about: the indicator of a mark, the matter of an event, the name of a unit."""
    return value_text(row[sheet.label.name]) if sheet.label is not None else ""


def _parts(scores: Scores, sheet: Sheet, row: Row, e: Expr, depth: int) -> list[Explanation]:
    linked = [
        _cell(scores, other, their, other.by_name[name], depth - 1)
        for other, their, name in contributing(scores, row, e)
    ]
    if linked:
        return linked
    idle = {name for name in not_taken(e, row) if row[name] is None}  # nothing is missing there
    own = [c for c in sheet.columns if c.name in columns_of(e) - idle and c.kind != "key"]
    return [_cell(scores, sheet, row, c, depth - 1) for c in own]


def contributing(scores: Scores, row: Row, e: Expr) -> list[tuple[Sheet, Row, str]]:
    """List the rows of other sheets that a link takes its value from: (sheet, row, column)."""
    link = link_of(e)
    if link is None or not link.sheet or not link.column:
        return []
    there = scores.plan.by_name[link.sheet]
    if link.kind == "via":
        named = (r for r in scores.rows(there.name) if equal(r[there.key.name], row[link.key]))
        return [(there, r, link.column) for r in islice(named, 1)]
    wanted, against = asked_by(link, row)
    found = [] if None in wanted + against else scores.index.taken(link, there.name, (wanted, against))
    rows = scores.rows(there.name)
    return [(there, rows[i], link.column) for i in found]


PEERS = 5  # how many of those ahead are named


def _ahead(scores: Scores, sheet: Sheet, row: Row, column: Column) -> list[str]:
    """Return who stands ahead of a place, nearest first: the answer to "why third?"."""
    link = link_of(column.expr)
    place = row[column.name]
    if link is None or link.kind != "rank" or not isinstance(place, Fraction):
        return []
    key, wanted = link.column, [(name, of_row(value, row)) for name, value in link.match]
    peers = [r for r in scores.rows(sheet.name) if all(equal(r[name], value) for name, value in wanted)]
    places = [(p, i) for i, r in enumerate(peers) if isinstance(p := r[column.name], Fraction)]
    ahead = [peers[i] for _, i in sorted((pair for pair in places if pair[0] < place), reverse=True)]
    names = [
        f"{label_of(sheet, r) or worded(r[sheet.key.name], sheet.key)} {worded(r[key], sheet.by_name[key])}"
        for r in ahead
    ]
    first = own("同组参加排列的有{count}个", count=len(places))
    if not names:
        return [own("{first}，前面没有别的", first=first)]
    few = "、".join(names[:PEERS]) + (own("等{count}个", count=len(names)) if len(names) > PEERS else "")
    return [own("{first}，排在前面的由近到远：{names}", first=first, names=few)]


def worded(value: Value, column: Column) -> str:
    """Write a value as its column shows it: dates as dates, numbers at the decimals on paper."""
    if column.holds == "date" and value is not None and not isinstance(value, str):
        return day_of(value).isoformat()
    if value is None:
        return own(NOT_REPORTED)
    return shown(value, column.shown if column.shown is not None else 6)
