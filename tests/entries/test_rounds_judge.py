"""One cell at a time: what stands there, and the value or the code that answers it."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest

from xlperf.engine.plan import Column
from xlperf.entries.cell import Asked, judge
from xlperf.formula.expression import col, is_blank, lift, negate
from xlperf.formula.values import day_number
from xlperf.problems import Where

SCORE = Column("self", "自评得分", "input", low=lift(0), high=col("full"), decimals=2, required=True, role="self")
POINTS = Column("points", "分值", "input", low=lift(0), decimals=2, required=True, measure="分")
RATE = Column("rate", "得分率", "input", low=lift(0))
PERCENTLIKE = Column("process", "过程得分", "input", low=lift(0), high=lift(100), decimals=2, required=True)
LEAD = Column(
    "lead", "核定得分", "input", low=lift(0), high=col("full"), decimals=2, required=True, exempt=True, role="lead"
)
ACTUAL = Column("actual", "完成值", "input", low=lift(0), required=True, asked=negate(is_blank(col("target"))))
TEXT = Column("account", "完成情况", "input", "text")
KIND = Column("kind", "类别", "input", "text", choices=("加分", "减分"), required=True)
UNIT = Column("unit", "单位代码", "input", "text", offers="units")
DAY = Column("date", "日期", "input", "date")
ROW = {"full": Fraction(100), "target": Fraction(300), "measure": "吨"}
AT = Where("甲.xlsx", sheet="自评", cell="H8")

READ = [
    (SCORE, 95, "95", ""),
    (SCORE, 0, "0", ""),
    (SCORE, 0.1 + 0.2, "3/10", ""),
    (SCORE, "95", "95", "READ_AS"),
    (SCORE, "95分", "95", "READ_AS"),
    (SCORE, "９５", "95", "READ_AS"),
    (SCORE, "９５．５分", "191/2", "READ_AS"),
    (SCORE, " \u00a095\u3000", "95", "READ_AS"),
    (SCORE, "＋2", "2", "READ_AS"),
    (ACTUAL, "310吨", "310", "READ_AS"),
    (POINTS, "2分", "2", "READ_AS"),
    (POINTS, "0.5 分", "1/2", "READ_AS"),
    (LEAD, "不适用", "不适用", ""),
    (SCORE, 0.5, "1/2", ""),
]
HELD = [
    (SCORE, None, "MISSING"),
    (SCORE, "  \u3000", "MISSING"),
    (SCORE, "九十五", "NOT_A_NUMBER"),
    (SCORE, "满分", "NOT_A_NUMBER"),
    (SCORE, "95。5", "NOT_A_NUMBER"),
    (SCORE, "9O", "NOT_A_NUMBER"),
    (SCORE, "95.5（扣0.5）", "NOT_A_NUMBER"),
    (SCORE, "/", "NOT_A_NUMBER"),
    (SCORE, "2000万", "NOT_A_NUMBER"),
    (SCORE, "1_0", "NOT_A_NUMBER"),
    (SCORE, "1e1", "NOT_A_NUMBER"),
    (SCORE, "1,900", "NOT_A_NUMBER"),
    (RATE, "95分", "NOT_A_NUMBER"),
    (SCORE, "95%", "PERCENT_AMBIGUOUS"),
    (SCORE, "95％", "PERCENT_AMBIGUOUS"),
    (PERCENTLIKE, 0.95, "PERCENT_AMBIGUOUS"),
    (SCORE, "#REF!", "CELL_ERROR"),
    (SCORE, True, "WRONG_TYPE"),
    (SCORE, datetime(2017, 9, 5), "WRONG_TYPE"),
    (SCORE, time(12, 30), "WRONG_TYPE"),
    (SCORE, timedelta(days=1, hours=1, minutes=5), "WRONG_TYPE"),
    (SCORE, 90.123, "PRECISION"),
    (SCORE, -1, "OUT_OF_RANGE"),
    (SCORE, 100.01, "OUT_OF_RANGE"),
    (SCORE, "101分", "OUT_OF_RANGE"),
    (SCORE, float("nan"), "NOT_FINITE"),
    (SCORE, float("inf"), "NOT_FINITE"),
    (SCORE, "1e999", "NOT_FINITE"),
    (SCORE, "NaN", "NOT_FINITE"),
    (SCORE, "不适用", "EXEMPT_NOT_ALLOWED"),
    (KIND, "奖励", "NOT_A_CHOICE"),
    (KIND, None, "MISSING"),
    (UNIT, "U9", "NOT_A_CHOICE"),
    (DAY, "十二月", "NOT_A_DATE"),
    (DAY, "2017-02-30", "NOT_A_DATE"),
    (DAY, 43000, "NOT_A_DATE"),
]


@pytest.mark.parametrize(("column", "raw", "value", "note"), READ)
def test_what_can_be_meant_in_one_way_is_read(column, raw, value, note):
    row = {**ROW, "full": Fraction(99)}  # a half point of a hundred would be asked about
    found, problems = judge(Asked(column, row, AT, measure="measure"), raw)
    assert str(found) == value
    assert [p.code for p in problems] == ([note] if note else [])
    assert all(p.severity == "note" for p in problems)


@pytest.mark.parametrize(("column", "raw", "code"), HELD)
def test_what_cannot_be_read_is_named_and_nothing_is_taken(column, raw, code):
    found, problems = judge(Asked(column, ROW, AT, offered=("U1", "U2")), raw)
    assert found is None
    assert code in [p.code for p in problems]
    assert all(p.where == AT for p in problems)
    assert any(p.severity == "error" for p in problems)


@pytest.mark.parametrize("raw", ["村（社区）", "村(社区)", "  村（社区）"])
def test_a_choice_with_full_width_brackets_is_the_choice(raw):
    """What the drop-down itself offers is never refused, and brackets typed narrow mean the same."""
    kind = replace(KIND, choices=("村（社区）", "单位"))
    assert judge(Asked(kind, ROW, AT), raw) == ("村（社区）", [])
    assert judge(Asked(UNIT, ROW, AT, offered=("村（社区）", "U2")), raw) == ("村（社区）", [])


def test_suggestions_are_for_the_person():
    wanted = {
        "九十五": "填95", "九十五分": "填95", "十五": "填15", "二十": "填20", "九": "填9", "满分": "填100",
        "95。5": "填95.5", "9O": "填90", "一百": "填100",
    }  # fmt: skip
    assert {raw: judge(Asked(SCORE, ROW, AT), raw)[1][0].remedy() for raw in wanted} == wanted
    spoken = {"一百五十三": "填153", "三百零五": "填305", "二百": "填200", "一百一十": "填110"}
    assert {raw: judge(Asked(ACTUAL, ROW, AT, measure="measure"), raw)[1][0].remedy() for raw in spoken} == spoken


UNCLEAR = [
    *("1,900", "2,750", "12,00", "1,234,567", "3万", "2000万", "1.2亿", "1e1", "30/2", "95.5（扣0.5）", "1_0", "约95"),
    *("二百五", "九五", "95-96", "95。5。1", "lO", "1 900", "九十五点五", "O", "三千"),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("raw", UNCLEAR)
def test_no_number_is_suggested_where_more_than_one_may_be_meant(raw, language):
    for column in (replace(ACTUAL, low=None), SCORE):
        [told] = judge(Asked(column, ROW, AT, measure="measure"), raw)[1]
        remedy = told.remedy(language).replace("0～100", "")
        assert (told.code, re.findall(r"\d", remedy)) == ("NOT_A_NUMBER", [])
        assert language == "zh" or re.findall("[\u4e00-\u9fff]", remedy.replace("万 or 亿", "")) == []


def test_limits_are_told():
    told = judge(Asked(SCORE, ROW, AT), 120)[1][0].message()
    assert "120" in told
    assert "0～100" in told


@pytest.mark.parametrize(
    ("raw", "data_type", "formula", "percent", "code"),
    [
        ("#REF!", "e", "", False, "CELL_ERROR"),
        (95, "n", "=SUM(A1:A3)", False, "FORMULA_IN_INPUT"),
        (95, "n", "=A1", False, "FORMULA_IN_INPUT"),
        (None, "n", '=_xlfn.DISPIMG("ID_1",1)', False, "PICTURE_IN_CELL"),
        (0.95, "n", "", True, "PERCENT_AMBIGUOUS"),
    ],
)
def test_types_of_cells(raw, data_type, formula, percent, code):
    found, problems = judge(Asked(SCORE, ROW, AT), raw, data_type, formula, percent)
    assert (found, [p.code for p in problems]) == (None, [code])


def test_a_formula_in_a_cell_for_words_asks_for_words():
    [told] = judge(Asked(TEXT, ROW, AT), "3", "n", "=1+2")[1]
    assert (told.code, "文字" in told.remedy()) == ("FORMULA_IN_TEXT", True)


def test_what_is_not_asked_may_be_blank_and_nothing_else():
    row = {**ROW, "target": None}
    assert judge(Asked(ACTUAL, row, AT), None) == (None, [])
    assert [p.code for p in judge(Asked(ACTUAL, row, AT), 3)[1]] == ["NOT_ASKED"]


def test_text_is_kept_as_it_is_and_long_text_is_cut_with_a_mark():
    for payload in ('=HYPERLINK("x")', "=cmd|' /C calc'!A0", "@SUM(1)", "#REF!", "-1+1"):
        assert judge(Asked(TEXT, ROW, AT), payload) == (payload, [])
    found, problems = judge(Asked(TEXT, ROW, AT), "长" * 40_000)
    assert isinstance(found, str)
    assert found.endswith("截去）")
    assert [p.code for p in problems] == ["TEXT_CUT"]


def test_choices_units_and_dates():
    assert judge(Asked(KIND, ROW, AT), " 加分 ") == ("加分", [])
    names = {"市环保局": "U22"}
    found, problems = judge(Asked(UNIT, ROW, AT, offered=("U22",), names=names), "市环保局")
    assert (found, [p.code for p in problems]) == ("U22", ["READ_AS"])
    assert judge(Asked(DAY, ROW, AT), datetime(2017, 12, 5)) == (day_number(date(2017, 12, 5)), [])
    found, problems = judge(Asked(DAY, ROW, AT), "2017年12月5日")
    assert (found, [p.code for p in problems]) == (day_number(date(2017, 12, 5)), ["READ_AS"])
