"""Comparing readings: who changes score, place, award or pay under an option that is not adopted."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from kit.yangcheng_large import large_year

from xlperf.engine.compile import compile_scheme
from xlperf.engine.examples import example_tables
from xlperf.engine.score import score
from xlperf.engine.whatif import changes_between, compare_readings, totals_between
from xlperf.scheme.load import load_scheme

SCHEMES = Path(__file__).parents[2] / "schemes"


def example(scheme_id, example_id):
    """Load a scheme and the round of one of its examples."""
    scheme, _ = load_scheme(SCHEMES / scheme_id)
    plan, _ = compile_scheme(scheme)
    return scheme, example_tables(scheme, plan, next(e for e in scheme.examples if e.id == example_id))


def effects(scheme, tables):
    return {(e.reading.id, e.option): e for e in compare_readings(scheme, tables)}


def rows(changes):
    return [(c.key, c.column, c.role, c.old, c.new) for c in changes]


@pytest.fixture(scope="module")
def yiyang():
    return effects(*example("yiyang-2018", "YY-E3"))


def test_every_option_that_is_not_adopted_is_compared_once(yiyang):
    scheme, _ = load_scheme(SCHEMES / "yiyang-2018")
    others = {(r.id, o) for r in scheme.readings.values() for o in r.options if o != r.adopted}
    assert set(yiyang) == others
    assert all(e.problems == () for e in yiyang.values())


def test_a_stage_by_years_changes_the_last_unit_alone(yiyang):
    effect = yiyang["stage", "streak"]
    assert rows(effect.changes) == [("D", "stage", "award", "待定", "调整岗位")]
    assert effect.units == ("D",)


def test_an_option_that_moves_nothing_has_no_changes(yiyang):
    for at in [("target", "max"), ("rank_on", "shown"), ("progress", "score")]:
        assert yiyang[at].changes == ()


def test_periods_that_are_not_reported_leave_everyone_without_a_place(yiyang):
    effect = yiyang["periods", "blend"]
    assert effect.units == ("A", "B", "C", "D", "E")
    assert {(c.old is None, c.new) for c in effect.of("place")} == {(False, None)}
    assert rows(effect.of("score"))[0] == ("A", "shown", "score", Fraction(94), None)


def test_money_that_is_kept_neutral_changes_pay():
    found = effects(*example("yiyang-2018", "YY-C05"))["neutral", "units"]
    assert {c.role for c in found.changes} == {"pay"}
    assert ("A", "bonus", "pay", Fraction(22000), Fraction(2200000, 91)) in rows(found.changes)
    assert "J" not in found.units  # nothing stays nothing


def test_pay_of_people_is_compared_too():
    """Of three units the first gets 10 % more and the last nothing: 42000 of 60000 are handed out."""
    scheme, tables = example("yiyang-2018", "YY-small")
    people = [{"no": "1", "unit": "A", "name": "甲"}, {"no": "2", "unit": "A", "name": "乙", "factor": Fraction(6, 5)}]
    found = effects(scheme, {**tables, "people": people})["neutral", "staff"]
    raised = Fraction(22000) * 60000 / 42000
    assert [row for row in rows(found.changes) if row[0] in ("A", "1", "2")] == [
        ("A", "bonus", "pay", Fraction(22000), raised),
        *(("1", c, "pay", Fraction(22000), raised) for c in ("city_bonus", "standard")),
        ("1", "pay", "pay", Fraction(22000), Fraction("31428.57")),
        *(("2", c, "pay", Fraction(22000), raised) for c in ("city_bonus", "standard")),
        ("2", "pay", "pay", Fraction(26400), Fraction("37714.29")),
    ]
    assert found.units == ("A", "B")


def test_totals_and_budgets_are_compared_for_every_tier():
    scheme, _ = load_scheme(SCHEMES / "yangcheng-2020")
    plans = [compile_scheme(scheme, {"cap": cap})[0] for cap in ("none", "100")]
    tables = large_year(scheme, 96, size=3)  # so many that some department is above 100
    before, after = (score(plan, tables) for plan in plans)
    paid = sum(c.new - c.old for c in changes_between(before, after) if (c.sheet, c.column) == ("people", "due"))
    totals = {(c.sheet, c.unit, c.column): c.new - c.old for c in totals_between(before, after)}
    assert totals["zone", "2020", "due"] == paid < 0
    assert {unit for sheet, unit, column in totals if column == "all"} == {"不合格", "合格", "良好", "优秀"}
    assert totals["budget", "优秀", "all"] == totals["budget", "合格", "all"] * 2
    assert [c for c in changes_between(before, after) if c.sheet in ("zone", "budget")] == []


def test_places_of_honour_are_results():
    scheme, tables = example("dashiqiao-2017", "DS-C11")
    one = {name: replace(f, value=Fraction(1)) for name, f in scheme.figures.items() if name.endswith("_places")}
    found = effects(replace(scheme, figures={**scheme.figures, **one}), tables)["quota_cut", "relative"]
    assert rows(found.changes) == [("P", "excellent_places", "result", Fraction(4), Fraction(6))]


def test_places_on_shown_scores_change_only_pairs_that_look_alike():
    scheme, tables = example("dashiqiao-2017", "DS-C16")
    units = [dict(row) for row in tables["units"]]
    units[1]["fed_back"] = Fraction("95.2099")
    changes = effects(scheme, {**tables, "units": units})["rank_on", "shown"].changes
    assert rows(changes) == [("V2", "place", "place", Fraction(3), Fraction(2))]


def test_a_scheme_that_cannot_be_laid_out_says_so():
    scheme, tables = example("yiyang-2018", "YY-E3")
    broken = replace(scheme, figures={k: v for k, v in scheme.figures.items() if k != "alpha"})
    found = compare_readings(broken, tables)
    assert {p.code for e in found for p in e.problems} == {"UNKNOWN_COLUMN"}
    assert {e.changes for e in found} == {()}
