"""The Python face: frames in, typed results and frames out."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

import xlperf

UNITS = pd.DataFrame(
    {
        "code": ["V1", "V2", "V3"],
        "name": ["甲", "乙", "丙"],
        "class": ["C"] * 3,
        "group": ["组"] * 3,
        "fed_back": [95.21, None, 94.005],
    }
)


@pytest.fixture(scope="module")
def scheme():
    return xlperf.load_scheme("dashiqiao-2017")


def test_a_ranking_in_three_lines(scheme):
    result = xlperf.score(scheme, {"units": UNITS, "marks": []})
    frame = result.frame("C")
    assert frame[["code", "shown", "place"]].fillna(-1).to_numpy().tolist() == [
        ["V1", 95.21, 1],
        ["V2", -1, -1],
        ["V3", 94.01, 2],
    ]
    assert result.ranking()["name"].tolist() == ["甲", "丙", "乙"]


def test_a_float_counts_as_the_digits_a_spreadsheet_shows(scheme):
    exact = xlperf.score(scheme, {"units": UNITS, "marks": []}).frame("C", exact=True)
    assert exact["composite"].tolist() == [Fraction("95.21"), None, Fraction("94.005")]


@pytest.mark.parametrize("cell", ["95.21", Decimal("95.21"), Fraction(9521, 100)])
def test_numbers_come_in_any_exact_form(scheme, cell):
    rows = [{"code": "V1", "name": "甲", "class": "C", "group": "组", "fed_back": cell}]
    assert xlperf.score(scheme, {"units": rows, "marks": []}).frame("C", exact=True)["composite"][0] == Fraction(
        "95.21"
    )


def test_headings_on_request(scheme):
    assert "综合得分" in xlperf.score(scheme, {"units": UNITS, "marks": []}).frame("C", labels="zh")


def test_what_is_no_number_is_named_with_its_place(scheme):
    rows = [
        {"code": "V1", "class": "C", "group": "组", "fed_back": "九十五"},
        {"code": "V2", "class": "C", "group": "组", "fed_back": "满分"},
    ]
    with pytest.raises(xlperf.NotUsable) as bad:
        xlperf.score(scheme, {"units": rows, "marks": []})
    assert [(p.code, p.where.line, dict(p.values)["found"]) for p in bad.value.problems] == [
        ("WRONG_VALUE", 1, "九十五"),
        ("WRONG_VALUE", 2, "满分"),
    ]


def test_explain(scheme):
    told = xlperf.score(scheme, {"units": UNITS, "marks": []}).explain("V1", "shown")
    assert (told.value, told.basis, told.parts[0].column) == ("95.21", "五", "composite")


def test_unknown_scheme():
    with pytest.raises(xlperf.NotUsable, match="nosuch"):
        xlperf.load_scheme("nosuch")
