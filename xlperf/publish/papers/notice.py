"""公示: the ranked lists as everybody may read them, group by group, with those who have no place and why."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xlperf.engine.plan import Column, Plan, Ranking, Row, Sheet
from xlperf.engine.ranked import decided_by
from xlperf.formula.values import Value
from xlperf.problems import Problem, problem
from xlperf.publish.papers.ground import Ground, consequences, groups_of, with_weekday
from xlperf.report.document import Block, Document, Head, Line, Table
from xlperf.report.ranking import INCOMPLETE, OUTSIDE
from xlperf.xlsx.skeleton import UNPLACED

KIND = "公示"
NAMED = "奖惩"


def notice(ground: Ground) -> Document:
    """Return the public notice."""
    plan = ground.scores.plan
    blocks: list[Block] = [Line(_opening(ground))]
    for ranking, sheet in ground.ranked():
        blocks += _lists(ground, ranking, sheet)
    blocks += _ending(ground)
    return Document(
        "public", KIND, "", KIND, f"{plan.title}结果公示", (*blocks, *ground.seal), plan.caution, letter=True
    )


def _opening(ground: Ground) -> str:
    plan = ground.scores.plan
    numbered = plan.document and plan.document != plan.title and "〕" in plan.document
    under = f"根据《{plan.title}》（{plan.document}）" if numbered else f"根据《{plan.document or plan.title}》"
    return f"{under}，现将考核结果公示如下。"


def _ending(ground: Ground) -> Iterator[Block]:
    settings = ground.settings
    if settings.notice_due is not None:
        first, last = with_weekday(settings.day), with_weekday(settings.notice_due)
        asked = "对公示内容有异议的，请在公示期内以书面形式反映。"
        yield Line(f"公示期：{first}至{last}，共{settings.notice_days}个工作日。{asked}", dated=True)
    whom = f"（{ground.contact}）" if ground.contact else ""
    yield Line(f"受理单位：{ground.scores.plan.issuer}{whom}")
    if settings.incomplete:
        yield Line(f"说明：{settings.incomplete}")


def _lists(ground: Ground, ranking: Ranking, sheet: Sheet) -> Iterator[Block]:
    columns = [c for name in ground.settings.columns if (c := _column(sheet, name)) is not None]
    groups = groups_of(ground.scores, ranking)
    for group, positions in groups.items():
        title = f"{ranking.title}（{group}）" if group and len(groups) > 1 else ranking.title
        yield from _list(ground, ranking, sheet, columns, positions, title)


def _list(
    ground: Ground, ranking: Ranking, sheet: Sheet, columns: list[Column], positions: list[int], title: str
) -> Iterator[Block]:
    rows, outside = [], []
    kept = frozenset(name for at, name in ground.scores.plan.private if at == sheet.name)
    with_awards = not columns and bool(sheet.of_role("award"))
    for at in positions:
        row = ground.scores.rows(sheet.name)[at]
        place, name = row[ranking.place], ground.name(sheet, row)
        if not isinstance(place, Fraction):
            outside.append(f"{name}（{INCOMPLETE if row[ranking.score] is None else OUTSIDE}）")
        said: list[Value] = [place if isinstance(place, Fraction) else UNPLACED, name]
        said += [row[ranking.score]] * ground.settings.with_scores
        said += [row[c.name] for c in columns] + [consequences(sheet, row, kept)] * with_awards
        rows.append(tuple(said))
    heads = [Head("名次", 0, wide=6), Head("单位", wide=20)]
    heads += [_head(sheet.by_name[ranking.score])] * ground.settings.with_scores
    heads += [_head(c) for c in columns] + [Head(NAMED, prose=True, wide=34)] * with_awards
    yield Table(tuple(heads), tuple(rows), title)
    others = [f"{ground.name(sheet, row)}（{why}）" for row, why in _others(ground, ranking, positions)]
    if others:
        yield Line(f"名次不只按得分的{len(others)}个：{'、'.join(others)}。")
    if outside:
        yield Line(f"未排名{len(outside)}个：{'、'.join(outside)}。")


def _others(ground: Ground, ranking: Ranking, positions: list[int]) -> Iterator[tuple[Row, str]]:
    """List the rows whose place something beside the score decides, each with what that is."""
    rows = (ground.scores.rows(ranking.sheet)[at] for at in positions)
    return ((row, why) for row in rows if (why := decided_by(ground.scores, ranking, row)))


def _head(column: Column) -> Head:
    decimals = column.shown if column.shown is not None else 4
    return Head(column.title, decimals, fixed=column.shown is not None, prose=column.is_prose, wide=12)


def _column(sheet: Sheet, name: str) -> Column | None:
    return next((c for c in sheet.columns if name in (c.name, c.title)), None)


def column_problems(plan: Plan, columns: tuple[str, ...]) -> Iterator[Problem]:
    """List columns asked for in a public notice that no ranked sheet has, or that are private."""
    sheets = [plan.by_name[r.sheet] for r in plan.rankings]
    for name in columns:
        found = [(s.name, c.name) for s in sheets if (c := _column(s, name)) is not None]
        if not found:
            titles = "、".join(dict.fromkeys(c.title for s in sheets for c in s.columns if not c.step))
            yield problem("UNKNOWN_COLUMN", sheet="、".join(s.title for s in sheets), found=name, nearest=titles)
        elif any(at in plan.private for at in found):
            yield problem("PUBLISH_PRIVATE", found=name)
