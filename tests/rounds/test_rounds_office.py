"""What the office does in the 总表: decide on claims, enter deductions, and never overwrite what was sent."""

from fractions import Fraction

import openpyxl
import pytest
from kit.begun import claim, claimed, issued
from kit.rounds import reopened, send, send_all

from xlperf.engine.compile import compile_scheme
from xlperf.engine.roster import Roster
from xlperf.problems import errors
from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.workbook.back.fill import fill_book
from xlperf.xlsx.skeleton import MAP


@pytest.fixture
def round_(tmp_path):
    return claimed(tmp_path / "round")


def office(round_, values, name="总表.xlsx"):
    """Type into the 总表 and take it back; return what was decided on it."""
    fill_book(round_.out / "总表.xlsx", round_.inbox / name, values)
    return next(r for r in collect(round_).receipts if r.file == name)


def events(round_):
    return {row["no"]: row for row in score_round(reopened(round_.folder)).rows("events")}


def composite(round_, unit="U22"):
    return score_round(reopened(round_.folder)).row("A", unit)["composite"]


def test_a_claim_waits_and_counts_once_it_is_approved(round_):
    claim = events(round_)["U22-1"]
    assert (claim["unit"], claim["kind"], claim["status"], claim["counts"]) == ("U22", "加分", "待审", 0)
    before = composite(round_)
    receipt = office(round_, {("events", "U22-1", "status"): "通过"})
    assert receipt.decision == "accepted", [p.text() for p in receipt.problems]
    assert events(round_)["U22-1"]["counts"] == Fraction("0.5")
    assert composite(round_) == before + Fraction("0.5")


def test_an_approval_does_not_cover_a_claim_that_was_changed_afterwards(round_):
    before = composite(round_)
    office(round_, {("events", "U22-1", "status"): "通过"})
    send(round_, "unit", "U22", claim(points=50), name="市环保局（改）.xlsx")
    collect(round_)
    assert (events(round_)["U22-1"]["points"], events(round_)["U22-1"]["status"]) == (50, "待审")
    assert composite(round_) == before


def test_a_claim_taken_back_leaves_nothing(round_):
    before = composite(round_)
    office(round_, {("events", "U22-1", "status"): "通过"})
    send(round_, "unit", "U22", name="市环保局（改）.xlsx")
    collect(round_)
    assert events(round_) == {}
    assert composite(round_) == before


def test_the_office_enters_a_deduction(round_):
    before = composite(round_, "U44")
    row = {"unit": "市信息中心", "kind": "察访核验扣分", "item": "台账缺失", "points": 0.4, "status": "通过"}
    receipt = office(round_, {("events", "+1", name): value for name, value in row.items()})
    assert receipt.decision == "accepted", [p.text() for p in receipt.problems]
    assert composite(round_, "U44") == before - Fraction("0.4")
    publish_scores(reopened(round_.folder))
    again = office(round_, {("events", "+1", n): v for n, v in {**row, "unit": "U01"}.items()}, name="总表（二）.xlsx")
    assert again.decision == "accepted"
    assert [r["unit"] for r in events(round_).values() if r["kind"] == "察访核验扣分"] == ["U44", "U01"]


BAD_ROWS = [
    ({"unit": "U99"}, "NOT_A_CHOICE"),
    ({"kind": "奖励"}, "NOT_A_CHOICE"),
    ({"points": -0.4}, "OUT_OF_RANGE"),
    ({"points": "四"}, "NOT_A_NUMBER"),
    ({"date": "年底"}, "NOT_A_DATE"),
    ({"unit": None}, "ROW_UNFINISHED"),
    ({"points": None}, "ROW_UNFINISHED"),
]


@pytest.mark.parametrize(("change", "code"), BAD_ROWS)
def test_a_bad_row_of_the_office_is_held(round_, change, code):
    row = {"unit": "U44", "kind": "减分", "item": "通报", "points": 0.4, "status": "通过", **change}
    receipt = office(round_, {("events", "+1", name): value for name, value in row.items()})
    assert (receipt.decision, [p.code for p in receipt.problems if p.severity == "error"]) == ("held", [code])
    shown = [p.text("zh") for p in receipt.problems if p.code == "NOT_A_DATE"]
    assert all(f"{round_.year}-12-31" in text for text in shown)  # a day of the year that is appraised
    assert list(events(round_)) == ["U22-1"]


def test_what_a_unit_or_scorer_sent_stands(round_):
    before = score_round(round_).values
    receipt = office(round_, {("marks", "U22-03", "lead"): 0, ("marks", "U22-03", "self"): 0})
    assert [p.code for p in receipt.problems if p.severity == "warning"] == ["NOT_YOURS", "NOT_YOURS"]
    assert score_round(reopened(round_.folder)).values == before


def test_a_full_mark_changed_in_the_master_is_held(round_):
    receipt = office(round_, {("marks", "U22-03", "full"): 50})
    assert (receipt.decision, [p.code for p in errors(receipt.problems)]) == ("held", ["LOCKED_CHANGED"])


def test_the_office_can_fill_in_for_who_sent_nothing(tmp_path):
    round_ = issued(tmp_path / "fresh")
    publish_scores(round_)
    office(round_, {("marks", "U44-01", "lead"): 9.5})
    marks = {row["id"]: row for row in reopened(round_.folder).tables()["marks"]}
    assert marks["U44-01"]["lead"] == 9.5
    send(round_, "scorer", round_.scheme.office, {("marks", "U44-01", "lead"): 8})
    send_all(round_)
    collect(round_)
    marks = {row["id"]: row for row in reopened(round_.folder).tables()["marks"]}
    assert marks["U44-01"]["lead"] != 9.5


def test_ledgers_that_share_a_table_never_give_two_rows_one_key():
    path, _ = find_scheme("hebi-2021")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    roster = Roster(plan, scheme.tables, scheme.office)
    ledgers = [s for s in plan.sheets if s.grows]
    marks = [(s.table, roster.mark(s)) for s in ledgers]
    assert len(ledgers) > 2
    assert len(set(marks)) == len(marks)


def test_a_master_whose_map_is_not_as_it_was_written_is_held(round_):
    fill_book(round_.out / "总表.xlsx", round_.inbox / "总表.xlsx", {})
    book = openpyxl.load_workbook(round_.inbox / "总表.xlsx")
    columns = [line for line in book[MAP].iter_rows(min_row=2) if line[0].value == "column"]
    line = next(line for line in columns if line[4].value == "locked")
    line[4].value = "input"
    book.save(round_.inbox / "总表.xlsx")
    [receipt] = [r for r in collect(round_).receipts if r.file == "总表.xlsx"]
    assert (receipt.decision, [p.code for p in errors(receipt.problems)]) == ("held", ["MASTER_MAP"])
