"""The ranked lists of a scored plan, in the order people read them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

from xlperf.engine.plan import Column, Plan, Ranking, Row
from xlperf.engine.reason import label_of
from xlperf.engine.score import Scores
from xlperf.engine.words import Held
from xlperf.formula.evaluate import asked_by
from xlperf.formula.expression import link_of
from xlperf.formula.values import NO, YES, Value, shown
from xlperf.report.ranking import Ranked


def ranked_lists(scores: Scores) -> list[Ranked]:
    """Return every ranked list, one after another: by group, then place, the unranked last, ties in list order."""
    lines: list[tuple[tuple[int, int, Fraction, int], Ranked]] = []
    for number, ranking in enumerate(scores.plan.rankings):
        sheet = scores.plan.by_name[ranking.sheet]
        rows = scores.rows(ranking.sheet)
        groups = list(dict.fromkeys(row[ranking.group] for row in rows))
        for at, row in enumerate(rows):
            place, seat = row[ranking.place], row[ranking.seat]
            made = Ranked(
                ranking.sheet,
                ranking.title,
                str(row[ranking.group] or ""),
                int(place) if isinstance(place, Fraction) else None,
                str(row[sheet.key.name]),
                scores.plan.name_of(sheet, row),
                row[ranking.score],
                published(row[ranking.score], sheet.by_name[ranking.score].shown),
                scores.objects.within(scores.objects.of_row(sheet, row)) if not scores.plan.is_home(sheet) else "",
                decided_by(scores, ranking, row),
            )
            order = seat if isinstance(seat, Fraction) else Fraction(len(rows) + 1)
            lines.append(((number, groups.index(row[ranking.group]), order, at), made))
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def deciders(plan: Plan, ranking: Ranking) -> tuple[Column, ...]:
    """List the columns that a place hangs on and neither the score nor the group does: a veto that puts a unit last.

    They are awards, and of what no award is made from, what answers 是 or 否 and what counts the entries of a ledger.
    """
    name = f"deciders of {ranking.sheet}.{ranking.place}"
    if name not in plan.kept:
        plan.kept[name] = tuple(_deciders(plan, ranking))
    return cast("tuple[Column, ...]", plan.kept[name])


def _deciders(plan: Plan, ranking: Ranking) -> Iterator[Column]:
    at, behind = ranking.sheet, plan.graph.behind
    beside = behind([(at, ranking.place)]) - behind([(at, ranking.score), (at, ranking.group)])
    columns = [c for c in plan.by_name[at].columns if (at, c.name) in beside and not c.step]
    found = {c.name: c for c in columns if c.role == "award"}
    held = Held(plan)
    for likely in (
        [c for c in columns if held.of((at, c.name)) == frozenset({YES, NO})],
        [c for c in columns if _counts_entries(plan, c)],
    ):
        said = behind((at, name) for name in found)
        found |= {c.name: c for c in likely if (at, c.name) not in said}
    yield from (c for c in columns if c.name in found and (at, c.name) not in plan.private)


def _counts_entries(plan: Plan, column: Column) -> bool:
    link = link_of(column.expr)
    return link is not None and link.kind == "count" and plan.by_name[link.sheet].grows > 0


def comes_to_nothing(value: Value) -> bool:
    """Return whether what stands in a column of awards says that there is none."""
    return value in (None, NO, "", "无") or value == Fraction(0)


def consequence(column: Column, value: Value) -> str:
    """Return in words what an award of a row comes to, "" where it does not hold."""
    if comes_to_nothing(value):
        return ""
    if isinstance(value, Fraction):
        value = shown(value, column.shown if column.shown is not None else 2)
    return column.title if value in (YES, column.title) else f"{column.title}：{value}"


def decided_by(scores: Scores, ranking: Ranking, row: Row) -> str:
    """Return what beside the score decides the place of a row, with the entries it comes from; "" where nothing does.

    Example: `一票否决（重大安全事故）`.
    """
    said = []
    for column in deciders(scores.plan, ranking):
        if words := consequence(column, row[column.name]):
            matters = "、".join(_matters(scores, ranking.sheet, row, column))
            said.append(f"{words}（{matters}）" if matters else words)
    return "；".join(said)


def _matters(scores: Scores, at: str, row: Row, column: Column) -> Iterator[str]:
    """List what the entries of ledgers are about that a column of a row is counted or added up from."""
    plan, seen = scores.plan, set[str]()
    behind = plan.graph.behind([(at, column.name)])
    for own in (c for c in plan.by_name[at].columns if (at, c.name) in behind):
        link = link_of(own.expr)
        there = plan.by_name[link.sheet] if link is not None and link.sheet else None
        if link is None or there is None or not there.grows or there.label is None:
            continue
        wanted, against = asked_by(link, row)
        if None in wanted + against or (there.name, there.label.name) in plan.private:
            continue
        for i in scores.index.taken(link, there.name, (wanted, against)):
            text = label_of(there, scores.rows(there.name)[i])
            if text and text not in seen:
                seen.add(text)
                yield text


def published(value: Value, decimals: int | None) -> str:
    """Write a score with as many decimals as the scheme publishes; "" where there is none."""
    if value is None or isinstance(value, str) or not decimals:
        return "" if value is None else shown(value) if decimals is None else shown(value, 0)
    whole, _, rest = shown(value, decimals).partition(".")
    return f"{whole}.{rest:0<{decimals}}"
