"""「汇总回收表」 in an open 总表: what was accepted shows in it, on a stand-in for Excel and in LibreOffice."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from kit.begun import issued
from kit.excel import opened
from kit.office import open_office
from kit.rounds import A_DAY, reopened, send, send_all

from xlperf.addin.button import LEDGER, MOVES
from xlperf.addin.excel.macros import ExcelBook
from xlperf.addin.excel.project import build_xlsm
from xlperf.addin.issued import position, tables
from xlperf.cli import macros
from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.open_book import bring_up
from xlperf.rounds.store import new_round
from xlperf.workbook.back.fill import fill_book


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A round whose 总表 was written with macros before anybody sent anything; all is in the inbox now."""
    round_ = issued(tmp_path_factory.mktemp("template") / "round")
    publish_scores(round_)
    build_xlsm(round_.out / "总表.xlsx", round_.out / "总表.xlsm")
    send_all(round_)
    return round_.folder


@pytest.fixture
def round_(template, tmp_path):
    shutil.copytree(template, tmp_path / "round")
    return reopened(tmp_path / "round")


def shown(book, spot):
    """Return what stands in a cell of the open book: plan sheet, row key, column."""
    title, row, column = place(book, spot)
    return book.sheets[title].cells.get((row + 1, column + 1))


def place(book, spot):
    sheet, key, name = spot
    table = next(t for t in tables(ExcelBook(book)).values() if t.name == sheet and key in t.keys)
    return table.sheet, table.keys[key], table.columns[name][0]


def put(book, spot, value):
    title, row, column = place(book, spot)
    ExcelBook(book).put(title, row, column, value)


LEAD, SELF = ("marks", "U22-03", "lead"), ("marks", "U22-03", "self")


def test_the_button_takes_in_the_inbox_and_shows_it(round_, monkeypatch):
    book = opened(round_.out / "总表.xlsm")
    monkeypatch.setattr(macros, "calling_book", lambda: book)
    assert shown(book, LEAD) is None
    assert macros.collect() == 0
    now = score_round(reopened(round_.folder)).row("marks", "U22-03")
    assert (shown(book, LEAD), shown(book, SELF)) == (float(now["lead"]), float(now["self"]))
    ((told, title),) = book.told
    assert title == "汇总回收表"
    assert "收下 " in told
    assert "本表更新" in told
    assert {row[1] for row in ExcelBook(book).rows(LEDGER)[1:]} == {"汇总"}
    assert book.app.calculation == "automatic"


def test_a_second_time_there_is_nothing_new(round_):
    book = opened(round_.out / "总表.xlsm")
    collect(round_)
    assert bring_up(ExcelBook(book), round_, "8:00").lines[0].startswith("本表更新")
    before = {s.name: dict(s.cells) for s in book.sheets if s.name != MOVES}
    assert bring_up(ExcelBook(book), round_, "8:10").lines[0] == "本表已是最新，没有要更新的数据"
    assert {s.name: s.cells for s in book.sheets if s.name != MOVES} == before


def test_what_the_office_typed_stays_where_nobody_sent_anything(round_):
    book = opened(round_.out / "总表.xlsm")
    (round_.inbox / "unit 市信访局.xlsx").unlink(missing_ok=True)
    for file in round_.inbox.glob("scorer*"):
        file.unlink()
    collect(round_)
    put(book, LEAD, 1.5)
    put(book, SELF, 99)
    outcome = bring_up(ExcelBook(book), round_, "8:00")
    assert outcome.done
    assert shown(book, LEAD) == 1.5
    assert shown(book, SELF) == float(score_round(round_).row("marks", "U22-03")["self"])  # the unit's own stands


def test_a_cell_taken_back_by_its_sender_is_emptied(round_):
    book = opened(round_.out / "总表.xlsm")
    collect(round_)
    bring_up(ExcelBook(book), round_, "8:00")
    text = ("marks", "U22-03", "account")
    assert shown(book, text)
    send(round_, "unit", "U22", {text: None}, name="市环保局（改）.xlsx")
    assert "accepted" in {r.decision for r in collect(round_).receipts if "改" in r.file}
    bring_up(ExcelBook(book), round_, "8:10")
    assert shown(book, text) is None


def test_a_new_entry_without_a_row_is_counted(round_):
    book = opened(round_.out / "总表.xlsm")
    claim = {"item": "省级表彰", "points": 0.5, "date": A_DAY, "document": "大政办〔2017〕1号"}
    send(round_, "unit", "U22", {("events", "+1", k): v for k, v in claim.items()}, name="unit 市环保局.xlsx")
    collect(round_)
    told = bring_up(ExcelBook(book), round_, "8:00").lines
    assert told[1] == "另有1条新登记在本表中没有行：运行 xlperf score 生成新的总表后可见"


def test_a_book_of_another_round_is_left_alone(round_, tmp_path):
    other, _ = new_round(round_.folder / "scheme", tmp_path / "other", key=b"k" * 32)
    distribute(other)
    publish_scores(other)
    book = opened(other.out / "总表.xlsx")
    book.sheets["_xlperf"].cells[1, 1] = book.sheets["_xlperf"].cells[1, 1].replace(other.id, "another")
    collect(round_)
    assert bring_up(ExcelBook(book), round_, "8:00").lines == ("这不是本轮考核的总表，没有改动表内数据",)


# ---- the office's own .xlsm in the inbox ---------------------------------------------------------------------------


def test_the_own_master_with_macros_is_read_as_data(round_):
    collect(round_)
    filled = round_.folder / "filled.xlsx"
    fill_book(round_.out / "总表.xlsx", filled, {("events", "+1", k): v for k, v in DEDUCTION.items()})
    build_xlsm(filled, round_.inbox / "总表.xlsm")
    receipt = next(r for r in collect(reopened(round_.folder)).receipts if r.file == "总表.xlsm")
    assert (receipt.kind, receipt.decision) == ("master", "accepted"), [p.text() for p in receipt.problems]
    assert {c.text for c in receipt.cells if c.column == "item"} == {"通报"}


DEDUCTION = {
    "unit": "U44", "kind": "减分", "item": "通报", "points": 0.4, "status": "通过", "date": A_DAY,
    "document": "大政办〔2017〕2号",
}  # fmt: skip


def test_macros_from_a_unit_are_held_with_what_to_do(round_):
    sent = next(round_.inbox.glob("unit*"))
    build_xlsm(sent, round_.inbox / "带宏.xlsm")
    receipt = next(r for r in collect(round_).receipts if r.file == "带宏.xlsm")
    assert (receipt.decision, [p.code for p in receipt.problems]) == ("held", ["MACRO"])
    assert "*.xlsx" in receipt.problems[0].text("zh")


# ---- the same cells in LibreOffice -----------------------------------------------------------------------------------


@pytest.mark.libreoffice
def test_libreoffice_ranks_what_was_brought_in(round_, tmp_path_factory):
    """Every cell that changes in the stand-in, typed into LibreOffice: the ranking is the engine's."""
    office = open_office(tmp_path_factory.mktemp("office"))
    collect(round_)
    book, typed = opened(round_.out / "总表.xlsm"), []

    class Noted(ExcelBook):
        def put(self, title, row, column, value):
            cell = f"{openpyxl.utils.get_column_letter(column + 1)}{row + 1}"
            assert position(cell) == (row, column)
            typed.append(["put", title, cell, "" if value is None else value])
            super().put(title, row, column, value)

    bring_up(Noted(book), round_, "8:00")
    assert len(typed) > 50
    file = office.folder / "总表.xlsm"
    shutil.copyfile(Path(book.fullname), file)
    seen = office.steps([["open", str(file)], *typed, ["rows", "排名"]])
    scores = score_round(reopened(round_.folder))
    ranking = scores.plan.rankings[0]
    wanted = {r["name"]: (r[ranking.place], r[ranking.score]) for r in scores.rows(ranking.sheet)}
    found = {row[1]: row[0] for row in seen[-1] if row[1] in wanted}
    assert found == {name: float(place) for name, (place, _) in wanted.items()}
