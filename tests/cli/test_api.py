"""The Python face: frames in, typed results and frames out."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import xlperf
from xlperf.engine.live import NotAnInput
from xlperf.problems import errors

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
    assert [(p.code, p.where.line, dict(p.values)["found"]) for p in errors(bad.value.problems)] == [
        ("NOT_A_NUMBER", 1, "九十五"),
        ("NOT_A_NUMBER", 2, "满分"),
    ]


def test_explain(scheme):
    told = xlperf.score(scheme, {"units": UNITS, "marks": []}).explain("V1", "shown")
    assert (told.value, told.basis, told.parts[0].column) == ("95.21", "五", "composite")


def test_unknown_scheme():
    with pytest.raises(xlperf.NotUsable, match="nosuch"):
        xlperf.load_scheme("nosuch")


# ---- nothing wrong is scored -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    return xlperf.load_scheme("three-units")


def marks(**changed):
    """Return the three units' marks as rows, right but for one row: column=value of U1-4, or of `id`."""
    rows = [
        {"id": f"U{unit}-{no}", "verified": 5 if no < 4 else None, "lead": None if no < 4 else 18}
        for unit in (1, 2, 3)
        for no in (1, 2, 3, 4)
    ]
    at = changed.pop("id", "U1-4")
    return [{**row, **(changed if row["id"] == at else {})} for row in rows]


def told(result):
    return [(p.code, p.where.line, p.where.path) for p in errors(result.problems)]


BAD = {
    "1800 of 20 points": ({"lead": 1800}, "OUT_OF_RANGE"),
    "below 0": ({"lead": -5}, "OUT_OF_RANGE"),
    "a share": ({"lead": "95%"}, "PERCENT_AMBIGUOUS"),
    "too many decimals": ({"lead": 18.123}, "PRECISION"),
    "words": ({"lead": "十八"}, "NOT_A_NUMBER"),
    "a truth": ({"lead": True}, "WRONG_TYPE"),
    "infinite": ({"lead": float("inf")}, "NOT_FINITE"),
    "a spreadsheet's error": ({"lead": "#REF!"}, "CELL_ERROR"),
    "not asked": ({"verified": 3}, "NOT_ASKED"),
}


@pytest.mark.parametrize(("changed", "code"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("form", [list, pd.DataFrame])
def test_what_cannot_stand_is_told_and_never_scored(small, changed, code, form):
    tables = {"marks": form(marks(**changed))}
    with pytest.raises(xlperf.NotUsable) as bad:
        xlperf.score(small, tables)
    assert (code, 4, next(iter(changed))) in told(bad.value)
    result = xlperf.score(small, tables, problems="return")
    assert told(result) == told(bad.value)
    if "lead" in changed:
        assert result.scores.row("marks", "U1-4")["lead"] is None
        assert result.ranking()["place"].tolist()[-1] != result.ranking()["place"].tolist()[-1]  # U1 has none: NaN


def test_unknown_tables_columns_units_and_keys_come_at_once_with_the_nearest(small):
    rows = [
        *marks(),
        {"id": "U1-4", "lead": 3},
        {"lead": 3, "unit": "城官镇", "no": 9},
        {"lead": 1},
        {"id": "U1-44", "lead": 2},
    ]
    with pytest.raises(xlperf.NotUsable) as bad:
        xlperf.score(small, {"mark": [], "marks": [{**row, "leed": 1} for row in rows], "events": EVENTS})
    found = {
        (p.code, p.where.file, p.where.line): dict(p.values).get("nearest", "") for p in errors(bad.value.problems)
    }
    assert "marks" in found["DATA_UNKNOWN_TABLE", "mark", 0]
    assert "lead" in found["TABLE_UNKNOWN_COLUMN", "marks", 0]
    assert "城关镇" in found["UNKNOWN_UNIT", "marks", 14]
    assert ("DATA_REPEATED", "marks", 13) in found
    assert ("DATA_NO_KEY", "marks", 15) in found
    assert "U1-4" in found["DATA_UNKNOWN_KEY", "marks", 16]
    assert ("NOT_A_CHOICE", "events", 1) in found
    assert ("MISSING", "events", 1) in found
    assert "城关镇" in str(bad.value)


EVENTS = [{"unit": "U1", "kind": "表扬", "item": "", "points": 1, "status": "通过"}]


def test_an_exemption_stands_only_where_it_may(small):
    assert told(xlperf.score(small, {"marks": marks(lead="不适用")})) == []
    ledger = [{"unit": "U1", "kind": "加分", "item": "一", "points": "不适用", "status": "通过"}]
    with pytest.raises(xlperf.NotUsable) as bad:
        xlperf.score(small, {"marks": marks(), "events": ledger})
    assert told(bad.value) == [("EXEMPT_NOT_ALLOWED", 1, "points")]


def test_a_fact_of_the_scheme_stands(small):
    with pytest.raises(xlperf.NotUsable) as bad:
        xlperf.score(small, {"marks": marks(full=2000, lead=1800)})
    assert told(bad.value) == [("DATA_FACT_DIFFERS", 4, "full"), ("OUT_OF_RANGE", 4, "lead")]


def test_what_is_not_there_yet_raises_nothing_and_is_told(small):
    result = xlperf.score(small, {"marks": marks(lead=None)})
    assert told(result) == [("MISSING", 4, "lead")]
    assert result.ranking()["code"].tolist()[-1] == "U1"


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 400, 10**400, 10**5000, 1e300, -(10**16), "1e999"], ids=range(7))
def test_a_number_that_no_cell_holds_is_told_and_not_scored(number):
    scheme = xlperf.load_scheme("three-units")
    marks = [{**row, "lead": number} for row in scheme.tables["marks"] if row["target"] is None]
    result = xlperf.score(scheme, {"marks": marks}, problems="return")
    found = {p.code for p in result.problems if p.code not in ("MISSING", "DATA_NOT_REPORTED")}
    assert found <= {"NOT_A_NUMBER", "OUT_OF_RANGE", "NOT_FINITE"}
    assert found
    assert set(result.scores.column("totals", "composite")) == {None}


@pytest.mark.parametrize("table", [None, "abc", ["a"], 3, {"unit": "U1"}])
def test_what_is_no_table_is_told(table):
    scheme = xlperf.load_scheme("three-units")
    result = xlperf.score(scheme, {"marks": table}, problems="return")
    assert [p.code for p in result.problems] == ["DATA_NOT_A_TABLE"]


# ---- nothing is dropped without a word ----------------------------------------------------------------


@pytest.fixture(scope="module")
def three():
    return xlperf.load_scheme("three-units")


def entry(**cells):
    return {"unit": "A", "kind": "加分", "item": "表彰", "points": 2, "status": "通过", **cells}


def test_a_table_with_cells_to_fill_that_is_not_given_is_told(three):
    result = xlperf.score(three, {})
    assert [(p.code, dict(p.values)["name"]) for p in result.problems] == [("TABLE_NOT_GIVEN", "marks")]
    assert int(dict(result.problems[0].values)["count"]) > 0


def test_a_word_that_says_nothing_about_problems_is_refused(three):
    with pytest.raises(ValueError, match="ignore"):
        xlperf.score(three, {}, problems="ignore")


def test_a_column_given_twice_or_calculated_is_told(three, recwarn):
    frame = pd.DataFrame([entry()])
    twice = pd.concat([frame, frame[["points"]] * 3], axis=1)
    found = xlperf.score(three, {"events": twice}, problems="return")
    assert ("TABLE_DUPLICATE_HEADER", "points") in [(p.code, dict(p.values).get("found")) for p in found.problems]
    assert found.scores.column("events", "points") == [2]
    assert not [w for w in recwarn if "unique" in str(w.message)]
    marks = [{"id": three.tables["marks"][0]["id"], "score": 99}]
    for tables, name in (({"events": [entry(counts=9)]}, "counts"), ({"marks": marks}, "score")):
        with pytest.raises(xlperf.NotUsable) as bad:
            xlperf.score(three, tables)
        assert ("DATA_COMPUTED", name) in [(p.code, dict(p.values).get("found")) for p in bad.value.problems]


def test_a_wrong_cell_is_no_blank_and_its_default_does_not_count(three):
    unit = three.tables["units"][0]["code"]
    for status, value, counts in ((None, "待审", 0), ("通过吧", None, None)):
        result = xlperf.score(three, {"events": [entry(unit=unit, status=status)]}, problems="return")
        row = result.scores.rows("events")[0]
        assert (row["status"], row["counts"]) == (value, counts)


def test_a_draw_is_what_scoring_with_these_numbers_gives():
    scheme = xlperf.load_scheme("three-units")
    marks = pd.DataFrame(scheme.tables["marks"])
    marks["verified"] = marks["target"].where(marks["target"].notna())
    marks["lead"] = marks["full"].where(marks["target"].isna())
    result = xlperf.score(scheme, {"marks": marks})
    drawn = marks["lead"].astype(float) * np.linspace(0.5, 0.9, len(marks))
    other = xlperf.score(scheme, {"marks": marks.assign(lead=drawn.round(2))})
    found = result.draw({("marks", "lead"): drawn.round(2)})
    for name in ("composite", "shown", "place"):
        assert found["totals"][name].tolist() == other.frame("totals")[name].tolist()
    assert found["totals"]["composite"].tolist() != result.frame("totals")["composite"].tolist()
    with pytest.raises(NotAnInput):
        result.draw({("marks", "score"): drawn})
    with pytest.raises(ValueError, match="12 rows"):
        result.draw({("marks", "lead"): [1.0]})
