"""What a unit and the office read about a file: every remedy can be done, and it names what it is about."""

import shutil
from datetime import date
from fractions import Fraction

import pytest
from kit.begun import issued
from kit.rounds import A_DAY, send

from xlperf.engine.plan import Column
from xlperf.entries.cell import Asked, judge
from xlperf.formula.expression import Expr
from xlperf.problems import Where, problem
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.status import status_of
from xlperf.rounds.store import new_round, open_round
from xlperf.workbook.back.fill import fill_book


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "round", deadline="2017-12-31")


def score(high):
    limit = None if high is None else Expr("const", (Fraction(high),))
    return Column("lead", "核定得分", "input", low=Expr("const", (Fraction(0),)), high=limit, required=True)


@pytest.mark.parametrize(
    ("high", "typed", "zh"),
    [
        (40, "95%", "填得分，不填百分数，最高40分"),
        (100, "95%", "填得分，不填百分数，如95"),
        (100, "95％", "填得分，不填百分数，如95"),
        (100, 0.95, "填得分，不填百分数，如95"),
        (100, "0.95", "填得分，不填百分数，如95"),
        (None, "95%", "填得分，不填百分数"),
    ],
)
def test_the_example_for_a_percentage_may_stand_in_the_cell(high, typed, zh):
    problems = judge(Asked(score(high), {}, Where("a")), typed)[1]
    assert [(p.code, p.remedy()) for p in problems] == [("PERCENT_AMBIGUOUS", zh)]


def test_a_cell_formatted_as_a_percentage_has_the_same_example():
    problems = judge(Asked(score(40), {}, Where("a")), 0.95, "n", "", True)[1]
    assert [p.remedy("en") for p in problems] == ["write the mark, not a percentage; at most 40"]


def test_a_word_file_is_not_asked_to_be_saved_as_a_workbook():
    told = problem("OTHER_FORMAT", found="Word 文档")
    assert told.remedy() == "用发下的 .xlsx 表填写后报送"


def test_a_book_of_the_round_before_it_was_made_anew_says_so(round_, tmp_path):
    again, problems = new_round(round_.folder / "scheme", tmp_path / "again", key=b"x" * 32, despite="样本")
    assert again is not None, problems
    send(round_, "unit", "U22")
    shutil.copy(next(round_.inbox.iterdir()), again.inbox)
    noted = collect(again).receipts[0].problems
    assert [p.code for p in noted] == ["FORGED_ID"]
    assert noted[0].message() == "文件里的标识不对：封签不是本轮发出的，可能是另一轮（或重新 new 过的轮次）发的表"
    assert noted[0].remedy().startswith("请单位用本轮发下的表填报，找不到的从 issued/ 里重发")


def test_a_claim_without_points_is_named_and_may_be_emptied(round_):
    claim = {"item": "省级表彰", "points": None, "date": A_DAY, "document": "大政办〔2017〕1号"}
    send(round_, "unit", "U22", {("events", "+1", name): value for name, value in claim.items()})
    problems = [p for p in collect(round_).receipts[0].problems if p.severity == "error"]
    assert [p.code for p in problems] == ["ROW_UNFINISHED"]
    assert problems[0].message().startswith("“省级表彰”这一行没有填“")
    assert problems[0].remedy().endswith("，或清空这一行")


def test_the_office_writes_no_letter_to_itself_and_is_not_late(round_):
    row = {"unit": "U44", "kind": "减分", "item": "通报", "points": "四", "status": "通过"}
    typed = {("events", "+1", name): value for name, value in row.items()}
    fill_book(round_.issued / "总表.xlsx", round_.inbox / "总表.xlsx", typed)
    found = collect(round_)
    assert [(r.kind, r.decision, bool(r.problems)) for r in found.held] == [("master", "held", True)]
    assert (found.replies, [f.name for f in (round_.out / "退回").glob("*.txt")]) == ((), [])
    master = next(b for b in status_of(round_).books if b.kind == "master")
    assert (master.state, bool(master.problems), master.letter, master.late) == ("held", True, "", 0)


def test_a_folder_that_is_no_round_is_named_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    problems = open_round(".")[1]
    assert [p.message() for p in problems] == [f"“{tmp_path}”里没有 round.yaml，不是考核轮次的文件夹"]


def test_the_example_of_a_deadline_is_of_this_year(round_, tmp_path):
    problems = new_round(round_.folder / "scheme", tmp_path / "new", deadline="2026-13-40", despite="样本")[1]
    assert [p.remedy() for p in problems if p.code == "NOT_A_DATE"] == [f"按“{date.today().year}-12-31”这样填写"]
