"""大石桥 2017: towns and units of class C beside the departments; what people decide is said; results of edges."""

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.examples import check_examples
from xlperf.engine.score import score
from xlperf.formula.values import EXEMPT
from xlperf.problems import errors
from xlperf.scheme.checking.check import check_scheme
from xlperf.scheme.load import folder_source, load_scheme

FOLDER = Path(__file__).parents[2] / "schemes" / "dashiqiao-2017"
TOWNS = "".join(f"T0{n},{name}镇,B,镇区,镇区,,2,30,\n" for n, name in enumerate("甲乙丙丁", 1))
VERTICAL = "V01,某税务局,C,垂直管理单位,垂直管理单位,,,,\nV02,某气象局,C,垂直管理单位,垂直管理单位,,,,\n"
TASKS = "".join(f"{t}-{n},{t},{n},任务{n},15,,,,,经济建设,\n" for t in ("T01", "T02", "T03", "T04") for n in (1, 2))


@pytest.fixture(scope="module")
def whole_city(tmp_path_factory):
    """The scheme with its own towns and units of class C, as an office would add them."""
    folder = tmp_path_factory.mktemp("city")
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    for file in FOLDER.glob("*.*"):
        added = {"units.csv": TOWNS + VERTICAL, "tasks.csv": TASKS}.get(file.name, "")
        (folder / file.name).write_text(file.read_text("utf-8") + added, "utf-8")
    loaded, problems = load_scheme(folder)
    assert problems == []
    return loaded


def test_examples_hold(scheme):
    assert check_examples(scheme) == []


def test_towns_and_class_c_stand_beside_the_departments(whole_city):
    """附件1's 44 units, 759 tasks and 5551.5 points are those of the departments alone."""
    assert errors(check_scheme(whole_city)) == []


def test_towns_and_class_c_are_ranked_with_their_consequences(whole_city):
    plan, problems = compile_scheme(whole_city)
    assert problems == []
    tables = {name: [dict(row) for row in rows] for name, rows in whole_city.tables.items()}
    for row in tables["marks"]:
        if row["unit"].startswith("T"):
            row["lead"] = Fraction(15 - int(row["unit"][-1]))
    for row in tables["units"]:
        points = {f"{part}_points": Fraction(90) for part in ("process", "party", "leader", "peers", "public")}
        row |= points | {"staff": Fraction(20)}
        row["fed_back"] = {"V01": Fraction(95), "V02": Fraction(90)}.get(row["code"])
    scores = score(plan, tables)
    towns = [(r["code"], r["place"], r["good"], r["poor"], r["excellent_places"]) for r in scores.rows("B")]
    assert towns == [
        ("T01", 1, "是", "否", 4),
        ("T02", 2, "是", "否", 4),
        ("T03", 3, "否", "是", 2),
        ("T04", 4, "否", "是", 2),
    ]
    vertical = [(r["code"], r["place"], r["good"], r["last"]) for r in scores.rows("C")]
    assert vertical == [("V01", 1, "是", "否"), ("V02", 2, "否", "是")]
    assert {r["place"] for r in scores.rows("A")} == {None}, "nothing was reported there"


def test_a_task_that_is_not_approved_leaves_score_and_full_mark(scheme):
    plan, _ = compile_scheme(scheme)
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    mine = [row for row in tables["marks"] if row["unit"] == "U44"]
    for row in mine:
        row["lead"] = row["full"]
    mine[0]["approval"], mine[1]["approval"] = "待审", "撤销"
    row = next(r for r in score(plan, tables).rows("A") if r["code"] == "U44")
    assert (row["result_full"], row["result"]) == (sum(r["full"] for r in mine[2:]), 100)
    states = [r["score"] for r in score(plan, tables).rows("marks") if r["unit"] == "U44"]
    assert states[:2] == [EXEMPT, EXEMPT]


def test_stand_ins_carry_names_of_real_work(scheme):
    """What annex 4 does not print is declared as assumed, under a name that can be read on paper."""
    rows = scheme.tables["marks"]
    assert sum(r["assumed"] == "是" for r in rows) == 732
    assert [r["id"] for r in rows if "待补" in str(r["indicator"]) or "附件" in str(r["indicator"])] == []
    assert len({(r["unit"], r["indicator"]) for r in rows}) == 759


def test_what_people_decide_is_said_with_its_reason(scheme):
    found = [p for p in check_scheme(scheme) if p.code == "DECIDED_BY_PEOPLE"]
    assert {dict(p.values)["basis"] for p in found} >= {"六1", "六2", "四（五）1", "四（五）4"}


def test_a_cell_that_cannot_be_read_hides_no_total_of_other_columns(tmp_path):
    to = tmp_path / "scheme"
    shutil.copytree(FOLDER, to)
    head, first, second, *rest = (to / "tasks.csv").read_text("utf-8").splitlines()
    assert second.startswith("U01-02")
    for name, told in (("target", 2), ("full", 1)):
        cells = first.split(",")
        cells[head.split(",").index(name)] = "十"
        (to / "tasks.csv").write_text("\n".join([head, ",".join(cells), *rest]) + "\n", "utf-8")
        _, problems = check_source(folder_source(to))
        found = [p.code for p in errors(problems)]
        assert found == ["NOT_A_NUMBER"] + ["STATED_GROUP_DIFFERS"] * told  # counts always, sums but of this column
