"""The office's own lists: 汇总表, 奖惩名单, 分值折算表, 临界名单."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xlperf.engine.near import near_places, near_thresholds
from xlperf.engine.plan import Column, Ranking, Sheet
from xlperf.formula.values import Value, value_text
from xlperf.publish.papers.ground import Ground, consequences, groups_of, money
from xlperf.report.document import Block, Document, Head, Line, Table

SUMMARY, AWARDS, WORTH, NEAR = "汇总表", "奖惩名单", "分值折算表", "临界名单"
_NAME = Head("单位", wide=20)


def lists(ground: Ground) -> Iterator[Document]:
    """Return the lists of the office's own edition."""
    for kind, blocks in (
        (SUMMARY, _summary(ground)),
        (AWARDS, _awards(ground)),
        (WORTH, _worth(ground)),
        (NEAR, _near(ground)),
    ):
        plan = ground.scores.plan
        lines = tuple(blocks) or (Line("无。"),)
        yield Document("internal", kind, "", kind, f"{plan.title}{kind}", (*lines, *ground.seal), plan.caution)


def _heading(column: Column) -> Head:
    decimals = column.shown if column.shown is not None else 4
    return Head(column.title, decimals, fixed=column.shown is not None, prose=column.is_prose, wide=10)


# ---- 汇总表 ---------------------------------------------------------------------------------------


def _summary(ground: Ground) -> Iterator[Block]:
    """Return, list by list, every result on the way to the score, place, awards and money."""
    plan = ground.scores.plan
    for ranking, sheet in ground.ranked():
        behind = plan.graph.behind([(sheet.name, ranking.score)])
        wanted = [c for c in sheet.columns if c.expr is not None and not c.step and (sheet.name, c.name) in behind]
        wanted = [c for c in wanted if c.holds == "number" and c.name not in (ranking.place, ranking.seat)]
        rest = [c for c in sheet.of_role("award", "money") if c not in wanted]
        chosen = [*wanted, *rest]
        heads = [Head("名次", 0, wide=6), _NAME, Head("组别", wide=10), *map(_heading, chosen)]
        rows = [
            (_place(row[ranking.place]), ground.name(sheet, row), row[ranking.group], *(row[c.name] for c in chosen))
            for some in groups_of(ground.scores, ranking).values()
            for row in (ground.scores.rows(sheet.name)[at] for at in some)
        ]
        yield Table(tuple(heads), tuple(rows), ranking.title)


def _place(value: Value) -> Value:
    return value if isinstance(value, Fraction) else "—"


# ---- 奖惩名单 -------------------------------------------------------------------------------------


def _awards(ground: Ground) -> Iterator[Block]:
    """Return who earns or suffers what, sheet by sheet, with the money."""
    ranked = {ranking.sheet: ranking for ranking in ground.scores.plan.rankings}
    for sheet in ground.scores.plan.sheets:
        if not sheet.of_role("award", "money"):
            continue
        rows = list(_rewarded(ground, sheet, ranked.get(sheet.name)))
        if rows:
            group = sheet.by_name[ranked[sheet.name].group].title if sheet.name in ranked else ""
            about = sheet.naming.title if any(row[3] for row in rows) else ""
            heads = (
                Head(group, wide=12),
                Head("名次", 0, wide=6),
                _NAME,
                Head(about, prose=True, wide=22),
                Head("奖惩", prose=True, wide=40),
                Head("金额", prose=True, wide=26),
            )
            kept = [i for i, head in enumerate(heads) if head.title and (i != 1 or group)]
            cells = (tuple(row[i] for i in kept) for row in rows)
            yield Table(tuple(heads[i] for i in kept), tuple(cells), sheet.title)


def _rewarded(ground: Ground, sheet: Sheet, ranking: Ranking | None) -> Iterator[tuple[Value, ...]]:
    """List the rows with their group and place; in the order of a ranked list where the sheet has one."""
    every = ground.scores.rows(sheet.name)
    order = [at for some in groups_of(ground.scores, ranking).values() for at in some] if ranking is not None else []
    for row in [every[at] for at in order] if ranking is not None else every:
        said, paid = consequences(sheet, row), money(sheet, row)
        if said or paid:
            place = row[ranking.place] if ranking is not None else ""
            about = value_text(row[sheet.naming.name])
            whose = ground.name(sheet, row)
            group = value_text(row[ranking.group]) if ranking is not None else ""
            yield (group, place, whose or about, about if about != whose else "", said, paid)


# ---- 分值折算表 ------------------------------------------------------------------------------------


def _worth(ground: Ground) -> Iterator[Block]:
    """Return what one point of an item is worth in points of the final score, unit by unit."""
    plan = ground.scores.plan
    for ranking, sheet in ground.ranked():
        rows: list[tuple[Value, ...]] = []
        for apart in ground.apart(ranking):
            row = ground.scores.rows(sheet.name)[apart.position]
            for name, (least, most) in apart.worth.items():
                full = sum((x.full for x in apart.lines if x.sheet == name and x.full is not None), Fraction(0))
                title = plan.by_name[name].title
                rows.append((ground.name(sheet, row), row[ranking.group], title, full, least, most))
        heads = (
            _NAME, Head("组别", wide=10), Head("哪一类分", wide=16), Head("分值合计", wide=12),
            Head("1分折合总分（最低）", fixed=True, wide=14), Head("1分折合总分（最高）", fixed=True, wide=14),
        )  # fmt: skip
        if rows:
            rows.sort(key=lambda r: -(r[5] if isinstance(r[5], Fraction) else Fraction(0)))
            yield Table(heads, tuple(rows), ranking.title)


# ---- 临界名单 -------------------------------------------------------------------------------------


def _near(ground: Ground) -> Iterator[Block]:
    """Return who stands close to the next place, and who close to a limit."""
    within = ground.settings.near
    for ranking, sheet in ground.ranked():
        pairs = [
            (value_text(p.group), ground.name(sheet, p.lower), p.place, p.score,
             ground.name(sheet, p.upper), p.above, p.gap, _apart_in(sheet, p.upper, p.lower))
            for p in near_places(ground.scores, ranking, within)
        ]  # fmt: skip
        heads = (
            Head("组别", wide=10), Head("单位", wide=18), Head("名次", 0, wide=6), Head("得分", wide=10),
            Head("前面的单位", wide=18), Head("其得分", wide=10), Head("相差", wide=8),
            Head("两者奖惩的不同", prose=True, wide=30),
        )  # fmt: skip
        if pairs:
            yield Table(heads, tuple(pairs), f"{ranking.title}：相邻名次相差不超过{float(within):g}分")
        limits = [
            (ground.name(sheet, n.row), n.title, n.value, n.limit, n.gap, n.decides)
            for n in near_thresholds(ground.scores, sheet, within)
        ]
        limit_heads = (
            Head("单位", wide=18), Head("比的是", wide=18), Head("现值", wide=10), Head("界限", wide=10),
            Head("相差", wide=8), Head("决定什么", prose=True, wide=26),
        )  # fmt: skip
        if limits:
            yield Table(limit_heads, tuple(limits), f"{sheet.title}：离界限不超过{float(within):g}")


def _apart_in(sheet: Sheet, upper: dict[str, Value], lower: dict[str, Value]) -> str:
    one, other = consequences(sheet, upper), consequences(sheet, lower)
    return "" if one == other else f"前：{one or '无'}；后：{other or '无'}"
