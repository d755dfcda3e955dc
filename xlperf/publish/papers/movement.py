"""名次变动: who rose and who fell against the round before, as a list and as a chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from xlperf.engine.plan import Ranking
from xlperf.formula.values import Value, value_text
from xlperf.publish.papers.ground import Ground
from xlperf.report.chart import Chart, Series
from xlperf.report.document import Block, Document, Head, Line, Table
from xlperf.rounds.matched import matched

KIND = "名次变动"
NEW, OTHER_GROUP, UNRANKED = "上轮没有名次", "换了组别，不能比", "本轮没有名次"


@dataclass(frozen=True)
class Move:
    """One row of a ranked list. risen: places, above 0 for the better; None where the places cannot be compared."""

    position: int
    was_place: Value
    place: Value
    was_score: Value
    risen: Fraction | None
    why: str = ""


def moves(ground: Ground) -> Iterator[tuple[Ranking, list[Move], list[str]]]:
    """List, ranked list by ranked list, how everybody moved, and who is not ranked any more."""
    if ground.last is None:
        return
    for ranking, sheet in ground.ranked():
        before = matched(sheet, ground.last.present, ground.last.earlier, [])
        columns = [sheet.by_name[n] for n in (ranking.place, ranking.score, ranking.group)]
        place, points, group = [before.name(c) if before is not None else "" for c in columns]
        if before is None or not place:
            continue
        found = []
        for at, row in enumerate(ground.scores.rows(sheet.name)):
            was = before.rows.get(value_text(row[sheet.key.name]), {})
            elsewhere = bool(group) and value_text(was.get(group)) != value_text(row[ranking.group])
            found.append(_move(at, was.get(place), row[ranking.place], was.get(points), elsewhere=elsewhere))
        gone = before.rows.keys() - {value_text(row[sheet.key.name]) for row in ground.scores.rows(sheet.name)}
        yield ranking, found, [value_text(before.rows[key].get(before.name(sheet.naming))) for key in sorted(gone)]


def _move(at: int, was: Value, place: Value, points: Value, *, elsewhere: bool) -> Move:
    if not isinstance(was, Fraction):
        return Move(at, None, place, points, None, NEW)
    if not isinstance(place, Fraction):
        return Move(at, was, None, points, None, UNRANKED)
    return Move(at, was, place, points, None if elsewhere else was - place, OTHER_GROUP if elsewhere else "")


def movement(ground: Ground) -> Iterator[Document]:
    """Return the list of who moved; none where there was no round before."""
    blocks: list[Block] = []
    for ranking, some, gone in moves(ground):
        sheet, rows = ground.scores.plan.by_name[ranking.sheet], ground.scores.rows(ranking.sheet)
        decimals = sheet.by_name[ranking.score].shown
        points = Head("得分变化", 4 if decimals is None else decimals, wide=10)
        heads = (
            Head("单位", wide=20), Head("组别", wide=12), Head("上轮名次", 0, wide=9), Head("本轮名次", 0, wide=9),
            Head("变动", prose=True, wide=18), points,
        )  # fmt: skip
        order = sorted(some, key=lambda m: (m.risen is None, -(m.risen or 0), m.position))
        lines = [
            (ground.name(sheet, rows[m.position]), value_text(rows[m.position][ranking.group]), m.was_place, m.place,
             _said(m), _difference(rows[m.position][ranking.score], m.was_score))
            for m in order
        ]  # fmt: skip
        blocks.append(Table(heads, tuple(lines), ranking.title))
        if gone:
            blocks.append(Line(f"上轮在榜、本轮不再考核的：{'、'.join(gone)}。"))
    if blocks and ground.last is not None:
        plan, words = ground.scores.plan, ground.last.earlier.words
        yield Document(
            "internal",
            KIND,
            "",
            KIND,
            f"{plan.title}{KIND}",
            (Line(f"上轮：{words}"), *blocks, *ground.seal),
            plan.caution,
        )


def _said(move: Move) -> str:
    if move.risen is None:
        return move.why
    return f"上升{move.risen}名" if move.risen > 0 else f"下降{-move.risen}名" if move.risen < 0 else "不变"


def _difference(now: Value, was: Value) -> Value:
    return now - was if isinstance(now, Fraction) and isinstance(was, Fraction) else None


def movement_charts(ground: Ground) -> Iterator[Chart]:
    """Return for every ranked list by how many places each moved, the one that rose most first."""
    for ranking, some, _ in moves(ground):
        sheet = ground.scores.plan.by_name[ranking.sheet]
        compared = sorted((m for m in some if m.risen is not None), key=lambda m: (-(m.risen or 0), m.position))
        if len(compared) > 1:
            names = tuple(ground.name(sheet, ground.scores.rows(sheet.name)[m.position]) for m in compared)
            series = (Series("名次变化（正数为上升）", tuple(m.risen for m in compared)),)
            yield Chart(f"{ranking.title}{KIND}", "column", "单位", "上升的名次", names, series)
