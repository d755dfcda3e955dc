"""灌南 2009: the scheme is sound; the staged county and drawn ones agree with a second reckoning from the paper."""

from fractions import Fraction
from pathlib import Path

import pytest
from kit.guannan import Paper
from kit.guannan_county import County
from kit.guannan_sheets import sheet_rows
from kit.guannan_years import PERIODS, county_rows, money, uncompared, unlike_county, unlike_sheets

from xlperf.engine.check import findings
from xlperf.engine.compile import compile_scheme
from xlperf.engine.reason import explain_cell
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.problems import errors
from xlperf.scheme.reading.nodes import pairs

FOLDER = Path(__file__).parents[2] / "schemes" / "guannan-2009"
DEMO = FOLDER.parent / "demo" / FOLDER.name
SWITCHES = {  # the catalogue's switches for this regulation, with their defaults
    "quant_cap": "delta", "media": "highest", "share": "row_cap", "scale": "150", "blend": "component",
    "deduct_at": "total", "stage2": "add", "award_min": "90", "veto": "fill", "tie_bottom": "list",
    "deputy": "score_share", "deputy_of": "person", "middle_lower": "third", "quota_round": "floor", "rank_on": "exact",
}  # fmt: skip


@pytest.fixture(scope="module")
def staged(scheme, plan):
    """Return the tables of the staged county of 2009 and what they score."""
    tables, problems = read_data(scheme, DEMO)
    assert problems == []
    return tables, score(plan, tables)


def test_the_scheme_has_no_error_and_says_what_is_assumed(scheme):
    problems = findings(scheme)
    assert errors(problems) == []
    assumed = sorted(p.where.path for p in problems if p.code == "FIGURE_ASSUMED")
    part = "sheets.cadres.columns.lower"  # brings what 中下游 means, a third or a half
    assert assumed == ["figures.post_day", part, part]
    adopted = {name: r.adopted for name, r in scheme.readings.items()}
    assert {name: adopted[name] for name in SWITCHES} == SWITCHES


def test_every_option_of_every_reading_is_judged_by_an_example(scheme):
    """The examples under another option give other results; those of the adopted one are all the rest."""
    judged = {(name, r.adopted) for name, r in scheme.readings.items()} | {("period", "h1")}
    others = [pairs(a, "readings") for e in scheme.examples for a in e.alternatives]
    judged |= {pair for readings in [*others, *(e.readings for e in scheme.examples)] for pair in readings.items()}
    options = {(name, option) for name, r in scheme.readings.items() for option in r.options}
    assert options - judged == set()


def test_the_annexes_add_up_as_printed(scheme):
    points = {}
    for row in scheme.tables["annex1"]:
        points[row["annex"]] = points.get(row["annex"], 0) + (row["full"] or 0)
    assert points == dict.fromkeys(("乡镇", "园区分值1", "园区分值2", "部门"), 100)


def test_the_staged_county_agrees_with_the_second_reckoning(staged):
    tables, scores = staged
    assert unlike_sheets(scores, sheet_rows(Paper(tables))) == []
    awards = {row["award"] for row in scores.rows("county")}
    assert awards >= {
        "先进乡镇一等奖",
        "先进部门三等奖",
        "合格单位奖",
        "一票否决",
        "不合格，不兑现绩效奖",
        "不享受绩效奖",
    }


@pytest.fixture(scope="module")
def plans(scheme):
    """Return the scheme laid out for a year, its half, a month and a quarter."""
    compiled = {period: compile_scheme(scheme, {"period": period}) for period in PERIODS}
    assert [problem for _, problems in compiled.values() for problem in problems] == []
    return {period: plan for period, (plan, _) in compiled.items()}


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_drawn_counties_agree_with_the_second_reckoning(scheme, plans, seed):
    assert unlike_county(plans, County(scheme, seed).tables(), seed) == []


def test_no_computed_column_is_left_out_of_the_second_reckoning(scheme, plans):
    """Every column that a rule fills, in each period, is worked out by the second program too: nothing is left over."""
    rows = county_rows(County(scheme, 3).tables(), 3)
    left = {period: uncompared(plan, rows[period][1]) for period, plan in plans.items()}
    assert left == {period: [] for period in PERIODS}
    for row in rows["y"][1]["cadres"].values():
        del row["work_seat"]  # one that nobody compares is named
    assert uncompared(plans["y"], rows["y"][1]) == [("cadres", "work_seat")]


def test_another_option_of_a_reading_is_seen_by_the_second_reckoning(scheme):
    """The second program goes by the readings adopted: a scheme that computes otherwise differs, and where."""
    otherwise, _ = compile_scheme(scheme, {"quota_round": "half_up"})
    tables = County(scheme, 4).tables()
    found = unlike_sheets(score(otherwise, tables), sheet_rows(Paper(tables)))
    assert {sheet for sheet, *_ in found} == {"cadres"}
    assert {"quota", "excellent"} <= {column for _, _, column, *_ in found} <= {"quota", "excellent", "too_many"}


def test_the_money_is_the_same_in_three_sums(staged):
    """By person, by unit and by award: what is paid adds up to one amount."""
    by_person, by_all = money(staged[1])
    assert len(set(by_person)) == len(set(by_all)) == 1
    assert by_person[0] > 1_000_000


def test_a_mark_not_given_leaves_the_unit_without_total_and_its_group_provisional(plan, staged):
    tables = {name: [dict(row) for row in rows] for name, rows in staged[0].items()}
    next(r for r in tables["quantity"] if r["unit"] == "T03")["verified"] = None
    scores = score(plan, tables)
    row = scores.row("county", "T03")
    assert {row[name] for name in ("three", "total", "place", "award_seat", "punished")} == {None}
    assert {r["provisional"] for r in scores.rows("county") if r["group"] == "乡镇"} == {"是"}
    assert all(scores.row("cadres", p["code"])["reward"] is None for p in tables["people"] if p["unit"] == "T03")


def test_a_half_year_result_that_is_missing_leaves_the_total_open(plan, staged):
    tables = {**staged[0], "half": [r for r in staged[0]["half"] if r["code"] != "T01"]}
    assert score(plan, tables).row("county", "T01")["total"] is None


def test_an_award_is_explained_with_its_clause(scheme, plan, staged):
    told = explain_cell(staged[1], "county", "D17", "award")
    assert (told.value, told.basis) == ("不合格，不兑现绩效奖", "四（二）")
    reward = explain_cell(staged[1], "cadres", "T12-02", "deputy_money")
    assert reward.basis == "四（二）"
    assert Fraction(reward.value.replace(",", "")) == staged[1].row("cadres", "T12-02")["deputy_money"]


def test_every_line_of_the_lists_says_why_with_its_clause(staged, plan):
    """单位奖励, 扣缴风险抵押金, 先进个人, 降职: each line names the clause and what was met."""
    columns = {"awarded": "why", "forfeits": "why_forfeit", "advanced": "why_advanced", "demoted": "why_demoted"}
    lines = {}
    for name, column in columns.items():
        spec = next(p for p in plan.prints if p.columns[-1] == column)
        rows = [r for r in staged[1].rows(spec.sheet) if all(r[n] == v for n, v in spec.where.items())]
        assert spec.book
        lines[name] = [str(r[column]) for r in rows]
    assert all(lines.values())
    assert all(words.startswith(("四（二）：", "四（三）：")) for found in lines.values() for words in found)
    assert any("参评第1名" in words for words in lines["awarded"])
    assert any("合格单位" in words for words in lines["awarded"])
    assert {words[-1] for words in lines["forfeits"]} == {"元"}
