"""灌南 2009: what somebody got wrong is named, with what to do; each case of the issue once."""

import json
import shutil
from dataclasses import replace

import pytest
from kit.guannan_years import FOLDER

from xlperf.engine.check import findings
from xlperf.engine.compile import compile_scheme
from xlperf.engine.roles import warned_rows
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.problems import errors
from xlperf.rounds.freeze import freeze
from xlperf.rounds.store import new_round
from xlperf.scheme.load import load_scheme

DEMO = FOLDER.parent / "demo" / FOLDER.name


@pytest.fixture(scope="module")
def scheme():
    return load_scheme(FOLDER)[0]


@pytest.fixture(scope="module")
def plan(scheme):
    return compile_scheme(scheme)[0]


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """Return a half-year round of 2009 with nothing in it, frozen."""
    at = tmp_path_factory.mktemp("half") / "h1"
    round_, problems = new_round(FOLDER, at, period="h1")
    assert errors(problems) == []
    freeze(round_)
    return at


def told(problems, code):
    found = [p for p in problems if p.code == code]
    assert found, [p.code for p in problems]
    assert all(p.message(language) and p.remedy(language) for p in found for language in ("zh", "en"))
    return found


def test_a_half_year_result_that_is_missing_stops_the_round_of_the_year(tmp_path):
    round_, problems = new_round(FOLDER, tmp_path / "y", period="y")
    assert round_ is None
    found = told(problems, "EARLIER_MISSING")
    assert {p.where.path for p in found} == {"earlier.half", "earlier.half_cadres"}
    assert "2009年半年初评" in found[0].text("zh")
    assert "--after" in found[0].text("zh")


def test_a_half_year_result_that_was_changed_after_freezing_stops_it(half, tmp_path):
    copy = tmp_path / "h1"
    shutil.copytree(half, copy)
    file = copy / "frozen" / "结果.json"
    words = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**words, "year": 2010}, ensure_ascii=False), "utf-8")
    round_, problems = new_round(FOLDER, tmp_path / "y", period="y", after=[copy])
    assert round_ is None
    told(problems, "FROZEN_ALTERED")


def test_a_cadre_in_two_units_is_named_with_both(tmp_path):
    copy = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, copy)
    people = (copy / "people.csv").read_text("utf-8")
    (copy / "people.csv").write_text(people.rstrip("\n") + "\nT01-02,T02,汤某,副科级以上干部,是\n", "utf-8")
    found = told(load_scheme(copy)[1], "OBJECT_TWICE")
    assert all(word in found[0].text("zh") for word in ("T01-02", "属于“T01”", "属于“T02”"))


def test_a_share_over_tasks_of_which_none_is_undertaken_is_told(scheme, plan):
    tables, _ = read_data(scheme, DEMO)
    tables["tasks"] = [{**t, "done": "不适用"} if t["unit"] == "T02" else t for t in tables["tasks"]]
    tables["results"] = [{**r, "undertaken": "否"} if r["unit"] == "D03" else r for r in tables["results"]]
    scores = score(plan, tables)
    assert (scores.row("towns", "T02")["special"], scores.row("departments", "D03")["results"]) == (0, 0)
    warned = {p.where.sheet: p.text("zh") for p in told(warned_rows(scores), "ROWS_WARNED")}
    assert "堆沟港镇" in warned["乡镇三政得分"]
    assert "请核对责任状" in warned["部门三政得分"]


def test_an_award_band_wider_than_the_group_is_told(scheme):
    units = [u for u in scheme.tables["units"] if u["class"] != "部门" or u["code"] < "D21"]
    found = told(findings(replace(scheme, tables={**scheme.tables, "units": units})), "PLACES_EXCEED_CLASS")
    assert any("40" in p.text("zh") and "部门" in p.text("zh") for p in found)
    assert [p for p in findings(scheme) if p.code == "PLACES_EXCEED_CLASS"] == []


def test_one_certificate_claimed_in_two_years_counts_once_and_is_told(scheme, plan):
    tables, _ = read_data(scheme, DEMO)
    tables["late"] = [{"no": "9", "unit": "D05", "subject": "年度工作先进集体", "carried": 2}]
    scores = score(plan, tables)
    assert scores.row("departments", "D05")["honour"] == 2
    found = [p for p in told(warned_rows(scores), "ROWS_WARNED") if "两年申报" in p.text("zh")]
    assert len(found) == 1
    assert "撤回" in found[0].text("zh")


def test_a_place_without_the_size_of_its_field_is_told(scheme, plan):
    """四（三） 全县最后一名: of how many is not known, nor whether it is the last: neither 是 nor 否, and said."""
    tables, _ = read_data(scheme, DEMO)
    charge = next(e for e in tables["events"] if e["type"] == "分管" and e.get("county_rank"))
    tables["events"] = [{**e, "field": None} if e is charge else e for e in tables["events"]]
    scores = score(plan, tables)
    row = scores.row("charges", charge["no"])
    assert (row["last"], row["field_open"]) == (None, "是")
    assert "请补登参加排名的单位数" in " ".join(p.text("zh") for p in told(warned_rows(scores), "ROWS_WARNED"))
