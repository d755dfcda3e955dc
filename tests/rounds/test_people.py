"""People within departments within units: their rows go out in the books of the units, come back and are merged."""

from __future__ import annotations

import re
import shutil
import zipfile
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from kit.libreoffice import converted
from kit.people import BASES, OF_UNIT, SCHEME, TABLES, staff_round, with_people
from kit.programs import need
from kit.rounds import cell_of, issued_file, reopened

from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import parcels_of
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book
from xlperf.xlsx.skeleton import MAP

MARKS = {"P1": 91.5, "P2": 80.25, "P3": 77.0, "P4": 99.0, "P5": 60.5, "P6": 70.0}
UNITS = tuple(OF_UNIT)
DEPARTMENT = {"P1": "D1", "P2": "D1", "P3": "D2", "P4": "D3", "P5": "D3", "P6": "D4"}


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Round:
    return staff_round(tmp_path_factory.mktemp("staff"))


@pytest.fixture
def round_(issued, tmp_path) -> Round:
    """Return a copy of the issued round."""
    return reopened(shutil.copytree(issued.folder, tmp_path / "round"))


def marks(people) -> dict:
    return {("people", p, "mark"): MARKS[p] for p in people}


def send(round_: Round, unit: str, changes=None, kind: str = "unit", people=None) -> Path:
    to = round_.inbox / f"{unit}.xlsx"
    people = OF_UNIT[unit] if people is None else people
    fill_book(issued_file(round_, kind, unit), to, {**marks(people), **(changes or {})})
    return to


def claim(person: str, points: float = 3, n: int = 1) -> dict:
    at = ("honours", f"+{n}")
    return {(*at, "person"): person, (*at, "item"): "省级表彰", (*at, "points"): points}


def decided(round_: Round) -> list[tuple[str, str, list[str]]]:
    return [
        (r.kind, r.decision, [p.code for p in r.problems if p.severity == "error"]) for r in collect(round_).receipts
    ]


def text_of(book: Path) -> str:
    with zipfile.ZipFile(book) as parts:
        return "\n".join(f"{n}\n{parts.read(n).decode('utf-8', 'replace')}" for n in parts.namelist())


# ---- what goes out -----------------------------------------------------------------------------


def test_a_book_holds_the_people_of_its_unit_and_nobody_else(issued):
    for unit, people in OF_UNIT.items():
        book = read_book(issued_file(issued, "unit", unit))
        assert {c.row_key for c in book.cells if c.plan_sheet == "people"} == set(people)
        text = text_of(issued_file(issued, "unit", unit))
        others = [p for u, ps in OF_UNIT.items() if u != unit for p in ps]
        assert [p for p in others if re.search(rf"\b{p}\b", text)] == []
        assert [base for base in BASES.values() if base in text] == []
        assert "基础奖金" not in text
        assert "应发奖金" not in text


def test_a_drop_down_offers_the_people_of_the_book(issued):
    book = openpyxl.load_workbook(issued_file(issued, "unit", "U1"))
    lists = [v for sheet in book for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [str(v.formula1) for v in lists] == ["'自评表'!$B$7:$B$9"]


SCORED = (
    "      remark: {is",
    "      attitude: {is: input, by: 人事科, title: 态度, low: 0, high: 10, required: yes}\n      remark: {is",
)


@pytest.mark.parametrize(
    ("said", "reads"),
    [
        ("", lambda party, person: False),
        ("sees: own", lambda party, person: person in OF_UNIT.get(party[1], ())),
        ("book: 人员表, sees: own", lambda party, person: party == ("people", DEPARTMENT[person])),
        ("book: each, sees: own", lambda party, person: party == ("people", person)),
        ("book: each", lambda party, person: False),
    ],
)
def test_no_book_holds_a_private_figure_of_anybody_else(tmp_path, said, reads):
    text = (with_people(said) if said else SCHEME).replace(*SCORED)
    text = text.replace("scorers:\n", "scorers:\n  - {name: 人事科, basis: 一}\n")
    round_ = staff_round(tmp_path, text)
    books = [p for p in parcels_of(round_) if p.kind != "master"]
    assert "人事科" in {p.whom for p in books}
    assert [p for p in books if p.kind == "unit"] == [] or "book" not in said, "no book where there is nothing to fill"
    for parcel in books:
        party, whole = (parcel.kind, parcel.whom), text_of(round_.folder / parcel.file)
        there = {person for person, base in BASES.items() if base in whole}
        assert there == {person for person in BASES if reads(party, person)}, parcel
        assert ("基础奖金" in whole) == bool(there)
        if parcel.kind == "scorer":
            assert all(re.search(rf"\b{person}\b", whole) for person in BASES)


@pytest.mark.parametrize(
    ("said", "books"),
    [
        ("", {("unit", u): ps for u, ps in OF_UNIT.items()}),
        ("book: 人员表", {("people", d): ps for d, ps in (("D1", ("P1", "P2")), ("D2", ("P3",)), ("D4", ("P6",)))}),
        ("book: each", {("people", p): (p,) for p in MARKS}),
    ],
)
def test_books_of_people(tmp_path, said, books):
    round_ = staff_round(tmp_path, with_people(said) if said else SCHEME)
    for (kind, whom), people in books.items():
        book = read_book(issued_file(round_, kind, whom))
        assert {c.row_key for c in book.cells if c.plan_sheet == "people"} == set(people)
        assert book.identity is not None
        assert (book.identity.kind, book.identity.whom) == (kind, whom)
    parcels = list(parcels_of(round_))
    assert len({p.file for p in parcels}) == len(parcels)
    own = [p for p in parcels if p.kind == "people"]
    assert {p.book for p in own} <= {"人员表"}
    if said == "book: each":
        assert [p.name for p in own if "王伟" in p.name] == ["党政办王伟", "农业办王伟"]
    for kind, whom in books:
        send(round_, whom, kind=kind, people=books[kind, whom])
    assert {(k, d) for k, d, _ in decided(round_)} == {(next(iter(books))[0], "accepted")}
    sent = {p for ps in books.values() for p in ps}
    scores = score_round(round_)
    assert {p: scores.row("people", p)["mark"] for p in sent} == {p: Fraction(str(MARKS[p])) for p in sent}


# ---- there and back ------------------------------------------------------------------------------


def test_the_whole_way_through_libreoffice_and_into_the_master(round_, tmp_path):
    need("soffice")
    sent = [send(round_, u, claim(OF_UNIT[u][0])) for u in UNITS]
    converted(sent, round_.inbox / "再存", recalculates=False)
    for file in sent:
        file.unlink()
    assert decided(round_) == [("unit", "accepted", [])] * 3
    scores = publish_scores(round_).scores
    assert {p: float(scores.row("people", p)["mark"]) for p in MARKS} == MARKS
    assert {scores.row("honours", f"{u}-1")["person"] for u in UNITS} == {"P1", "P4", "P6"}
    master = openpyxl.load_workbook(round_.out / "总表.xlsx", data_only=True)
    words = {c.value for sheet in master for line in sheet.iter_rows() for c in line}
    assert set(MARKS) <= words
    assert {float(b) for b in BASES.values()} <= words, "the office sees what is private"
    fill_book(round_.out / "总表.xlsx", round_.inbox / "总表.xlsx", {("honours", "U1-1", "status"): "通过"})
    assert ("master", "accepted", []) in decided(round_)
    assert score_round(round_).row("people", "P1")["score"] == Fraction("94.5")
    assert score_round(round_).row("units", "U2")["marks"] == Fraction("159.5")


def test_people_are_ranked_within_their_unit(round_):
    for unit in UNITS:
        send(round_, unit)
    collect(round_)
    publish_scores(round_)
    lines = (round_.out / "排名.csv").read_text("utf-8-sig").splitlines()
    assert [re.findall('"([^"]*)"', line)[1:5] for line in lines[1:] if ',"P' in line] == [
        ["U1", "1", "P1", "张一平（党政办）"],
        ["U1", "2", "P2", "王伟（党政办）"],
        ["U1", "3", "P3", "李二妹（财政所）"],
        ["U2", "1", "P4", "王伟（农业办）"],
        ["U2", "2", "P5", "赵四海（农业办）"],
        ["U3", "1", "P6", "钱五福（民政办）"],
    ]


def test_people_of_the_whole_county_are_ranked_together(tmp_path):
    scheme = SCHEME.replace("within: {unit: unit}", "within: {county: county}").replace("group: unit", "group: county")
    scheme = scheme.replace("      honoured:", "      county: {is: fact, holds: text, title: 全县}\n      honoured:", 1)
    tables = "\n".join(
        f"{line},{'county' if not n else '全县'}" for n, line in enumerate(TABLES["people.csv"].splitlines())
    )
    round_ = staff_round(tmp_path, scheme, people=f"{tables}\n")
    for unit in UNITS:
        send(round_, unit)
    collect(round_)
    publish_scores(round_)
    lines = (round_.out / "排名.csv").read_text("utf-8-sig").splitlines()
    listed = [re.findall('"([^"]*)"', line)[2:5] for line in lines[1:] if ',"P' in line]
    assert listed == [
        ["1", "P4", "王伟（农业办）"], ["2", "P1", "张一平（党政办）"], ["3", "P2", "王伟（党政办）"],
        ["4", "P3", "李二妹（财政所）"], ["5", "P6", "钱五福（民政办）"], ["6", "P5", "赵四海（农业办）"],
    ]  # fmt: skip


# ---- what does not belong ------------------------------------------------------------------------


def add_row(file: Path, key: str, name: str = "") -> None:
    """Add a row to the people of a book as a skilled hand would: the row, its hidden key, and the hidden map."""
    book = openpyxl.load_workbook(file)
    sheet = next(s for s in book.worksheets if s.title == "自评表")
    row = next(r for r in range(7, 40) if sheet.cell(r, 1).value is None)
    for column, value in ((1, key), (2, key), (3, name), (6, 100)):
        sheet.unmerge_cells(range_string) if (range_string := merged(sheet, row)) else None
        sheet.cell(row, column).value = value
    table = next(r for r in range(2, 30) if book[MAP].cell(r, 1).value == "table")
    number = book[MAP].cell(table, 2).value
    at = book[MAP].max_row + 1
    for column, value in enumerate(("row", number, key, str(row)), 1):
        book[MAP].cell(at, column).value = value
    book.save(file)


def merged(sheet, row: int) -> str:
    return next((str(area) for area in sheet.merged_cells.ranges if area.min_row <= row <= area.max_row), "")


def letters(round_: Round) -> str:
    return "\n".join(f.read_text("utf-8") for f in (round_.out / "退回").rglob("*.txt"))


def test_a_book_with_a_person_of_another_department_is_held_and_learns_nothing(round_):
    add_row(send(round_, "U1"), "P5")
    send(round_, "U2")
    found = {k: (d, c) for k, d, c in decided(round_) if d != "accepted"}
    assert found == {"unit": ("held", ["ROW_NOT_YOURS"])}
    assert "P5" in letters(round_)
    assert [w for w in ("赵四海", "河东镇", "60.5", BASES["P5"]) if w in letters(round_)] == []
    assert score_round(round_).row("people", "P5")["mark"] == Fraction("60.5")
    assert score_round(round_).row("people", "P1")["mark"] is None


@pytest.mark.parametrize("key", ["P5", "P99"])
def test_a_changed_code_is_held(round_, key):
    sent = send(round_, "U1")
    spot = ("people", "P2", "id")
    book = openpyxl.load_workbook(sent)
    at = cell_of(sent, spot)
    book["自评表"][at].value = key
    book.save(sent)
    assert decided(round_) == [("unit", "held", ["LOCKED_CHANGED"])]
    sent.unlink()
    book["自评表"][f"A{at[1:]}"].value = key
    book.save(round_.inbox / "再改.xlsx")
    ((_, decision, codes),) = [d for d in decided(round_) if d[1] != "settled"]
    assert decision == "held"
    assert "LAYOUT_CHANGED" in codes
    assert "赵四海" not in letters(round_)


@pytest.mark.parametrize("person", ["P5", "赵四海", "P99"])
def test_a_claim_for_somebody_elses_person_is_held(round_, person):
    send(round_, "U1", claim(person))
    assert decided(round_) == [("unit", "held", ["NOT_A_CHOICE"])]
    assert [p for p in ("P4", "P5", "P6") if p != person and p in letters(round_)] == []


def test_of_two_people_of_one_name_a_unit_means_its_own(round_):
    send(round_, "U1", claim("王伟"))
    send(round_, "U2", claim("王伟"))
    assert decided(round_) == [("unit", "accepted", [])] * 2
    rows = score_round(round_).rows("honours")
    assert [(r["no"], r["person"]) for r in rows] == [("U1-1", "P2"), ("U2-1", "P4")]


def test_a_private_column_that_somebody_adds_is_no_way_to_ask(round_):
    sent = send(round_, "U1")
    book = openpyxl.load_workbook(sent)
    sheet = book["自评表"]
    at = next(c for c in range(20, 60) if sheet.cell(4, c).value is None)
    sheet.cell(4, at).value = "base"
    sheet.cell(7, at).value = 1
    book.save(sent)
    assert decided(round_) == [("unit", "accepted", [])]
    (receipt,) = round_.state().receipts.values()
    assert "NO_EFFECT" in [p.code for p in receipt.problems]
    assert BASES["P1"] not in str(receipt)
    assert score_round(round_).row("people", "P1")["base"] == Fraction(BASES["P1"])
