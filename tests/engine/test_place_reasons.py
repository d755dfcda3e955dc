"""A place that the printed score does not explain says what decides it: lists, books, answers, papers."""

from __future__ import annotations

import csv
import io
import shutil
from fractions import Fraction

import openpyxl
import pytest
from kit.published import SETTINGS
from kit.simulated import simulated

from xlperf.cli.reasons import answer_lines
from xlperf.engine.ask import answer, cell_named, why_words
from xlperf.engine.compile import compile_scheme
from xlperf.engine.ranked import deciders, ranked_lists
from xlperf.engine.reason import explain_cell
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.publish.html import results_page
from xlperf.publish.papers.feedback import feedback
from xlperf.publish.papers.ground import Ground
from xlperf.publish.papers.notice import notice
from xlperf.publish.results import ranking_csv
from xlperf.report.document import Line, Table
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.seal import Identity, sealed

RANKING = (
    "      ranking: {part: ranking, basis: 样板 第五条, by: composite, group: group, "
    "key: shown, compare: no, ends: no}\n"
)
STOPPED = (
    "      stopped: {title: 停评, role: award, holds: text, flag: {conditions: {deduction: {above: 0}}}}\n"
    "      penance: {title: 停评分, choose: {when: {stopped: 是}, then: 0, otherwise: 空}}\n"
    "      last: {title: 排名所比, choose: {when: {stopped: 是}, then: penance, otherwise: shown}}\n"
    "      put: {part: put_last, of: shown, when: stopped}\n"
    "      behind: {title: 末位名次, rank: {by: put, within: {group: group}}}\n"
    "      behind_low: {title: 末位倒数, rank: {by: put, within: {group: group}, order: low}}\n"
    + RANKING.replace("key: shown", "key: last")
)
COUNTED = (
    "      notices: {title: 通报次数, counted: {of: events, where: {unit: code, kind: 减分}}}\n"
    "      last: {title: 排名所比, choose: {when: {notices: {above: 0}}, then: 0, otherwise: shown}}\n"
    + RANKING.replace("key: shown", "key: last")
)
IDENTITY = sealed(Identity("master", "r", "s", 2026, "", 1), b"k" * 32)
MATTER = "环保督察通报"


def compiled(folder, columns):
    """Return scheme and plan of three units whose places are decided by these columns."""
    found, _ = find_scheme("three-units")
    there = shutil.copytree(found if found.is_dir() else found.parent, folder / "scheme")
    file = there / "scheme.yaml"
    text = file.read_text("utf-8")
    assert RANKING in text
    file.write_text(text.replace(RANKING, columns), "utf-8")
    scheme, problems = load_scheme(there)
    assert not errors(problems)
    plan, problems = compile_scheme(scheme)
    assert not errors(problems)
    return scheme, plan


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Return the plan, and its tables without an entry."""
    scheme, plan = compiled(tmp_path_factory.mktemp("veto"), STOPPED)
    return plan, simulated(plan, scheme.tables, 3, blanks=0, events=0)


@pytest.fixture(scope="module")
def scores(filled):
    plan, tables = filled
    best = max(score(plan, tables).rows("totals"), key=lambda r: r["shown"])["code"]
    return score(plan, {**tables, "events": [entry(1, best)]})


def entry(number: int, unit: str) -> dict[str, object]:
    """Return an entry that stops a unit."""
    return {"no": str(number), "unit": unit, "kind": "减分", "item": MATTER, "points": Fraction(1, 2), "status": "通过"}


@pytest.fixture(scope="module")
def stopped(scores):
    return next(row for row in scores.rows("totals") if row["stopped"] == "是")


def test_the_list_and_the_table_of_places_say_what_decides(scores, stopped):
    remarks = {line.key: line.remark for line in ranked_lists(scores)}
    assert {key: text for key, text in remarks.items() if text} == {stopped["code"]: f"停评（{MATTER}）"}
    lines = list(csv.reader(io.StringIO(ranking_csv(scores))))
    assert [(line[3], line[-1]) for line in lines[1:] if line[-1]] == [(stopped["code"], f"停评（{MATTER}）")]


def test_the_page_of_places_says_it_and_follows_the_flag(scores, stopped, tmp_path):
    write_master(scores, tmp_path / "book.xlsx", identity=IDENTITY)
    page = openpyxl.load_workbook(tmp_path / "book.xlsx", data_only=True)["排名"]
    assert [(r[1], r[3]) for r in page.iter_rows(max_col=4, values_only=True) if r[3] == "停评"] == [
        (stopped["name"], "停评")
    ]
    formulas = openpyxl.load_workbook(tmp_path / "book.xlsx")["排名"]
    remarks = [str(c.value) for c in formulas["D"] if "停评" in str(c.value)]
    assert len(remarks) == 3
    at = [c.coordinate for c in formulas["E"] if "MATCH(" in str(c.value)]
    assert len(at) == 3
    live = ["INDEX(" in text and f"${cell}" in text for cell, text in zip(at, remarks, strict=True)]
    assert all(live), "looked up live, for whoever stands on the line"


def test_the_answer_and_the_paper_of_the_unit_say_it_with_the_matter(scores, stopped):
    words = f"名次不只按得分：停评（{MATTER}）"
    found = answer_lines(answer(scores, cell_named(scores, stopped["code"], None)))
    assert any(words in line for line in found[:3])
    heads = {d.whose: [b.text for b in d.blocks if isinstance(b, Line)][:3] for d in feedback(Ground(scores, SETTINGS))}
    assert {key for key, lines in heads.items() if words in lines} == {stopped["code"]}


def test_what_a_choice_hands_on_gives_its_own_reason(scores):
    row = next(r for r in scores.rows("marks") if r["by_rule"] is not None and r["score"] < r["full"])
    given = explain_cell(scores, "marks", row["id"], "score")
    assert given.taken == "by_rule"
    assert why_words(given) == why_words(explain_cell(scores, "marks", row["id"], "by_rule"))
    unit = next(r for r in scores.rows("totals") if r["stopped"] == "否")
    kept = explain_cell(scores, "totals", unit["code"], "last")
    assert "其他情形" in "".join(kept.because)
    assert "其他情形" not in why_words(kept)


def test_a_branch_that_is_not_taken_does_not_read_as_missing(scores):
    unit = next(r for r in scores.rows("totals") if r["stopped"] == "否")
    assert unit["penance"] is None
    whole = explain_cell(scores, "totals", unit["code"], "last")
    assert "shown" in [p.column for p in whole.parts]
    assert "penance" not in [p.column for p in whole.parts]


def test_a_row_above_its_full_mark_is_no_negative_loss(scores):
    for paper in feedback(Ground(scores, SETTINGS)):
        table = next(b for b in paper.blocks if isinstance(b, Table))
        assert not [r for r in table.rows if not isinstance(r[5], str | None) and r[5] < 0]


def test_who_is_put_last_stands_behind_its_class_and_the_rest_keep_their_order(scores, stopped, filled):
    rows = [r for r in scores.rows("totals") if r["group"] == stopped["group"]]
    assert len(rows) > 2
    assert max(rows, key=lambda r: r["shown"]) is stopped
    assert (stopped["behind"], stopped["behind_low"]) == (len(rows), 1)
    others = sorted((r for r in rows if r is not stopped), key=lambda r: -r["shown"])
    assert [r["behind"] for r in others] == sorted(r["behind"] for r in others)
    both = [entry(1, stopped["code"]), entry(2, others[-1]["code"])]
    again = {r["code"]: r for r in score(scores.plan, {**filled[1], "events": both}).rows("totals")}
    last = [again[stopped["code"]]["behind"], again[others[-1]["code"]]["behind"]]
    assert last == [len(rows) - 1, len(rows)], "several that are put last stand by their scores"


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        (STOPPED.replace("role: award, ", ""), "停评"),
        (COUNTED, "通报次数"),
        (
            STOPPED.replace("then: penance", "then: indicators").replace("when: {stopped: 是}", "when: {group: 乡镇}"),
            None,
        ),
    ],
)
def test_a_flag_or_a_count_of_entries_is_named_without_a_role(columns, named, tmp_path):
    plan = compiled(tmp_path, columns)[1]
    assert [c.title for c in deciders(plan, plan.rankings[0])] == [named] * bool(named)


def test_the_public_page_and_the_notice_say_it(scores, stopped):
    words = f"名次不只按得分：停评（{MATTER}）"
    page = results_page(Ground(scores, SETTINGS))
    assert page.count(f"；{words}</td>") == 1, "in the row"
    assert page.count(f"<p>第3名，{words}</p>") == 1, "where its score opens"
    said = [b.text for b in notice(Ground(scores, SETTINGS)).blocks if isinstance(b, Line)]
    assert f"名次不只按得分的1个：{stopped['name']}（停评（{MATTER}））。" in said
