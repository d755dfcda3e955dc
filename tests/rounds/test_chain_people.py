"""Earlier results of people: in the book of nobody else, and as private as what they were taken from."""

from __future__ import annotations

from datetime import date

import openpyxl
from kit.halves import begun, halves, opened
from kit.staff import staff

from xlperf.engine.check import check_source
from xlperf.rounds.distribute import distribute
from xlperf.rounds.freeze import freeze
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.scheme.load import folder_source

PERIODS = """\
periods:
  - {id: h1, title: 上半年}
  - {id: y, title: 年度, after: h1}
earlier:
  half: {title: 半年结果, basis: 一, from: {period: h1}, sheet: people, take: [grade, due]}
"""
COLUMNS = """\
base: {is: fact, title: 基数}
grade: {is: input, by: unit, title: 自评}
due: {title: 应发, basis: 一, product: {factors: [base, grade]}}
half_grade: {title: 半年自评, basis: 一, lookup: {key: id, of: half.grade}}
half_due: {title: 半年应发, basis: 一, lookup: {key: id, of: half.due}}
change: {title: 比半年, basis: 一, change: {now: grade, before: half_grade}}
"""
SCHEME = staff("cadres", "干部考核", 3, COLUMNS, before=PERIODS, private="base")
PEOPLE = {"P1": ("U1", "张三", 7001), "P2": ("U1", "李四", 7002), "P3": ("U2", "王五", 7003)}


def words(file):
    book = openpyxl.load_workbook(file, data_only=True)
    return {str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value is not None}


def test_a_book_holds_no_earlier_results_of_others_and_nothing_private(tmp_path):
    folder = halves(tmp_path / "cadres", "code,name\nU1,甲局\nU2,乙局\n", SCHEME)
    lines = [f"{p},{u},{n},{b}" for p, (u, n, b) in PEOPLE.items()]
    (folder / "people.csv").write_text("\n".join(["id,unit,name,base", *lines]) + "\n", "utf-8")
    _, problems = check_source(folder_source(folder))
    assert [p.code for p in problems if p.severity == "error"] == []
    half = begun(folder, tmp_path / "h1")
    cells = tuple(CellText("people", p, "grade", f"{i}.5") for i, p in enumerate(PEOPLE, 31))
    record_receipts(half.ledger, Receipt("0", "总表.xlsx", "master", "", 1, "accepted", cells=cells))
    freeze(opened(tmp_path / "h1"), today=date(2026, 7, 1))
    year = begun(folder, tmp_path / "y", after=[tmp_path / "h1"])
    assert {("half", "due"), ("people", "half_due")} <= year.plan.private
    assert ("half", "grade") not in year.plan.private
    distribute(year)
    books = {f.stem.split()[-1]: words(f) for f in (year.issued / "自评表").rglob("*.xlsx")}
    assert {"张三", "李四"} <= books["甲局"]
    assert not {"王五", "P3", "33.5"} & books["甲局"]
    assert not {w for book in books.values() for w in book} & {"7001", "7002", "7003", "220531.5", "227565", "235099"}
    assert {"220531.5", "33.5"} <= words(year.issued / "总表.xlsx")
