"""What can be held of the Excel side without Excel: VBA text, the file with macros, our macros run by an interpreter.

Real Excel has not seen any of it: see the checklist in docs/addin.md.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from kit.worksheet import arguments
from oletools.olevba import VBA_Parser
from pyopenvba.apps.excel import ExcelApplication
from test_rules import CASES

from xlperf.addin.button import LEDGER, MOVES
from xlperf.addin.cells import OMITTED, CellError
from xlperf.addin.excel import macros as excel
from xlperf.addin.excel import udfs, vba
from xlperf.addin.excel.project import COMMANDS, build_xlsm, vba_project
from xlperf.addin.functions import functions

F = functions()
TEXT = vba.wrappers()


@pytest.fixture(scope="module")
def project() -> bytes:
    return vba_project()


@pytest.fixture
def master(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.create_sheet("排名")["A1"] = "名次"
    book.save(tmp_path / "总表.xlsx")
    return tmp_path / "总表.xlsx"


# ---- the text of the modules --------------------------------------------------------------------------------


def test_every_function_has_a_wrapper():
    assert [name for name in F if f"Function {name}(" not in TEXT] == []
    called = re.findall(r'XlperfAnswer\(XLPy\.CallUDF\("xlperf\.addin\.udfs", "(\w+)"', TEXT)
    assert set(called) == set(F)


def test_wrappers_take_the_arguments_of_the_registry():
    for name, function in F.items():
        head = re.search(rf"Function {name}\((.*)\)$", TEXT, re.M)
        assert head is not None, name
        words = [w.replace("Optional ", "") for w in head[1].split(", ")]
        more = ["ParamArray more()"] if function.repeated else []
        assert words == [*(udfs.safe(a.name) for a in function.fixed), *more]


def test_nothing_of_the_paid_part_is_used():
    sources = [Path(module.__file__).read_text("utf-8") for module in (excel, udfs, vba)]
    assert [s for s in sources if re.search(r"xlwings\.(pro|server|reports|remote)|LICENSE", s)] == []


# ---- the functions as xlwings calls them: rows, left-out arguments, errors ------------------------------------


def as_rows(cell: Any) -> Any:
    """Return an argument as xlwings passes it: rows, unless it was left out."""
    if cell is OMITTED:
        return OMITTED
    return [list(row) for row in cell] if isinstance(cell, tuple) else [[cell]]


@pytest.mark.parametrize("case", CASES[::5], ids=lambda c: c.name)
def test_cases_as_xlwings_calls(case):
    name, cells = arguments(case.expr, case.row)
    given = [as_rows(c) for c in cells]
    if F[name].repeated:  # xlwings passes None where such an argument was left out
        given = [None if g is OMITTED else g for g in given]
    try:
        direct = F[name](*cells)
    except CellError as error:
        direct = udfs.MARK + error.code
    assert getattr(udfs, name)(*given) == direct


def test_a_wrong_argument_is_marked_for_vba():
    assert udfs.XP_STEPS("115个", 100, 0.05, 5) == udfs.MARK + "#VALUE!"
    assert udfs.XP_STEPS([["#N/A"]], 100, 0.05, 5) == udfs.MARK + "#N/A"


# ---- the file ----------------------------------------------------------------------------------------------------


def test_modules_are_read_back(project: bytes, master: Path, tmp_path: Path):
    out = build_xlsm(master, tmp_path / "总表.xlsm", project)
    parser = VBA_Parser(str(out))
    try:
        found = {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()
    for name, text in vba.modules().items():
        kept = [line.rstrip() for line in found[name].replace("\r\n", "\n").splitlines() if line.strip()]
        assert kept == [line.rstrip() for line in text.splitlines() if line.strip()], name


def test_buttons_ribbon_and_names(project: bytes, master: Path, tmp_path: Path):
    out = build_xlsm(master, tmp_path / "总表.xlsm", project)
    with zipfile.ZipFile(out) as book:
        names = set(book.namelist())
        texts = {n: book.read(n).decode() for n in names if n.endswith((".xml", ".rels", ".vml"))}
    assert {"xl/vbaProject.bin", "customUI/customUI.xml", "xl/drawings/vmlDrawingXlperf.vml"} <= names
    assert "macroEnabled.main+xml" in texts["[Content_Types].xml"]
    assert 'codeName="ThisWorkbook"' in texts["xl/workbook.xml"]
    assert "rIdXlperf" in texts["xl/worksheets/sheet2.xml"]  # 排名
    captions = re.findall(r'label="([^"]+)" size', texts["customUI/customUI.xml"])
    assert captions == [caption for _, caption, _ in COMMANDS]
    macros = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)<", texts["xl/drawings/vmlDrawingXlperf.vml"])
    assert macros == ["XlperfRank", "XlperfCollect"]
    assert [m for m in macros if f"Sub {m}()" not in vba.MAIN] == []
    assert [m for m, _, _ in COMMANDS if f"Sub {m}Ribbon(control" not in vba.MAIN] == []


def test_the_rest_of_the_book_is_kept(project: bytes, master: Path, tmp_path: Path):
    out = build_xlsm(master, tmp_path / "总表.xlsm", project)
    book = openpyxl.load_workbook(out, keep_vba=True)
    assert book.sheetnames == ["说明", "排名"]
    book.save(tmp_path / "again.xlsm")
    with zipfile.ZipFile(tmp_path / "again.xlsm") as again:
        assert again.read("xl/vbaProject.bin") == project


# ---- our macros run, with a stand-in for the bridge -----------------------------------------------------------------

STUB = (
    'Attribute VB_Name = "xlwings"\nPublic Function RunPython(c As String)\n    Range("J1").Value = c\nEnd Function\n'
)


@pytest.mark.parametrize(
    ("macro", "wanted"),
    [
        ("XlperfRank", "import xlperf.addin.excel.macros as a; a.press('rank')"),
        ("XlperfUndo", "import xlperf.addin.excel.macros as a; a.press('undo')"),
        ("XlperfCollect", "import xlperf.addin.excel.macros as a; a.collect()"),
    ],
)
def test_macros_call_python(macro: str, wanted: str, tmp_path: Path):
    from pyopenvba import ExcelFile

    file = tmp_path / "check.xlsm"
    with ExcelFile.create_new(str(file)) as book:
        project = book.vba_project()
        project.add_module("xlwings", STUB.replace("\n", "\r\n"))
        project.add_module("XlperfMain", vba.MAIN.replace("\n", "\r\n"))
        book.save()
    app = ExcelApplication.open(str(file))
    app.run(macro)
    assert app.sheet(1).value("J1") == wanted
    exec(wanted.split(";")[0])
    assert hasattr(excel, wanted.split("a.")[-1].split("(")[0])


# ---- the button on a stand-in for xlwings' workbook -----------------------------------------------------------------


class Area:
    """A range of the stand-in: `value` gets and sets rows."""

    def __init__(self, sheet: FakeSheet, first: tuple[int, int], last: tuple[int, int] | None = None) -> None:
        self._sheet, self._first, self._last = sheet, first, last or first

    def options(self, **_: object) -> Area:
        return self

    @property
    def value(self) -> list[list[Any]]:
        (top, left), (bottom, right) = self._first, self._last
        return [[self._sheet.cells.get((r, c)) for c in range(left, right + 1)] for r in range(top, bottom + 1)]

    @value.setter
    def value(self, given: Any) -> None:
        rows = given if isinstance(given, list) else [[given]]
        for r, row in enumerate(rows, start=self._first[0]):
            for c, cell in enumerate(row, start=self._first[1]):
                is_text = isinstance(cell, str) and cell.startswith("'")
                self._sheet.cells[r, c] = cell[1:] if is_text else cell


class FakeSheet:
    def __init__(self, name: str) -> None:
        self.name, self.cells, self.api = name, {}, SimpleNamespace(Visible=-1)

    @property
    def used_range(self) -> Any:
        rows, columns = zip(*self.cells, strict=True) if self.cells else ((1,), (1,))
        return SimpleNamespace(last_cell=SimpleNamespace(row=max(rows), column=max(columns)))

    def range(self, first: tuple[int, int], last: tuple[int, int] | None = None) -> Area:
        return Area(self, first, last)

    def clear_contents(self) -> None:
        self.cells = {}

    def activate(self) -> None:
        """Come to the front."""


class FakeSheets(list[FakeSheet]):
    def __getitem__(self, key: Any) -> Any:
        return next(s for s in self if s.name == key) if isinstance(key, str) else super().__getitem__(key)

    @property
    def active(self) -> FakeSheet:
        return self[0]

    def add(self, name: str, after: FakeSheet) -> FakeSheet:
        self.append(FakeSheet(name))
        self[-1].delete = lambda: self.remove(self[name])
        return self[-1]


def test_the_button_in_excel(monkeypatch: pytest.MonkeyPatch):
    from test_addin_button import Memory

    memory, told = Memory(), []
    app = SimpleNamespace(alert=lambda *words: told.append(words))
    book = SimpleNamespace(sheets=FakeSheets([FakeSheet("说明")]), app=app)

    def show() -> None:
        """Let the memory calculate what the sheet 得分 holds now."""
        if "得分" in [s.name for s in book.sheets]:
            memory.sheets["得分"] = excel.ExcelBook(book).rows("得分")
        memory.recalculate()
        excel.ExcelBook(book).replace("排名", memory.sheets["排名"])

    for title, rows in memory.sheets.items():
        excel.ExcelBook(book).replace(title, rows)
    book.app.calculate = show
    monkeypatch.setattr(excel, "_calling", lambda: book)
    assert excel.press("rank").done
    excel.ExcelBook(book).put("得分", 8, 3, 95.0)
    assert excel.press("rank").moved == 3
    pages = excel.ExcelBook(book)
    assert next(r for r in pages.rows(MOVES) if r[2] == "丙局")[8] == "得分!D9（核定得分）70→95"
    assert excel.press("undo").done
    assert [row[1] for row in pages.rows(LEDGER)[1:]] == ["重新计算", "撤销"]
    assert [words[1] for words in told] == ["重新计算排名"] * 3
