"""Months and quarters as rounds of their own: they fill a ledger or two, are frozen, and stand in the rounds after."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from kit.halves import begun, halves, opened
from test_continued import CONTINUED

from xlperf.cli import main
from xlperf.engine.check import check_source
from xlperf.problems import errors
from xlperf.publish.results import publish_scores
from xlperf.rounds.freeze import freeze, reopen
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.rounds.store import new_round
from xlperf.scheme.load import folder_source

DAY = date(2026, 7, 1)
MONTHS = CONTINUED.replace(
    "periods:\n  - {id: h1, title: 上半年}",
    "periods:\n  - {id: m, title: <n>月自评, times: 12, fills: [events]}\n"
    "  - {id: q, title: 第<n>季检查, times: 4, fills: [events]}\n  - {id: h1, title: 上半年, until: 6}",
)


def noted(round_, number, unit, item, points):
    """Record one approved entry of the office, freeze the round and return its folder."""
    row = {"unit": unit, "item": item, "points": points, "status": "通过"}
    cells = tuple(CellText("events", number, name, text) for name, text in row.items())
    digest = f"{len(round_.state().receipts):064x}"
    record_receipts(round_.ledger, Receipt(digest, "总表.xlsx", "master", "", 1, "accepted", cells=cells))
    frozen = freeze(opened(round_.folder), today=DAY)
    assert frozen.file is not None, frozen.problems
    return round_.folder


@pytest.fixture(scope="module")
def scheme(tmp_path_factory):
    return halves(tmp_path_factory.mktemp("months") / "halves", scheme=MONTHS)


@pytest.fixture
def year(scheme, tmp_path):
    """Return the folders of February, the first quarter, August and the half-year; the half took the first two."""
    february = noted(begun(scheme, tmp_path / "m2", period="m2"), "1", "A", "治水", "1")
    quarter = noted(begun(scheme, tmp_path / "q1", period="q1", after=[february]), "1", "A", "修路", "2")
    half = begun(scheme, tmp_path / "h1", after=[february, quarter])
    august = noted(begun(scheme, tmp_path / "m8", period="m8", after=[quarter]), "1", "B", "造林", "4")
    return {"m2": february, "q1": quarter, "h1": noted(half, "1", "A", "植树", "8"), "m8": august}


def keys(round_):
    return {row["no"]: row["counts"] for row in round_.scores().rows("events")}


def test_a_year_may_have_months_and_quarters(scheme):
    _, problems = check_source(folder_source(scheme))
    assert errors(problems) == []


def test_what_a_month_froze_stands_in_every_round_after_it_and_once(scheme, year, tmp_path):
    assert keys(opened(year["q1"])) == {"m2-1": 1, "1": 2}
    half = opened(year["h1"])
    assert (half.period, keys(half)) == ("h1", {"m2-1": 1, "q1-1": 2, "1": 8})
    assert half.scores().row("totals", "A")["bonus"] == 11
    assert keys(opened(year["m8"])) == {"m2-1": 1, "q1-1": 2, "1": 4}
    whole = begun(scheme, tmp_path / "y", period="y", after=year.values())
    assert keys(whole) == {"m2-1": 1, "q1-1": 2, "h1-1": 8, "m8-1": 4}
    assert {r["no"]: r["entered"] for r in whole.scores().rows("events")}["q1-1"].startswith("2026年第1季检查结果")


def test_what_a_later_round_entered_again_goes_on_once(scheme, year, tmp_path):
    """The month's entry goes on; the half-year's second entry of the same, which did not count, does not."""
    half = noted(begun(scheme, tmp_path / "h", after=[year["m2"]]), "1", "A", "治水", "1")
    assert keys(opened(half)) == {"m2-1": 1, "1": 0}
    assert keys(begun(scheme, tmp_path / "y", after=[year["m2"], half])) == {"m2-1": 1}


def test_a_month_fills_its_ledger_and_nothing_else(scheme, tmp_path):
    round_ = begun(scheme, tmp_path / "m3", period="m3")
    assert (round_.id, round_.plan.title) == ("halves-2026-m3", "半年考核（3月自评）")
    assert round_.plan.by_name["events"].grows > 0
    assert all(c.asked is not None for c in round_.plan.by_name["totals"].inputs())
    assert [p.code for p in freeze(round_, today=DAY).problems] == []
    assert {row["result"] for row in round_.scores().rows("totals")} == {None}
    assert publish_scores(begun(scheme, tmp_path / "m4", period="m4")).files


def test_a_round_that_says_no_period_is_none_of_a_month(scheme, tmp_path):
    assert begun(scheme, tmp_path / "first").period == "h1"


def test_a_month_that_is_not_over_is_not_taken(scheme, year, tmp_path):
    _, problems = new_round(scheme, tmp_path / "h", period="h1", after=[year["m8"]])
    assert [p.code for p in errors(problems)] == ["EARLIER_NOT_BEFORE"]


def test_a_month_frozen_anew_is_named_by_the_year(scheme, year, tmp_path):
    february = opened(year["m2"])
    assert reopen(february, "登记错了") == []
    noted(february, "2", "C", "植树", "3")
    round_, problems = new_round(scheme, tmp_path / "y", period="y", after=year.values())
    assert round_ is None
    told = [p for p in problems if p.code == "EARLIER_FROZEN_ANEW"]
    assert "2026年2月自评" in told[0].text("zh")


def test_the_chain_is_shown_with_its_digests(year):
    done = CliRunner().invoke(main, ["history", str(year["h1"]), "--json"])
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.stdout)) > 0
    assert "m2" in done.stdout


def test_times_must_divide_the_year(tmp_path):
    folder = halves(tmp_path / "odd", scheme=MONTHS.replace("times: 12", "times: 5"))
    _, problems = check_source(folder_source(folder))
    assert "PERIOD_TIMES" in [p.code for p in problems]


def test_a_month_may_be_given_the_half_year_that_is_over(scheme, year, tmp_path):
    """Whoever gives all rounds before: what the half-year entered goes on, and nothing of it is needed."""
    september = begun(scheme, tmp_path / "m9", period="m9", after=year.values())
    assert keys(september) == {"m2-1": 1, "q1-1": 2, "h1-1": 8, "m8-1": 4}
    assert begun(scheme, tmp_path / "m10", period="m10").period == "m10"
    _, problems = new_round(scheme, tmp_path / "m5", period="m5", after=[year["h1"]])
    assert [p.code for p in errors(problems)] == ["EARLIER_NOT_BEFORE"]
