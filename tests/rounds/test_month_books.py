"""月自评: a month's book goes out to units and to people, comes back, and its rows stand in the rounds after it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from xlperf.cli import main
from xlperf.engine.check import check_source
from xlperf.rounds.freeze import freeze
from xlperf.rounds.store import new_round, open_round
from xlperf.scheme.load import folder_source
from xlperf.workbook.back.fill import fill_book

SCHEME = """\
scheme: months
title: 过程考核
issuer: 绩效办
document: 绩〔2026〕2号
year: 2026
office: 绩效办
scorers:
  - {name: 绩效办, basis: 一}
  - {name: 督查室, basis: 一}
objects:
  units: {title: 单位, name: name}
  people: {title: 干部, name: name, within: units, by: unit}
tables: {units: units.csv, people: people.csv}
periods:
  - {id: m, title: <n>月自评, times: 12, fills: [course, own]}
  - {id: y, title: 年度}
earlier:
  courses: {title: 各月自评, basis: 二, from: {period: m}, sheet: course, take: [grade], periods: [m, y]}
  owns: {title: 干部各月自评, basis: 二, from: {period: m}, sheet: own, take: [work, grade], periods: [y]}
sheets:
  course:
    sheet: {title: 过程, rows: units, basis: 二, periods: [m]}
    columns:
      code: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 单位}
      grade: {by: unit, title: 自评等次, choices: [好, 中], required: yes}
  own:
    sheet: {title: 本人过程, rows: people, book: each, basis: 二, periods: [m]}
    columns:
      code: {is: key, title: 编号}
      unit: {is: fact, holds: text, title: 单位代码}
      name: {is: fact, holds: text, title: 姓名, role: label}
      post: {is: fact, holds: text, title: 职务}
      work: {by: unit, holds: text, title: 实绩, required: yes, asked: {post: 副职}, role: account}
      grade: {by: unit, title: 自评等次, choices: [好, 中], required: yes, asked: {post: 副职}}
  totals:
    sheet: {title: 成绩, rows: units, basis: 一}
    columns:
      code: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 单位}
      score: {by: 督查室, title: 得分, low: 0, required: yes}
      good: {title: 自评好的月数, counted: {of: courses, where: {code: code, grade: 好}}}
"""
UNITS = "code,name\nA,甲局\nB,乙局\n"
PEOPLE = "code,unit,name,post\nA1,A,张某,正职\nA2,A,李某,副职\nB1,B,李某,副职\n"


def written(folder, scheme=SCHEME):
    folder.mkdir(parents=True)
    for name, words in {"scheme.yaml": scheme, "units.csv": UNITS, "people.csv": PEOPLE}.items():
        (folder / name).write_text(words, "utf-8")
    return folder


def run(*words):
    done = CliRunner().invoke(main, list(map(str, words)))
    assert done.exit_code in (0, 3), done.output
    return done.output


BOOKS = {
    "自评表/1 甲局": {("course", "A", "grade"): "好"},
    "自评表/2 乙局": {("course", "B", "grade"): "好"},
    "干部表/1 甲局李某": {("own", "A2", "work"): "修路", ("own", "A2", "grade"): "好"},
    "干部表/2 乙局李某": {("own", "B1", "work"): "修路", ("own", "B1", "grade"): "好"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """January, of which everything came back, February, of which one unit's book did, and the year after both."""
    home = tmp_path_factory.mktemp("months")
    scheme = written(home / "months")
    for month, sent in (("m1", list(BOOKS)), ("m2", list(BOOKS)[:1])):
        at = home / month
        after = ("--after", home / "m1") if month == "m2" else ()
        run("new", scheme, at, "--as", month, *after)
        run("distribute", at)
        for book in sent:
            fill_book(at / "issued" / f"{book}.xlsx", at / "inbox" / f"{Path(book).name}报.xlsx", BOOKS[book])
        run("collect", at)
        freeze(open_round(at)[0], today=date(2026, 3, 1))
    run("new", scheme, home / "y", "--as", "y", "--after", home / "m1", "--after", home / "m2")
    return home


def test_each_month_has_a_book_for_every_unit_and_for_everybody_who_fills_one(home):
    issued = home / "m1" / "issued"
    there = {f.relative_to(issued).with_suffix("").as_posix() for f in issued.rglob("*.xlsx")}
    assert there == {*BOOKS, "总表"}
    book = openpyxl.load_workbook(issued / "干部表" / "1 甲局李某.xlsx")
    words = {c.value for sheet in book for row in sheet for c in row if isinstance(c.value, str)}
    assert {"填报人", "甲局　李某"} <= words
    assert not any("乙局" in w or "张某" in w for w in words)
    assert any(w.startswith("填报人（签字）") for w in words)


def test_a_month_has_the_sheets_it_fills_and_the_year_those_of_the_year(home):
    month, year = (open_round(home / name)[0] for name in ("m2", "y"))
    assert list(month.plan.by_name) == ["course", "own", "courses"]
    assert list(year.plan.by_name) == ["totals", "courses", "owns"]
    run("distribute", home / "y")
    issued = {f.relative_to(home / "y" / "issued").parts[0] for f in (home / "y" / "issued").rglob("*.xlsx")}
    assert "干部表" not in issued


def test_what_a_month_took_in_stands_row_by_row_in_the_rounds_after_it(home):
    january = json.loads(run("status", home / "m1", "--json"))
    assert {b["state"] for b in january["books"] if b["kind"] != "master"} == {"in"}
    scores = open_round(home / "y")[0].scores()
    assert [(r["entry"], r["period"], r["code"], r["grade"]) for r in scores.rows("courses")] == [
        ("m1-A", "1月自评", "A", "好"), ("m1-B", "1月自评", "B", "好"), ("m2-A", "2月自评", "A", "好"),
    ]  # fmt: skip
    assert [(r["entry"], r["work"]) for r in scores.rows("owns")] == [("m1-A2", "修路"), ("m1-B1", "修路")]
    assert {r["code"]: r["good"] for r in scores.rows("totals")} == {"A": 2, "B": 1}
    assert [r["entry"] for r in open_round(home / "m2")[0].scores().rows("courses")] == ["m1-A", "m1-B"]
    assert {r["entered"][:11] for r in scores.rows("courses")} == {"2026年1月自评结果", "2026年2月自评结果"}
    assert "各月自评" in run("history", home / "y")


def test_months_that_are_not_given_are_said_once(home, tmp_path):
    _, problems = new_round(home / "months", tmp_path / "y", period="y", after=[home / "m1"])
    told = [p for p in problems if p.code == "EARLIER_NONE"]
    assert len(told) == 2
    assert "2026年2月自评、3月自评" in told[0].text("zh")


def test_a_person_gets_the_book_of_nobody_else(home, tmp_path):
    at = tmp_path / "m1"
    shutil.copytree(home / "m1", at)
    assert CliRunner().invoke(main, ["collect", str(at)]).exit_code in (0, 1, 3)
    round_ = open_round(at)[0]
    assert ("people", "A2") in round_.state().current
    assert ("people", "A1") not in {(p, k) for p, k in round_.state().issued}


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("rows: units, basis: 二, periods: [m]", "rows: units, book: each, basis: 二, periods: [m]", "SHEET_BOOK"),
        ("within: units, by: unit}", "within: units, by: unit, book: 人员表}", "SHEET_BOOK"),
        ("from: {period: m}, sheet: course", "from: {period: m, years: 2}, sheet: course", "EARLIER_FROM"),
        ("rows: units, basis: 二, periods: [m]", "rows: units, basis: 二, periods: [n]", "UNKNOWN_PERIOD"),
        ("- {id: y, title: 年度}", "- {id: m, title: 年度}", "DUPLICATE_KEY"),
    ],
)
def test_what_is_wrong_with_months_is_named(tmp_path, was, now, code):
    assert was in SCHEME
    _, problems = check_source(folder_source(written(tmp_path / "months", SCHEME.replace(was, now))))
    found = [p for p in problems if p.code == code]
    assert found, [p.code for p in problems]
    assert all(p.text("zh") and p.text("en") for p in found)
