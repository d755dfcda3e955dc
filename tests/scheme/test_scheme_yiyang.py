"""益阳 2018: the scheme is sound, its examples hold, a figure that is changed is found out."""

import csv
import random
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from kit.judge import agrees

from xlperf.engine.arrays import score_drawn
from xlperf.engine.check import findings
from xlperf.engine.compile import Bound, compile_scheme
from xlperf.engine.examples import check_examples
from xlperf.engine.reason import explain_cell
from xlperf.engine.score import score
from xlperf.formula.values import EXEMPT
from xlperf.problems import errors
from xlperf.scheme.checking.check import check_scheme
from xlperf.scheme.load import load_scheme

FOLDER = Path(__file__).parents[2] / "schemes" / "yiyang-2018"
PUBLIC = {"YY-C01", "YY-C04", "YY-C05", "YY-C07", "YY-C08", "YY-C10", "YY-C11", "YY-E1", "YY-E3"}


@pytest.fixture(scope="module")
def tables(scheme):
    """A round filled by chance: bases of 0, overshoot, tasks withdrawn."""
    draw = random.Random(2018)
    made = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for row in made["marks"]:
        if row["method"] == "核定":
            withdrawn = draw.random() < 0.02
            row["lead"] = EXEMPT if withdrawn else Fraction(draw.randint(0, int(row["full"] * 100)), 100)
            continue
        target = row["assigned"] or row["y2"] or row["split"]
        row["before"] = Fraction(draw.choice([0, 100, 200])) if row["method"] == "增量增速" else None
        row["verified"] = (row["before"] or 0) + target * Fraction(draw.randint(0, 130), 100)
    for row in made["units"]:
        row["staff"] = Fraction(draw.randint(1, 60))
    return made


def test_the_scheme_has_no_error_and_says_what_is_assumed(scheme):
    problems = findings(scheme)
    assert errors(problems) == []
    assumed = {p.where.path for p in problems if p.code == "FIGURE_ASSUMED"}
    given = {"figures.year_before", "figures.year_before_that"}
    assert assumed == {f"figures.{name}" for name in scheme.figures} - given


def test_examples_hold_and_cover_the_public_cases(scheme):
    assert check_examples(scheme) == []
    assert {e.id for e in scheme.examples} >= PUBLIC


def test_a_changed_result_turns_an_example_red(tmp_path):
    text = (FOLDER / "scheme.yaml").read_text("utf-8")
    assert text.count("composite: 92.59375") == 1
    changed = copied(tmp_path, text.replace("composite: 92.59375", "composite: 92.59376"))
    assert [p.code for p in check_examples(changed)] == ["EXAMPLE_FAILED"]


def copied(folder, text, **tables):
    """Load the scheme with other text, or other text of a table."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    for file in FOLDER.glob("*.*"):
        (folder / file.name).write_text(tables.get(file.stem, file.read_text("utf-8")), "utf-8")
    (folder / "scheme.yaml").write_text(text, "utf-8")
    loaded, problems = load_scheme(folder)
    assert errors(problems) == []
    return loaded


def test_weights_that_sum_to_95_are_an_error(scheme):
    """YY-C02."""
    figures = {**scheme.figures, "w_safety": replace(scheme.figures["w_safety"], value=Fraction(5, 100))}
    found = errors(check_scheme(replace(scheme, figures=figures)))
    assert {p.code for p in found} == {"WEIGHTS_DIFFER"}
    assert dict(found[0].values)["found"] == "95%"


@pytest.mark.parametrize(
    ("table", "old", "new", "codes"),
    [
        ("items", "S7,区县（市）", "S7,市直单位", {"STATED_DIFFERS", "STATED_GROUP_DIFFERS"}),  # YY-05: 28 items
        (
            "items",
            "客观,数据采集单位丁,督查,应急预案",
            "公众评估,数据采集单位丁,督查,应急预案",
            {"STATED_DIFFERS"},
        ),  # YY-06
        ("classes", "类别八,是\n", "", {"STATED_DIFFERS"}),
    ],
)
def test_numbers_that_the_paper_states_are_held_against_the_tables(tmp_path, table, old, new, codes):
    before = (FOLDER / f"{table}.csv").read_text("utf-8")
    assert before.count(old) == 1
    changed = copied(tmp_path, (FOLDER / "scheme.yaml").read_text("utf-8"), **{table: before.replace(old, new)})
    assert {p.code for p in errors(check_scheme(changed))} == codes


@pytest.mark.parametrize("nature", ["公众评估", "内部评估", "互相打分", "群众满意度"])
def test_an_opinion_among_the_marks_is_an_error(tmp_path, nature):
    """YY-06: opinion scores were abolished; a row of marks that is one is told, and not worth nothing in silence."""
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "marks.csv").open("a", encoding="utf-8") as file:
        file.write(f"Q1-X1,Q1,G1,党的建设,民意,2,,核定,,{nature},数据采集单位丙,审定,,,,,,,是\n")
    _, problems = load_scheme(tmp_path)
    found = [(p.code, p.where.line, dict(p.values)["found"]) for p in errors(problems)]
    assert found == [("WRONG_WORD", 554, nature)]


def test_one_item_more_than_the_paper_says_is_an_error(tmp_path):
    row = "Q1-X1,Q1,G1,党的建设,民意,2,,核定,,客观,数据采集单位丙,审定,,,,,,,是\n"
    before = (FOLDER / "marks.csv").read_text("utf-8")
    changed = copied(tmp_path, (FOLDER / "scheme.yaml").read_text("utf-8"), marks=before + row)
    found = [dict(p.values) for p in errors(check_scheme(changed))]
    assert {(v["group"], v["found"]) for v in found} == {("Q1", "30")}


def test_a_county_of_28_items_is_an_error(tmp_path):
    before = (FOLDER / "marks.csv").read_text("utf-8")
    kept = "".join(line for line in before.splitlines(True) if not line.startswith("Q3-S7,"))
    changed = copied(tmp_path, (FOLDER / "scheme.yaml").read_text("utf-8"), marks=kept)
    found = [dict(p.values) for p in errors(check_scheme(changed))]
    assert {(v["group"], v["found"]) for v in found} == {("Q3", "28")}


def test_what_people_decide_is_said_with_its_reason(scheme):
    found = {dict(p.values)["basis"] for p in check_scheme(scheme) if p.code == "DECIDED_BY_PEOPLE"}
    assert found >= {"三", "四（一）", "五（二）", "六（三）"}


def test_an_item_that_is_assessed_twice_is_flagged(plan, scheme):
    """YY-07."""
    rows = [dict(row) for row in scheme.tables["items"]]
    rows[1]["matter"] = rows[0]["matter"]
    scores = score(plan, {**scheme.tables, "items": rows})
    assert [r["code"] for r in scores.rows("items") if r["repeated"] == "是"] == ["G1", "G2"]
    assert {r["sourced"] for r in scores.rows("items")} == {"是"}


def test_marks_agree_with_the_list_of_items():
    """The facts of an item stand once in the list and once in each unit's marks."""
    with (FOLDER / "items.csv").open(encoding="utf-8", newline="") as file:
        items = {row["code"]: row for row in csv.DictReader(file)}
    shared = {"block": "block", "indicator": "item", "full": "full", "method": "method", "measure": "measure"}
    shared |= {"direction": "direction", "nature": "nature", "scorer": "source"}
    with (FOLDER / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["id"] for r in rows if any(r[a] != items[r["item"]][b] for a, b in shared.items())] == []
    assert len(rows) == 8 * 29 + 40 * 8


def test_every_reading_compiles_and_scores(scheme, tables):
    bound = Bound()
    for name, reading in scheme.readings.items():
        for option in reading.options:
            other, problems = compile_scheme(scheme, {name: option}, bound)
            assert problems == []
            if name == "periods" and option == "blend":
                continue  # the marks of the other two periods are not in the tables
            assert None not in score(other, tables).column("A", "place")


def test_array_face_equals_exact_face(plan, tables):
    exact = score(plan, tables)
    arrays = score_drawn(exact, {})
    wrong = [
        (sheet, name, i)
        for sheet, columns in exact.values.items()
        for name, cells in columns.items()
        for i, (cell, got) in enumerate(zip(cells, arrays[sheet][name], strict=True))
        if not agrees(plain(got), cell)
    ]
    assert wrong == []


def plain(cell):
    if cell is None or isinstance(cell, str):
        return cell
    return None if np.isnan(cell) else EXEMPT if np.isinf(cell) else float(cell)


def test_classes_are_ranked_apart_and_money_is_neutral_if_asked(scheme, tables):
    scores = score(compile_scheme(scheme, {"neutral": "staff"})[0], tables)
    rows = scores.rows("B")
    groups = {r["group"] for r in rows}
    assert len(groups) == 8
    for group in groups:
        members = [r for r in rows if r["group"] == group]
        assert sorted(r["seat"] for r in members) == [1, 2, 3, 4, 5]
        assert sum(r["bonus"] * r["staff"] for r in members) == 20000 * sum(r["staff"] for r in members)


def test_pay_follows_the_unit(plan, tables):
    scores = score(plan, tables)
    bonus = {r["code"]: r["bonus"] for sheet in ("A", "B") for r in scores.rows(sheet)}
    assert {r["no"]: r["pay"] for r in scores.rows("people")} == {
        r["no"]: bonus[r["unit"]] for r in scores.rows("people")
    }
    assert explain_cell(scores, "people", "Q1-1", "pay").basis == "六（二）；附件3"


def test_a_unit_without_marks_gets_no_place_and_no_award(plan, tables):
    marks = [dict(row) for row in tables["marks"]]
    next(r for r in marks if r["id"] == "Q1-P1")["lead"] = None
    row = score(plan, {**tables, "marks": marks}).row("A", "Q1")
    assert {row[name] for name in ("composite", "place", "position", "reward", "stage", "bonus_plain")} == {None}
