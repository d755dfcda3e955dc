"""The button 「重新计算排名」: who moved and why, the ledger, one step back, and nothing on a damaged book.

The same steps run on plain rows in memory and, through dispatch, inside LibreOffice with the extension.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from kit.masters import master_of
from kit.memory import Memory
from kit.office import Office, open_office
from kit.schemes import in_turn
from kit.simulated import first_mark

from xlperf.addin.button import BEFORE, LAST, LEDGER, MOVES, rank, undo
from xlperf.addin.issued import position
from xlperf.formula.spelling import digest


def told(book: Memory, unit: str) -> list[Any]:
    return next(row for row in book.sheets[MOVES][1:] if row[2] == unit)


def test_the_first_time_there_is_nothing_to_compare():
    book = Memory()
    outcome = rank(book, "8:00")
    assert outcome.done
    assert [row[1:4] for row in book.sheets[MOVES][1:]] == [[1, "甲局", 90], [2, "乙局", 80], [3, "丙局", 70]]
    assert LEDGER not in book.sheets


def test_who_moved_and_which_cell_did_it():
    book = Memory()
    rank(book, "8:00")
    book.put("得分", 8, 3, 95.0)
    outcome = rank(book, "8:10")
    assert (outcome.moved, outcome.changed) == (3, (("得分", "D9"),))
    assert told(book, "丙局")[1:9] == [1, "丙局", 95, 3, "升2", 70, 25, "得分!D9（核定得分）70→95"]
    assert told(book, "甲局")[4:9] == [1, "降1", 90, None, "本单位填报未变，因其他数据变动"]
    assert book.sheets[LEDGER][1:] == [["8:10", "重新计算", "得分", "D9", "丙局", "核定得分", "70", "95"]]


def test_pressing_again_without_a_change_changes_no_ledger():
    book = Memory()
    rank(book, "8:00")
    book.put("得分", 8, 3, 95.0)
    rank(book, "8:10")
    assert rank(book, "8:20").moved == 0
    assert len(book.sheets[LEDGER]) == 2


def test_a_tie_is_marked():
    book = Memory()
    rank(book, "8:00")
    book.put("得分", 7, 3, 90.0)
    rank(book, "8:10")
    assert [told(book, name)[1] for name in ("甲局", "乙局", "丙局")] == [1, 1, 3]
    assert told(book, "甲局")[9] == "与乙局并列，排名用的得分相同"


def test_a_unit_that_enters_the_list():
    book = Memory()
    rank(book, "8:00")
    book.put("得分", 9, 3, 85.0)
    rank(book, "8:10")
    assert told(book, "丁局")[4:9] == [None, None, None, None, "得分!D10（核定得分）空→85"]


def test_one_step_back():
    book = Memory()
    rank(book, "8:00")
    before = [list(row) for row in book.sheets["得分"]]
    book.put("得分", 8, 3, 95.0)
    book.put("得分", 9, 3, 60.0)
    rank(book, "8:10")
    outcome = undo(book, "8:20")
    assert outcome.done
    assert book.sheets["得分"] == before
    assert [row[1] for row in book.sheets[LEDGER][1:]] == ["重新计算", "重新计算", "撤销", "撤销"]
    assert BEFORE not in book.sheets
    assert undo(book, "8:30").lines == ("没有可以撤销的：还没有第二次重新计算，或者已经撤销过一次",)


def test_what_was_typed_since_is_not_undone():
    book = Memory()
    rank(book, "8:00")
    book.put("得分", 8, 3, 95.0)
    rank(book, "8:10")
    book.put("得分", 8, 3, 96.0)
    outcome = undo(book, "8:20")
    assert (outcome.done, "D9" in outcome.lines[0]) == (False, True)
    assert book.sheets["得分"][8][3] == 96


def _without_a_row(book: Memory) -> None:
    del book.sheets["得分"][7]


def _without_a_column(book: Memory) -> None:
    for row in book.sheets["得分"]:
        del row[2:3]


DAMAGED = {
    "no map": (lambda b: b.remove("_xlperf"), "缺少工作表“_xlperf”"),
    "no ranking": (lambda b: b.remove("排名"), "缺少工作表“排名”"),
    "no table": (lambda b: b.remove("得分"), "缺少工作表“得分”"),
    "a row deleted": (_without_a_row, "“得分”第8行被移动或删除（原为U2）"),
    "a column deleted": (_without_a_column, "“得分”第C列被移动或删除（原为name）"),
}


@pytest.mark.parametrize(("spoil", "why"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_book_is_left_as_it_is(spoil, why):
    book = Memory()
    rank(book, "8:00")
    spoil(book)
    before = {title: list(map(list, rows)) for title, rows in book.sheets.items()}
    outcome = rank(book, "8:10")
    assert (outcome.done, why in outcome.lines) == (False, True), outcome.lines
    assert book.sheets == before


def _a_typed_number(book: Memory) -> None:
    book.put("得分", 8, 4, 999.0)


def _an_emptied_cell(book: Memory) -> None:
    book.put("得分", 8, 4, None)


def _another_formula(book: Memory) -> None:
    book.typed["得分", 8, 4] = "=D9+100"


def _a_formula_as_text(book: Memory) -> None:
    formula = book.typed["得分", 8, 4]
    book.put("得分", 8, 4, formula)


TYPED_OVER = {
    "a number": (_a_typed_number, "“得分”E9（得分）原为公式，现为999"),
    "nothing": (_an_emptied_cell, "“得分”E9（得分）原为公式，现为空"),
    "another formula": (_another_formula, "“得分”E9（得分）的公式被改动，现为=D9+100"),
    "the formula as a text": (_a_formula_as_text, '“得分”E9（得分）原为公式，现为=IF(D9="","",D9)'),
}


@pytest.mark.parametrize(("spoil", "why"), TYPED_OVER.values(), ids=TYPED_OVER)
@pytest.mark.parametrize("command", [rank, undo])
def test_a_formula_typed_over_is_named_and_nothing_changed(command, spoil, why):
    book = Memory()
    rank(book, "8:00")
    book.put("得分", 7, 3, 81.0)
    rank(book, "8:10")
    spoil(book)
    before = {title: list(map(list, rows)) for title, rows in book.sheets.items()}
    outcome = command(book, "8:20")
    assert (outcome.done, outcome.lines[0]) == (False, why)
    assert book.sheets == before


def _a_fact(book: Memory) -> None:
    book.put("得分", 8, 2, "戊局")


def _a_fact_as_formula(book: Memory) -> None:
    book.typed["得分", 8, 2] = "=B9"


FACTS = {
    "another text": (_a_fact, "“得分”C9（单位）是锁定的内容，被改动，现为戊局"),
    "a number": (lambda b: b.put("得分", 8, 2, 3.0), "“得分”C9（单位）是锁定的内容，被改动，现为3"),
    "nothing": (lambda b: b.put("得分", 8, 2, ""), "“得分”C9（单位）是锁定的内容，被改动，现为空"),
    "a formula": (_a_fact_as_formula, "“得分”C9（单位）是锁定的内容，被改动，现为=B9"),
}
WHOLE = "没有改动任何内容；请用最近一份完好的总表"
MAPS = {
    "a cell emptied": (lambda m: m[1].__setitem__(0, None), "隐藏的工作表“_xlperf”的内容被改动（11行记录）"),
    "a line number emptied": (lambda m: m[6].__setitem__(3, ""), "隐藏的工作表“_xlperf”的内容被改动（11行记录）"),
    "a line deleted": (lambda m: m.pop(10), "隐藏的工作表“_xlperf”应有11行记录，现有10行"),
    "a line emptied": (lambda m: m.__setitem__(10, [None] * 5), "隐藏的工作表“_xlperf”应有11行记录，现有10行"),
    "the end deleted": (lambda m: m.pop(), "隐藏的工作表“_xlperf”不完整：缺少最后一行记录，现有11行"),
    "everything deleted": (lambda m: m.clear(), "隐藏的工作表“_xlperf”不完整：缺少最后一行记录，现有0行"),
}


@pytest.mark.parametrize(("spoil", "why"), FACTS.values(), ids=FACTS)
@pytest.mark.parametrize("command", [rank, undo])
def test_a_locked_fact_typed_over_is_named_and_nothing_changed(command, spoil, why):
    book = Memory()
    rank(book, "8:00")
    spoil(book)
    before = {title: list(map(list, rows)) for title, rows in book.sheets.items()}
    outcome = command(book, "8:20")
    assert (outcome.done, outcome.lines[0]) == (False, why)
    assert book.sheets == before


@pytest.mark.parametrize(("spoil", "why"), MAPS.values(), ids=MAPS)
@pytest.mark.parametrize("command", [rank, undo])
def test_a_damaged_map_is_told_in_a_sentence(command, spoil, why):
    book = Memory()
    spoil(book.sheets["_xlperf"])
    assert command(book, "8:20").lines == (why, WHOLE)
    assert LAST not in book.sheets


def test_many_cells_typed_over_are_counted():
    book = Memory()
    book.sheets["_xlperf"].append(["formulas", "得分", "H", "7", digest("=1") * 30])
    book.seal()
    told_ = rank(book, "8:00").lines
    assert (len(told_), told_[10]) == (12, "……共30格")


def test_the_same_formula_in_another_spelling_is_no_damage():
    """As LibreOffice shows it, and as Excel might."""
    book = Memory()
    book.typed["得分", 8, 4] = '=IF($D9="";"";D9)'
    book.typed["得分", 9, 4] = '=IF( D10 = "" , "" , @D10 )'
    assert rank(book, "8:00").done


def test_an_error_in_the_ranking_is_damage(monkeypatch: pytest.MonkeyPatch):
    book = Memory()
    rank(book, "8:00")
    monkeypatch.setattr(book, "recalculate", lambda: book.put("排名", 4, 2, "#REF!"))
    before = book.sheets[LAST]
    assert rank(book, "8:10").lines == ("排名表中“甲局”一行是错误值",)
    assert book.sheets[LAST] is before


# ---- inside LibreOffice -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return open_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def master(office: Office) -> Path:
    return master_of("dashiqiao-2017", office.folder / "总表.xlsx")


@pytest.mark.libreoffice
def test_the_button_pressed_through_dispatch(office: Office, master: Path):
    cell, was, unit = first_mark(master)
    seen = office.steps(
        [
            ["open", str(master)],
            ["press", "rank"],
            ["put", "指标得分", cell, 0],
            ["press", "rank"],
            ["rows", MOVES],
            ["rows", LEDGER],
            ["press", "undo"],
            ["rows", "指标得分"],
            ["rows", LEDGER],
            ["save", str(office.folder / "saved.xlsx")],
            ["remove", "指标得分"],
            ["press", "rank"],
            ["rows", LEDGER],
        ]
    )
    moves, ledger, marks_after, ledger_after, last = seen[4], seen[5], seen[7], seen[8], seen[12]
    own = next(row for row in moves if row[2] == unit)
    assert (own[5][0], own[8]) == ("降", f"指标得分!{cell}（核定得分）{was:g}→0")
    assert [row[2:] for row in ledger[1:]] == [["指标得分", cell, unit, "核定得分", f"{was:g}", "0"]]
    assert marks_after[position(cell)[0]][position(cell)[1]] == was
    assert [row[1] for row in ledger_after[1:]] == ["重新计算", "撤销"]
    assert last == ledger_after
    saved = openpyxl.load_workbook(office.folder / "saved.xlsx")
    assert {MOVES, LEDGER} <= set(saved.sheetnames)
    for title in (MOVES, LEDGER):
        assert saved[title]["A1"].font.b
        assert saved[title].column_dimensions["B"].width != saved[title].column_dimensions["E"].width
    assert saved[LAST].sheet_state != "visible"


@pytest.mark.libreoffice
def test_a_formula_typed_over_in_libreoffice(office: Office, master: Path):
    """A place typed into the ranking, and a composite into its table: named, and nothing changed."""
    book = openpyxl.load_workbook(master)
    table = book["市直部门、园区"]
    composite = {c.value: c.column_letter for c in table[4]}["composite"]
    for title, cell in (("排名", "A6"), ("市直部门、园区", f"{composite}9")):
        seen = office.steps(
            [
                ["open", str(master)],
                ["press", "rank"],
                ["unprotect", title],
                ["put", title, cell, 999],
                ["told", "rank"],
                ["rows", LEDGER],
                ["rows", MOVES],
            ]
        )
        assert seen[4][0].startswith(f"“{title}”{cell}")
        assert seen[4][0].endswith("原为公式，现为999")
        assert seen[5] is None
        assert all(999 not in row for row in seen[6])


@pytest.mark.libreoffice
def test_locked_facts_and_the_map_in_libreoffice(office: Office, master: Path):
    """The full mark of an indicator, a target, the name of a unit; and a cell of the hidden map."""
    book = openpyxl.load_workbook(master)
    changed = [("指标得分", name, value) for name, value in (("full", 99), ("target", 1), ("@unit", "某局"))]
    for title, name, value in [*changed, ("市直部门、园区", "name", "某局")]:
        head = {c.value: c.column_letter for c in book[title][4]}
        cell = f"{head[name]}7"
        seen = office.steps(
            [["open", str(master)], ["unprotect", title], ["put", title, cell, value], ["told", "rank"]]
        )
        assert seen[3][0].startswith(f"“{title}”{cell}（{book[title][f'{head[name]}6'].value}）是锁定的内容")
        assert seen[3][0].endswith(f"现为{value}")
    seen = office.steps(
        [["open", str(master)], ["unprotect", "_xlperf"], ["put", "_xlperf", "A2", ""], ["told", "rank"]]
    )
    assert seen[3][0].startswith("隐藏的工作表“_xlperf”的内容被改动")


@pytest.mark.libreoffice
@pytest.mark.parametrize("scheme_id", in_turn(0, 2))
def test_a_master_as_issued_is_whole(office: Office, scheme_id: str):
    """LibreOffice spells every formula its own way; saved by it and opened again it is still the one issued."""
    native, calls, saved = (office.folder / f"{scheme_id} {word}.xlsx" for word in ("native", "calls", "saved"))
    for file in (native, calls):
        master_of(scheme_id, file, native=file is native)
    steps = [["open", str(native)], ["told", "rank"], ["save", str(saved)], ["open", str(saved)], ["told", "rank"]]
    seen = office.steps([*steps, ["open", str(calls)], ["told", "rank"]])
    assert [seen[i][0].split("：")[0] for i in (1, 4, 6)] == ["已重新计算"] * 3
    assert seen[4][0].startswith("已重新计算：0个单位名次有变，0格")
