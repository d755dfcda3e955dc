"""Rules that data must keep: held by check, score, collect and the live sheet 核对; what they stop is empty, not 0."""

from __future__ import annotations

import openpyxl
import pytest
from kit.differences import differences
from kit.halves import begun, halves, opened
from kit.libreoffice import converted
from kit.musts import SCHEME
from kit.programs import need

import xlperf
from xlperf.engine.check import check_source
from xlperf.engine.reason import explain_cell
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.freeze import freeze
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.scheme.load import folder_source, read_scheme

PEOPLE = "id,name,pool,share,base\nP1,张,甲,40,100\nP2,李,甲,60,200\nP3,王,乙,50,300\n"
POOLS = "key,amount\n甲,100\n乙,50\n"
WRONG = "key,amount\n甲,100\n乙,60\n"


def pay(folder, pools=WRONG, scheme=SCHEME):
    halves(folder, "code,name\nU,局\n", scheme)
    (folder / "people.csv").write_text(PEOPLE, "utf-8")
    (folder / "pools.csv").write_text(pools, "utf-8")
    return folder


def scored(folder, **options):
    scheme, problems = read_scheme(folder)
    assert problems == []
    people = [{"id": "P1", "coefficient": 1}, {"id": "P3", "coefficient": 2}]
    advances = [
        {"no": 1, "person": "P1", "month": 1, "money": 500}, {"no": 2, "person": "P1", "month": 1, "money": 300},
        {"no": 3, "person": "P1", "month": 2, "money": 950}, {"no": 4, "person": "P3", "month": 1, "money": 1200},
    ]  # fmt: skip
    return xlperf.score(scheme, {"people": people, "advances": advances}, problems="return", **options)


def test_what_a_rule_stops_is_empty_and_the_rows_are_named(tmp_path):
    result = scored(pay(tmp_path / "pay"))
    column = result.scores.column
    assert column("people", "due") == [100, None, 600]
    assert column("pools", "due") == [100, 600]  # without the one that was not worked out
    assert column("advances", "counts") == [None, None, 900, 900]
    assert column("people", "paid") == [900, 0, None]  # the pool 乙 does not add up
    told = {(p.code, p.where.path): dict(p.values) for p in result.problems if p.code.startswith("MUST")}
    assert told["MUST_FAILED", "must_1"]["rows"] == "1；2"
    assert told["MUST_FAILED", "must_2"] == {**told["MUST_FAILED", "must_2"], "why": "每人有系数", "rows": "李"}
    assert told["MUST_STOPPED", "due"]["rows"] == "李"
    assert told["MUST_FAILED", "must_3"]["rows"] == "乙"
    assert told["MUST_BROKEN", "must_4"]["rows"] == "4"


@pytest.mark.parametrize(
    ("equals", "failing"),
    [
        ("by: pool, equals: 100", "王"),
        ("equals: 150", ""),
        ("equals: 3/2", "张；李；王"),
        ("by: name, equals: 40", "李；王"),
    ],
)
def test_a_sum_may_be_a_figure_of_rows_alike_or_of_all(tmp_path, equals, failing):
    result = scored(pay(tmp_path / "pay", scheme=SCHEME.replace("by: pool, equals: pools.amount", equals)))
    told = [dict(p.values)["rows"] for p in result.problems if p.code == "MUST_FAILED" and p.where.path == "must_3"]
    assert told == ([failing] if failing else [])
    stopped = [
        name for name, paid in zip("张李王", result.scores.column("people", "paid"), strict=True) if paid is None
    ]
    assert "；".join(stopped) == failing


def test_the_reason_says_which_rule_was_not_kept(tmp_path):
    scores = scored(pay(tmp_path / "pay")).scores
    assert "每人有系数" in str(explain_cell(scores, "people", "P2", "due").data())
    assert "基数 100×系数 1" in str(explain_cell(scores, "people", "P1", "due").data())


def test_the_check_names_rows_of_tables_that_break_a_rule(tmp_path):
    _, problems = check_source(folder_source(pay(tmp_path / "pay")))
    noted = [p for p in problems if p.code == "MUST_IN_TABLE"]
    assert [(p.where.file, p.where.line, dict(p.values)["row"]) for p in noted] == [("pools.csv", 3, "乙")]
    _, problems = check_source(folder_source(pay(tmp_path / "right", POOLS)))
    assert [p for p in problems if p.severity == "error"] == []


def test_an_example_says_where_it_breaks_a_rule_unmeant(tmp_path):
    example = """
examples:
  - id: P-1
    basis: 二
    steps: 没有系数
    tables:
      pools: [{key: 甲, amount: 100}]
      people:
        - {id: P2, name: 李, pool: 甲, share: 60, base: 200}
        - {id: P1, name: 张, pool: 甲, share: 40, base: 1, coefficient: 1}
    gives: {people: {%s}}
"""
    for gives, told in (("P2: {due: 空}", []), ("P1: {due: 1}", ["P2"])):
        folder = pay(tmp_path / f"s{len(told)}", POOLS, SCHEME + example % gives)
        _, problems = check_source(folder_source(folder))
        assert [dict(p.values)["rows"] for p in problems if p.code == "EXAMPLE_BREAKS_MUST"] == told


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("given: people.coefficient", "given: people.coeff", "UNKNOWN_COLUMN"),
        ("given: people.coefficient", "given: persons.coefficient", "UNKNOWN_SHEET"),
        ("stops: [people.due]", "stops: [people.base]", "MUST_STOPS"),
        ("stops: [people.due]", "stops: [advances.counts]", "MUST_STOPS"),
        ("advances.person, advances.month", "advances.person, people.name", "MUST_SHEETS"),
        ("given: people.coefficient, ", "", "MUST_WHAT"),
        ("by: pool, ", "", "MUST_WHAT"),
        ("by: pool, ", "by: pol, ", "UNKNOWN_COLUMN"),
        ("rows: advances\n    holds", "rows: advance\n    holds", "UNKNOWN_SHEET"),
        ("holds: [{column: money", "holds: [{column: mony", "UNKNOWN_COLUMN"),
    ],
)
def test_a_rule_that_leads_nowhere_is_told(tmp_path, old, new, code):
    assert old in SCHEME
    _, problems = check_source(folder_source(pay(tmp_path / "pay", POOLS, SCHEME.replace(old, new))))
    assert code in [p.code for p in problems]


def round_of(tmp_path):
    """Make a round in which one coefficient is missing and one advance stands twice."""
    round_ = begun(pay(tmp_path / "pay", POOLS), tmp_path / "round")
    cells = [CellText("people", p, "coefficient", "1.5") for p in ("P1", "P3")]
    for number, month in (("1", "1"), ("2", "1"), ("3", "2")):
        row = {"person": "P1", "month": month, "money": "100.5"}
        cells += [CellText("advances", number, name, text) for name, text in row.items()]
    record_receipts(round_.ledger, Receipt("0", "总表.xlsx", "master", "", 1, "accepted", cells=tuple(cells)))
    return opened(tmp_path / "round")


def test_collect_and_score_tell_and_a_round_that_breaks_a_rule_is_frozen_with_the_gap(tmp_path):
    round_ = round_of(tmp_path)
    problems = [p for p in collect(round_).concerns if p.code == "MUST_NOT_YET"]
    assert [dict(p.values)["rows"] for p in problems] == ["1；2", "李"]
    codes = [p.code for p in unsettled(round_, round_.scores())]
    assert (codes.count("MUST_FAILED"), codes.count("MUST_STOPPED")) == (2, 2)
    frozen = freeze(round_, unsettled(round_, round_.scores()))
    assert frozen.file is not None


@pytest.mark.libreoffice
def test_the_sheet_of_the_master_is_live_and_agrees(tmp_path):
    need("soffice")
    round_ = round_of(tmp_path)
    published = publish_scores(round_)
    file = round_.folder / published.files[0]
    (made,) = converted([file], tmp_path / "answered")
    assert differences(published.scores, made, file) == []
    shown = openpyxl.load_workbook(made, data_only=True)["核对"]
    rows = [[c.value for c in row] for row in shown.iter_rows(min_row=5, max_row=8)]
    assert [(r[0], r[3], r[4] or "", r[6]) for r in rows] == [
        ("每人每月只预发一次", 2, "1", "不符"), ("每人有系数", 1, "李", "不符"),
        ("合计等于总量", 0, "", "符合"), ("预发不超过总量", 0, "", "符合"),
    ]  # fmt: skip
    assert shown["B2"].value == "2条规矩有不符的行"
    written = openpyxl.load_workbook(file, data_only=True)["核对"]
    assert [[c.value or "" for c in r] for r in written.iter_rows()] == [
        [c.value or "" for c in r] for r in shown.iter_rows()
    ]
