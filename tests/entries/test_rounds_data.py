"""A folder of CSV files in place of workbooks."""

from fractions import Fraction

import pytest

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.scheme import words
from xlperf.scheme.load import find_scheme, load_scheme

UNITS = """\
code,name,class,group,park_group,process_points,party_points,leader_points,public_points
X1,甲局,A,组,组,90,80,90,100
X2,乙局,A,组,组,80,80,80,80
"""
MARKS = """\
unit,no,indicator,full,lead
X1,1,一,10,9
X1,2,二,10,10
乙局,1,一,20,16
"""


@pytest.fixture(scope="module")
def scheme():
    path, _ = find_scheme("dashiqiao-2017")
    found, problems = load_scheme(path)
    assert found is not None, problems
    return found


@pytest.fixture
def read(scheme, tmp_path):
    def reader(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        return read_data(scheme, tmp_path)

    return reader


def composite(scheme, tables):
    scores = score(compile_scheme(scheme)[0], tables)
    return {row["code"]: row["composite"] for row in scores.rows("A")}


def codes(problems):
    return [(p.code, p.where.file, p.where.line, p.where.path) for p in problems if p.severity == "error"]


def test_wide_marks_of_an_own_roster_are_scored(scheme, read):
    tables, problems = read(units=UNITS, marks=MARKS)
    assert codes(problems) == []
    # X1: (95×0.9+90×0.1)×0.8 + 80×0.1 + (90×0.7+100×0.3)×0.1
    assert composite(scheme, tables) == {"X1": Fraction("75.6") + 8 + Fraction("9.3"), "X2": Fraction(80)}


def test_long_marks_give_the_same(scheme, read):
    long = (
        "unit,indicator,stage,actual,score,full\n"
        "X1,一,self,,10,10\nX1,一,lead,,9,10\nX1,二,lead,,10,10\nX2,一,lead,,4,20\nX2,一,onsite,,16,20\n"
    )
    tables, problems = read(units=UNITS, marks=long)
    assert codes(problems) == []
    assert composite(scheme, tables)["X2"] == 80
    assert composite(scheme, tables)["X1"] == Fraction("92.9")


def test_events_count_once_approved(scheme, read):
    events = "unit,kind,item,points,status\nX1,加分,表彰,1,通过\nX1,加分,表彰,5,待审\n甲局,减分,通报,0.5,通过\n"
    tables, problems = read(units=UNITS, marks=MARKS, events=events)
    assert codes(problems) == []
    assert composite(scheme, tables)["X1"] == Fraction("93.4")


def test_marks_of_the_scheme_are_found_by_unit_and_number(scheme, read):
    tables, problems = read(marks="unit,no,lead\nU22,3,1\n市环保局,4,1.5\nU22-05,,\n")
    assert ("UNKNOWN_UNIT", "marks.csv", 4, "unit") in codes(problems)
    marks = {row["id"]: row for row in tables["marks"]}
    assert (marks["U22-03"]["lead"], marks["U22-04"]["lead"]) == (1, Fraction("1.5"))
    assert len(marks) == 759 + 1 or len(marks) == 759


BAD = [
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,九\n", ("NOT_A_NUMBER", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,95％\n", ("PERCENT_AMBIGUOUS", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,1/3\n", ("NOT_A_NUMBER", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,十,9\n", ("NOT_A_NUMBER", 2, "full")),
    ("marks", "unit,no,indicator,full,lead,verified\nX1,1,一,10,9,8\n", ("NOT_ASKED", 2, "verified")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,11\n", ("OUT_OF_RANGE", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,-1\n", ("OUT_OF_RANGE", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,9.123\n", ("PRECISION", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,\n", ("MISSING", 2, "lead")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,,5\n", ("DATA_FACT_MISSING", 2, "full")),
    ("marks", "unit,no,indicator,full,lead\nX9,1,一,10,5\n", ("UNKNOWN_UNIT", 2, "unit")),
    ("marks", "unit,no,indicator,full,lead\nX1,1,一,10,5\nX1,1,一,10,6\n", ("DATA_REPEATED", 3, "id")),
    ("marks", "unit,indicator,full,stage,score\nX1,一,10,boss,5\n", ("DATA_STAGE", 2, "stage")),
    ("marks", "unit,no,full,score1\nX1,1,10,5\n", ("TABLE_UNKNOWN_COLUMN", 1, "")),
    ("units", UNITS.replace("甲局,A,组,组,90", "甲局,A,组,组,101"), ("OUT_OF_RANGE", 2, "process_points")),
    ("units", UNITS.replace("甲局,A,组,组,90", "甲局,A,组,组,"), ("MISSING", 2, "process_points")),
    ("events", "unit,kind,item,points\nX1,奖,表彰,1\n", ("NOT_A_CHOICE", 2, "kind")),
]


@pytest.mark.parametrize(("table", "text", "told"), BAD)
def test_what_is_wrong_is_named_with_its_line_and_the_unit_gets_no_score(scheme, read, table, text, told):
    tables, problems = read(**{"units": UNITS, "marks": MARKS, table: text})
    code, line, path = told
    assert (code, f"{table}.csv", line, path) in codes(problems)
    if code in ("MISSING", "OUT_OF_RANGE", "PRECISION", "NOT_A_NUMBER", "DATA_FACT_MISSING", "PERCENT_AMBIGUOUS"):
        assert composite(scheme, tables)["X1"] is None


def test_zero_blank_and_exempt_stay_three_things(scheme, read):
    head = "unit,no,indicator,full,lead\nX1,1,一,10,10\nX1,2,二,10,"
    got = {}
    for cell in ("0", "", "不适用"):
        tables, _ = read(units=UNITS, marks=f"{head}{cell}\nX2,1,一,10,8\n")
        scores = score(compile_scheme(scheme)[0], tables)
        got[cell] = scores.row("A", "X1")["result"]
    assert got == {"0": 50, "": None, "不适用": 100}


def test_facts_of_the_scheme_cannot_be_changed(read):
    _, problems = read(marks="id,full,lead\nU22-01,99,1\n")
    assert ("DATA_FACT_DIFFERS", "marks.csv", 2, "full") in codes(problems)


def test_an_empty_folder_and_a_stray_file_are_told(scheme, tmp_path):
    assert [p.code for p in read_data(scheme, tmp_path)[1]] == ["NO_DATA"]
    (tmp_path / "readme.csv").write_text("a\n", "utf-8")
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    told = [(p.code, p.severity) for p in read_data(scheme, tmp_path)[1]]
    assert ("DATA_UNKNOWN_FILE", "warning") in told
    (tmp_path / "mark.csv").write_text(MARKS, "utf-8")
    [near] = [p for p in read_data(scheme, tmp_path)[1] if p.code == "DATA_UNKNOWN_TABLE"]
    assert (near.severity, near.where.file, dict(near.values)["nearest"]) == ("error", "mark.csv", "marks")


def test_a_missing_folder_is_told(scheme, tmp_path):
    assert [p.code for p in read_data(scheme, tmp_path / "nowhere")[1]] == ["NO_DATA"]


def test_two_thousand_unknown_units_are_told_each_and_cost_no_search_each(read, monkeypatch):
    searched = []
    monkeypatch.setattr(words, "nearest", lambda word, known: searched.append(word) or "X1")
    _, problems = read(
        units=UNITS, marks="unit,no,indicator,full,lead\n" + "".join(f"局{i},1,一,10,9\n" for i in range(2000))
    )
    assert sum(p.code == "UNKNOWN_UNIT" for p in problems) == 2000
    assert len(searched) <= 20
