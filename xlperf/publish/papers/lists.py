"""The office's own lists: 汇总表, 奖惩名单, 分值折算表, 临界名单."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from xlperf.engine.near import near_awards, near_places, near_thresholds
from xlperf.engine.plan import Column, Plan, Ranking, Row, Sheet
from xlperf.engine.ranked import comes_to_nothing
from xlperf.formula.values import YES, Value, value_text
from xlperf.publish.papers.ground import Ground, consequences, groups_of, money
from xlperf.report.document import Block, Document, Head, Line, Table
from xlperf.workbook.documents import breadth
from xlperf.workbook.paper import ROOM

SUMMARY, AWARDS, WORTH, NEAR = "汇总表", "奖惩名单", "分值折算表", "临界名单"
_NAME = Head("单位", wide=20)
_WHOSE = (Head("名次", 0, wide=6), _NAME, Head("组别", wide=10))
Cells = tuple[Value, ...]
ENTERED = "登记的内容"


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
        order = [at for some in groups_of(ground.scores, ranking).values() for at in some]
        rows = [ground.scores.rows(sheet.name)[at] for at in order]
        said = [c for c in chosen if any(not comes_to_nothing(row[c.name]) for row in rows)]
        names = [(_place(row[ranking.place]), ground.name(sheet, row), row[ranking.group]) for row in rows]
        parts = _side_by_side(names, rows, said)
        for number, (heads, lines) in enumerate(parts, 1):
            title = f"{ranking.title}（共{len(parts)}张，第{number}张）" if len(parts) > 1 else ranking.title
            yield Table(heads, lines, title)
        if empty := [c.title for c in chosen if c not in said]:
            yield Line(f"各单位都没有的：{'、'.join(empty)}。")


def _side_by_side(
    names: Sequence[Cells], rows: Sequence[Row], columns: Sequence[Column]
) -> list[tuple[tuple[Head, ...], tuple[Cells, ...]]]:
    """Share columns out over tables that an A4 page holds, who it is about in front of each."""
    parts: list[tuple[tuple[Head, ...], tuple[Cells, ...]]] = []
    heads: tuple[Head, ...] = _WHOSE
    lines: tuple[Cells, ...] = tuple(names)
    for column in columns:
        more = (*heads, _heading(column))
        longer = tuple((*line, row[column.name]) for line, row in zip(lines, rows, strict=True))
        if breadth(Table(more, longer)) > ROOM[0] and len(heads) > len(_WHOSE):
            parts.append((heads, lines))
            more = (*_WHOSE, _heading(column))
            longer = tuple((*name, row[column.name]) for name, row in zip(names, rows, strict=True))
        heads, lines = more, longer
    return [*parts, (heads, lines)]


def _place(value: Value) -> Value:
    return value if isinstance(value, Fraction) else "—"


# ---- 奖惩名单 -------------------------------------------------------------------------------------


def _awards(ground: Ground) -> Iterator[Block]:
    """Return who earns or suffers what, sheet by sheet, with the money."""
    ranked = {ranking.sheet: ranking for ranking in ground.scores.plan.rankings}
    for sheet in ground.scores.plan.sheets:
        if not sheet.of_role("award", "money"):
            continue
        if (paid := _paid_by(ground.scores.plan, sheet)) and not sheet.of_role("award"):
            yield Line(f"{sheet.title}：金额见《{'》《'.join(paid)}》。")
            continue
        if not sheet.of_role("award") and _goes_on(ground.scores.plan, sheet):
            continue
        rows = list(_rewarded(ground, sheet, ranked.get(sheet.name)))
        if rows:
            group = sheet.by_name[ranked[sheet.name].group].title if sheet.name in ranked else ""
            named = any(ground.scores.things(sheet))
            about = (sheet.naming.title if named else ENTERED) if any(row[3] for row in rows) else ""
            whom = _NAME if named else Head(sheet.naming.title, wide=20)
            heads = (
                Head(group, wide=12),
                Head("名次", 0, wide=6),
                whom,
                Head(about, prose=True, wide=22),
                Head("奖惩", prose=True, wide=38),
                Head("金额", prose=True, wide=32),
            )
            kept = [i for i, head in enumerate(heads) if head.title and (i != 1 or group)]
            cells = (tuple(row[i] for i in kept) for row in rows)
            yield Table(tuple(heads[i] for i in kept), tuple(cells), sheet.title)


def _paid_by(plan: Plan, sheet: Sheet) -> list[str]:
    """List the titles of what is printed of a sheet to be paid by: the amounts stand there, to the cent."""
    return [p.title for p in plan.prints if p.sheet == sheet.name]


def _goes_on(plan: Plan, sheet: Sheet) -> bool:
    """Return whether every amount of a fixed list goes into amounts elsewhere, where it would be read twice."""
    spots = [(sheet.name, c.name) for c in sheet.of_role("money")]
    others = [(s.name, c.name) for s in plan.sheets if s is not sheet for c in s.of_role("money")]
    return not sheet.grows and set(spots) <= plan.graph.behind(others)


def _rewarded(ground: Ground, sheet: Sheet, ranking: Ranking | None) -> Iterator[tuple[Value, ...]]:
    """List the rows with their group and place; in the order of a ranked list where the sheet has one."""
    every = ground.scores.rows(sheet.name)
    order = [at for some in groups_of(ground.scores, ranking).values() for at in some] if ranking is not None else []
    for row in [every[at] for at in order] if ranking is not None else every:
        said, paid = consequences(sheet, row), money(ground.scores.plan, sheet, row)
        if said or paid:
            place = row[ranking.place] if ranking is not None else ""
            about = value_text(row[sheet.naming.name])
            whose = ground.name(sheet, row)
            group = value_text(row[ranking.group]) if ranking is not None else ""
            more = _entered(ground, sheet, row) if not whose else about if about != whose else ""
            yield (group, place, whose or about, more, said, paid)


def _entered(ground: Ground, sheet: Sheet, row: Row) -> str:
    """Return what is written beside the label of a row that is nobody's: which award, which unit, which person."""
    said = []
    for column in (c for c in sheet.inputs() if c.holds == "text" and YES not in c.choices and c is not sheet.naming):
        value = value_text(row[column.name])
        said.append(ground.scores.objects.names(column.offers).get(value, value) if column.offers else value)
    return "；".join(filter(None, said))


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
    """Return who stands close to the next place, who close to a limit, and whose awards a few points would change."""
    for ranking, sheet in ground.ranked():
        for title, heads, rows in (
            _near_places(ground, ranking, sheet),
            _near_limits(ground, ranking, sheet),
            _near_awards(ground, ranking, sheet),
        ):
            if rows:
                yield Table(heads, rows, title)


Listed = tuple[str, tuple[Head, ...], tuple[tuple[Value, ...], ...]]


def _near_places(ground: Ground, ranking: Ranking, sheet: Sheet) -> Listed:
    within = ground.settings.near
    pairs = (
        (value_text(p.group), ground.name(sheet, p.lower), p.place, p.score,
         ground.name(sheet, p.upper), p.above, p.gap, _apart_in(sheet, p.upper, p.lower))
        for p in near_places(ground.scores, ranking, within)
    )  # fmt: skip
    heads = (
        Head("组别", wide=10), Head("单位", wide=18), Head("名次", 0, wide=6), Head("得分", wide=10),
        Head("前面的单位", wide=18), Head("其得分", wide=10), Head("相差", wide=8),
        Head("两者奖惩的不同", prose=True, wide=36),
    )  # fmt: skip
    return f"{ranking.title}：相邻名次相差不超过{float(within):g}分", heads, tuple(pairs)


def _near_limits(ground: Ground, ranking: Ranking, sheet: Sheet) -> Listed:
    within = ground.settings.near
    limits = (
        (ground.name(sheet, n.row), n.title, n.value, n.limit, n.gap, n.decides)
        for n in near_thresholds(ground.scores, ranking, within)
    )
    heads = (
        Head("单位", wide=18), Head("比的是", wide=18), Head("现值", wide=10), Head("界限", wide=10),
        Head("相差", wide=8), Head("决定什么", prose=True, wide=26),
    )  # fmt: skip
    return f"{sheet.title}：离界限不超过{float(within):g}", heads, tuple(limits)


def _near_awards(ground: Ground, ranking: Ranking, sheet: Sheet) -> Listed:
    points = f"{float(ground.settings.near):g}分"
    others = (
        (value_text(n.row[ranking.group]), ground.name(sheet, n.row), n.row[ranking.place], n.row[ranking.score],
         *(_then(sheet, n.row, then) for then in (n.more, n.fewer)))
        for n in near_awards(ground.scores, ranking, ground.settings.near)
    )  # fmt: skip
    heads = (
        Head("组别", wide=10), Head("单位", wide=18), Head("名次", 0, wide=6), Head("得分", wide=10),
        Head(f"若多{points}", prose=True, wide=34), Head(f"若少{points}", prose=True, wide=34),
    )  # fmt: skip
    return f"{ranking.title}：得分上下{points}，奖惩就不同的", heads, tuple(others)


def _then(sheet: Sheet, row: Row, then: Row | None) -> str:
    """Return what would come and what would go."""
    if then is None:
        return ""
    now, after = (list(filter(None, consequences(sheet, r).split("；"))) for r in (row, then))
    come, gone = ("、".join(x for x in one if x not in other) for one, other in ((after, now), (now, after)))
    return "；".join(filter(None, (f"得：{come}" if come else "", f"失：{gone}" if gone else "")))


def _apart_in(sheet: Sheet, upper: Row, lower: Row) -> str:
    one, other = consequences(sheet, upper), consequences(sheet, lower)
    return "" if one == other else f"前：{one or '无'}；后：{other or '无'}"
