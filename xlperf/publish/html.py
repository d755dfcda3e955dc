"""The results page of a round: every ranked list, each score with why it is what it is, as everybody may read it."""

from __future__ import annotations

from fractions import Fraction

from xlperf.engine.ask import answer
from xlperf.engine.plan import Ranking, Sheet
from xlperf.engine.ranked import published
from xlperf.engine.seen import Reader
from xlperf.formula.values import shown
from xlperf.publish.papers.ground import Ground, beside, consequences, groups_of, long_day
from xlperf.report.page import Section, page
from xlperf.report.ranking import INCOMPLETE, OUTSIDE
from xlperf.xlsx.skeleton import UNPLACED

FILE = "结果.html"
DEPTH = 7  # steps of a tree: from the score down to what was typed, in every scheme so far
_HEADS = (("名次", "Rank"), ("单位", "Unit"), ("组别", "Group"), ("得分", "Score"), ("奖惩、备注", "Awards, remarks"))
_SCORE = 3
NOBODY = ("", "")  # who reads a page that anybody may open: private figures are nobody's


def results_page(ground: Ground) -> str:
    """Return the page. Private columns are left out, of the explanations as well."""
    plan = ground.scores.plan
    sections = [_section(ground, ranking, sheet) for ranking, sheet in ground.ranked()]
    notes = (plan.caution, f"{plan.issuer}　{long_day(ground.settings.day)}", ground.settings.incomplete)
    return page(f"{plan.title}结果", sections, notes)


def _section(ground: Ground, ranking: Ranking, sheet: Sheet) -> Section:
    scores = ground.scores
    kept = frozenset(name for at, name in scores.plan.private if at == sheet.name)
    reader = Reader(scores, NOBODY)
    rows, answers = [], []
    for group, positions in groups_of(scores, ranking).items():
        for row in (scores.rows(sheet.name)[at] for at in positions):
            place, score = row[ranking.place], row[ranking.score]
            ranked = isinstance(place, Fraction)
            said = consequences(sheet, row, kept) if ranked else INCOMPLETE if score is None else OUTSIDE
            said = "；".join(filter(None, (said, beside(scores, ranking, row))))
            points = published(score, sheet.by_name[ranking.score].shown)
            rows.append(
                (shown(place) if ranked else UNPLACED, ground.name(sheet, row), group, points or UNPLACED, said)
            )
            answers.append(answer(scores, (sheet.name, row[sheet.key.name], ranking.score), DEPTH, reader))
    return Section(ranking.title, _HEADS, tuple(rows), _SCORE, tuple(answers))
