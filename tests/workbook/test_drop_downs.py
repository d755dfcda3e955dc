"""What a drop-down brings into a book: keys and names of its own unit's rows, and no other fact of the table."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round
from xlperf.scheme.find import find_scheme

PEOPLE = """\
id,name,unit,grade,base_pay
P1,张一平,U1,四级调研员,68431.25
P2,李二妹,U1,二级主任科员,57112.5
P3,王三强,U2,一级主任科员,61207.75
P4,赵四海,U3,三级主任科员,59999.5
"""
SHEET = """\
  people:
    title: 人员
    rows: people
    unit: unit
    basis: 样板 第六条
    columns:
      id: {is: key, title: 工号}
      name: {is: fact, holds: text, title: 姓名, role: label}
      unit: {is: fact, holds: text, title: 单位代码}
      grade: {is: fact, holds: text, title: 职级}
      base_pay: {is: fact, title: 基本工资}

  events:
"""
INPUT = "{is: input, by: %s, holds: text, title: 经办人, from: people}\n      reason: {is: input, by: lead"


def text_of(book: Path) -> str:
    """Return every byte of every part of a book as text, unpacked, with its parts' names."""
    with zipfile.ZipFile(book) as parts:
        return "\n".join(f"{name}\n{parts.read(name).decode('utf-8', 'replace')}" for name in parts.namelist())


@pytest.fixture
def issued(tmp_path, by):
    """Issue a round of three units in which each unit, or each scorer, chooses one of the people."""
    path, _ = find_scheme("three-units")
    folder = Path(shutil.copytree(path, tmp_path / "scheme"))
    text = (folder / "scheme.yaml").read_text("utf-8")
    text = text.replace("  marks: marks.csv\n", "  marks: marks.csv\n  people: people.csv\n")
    text = text.replace("  events:\n", SHEET, 1).replace("reason: {is: input, by: lead", "handler: " + INPUT % by, 1)
    (folder / "scheme.yaml").write_text(text, "utf-8")
    (folder / "people.csv").write_text(PEOPLE, "utf-8")
    round_, problems = new_round(folder, tmp_path / "round", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_)
    return round_.issued


FACTS = ("基本工资", "职级", "base_pay", "grade", *re.findall(r"\d{5}\.\d+|..主任科员|四级调研员", PEOPLE))


@pytest.mark.parametrize("by", ["unit", "lead"])
def test_no_other_fact_of_the_table_is_anywhere_in_a_book_that_goes_out(issued):
    books = [b for b in issued.rglob("*.xlsx") if b.name != "总表.xlsx"]
    assert len(books) >= 4
    for book in books:
        text = text_of(book)
        assert [fact for fact in FACTS if fact in text] == [], book.name


@pytest.mark.parametrize("by", ["unit"])
def test_a_unit_chooses_among_its_own_people(issued):
    names = {"1 城关镇.xlsx": ("张一平", "李二妹"), "2 河东镇.xlsx": ("王三强",)}
    for name, own in names.items():
        book = next(issued.rglob(name))
        text = text_of(book)
        assert all(person in text for person in own)
        others = set(re.findall(r"(?:张一平|李二妹|王三强|赵四海)", PEOPLE)) - set(own)
        assert [other for other in others if other in text] == []
        sheet = openpyxl.load_workbook(book)["人员"]
        assert sheet.sheet_state == "visible"
        lists = [v for ws in openpyxl.load_workbook(book) for v in ws.data_validations.dataValidation]
        assert any(v.type == "list" and "人员" in str(v.formula1) for v in lists)
