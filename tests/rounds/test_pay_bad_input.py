"""阳城 2020 with data that nobody may be paid from: each is told with its place, and no pay line is written for it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from kit.halves import begun, opened

from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import stage_of
from xlperf.engine.check import check_source
from xlperf.engine.refused import refused_rows
from xlperf.engine.roster import MASTER
from xlperf.formula.values import value_text
from xlperf.problems import errors
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.scheme.load import folder_source
from xlperf.workbook.books.prints import write_print_book

SOURCE = Path(__file__).parents[2] / "schemes" / "yangcheng-2020"
# person → what is wrong with the tables: file, what stands there, what takes its place
TABLES = {
    "P008": ("posts.csv", "P008-1,P008,D1,部室副职,2017-12-31,\n", ""),
    "P009": ("people.csv", "P009,示例09,D1,部室,", "P009,示例09,D1,,"),
    "P010": ("posts.csv", "P010-1,", "P010-2,P010,D1,技师,2015-01-01,\nP010-1,"),
    "P011": ("posts.csv", "P011-1,P011,D1,部室工作人员,2015-01-01", "P011-1,P011,D1,部室工作人员,2021-01-01"),
    "P013": ("people.csv", "P013,示例13,D2,部室,2000-07-01", "P013,示例13,D2,部室,2021-07-01"),
    "P012": ("grades.csv", "技师,工勤,技师,1,1.5,", "技师,工勤,技师,1,,"),
    "P016": ("posts.csv", "P016-1,P016,D2,部室工作人员", "P016-1,P016,D2,专业技术岗位"),
    "P017": ("posts.csv", "P017-1,P017,D2,部室工作人员", "P017-1,P017,D2,专业技术岗位"),
    "P014": ("people.csv", "2006-07-01,本科,否,2500,6400,1,12,是\nP015", "2006-07-01,本科,否,2500,6400,1,6,是\nP015"),
}  # fmt: skip
LEVEL, GRADED, FUTURE, MAIN = (
    "人员写明在部室还是班子",
    "部室人员都有岗位系数",
    "任职不在考核年度之后",
    "一人一个主岗，其余岗位注明兼任",
)
WORKED, TWICE, AWAY, GONE = (
    "参加工作不在考核年度之后", "每人每月只登记一次实发", "实发登记在在岗的月份", "年底已离岗的补退一次结清，不分月",
)  # fmt: skip
UNPAID = {  # person → the rule that refuses the line
    "P008": GRADED, "P009": LEVEL, "P010": MAIN, "P011": FUTURE, "P012": GRADED, "P013": WORKED, "P014": GONE,
    "P015": TWICE, "P016": GRADED, "P018": AWAY,
}  # fmt: skip
ENTERED = {
    ("people", "P014", "instalments"): "3",
    ("people", "P017", "coefficient_set"): "1.2",
    **{("payments", n, c): v for n, p, m in (("7", "P015", "3"), ("8", "P015", "3"), ("9", "P018", "2"))
       for c, v in (("person", p), ("month", m), ("amount", "4000"))},
}  # fmt: skip


def broken(folder: Path) -> Path:
    """Write the scheme with every fault in its tables, P018 gone before she is said to be paid."""
    shutil.copytree(SOURCE, folder)
    changes = [*TABLES.values(), ("people.csv", "P018,示例18,D2,部室,2009-07-01,大专及以下,否,1800,4800,1,12",
                                  "P018,示例18,D2,部室,2009-07-01,大专及以下,否,1800,4800,5,12")]  # fmt: skip
    for file, old, new in changes:
        text = (folder / file).read_text("utf-8")
        assert text.count(old) == 1, old
        (folder / file).write_text(text.replace(old, new), "utf-8")
    return folder


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """Score a round in which everybody has typed, and ten people cannot be paid; write their pay sheet."""
    home = tmp_path_factory.mktemp("bad")
    round_ = begun(broken(home / "scheme"), home / "round", despite="试")
    stage = stage_of(SOURCE, round_.scheme, round_.plan)
    made = Simulation(round_.plan, round_.tables(), round_.scheme.office, 1, stage)
    cells = {
        at: value_text(v)
        for party in (MASTER, ("scorer", round_.scheme.office))
        for at, v in made.inputs(party).items()
    }
    told = tuple(CellText(*at, text) for at, text in {**cells, **ENTERED}.items())
    record_receipts(round_.ledger, Receipt("0", "总表.xlsx", "master", "", 1, "accepted", cells=told))
    round_ = opened(round_.folder)
    concerns, scores = collect(round_).concerns, round_.scores()
    write_print_book(scores, next(p for p in scores.plan.prints if p.title == "绩效工资兑现表"), home / "pay.xlsx")
    sheet = openpyxl.load_workbook(home / "pay.xlsx", data_only=True).worksheets[0]
    return scores, concerns, [[c for c in row if c is not None] for row in sheet.iter_rows(values_only=True)]


def test_the_check_names_every_row_of_the_tables(tmp_path):
    _, problems = check_source(folder_source(broken(tmp_path / "scheme")))
    told = {
        (p.where.file, dict(p.values)["row"], dict(p.values)["says"]) for p in problems if p.code == "MUST_IN_TABLE"
    }
    assert told >= {("posts.csv", "P010-1", MAIN), ("posts.csv", "P010-2", MAIN), ("posts.csv", "P011-1", FUTURE),
                    ("people.csv", "P013", WORKED), ("people.csv", "P009", LEVEL)}  # fmt: skip
    assert all(p.where.line and p.remedy("zh") for p in errors(problems) if p.code == "MUST_IN_TABLE")


@pytest.mark.parametrize("person", UNPAID)
def test_it_is_told_at_collecting_and_at_scoring_and_no_line_is_written(scored, person):
    scores, concerns, lines = scored
    rule = UNPAID[person]
    row = scores.row("people", person)
    assert row["listed"] == "否"
    assert row["balance"] is None
    names = (
        person,
        row["name"],
        f"{person}-3",
        f"{person}-1",
        *(n for at, n in (("P015", "7"), ("P018", f"{person}-2")) if at == person),
    )
    found = [p for p in concerns if dict(p.values).get("says") == rule]
    assert found
    assert re.search("|".join(map(re.escape, names)), dict(found[0].values)["rows"])
    assert found[0].where.sheet
    assert found[0].remedy("zh")
    assert [p for p in refused_rows(scores) if rule in str(dict(p.values).get("why", ""))]
    assert [line for line in lines if row["name"] in line] == []


def test_the_totals_say_who_is_not_in_them(scored):
    scores, _, lines = scored
    out = [str(line[0]) for line in lines if line and str(line[0]).startswith("另有")]
    assert [len(re.findall("示例", text)) for text in out] == [5, 5, 1, 11]  # of three departments, and all
    listed = [r for r in scores.rows("people") if r["listed"] == "是" and r["level"] == "部室"]
    totals = next(line for line in lines if line and str(line[0]).startswith("总计"))
    assert [float(sum(r[n] for r in listed)) for n in ("due", "withheld", "advance", "balance")] == pytest.approx(
        totals[1:5]
    )
    assert [r["out"] for r in scores.rows("payroll")][:3] == [5, 5, 0]  # with him of whom nobody knows whose he is
    assert sum(r["listed"] for r in scores.rows("payroll")) == len(listed)


def test_a_post_of_specialists_is_paid_once_the_office_gives_a_figure(scored):
    row = scored[0].row("people", "P017")
    assert (row["coefficient"], row["listed"]) == (row["coefficient_set"], "是")


def test_a_year_without_multiples_pays_nobody_and_says_so(tmp_path):
    round_ = begun(SOURCE, tmp_path / "round", year=2021)
    made = Simulation(
        round_.plan, round_.tables(), round_.scheme.office, 1, stage_of(SOURCE, round_.scheme, round_.plan)
    )
    cells = tuple(CellText(*at, value_text(v)) for at, v in made.inputs(("scorer", round_.scheme.office)).items())
    record_receipts(round_.ledger, Receipt("0", "x", "master", "", 1, "accepted", cells=cells))
    scores = opened(round_.folder).scores()
    assert set(scores.column("people", "due")) == {None}
    problems = [p for p in refused_rows(scores) if "每一档当年都有倍数" in str(dict(p.values).get("why", ""))]
    assert "招商服务部" in str(dict(problems[0].values)["rows"])
