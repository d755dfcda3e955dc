"""A 总表 is calculated by the scheme of its own round, and never silently by another."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from kit.rounds import cell_of

from xlperf.publish.results import publish_scores
from xlperf.rounds.distribute import distribute
from xlperf.rounds.recompute import recomputed
from xlperf.rounds.store import new_round
from xlperf.scheme.find import find_scheme
from xlperf.workbook.back.fill import fill_book
from xlperf.xlsx.skeleton import MAP

CLAIMED = {"unit": "U1", "kind": "加分", "item": "省级表彰", "points": 4, "status": "通过"}
APART = {"park_rank": "apart"}
CAP, LOWER = "bonus_cap: {value: 5,", "bonus_cap: {value: 1,"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a round of three units whose scheme caps bonuses at 1; the installed scheme of that name says 5."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copytree(find_scheme("three-units")[0], folder / "scheme")
    file = folder / "scheme" / "scheme.yaml"
    assert CAP in file.read_text("utf-8")
    text = file.read_text("utf-8").replace(CAP, LOWER).replace("96.5", "92.5").replace("bonus: 5", "bonus: 1")
    file.write_text(text, "utf-8")
    made, problems = new_round(folder / "scheme", folder / "round", key=b"k" * 32)
    assert made is not None, problems
    distribute(made)
    publish_scores(made)
    return made.folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    shutil.copytree(template, tmp_path / "round")
    return tmp_path / "round"


def claim(source: Path, to: Path) -> Path:
    fill_book(source, to, {("events", "+1", name): value for name, value in CLAIMED.items()})
    return to


def bonus(found) -> object:
    return found.scores.row("totals", "U1")["bonus"]


def test_what_may_not_stand_in_a_cell_is_told_though_the_book_shows_what_follows(folder: Path):
    book = folder / "改.xlsx"
    typed = {("marks", "U1-4", "lead"): 1800, ("marks", "U1-1", "verified"): -1, ("marks", "U2-4", "lead"): 18}
    claimed = {("events", "+1", name): value for name, value in {**CLAIMED, "unit": "U9"}.items()}
    fill_book(folder / "out" / "总表.xlsx", book, typed | claimed)
    found = recomputed(book, folder / "new.xlsx")
    told = [(p.code, p.where.cell) for p in found.problems]
    wanted = [("marks", "U1-1", "verified"), ("marks", "U1-4", "lead"), ("events", "+1", "unit")]
    codes = ("OUT_OF_RANGE", "OUT_OF_RANGE", "NOT_A_CHOICE")
    assert told == [(code, cell_of(book, spot)) for code, spot in zip(codes, wanted, strict=True)]
    assert found.scores.row("marks", "U1-4")["score"] == 1800


@pytest.mark.parametrize("place", ["out", "issued", "inbox", "inbox/邮件"])
def test_a_book_in_a_round_is_calculated_by_the_scheme_of_the_round(folder: Path, place: str):
    (folder / place).mkdir(exist_ok=True)
    book = claim(folder / "out" / "总表.xlsx", folder / place / "改.xlsx")
    found = recomputed(book, folder / "new.xlsx")
    assert (found.problems, bonus(found)) == ((), 1)


def test_a_book_elsewhere_is_not_calculated_by_another_version_of_its_scheme(folder: Path, tmp_path: Path):
    book = claim(folder / "out" / "总表.xlsx", tmp_path / "总表.xlsx")
    found = recomputed(book, tmp_path / "new.xlsx")
    assert ([p.code for p in found.problems], found.scores) == (["RECALC_OTHER_SCHEME"], None)
    assert not (tmp_path / "new.xlsx").exists()


def test_a_book_in_the_folder_of_another_round_is_not_calculated_by_that(folder: Path, tmp_path: Path):
    other, _ = new_round(find_scheme("three-units")[0], tmp_path / "other", key=b"o" * 32)
    book = claim(folder / "out" / "总表.xlsx", other.out / "总表.xlsx")
    assert [p.code for p in recomputed(book, tmp_path / "new.xlsx").problems] == ["RECALC_OTHER_SCHEME"]


def test_a_round_whose_scheme_was_changed_says_so(folder: Path):
    file = folder / "scheme" / "scheme.yaml"
    file.write_text(file.read_text("utf-8").replace(LOWER, CAP), "utf-8")
    found = recomputed(folder / "out" / "总表.xlsx", folder / "new.xlsx")
    assert [p.code for p in found.problems] == ["SCHEME_CHANGED", "RECALC_OTHER_SCHEME"]


def test_a_book_that_does_not_say_its_version_is_calculated_with_a_warning(folder: Path):
    book = openpyxl.load_workbook(claim(folder / "out" / "总表.xlsx", folder / "old.xlsx"))
    for row in book[MAP].iter_rows():
        for cell in row if row[0].value == "from" else ():
            cell.value = None
    book.save(folder / "old.xlsx")
    found = recomputed(folder / "old.xlsx", folder / "new.xlsx")
    assert ([p.code for p in found.problems], bonus(found)) == (["RECALC_SCHEME_UNSAID"], 1)


def test_the_readings_adopted_hold_inside_the_round_and_outside(tmp_path: Path):
    made, problems = new_round(find_scheme("dashiqiao-2017")[0], tmp_path / "round", readings=APART, key=b"k" * 32)
    assert made is not None, problems
    publish_scores(made)
    shutil.copyfile(made.out / "总表.xlsx", tmp_path / "总表.xlsx")
    for book in (made.out / "总表.xlsx", tmp_path / "总表.xlsx"):
        found = recomputed(book, tmp_path / "new.xlsx")
        assert (found.scores.plan.readings["park_rank"], found.problems) == ("apart", ())


def test_a_changed_formula_or_fact_is_told_and_stays(folder: Path):
    file = claim(folder / "out" / "总表.xlsx", folder / "改.xlsx")
    book = openpyxl.load_workbook(file)
    sheet = book["总成绩"]
    names = {cell.value: cell.column for cell in sheet[4]}
    at = {name: sheet.cell(7, names[name]) for name in ("bonus", "shown", "full_mark")}
    was = at["bonus"].value
    at["bonus"].value, at["shown"].value, at["full_mark"].value = "=1+1", 999, 50
    sheet["Z50"] = "自己的话"
    book["排名"]["D5"] = "说明一"
    book.save(file)
    found = recomputed(file, folder / "new.xlsx")
    told = {p.where.cell: (p.code, dict(p.values)["now"]) for p in found.problems}
    assert told == {
        at["bonus"].coordinate: ("NOT_AS_WRITTEN", "=1+1"),
        at["shown"].coordinate: ("NOT_AS_WRITTEN", "999"),
        at["full_mark"].coordinate: ("NOT_AS_WRITTEN", "50"),
        "D5": ("NOT_AS_WRITTEN", "说明一"),
    }
    assert any(dict(p.values)["was"] == was for p in found.problems)
    shown = openpyxl.load_workbook(folder / "new.xlsx", data_only=True)
    line = next(row for row in shown["对账"].iter_rows(min_row=5) if row[5].value == 999)
    assert line[7].value == "不一致"
    assert shown["对账"]["B2"].value.startswith("有1处不一致")
    after = openpyxl.load_workbook(folder / "new.xlsx")["总成绩"]
    assert [after[c.coordinate].value for c in at.values()] == ["=1+1", 999, 50]
    assert after["Z50"].value == "自己的话"
