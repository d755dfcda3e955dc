"""Suppositions over a whole round, for the office: weights a little otherwise, last year's data under a scheme."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from xlperf.engine.plan import Plan
from xlperf.engine.robust import Kept, weighs
from xlperf.engine.score import Scores
from xlperf.formula.values import Value, value_text
from xlperf.publish.papers.ground import long_day
from xlperf.report.document import EDITION_NAMES, Block, Document, Head, Line, Table
from xlperf.rounds.backtest import Backtest
from xlperf.rounds.outputs import PUBLISHED, put_out
from xlperf.rounds.store import Round
from xlperf.workbook.documents import write_document

ROBUST, BACKTEST = "名次稳健性", "回测"
_NAME, _GROUP = Head("单位", wide=20), Head("组别", wide=12)
_KEPT = (
    _NAME, _GROUP, Head("名次", 0, wide=7), Head("最好", 0, wide=7), Head("最差", 0, wide=7),
    Head("九成情形在", prose=True, wide=14), Head("名次不变", prose=True, wide=11),
    Head("奖惩不变", prose=True, wide=11),
)  # fmt: skip
_COMPARED = (
    _NAME, _GROUP, Head("当年名次", 0, wide=9), Head("按本方案", 0, wide=9), Head("当年得分", wide=11),
    Head("按本方案得分", wide=13), Head("名次变动", prose=True, wide=14),
)  # fmt: skip


def robust_lines(scores: Scores, kept: Sequence[Kept]) -> list[tuple[Value, ...]]:
    """Return a line for everybody: unit, group, place, best, worst, usual span, how often place and awards stay."""
    lines: list[tuple[Value, ...]] = []
    for one in kept:
        sheet, row = scores.plan.by_name[one.ranking.sheet], scores.rows(one.ranking.sheet)[one.position]
        span = f"第{one.low}名" if one.low == one.high else f"第{one.low}–{one.high}名"
        places = (Fraction(one.place), Fraction(one.best), Fraction(one.worst), span)
        group = value_text(row[one.ranking.group])
        lines.append((scores.plan.name_of(sheet, row), group, *places, percent(one.same), percent(one.award)))
    return lines


def percent(share: Fraction) -> str:
    """Write a share in per cent with a decimal; what is not quite all is never written as all."""
    text = f"{float(share) * 100:.1f}%"
    return "99.9%" if text == "100.0%" and share < 1 else text


def weights_said(plan: Plan) -> str:
    """Return in words which weights move."""
    calls, sheets = weighs(plan)
    said = [*(f"“{title}”里的权重" for title in calls), *(f"“{title}”各项的分值" for title in sheets)]
    return "、".join(said) or "没有"


def robust_document(scores: Scores, kept: Sequence[Kept], by: Fraction, draws: int, seed: int, day: date) -> Document:
    """Return the list of how firmly everybody stands."""
    plan = scores.plan
    how = (
        f"各权重独立地在±{float(by) * 100:g}%以内随机变动，变动后合计不变，共{draws}次（随机种子{seed}）。"
        f"变动的是：{weights_said(plan)}。只作参考，公布的名次以考核办法为准。"
    )
    tables = [
        Table(_KEPT, tuple(robust_lines(scores, [k for k in kept if k.ranking == r])), r.title) for r in plan.rankings
    ]
    blocks: tuple[Block, ...] = (Line(how), *(t for t in tables if t.rows), Line(long_day(day), "seal"))
    return Document("internal", ROBUST, "", ROBUST, f"{plan.title}{ROBUST}", blocks, plan.caution)


def backtest_lines(scores: Scores, done: Backtest) -> list[tuple[Value, ...]]:
    """Return a line for everybody who is ranked: unit, group, place and score then and now, how the place moves."""
    lines: list[tuple[Value, ...]] = []
    for one in done.lines:
        sheet, row = scores.plan.by_name[one.ranking.sheet], scores.rows(one.ranking.sheet)[one.position]
        moved = ""
        if isinstance(one.was_place, Fraction) and isinstance(one.place, Fraction):
            risen = one.was_place - one.place
            moved = f"上升{risen}名" if risen > 0 else f"下降{-risen}名" if risen < 0 else "不变"
        group = value_text(row[one.ranking.group])
        values = (one.was_place, one.place, one.was_score, one.score)
        lines.append((scores.plan.name_of(sheet, row), group, *values, moved))
    return lines


def backtest_document(scores: Scores, done: Backtest, words: str, day: date) -> Document:
    """Return the comparison. scores: what the scheme makes of the data. words: whose data it is."""
    plan = scores.plan
    unmatched = [Line(p.text("zh")) for p in done.problems]
    table = Table(_COMPARED, tuple(backtest_lines(scores, done)), "当年公布的与按本方案重算的")
    lead = Line(f"数据：{words}。只作参考，当年的结果不变。")
    title = f"{plan.title}：用以前的数据试算"
    return Document("internal", BACKTEST, "", BACKTEST, title, (lead, *unmatched, table, Line(long_day(day), "seal")))


def write_trial(document: Document, round_: Round) -> Path:
    """Write a trial beside the office's lists; return the file below the round's folder."""
    file = Path(PUBLISHED, EDITION_NAMES["internal"], f"{document.kind}.xlsx")
    put_out(round_, {file: trial_bytes(document)})
    return file


def trial_bytes(document: Document) -> bytes:
    """Return a trial as a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "book.xlsx")
        write_document(document, book)
        return book.read_bytes()
