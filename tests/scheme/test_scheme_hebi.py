"""鹤壁 2021: the scheme is sound, its examples hold, a whole made-up round scores alike on two faces."""

import random
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from kit.judge import agrees

from xlperf.engine.arrays import score_drawn
from xlperf.engine.check import findings
from xlperf.engine.compile import Bound, compile_scheme
from xlperf.engine.examples import check_examples, example_tables
from xlperf.engine.reason import explain_cell
from xlperf.engine.score import score
from xlperf.formula.values import EXEMPT, day_number
from xlperf.problems import errors
from xlperf.rounds.store import new_round
from xlperf.scheme.load import load_scheme

FOLDER = Path(__file__).parents[2] / "schemes" / "hebi-2021"
PUBLIC = {f"HB-C{n:02d}" for n in (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23)} | {"HB-E1", "HB-E3"}
CLASSES = ("company", "streets", "bureaus", "agencies")
SWITCHES = {  # the catalogue's switches for this regulation, with their defaults
    "block_cap": "on", "step": "floor", "excess": "relative", "short": "floor", "per": "notice", "group": "class",
    "include_zero": "true", "fallback": "0", "highest_by": "level", "per_person": "max", "veto_bars": "excellence",
    "rank_on": "exact", "add_mode": "points", "quota_round": "floor", "compound": "false", "tie_last": "all",
}  # fmt: skip


# ---- a round filled by chance ------------------------------------------------------------------


def drawn(column, row, units, draw):
    """Draw what may stand in a column of a ledger; small numbers, so that limits and ties are met often."""
    if column.name == "unit":
        return draw.choice(units)
    if column.choices:
        return draw.choice(column.choices)
    if column.name == "tied":
        return Fraction(1)
    if column.holds == "date":
        return draw.choice([None, *4 * DAYS_DRAWN])
    if column.holds == "text":
        return draw.choice(WORDS.get(column.name, ["甲", "乙", "丙"]))
    if column.name == "tax":
        return Fraction(draw.choice([100, 101, 200, 300, 301, 500, 600]))
    if column.name == "place":
        return Fraction(draw.randint(1, int(row["field"])))
    return Fraction(draw.randint(1, 9))


DAYS = ("2020-12-31", "2021-01-01", "2021-06-01", "2021-12-31", "2022-01-01")
DAYS_DRAWN = [day_number(np.datetime64(d).item()) for d in DAYS]
WORDS = {
    "sanction": ["党内警告", "行政记过", "党内严重警告", "开除党籍"],
    "domain": ["安全生产", "统计造假", "信访稳定", "招商"],
    "award": ["集体三等功", "综合考评优秀奖", "招商引资先进单位", "个人嘉奖"],
}


@pytest.fixture(scope="module")
def tables(scheme, plan):
    draw = random.Random(2021)
    made = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for row in made["units"]:
        row["staff"] = Fraction(draw.choice([1, 5, 40]))
    for row in made["marks"]:
        if row["part"] == "基础":
            row["lead"] = row["full"] - draw.randint(0, 5)
            row["onsite"] = draw.choice([None, None, row["full"]])
        else:
            reached = draw.choice([None, 85, 95, 97, 100, 105, 112])
            row["verified"] = EXEMPT if reached is None else row["target"] * Fraction(reached, 100)
    units = [row["code"] for row in made["units"]]
    for sheet in (s for s in plan.sheets if s.grows):
        inputs = sorted(sheet.inputs(), key=lambda c: c.name)  # `field` before `place`
        for n in range(60):
            row = {sheet.key.name: f"{sheet.name}{n}", **sheet.where}
            for column in inputs:
                row[column.name] = drawn(column, row, units, draw)
            made.setdefault(sheet.table, []).append(row)
    return made


# ---- the scheme --------------------------------------------------------------------------------


def test_the_scheme_has_no_error_and_says_what_is_assumed(scheme):
    problems = findings(scheme)
    assert errors(problems) == []
    odd_in_the_paper = {"BONUS_UNLIMITED", "VETO_LISTS_DIFFER", "LEVEL_FALLS"}
    assert {p.code for p in problems} >= odd_in_the_paper
    assumed = {p.where.path for p in problems if p.code == "FIGURE_ASSUMED"}
    places = {f"figures.places_{name}" for name in ("streets", "bureaus", "agencies")}
    assert assumed == places | {"figures.excellent_share"}


def test_examples_hold_and_cover_the_public_cases(scheme):
    assert errors(check_examples(scheme)) == []
    assert {e.id for e in scheme.examples} >= PUBLIC


def test_a_changed_result_turns_an_example_red(tmp_path):
    text = (FOLDER / "scheme.yaml").read_text("utf-8")
    assert text.count("composite: 105.5,") == 1
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "scheme.yaml").write_text(text.replace("composite: 105.5,", "composite: 105.6,"), "utf-8")
    changed, _ = load_scheme(tmp_path)
    assert [p.code for p in errors(check_examples(changed))] == ["EXAMPLE_FAILED"]


def test_the_readings_of_the_catalogue_are_adopted_at_their_defaults(scheme):
    adopted = {name: r.adopted for name, r in scheme.readings.items()}
    assert {name: adopted[name] for name in SWITCHES} == SWITCHES
    assert {r.by for r in scheme.readings.values()} == {"默认"}


def test_every_column_of_a_result_names_its_clause(plan):
    assert [(s.name, c.name) for s, c in plan.computed() if not c.basis] == []


def test_only_the_three_classes_are_ranked(plan):
    assert [r.sheet for r in plan.rankings] == ["streets", "bureaus", "agencies"]
    assert "place" not in plan.by_name["company"].by_name


def test_units_claim_on_three_sheets_of_one_ledger(plan):
    claims = {s.name: s.claims for s in plan.sheets if s.claims}
    assert set(claims) == {"contributions", "honours", "projects"}
    assert {s.table for s in plan.sheets if s.name in claims} == {"events"}
    assert all(claims[s.name]["type"] == s.where["type"] for s in plan.sheets if s.name in claims)


# ---- a whole round -----------------------------------------------------------------------------


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


def test_every_option_of_every_reading_scores_and_changes_something(scheme, plan, tables):
    """An option that is not adopted moves a cell of the round, or an example shows what it does."""
    adopted, shown = score(plan, tables).values, set()
    for example in scheme.examples:
        shown |= {pair for other in example.alternatives for pair in other["readings"].items()}
    silent, bound = [], Bound()
    for name, reading in scheme.readings.items():
        for option in reading.options:
            other, problems = compile_scheme(scheme, {name: option}, bound)
            assert problems == []
            moved = score(other, tables).values != adopted
            if option != reading.adopted and not moved and (name, option) not in shown:
                silent.append((name, option))
    assert silent == []


def test_the_total_is_base_and_bonus_less_deductions(plan, tables):
    scores = score(plan, tables)
    rows = [row for name in CLASSES for row in scores.rows(name)]
    assert len(rows) == 23
    whole = [row for row in rows if row["cut"] is not None]  # an undated sanction leaves its unit open
    assert len(whole) > 11
    for row in whole:
        assert row["composite"] == row["base_points"] + row["bonus"] - row["cut"]
    assert {row["composite"] for row in rows if row not in whole} == {None}


def test_a_mark_not_given_leaves_the_unit_without_total_and_place(plan, tables):
    marks = [dict(row) for row in tables["marks"]]
    row = next(r for r in marks if r["id"] == "U03-2")
    row["lead"] = row["onsite"] = None
    unit = score(plan, {**tables, "marks": marks}).row("streets", "U03")
    names = ("key_work", "composite", "shown", "place", "seat", "award_seat", "last_place", "last")
    assert {unit[name] for name in names} == {None}
    assert unit["excellence"] in ("无", "一票否决，不得参评")


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        ({"type": "贡献", "item": "特色亮点工作", "count": Fraction(-1), "status": "通过"}, "highlights"),
        ({"type": "贡献", "item": "特色亮点工作", "status": "通过"}, "highlights"),
        ({"type": "通报", "kind": "月度评价", "field": Fraction(8)}, "notice_bonus"),
        ({"type": "处分", "person": "甲", "role": "正职", "sanction": "党内警告", "status": "通过"}, "discipline_cut"),
        ({"type": "事故", "subject": "甲", "item": "一般事故", "status": "通过"}, "accident_cut"),
        ({"type": "督查", "item": "黑旗", "count": Fraction(1, 2), "status": "通过"}, "criticism_cut"),
        ({"type": "表彰", "work": "甲", "level": "镇级", "status": "通过"}, "honour_bonus"),
    ],
)
def test_an_approved_entry_that_cannot_be_scored_stops_the_total(plan, tables, broken, column):
    """Never a silent 0: what the entry should have given is empty, and so is the total."""
    events = [{"no": "x", "unit": "U05", "date": day_number(np.datetime64("2021-05-01").item()), **broken}]
    unit = score(plan, {**tables, "events": events}).row("bureaus", "U05")
    assert (unit[column], unit["composite"], unit["place"]) == (None, None, None)
    events[0]["status"] = "待审"
    waiting = score(plan, {**tables, "events": events}).row("bureaus", "U05")
    assert (waiting["composite"] is None) == (broken["type"] == "通报")  # a notice needs no approval


def test_a_bonus_is_explained_down_to_the_entry(scheme, plan):
    example = next(e for e in scheme.examples if e.id == "HB-E1")
    scores = score(plan, example_tables(scheme, plan, example))
    found = explain_cell(scores, "nine", "U1-Z1", "bonus")
    assert (found.value, found.basis) == ("10", "五（一）1")
    assert found.because == ("目标100，完成110，超过目标2步，每步5分",)
    assert found.working == "取整数部分（（采用的完成值 110－目标值 100）÷一步的大小 5）×5"
    total = explain_cell(scores, "streets", "U1", "composite")
    assert total.working == "基础分 94＋加分合计 180－减分合计 12"
    assert explain_cell(scores, "taxpayers", "10", "counts").because == ("符合条件，计入",)


# ---- the year of the round ------------------------------------------------------------------------


def test_dates_follow_the_year_of_the_round(tmp_path):
    """An honour of 2022 counts in the round of 2022, one of 2021 does not, and the examples stay true."""
    round_, problems = new_round(FOLDER, tmp_path / "轮次", year=2022)
    assert round_ is not None, problems
    assert (round_.year, round_.plan.year) == (2022, 2022)
    rows = [
        {
            "no": str(year),
            "type": "表彰",
            "unit": "U05",
            "work": str(year),
            "level": "市级",
            "date": day,
            "status": "通过",
        }
        for year, day in ((y, day_number(date(y, 1, 1))) for y in (2021, 2022))
    ]
    scores = score(round_.plan, {**round_.scheme.tables, "events": rows})
    assert scores.column("honours", "counts") == [0, 10]
    told = explain_cell(scores, "honours", "2021", "valid")
    assert "证书颁发日期不小于2022-01-01" in told.because[0]
    assert errors(check_examples(round_.scheme)) == []
