"""What can be held of the Excel side without Excel: VBA text, the file with macros, our macros run by an interpreter.

Real Excel has not seen any of it: see the checklist in docs/addin.md.
"""

from __future__ import annotations

import importlib
import re
import sys
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from kit.excel import FakeSheet, FakeSheets
from kit.rule_cases import CASES
from kit.worksheet import arguments
from oletools.mraptor import MacroRaptor
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile
from pyopenvba.apps.excel import ExcelApplication

from xlperf.addin.button import LEDGER, MOVES
from xlperf.addin.cells import OMITTED, CellError
from xlperf.addin.excel import macros as excel
from xlperf.addin.excel import names, settings, udfs, vba
from xlperf.addin.excel.project import COMMANDS, build_xlsm
from xlperf.addin.functions import functions
from xlperf.cli import main

F = functions()


@pytest.fixture
def master(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.create_sheet("排名")["A1"] = "名次"
    book.save(tmp_path / "总表.xlsx")
    return tmp_path / "总表.xlsx"


# ---- what xlwings calls ----------------------------------------------------------------------------------------


def test_what_xlwings_serves_has_the_arguments_of_the_wrapper(monkeypatch: pytest.MonkeyPatch):
    """xlwings' own words need Windows modules only to be importable; empty ones stand in for them."""
    for name in ("pythoncom", "pywintypes", "win32com", "win32com.client"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["pythoncom"].CoInitialize = lambda *_: None
    sys.modules["pywintypes"].com_error = type("com_error", (Exception,), {})
    sys.modules["win32com.client"].Dispatch = lambda *_: None
    sys.modules["win32com"].client = sys.modules["win32com.client"]
    monkeypatch.delitem(sys.modules, "xlwings.udfs", raising=False)
    words = importlib.import_module("xlwings.udfs")
    monkeypatch.delitem(sys.modules, "xlwings.udfs")
    for function in F.values():
        served = udfs.decorated(function, words).__xlfunc__
        names_served = [a["name"] for a in served["args"] if a["name"] != "caller"]
        assert names_served == [*(names.safe(a.name) for a in function.fixed), *(["more"] if function.repeated else [])]
        assert all(a["options"]["ndim"] == 2 for a in served["args"])


def test_nothing_of_the_paid_part_is_used():
    sources = [Path(module.__file__).read_text("utf-8") for module in (excel, udfs, vba)]
    assert [s for s in sources if re.search(r"xlwings\.(pro|server|reports|remote)|LICENSE", s)] == []


# ---- the functions as xlwings calls them: rows, left-out arguments, errors ------------------------------------


def as_rows(cell: Any) -> Any:
    """Return an argument as xlwings passes it: rows, unless it was left out."""
    if cell is OMITTED:
        return OMITTED
    return [list(row) for row in cell] if isinstance(cell, tuple) else [[cell]]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
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


def test_modules_are_read_back(master: Path, tmp_path: Path):
    out = build_xlsm(master, tmp_path / "总表.xlsm")
    parser = VBA_Parser(str(out))
    try:
        found = {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()
    for name, text in vba.modules().items():
        kept = [line.rstrip() for line in found[name].replace("\r\n", "\n").splitlines() if line.strip()]
        assert kept == [line.rstrip() for line in text.splitlines() if line.strip()], name


def test_the_same_book_every_time(master: Path, tmp_path: Path):
    first, second = (build_xlsm(master, tmp_path / name) for name in ("a.xlsm", "b.xlsm"))
    assert first.read_bytes() == second.read_bytes()


def test_no_scanner_calls_it_suspicious(master: Path, tmp_path: Path):
    """Writing and executing are what xlwings' bridge does; running by itself is what nothing here may do."""
    out = build_xlsm(master, tmp_path / "总表.xlsm")
    parser = VBA_Parser(str(out))
    try:
        raptor = MacroRaptor("\n".join(code for *_, code in parser.extract_macros()))
        raptor.scan()
        found = {(kind, word) for kind, word, _ in parser.analyze_macros()}
    finally:
        parser.close()
    assert (raptor.autoexec, raptor.suspicious) == (False, False), raptor.matches
    assert [word for kind, word in found if kind == "AutoExec"] == []


def test_buttons_and_ribbon(master: Path, tmp_path: Path):
    texts = parts_of(build_xlsm(master, tmp_path / "总表.xlsm"))
    assert {"xl/vbaProject.bin", "customUI/customUI.xml", "xl/drawings/vmlDrawingXlperf.vml"} <= set(texts)
    assert "macroEnabled.main+xml" in texts["[Content_Types].xml"]
    assert "rIdXlperf" in texts["xl/worksheets/sheet2.xml"]  # 排名
    captions = re.findall(r'label="([^"]+)" size', texts["customUI/customUI.xml"])
    assert captions == [caption for _, caption, _ in COMMANDS]
    macros = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)<", texts["xl/drawings/vmlDrawingXlperf.vml"])
    assert macros == ["XlperfRank", "XlperfCollect"]
    assert [m for m in macros if f"Sub {m}()" not in vba.MAIN] == []
    assert [m for m, _, _ in COMMANDS if f"Sub {m}Ribbon(control" not in vba.MAIN] == []


def test_buttons_stand_clear_of_the_ranking(tmp_path: Path):
    """Also of its hidden columns, in which a button would have no width."""
    book = openpyxl.Workbook()
    book.active.title = "排名"
    book["排名"]["F9"] = 1
    book["排名"].column_dimensions["F"].hidden = True
    book.save(tmp_path / "总表.xlsx")
    texts = parts_of(build_xlsm(tmp_path / "总表.xlsx", tmp_path / "总表.xlsm"))
    anchors = re.findall(r"<x:Anchor>(\d+), 0, \d+, 0, (\d+),", texts["xl/drawings/vmlDrawingXlperf.vml"])
    assert anchors == [("7", "9"), ("7", "9")]


def test_every_sheet_has_its_module(master: Path, tmp_path: Path):
    out = build_xlsm(master, tmp_path / "总表.xlsm")
    book = openpyxl.load_workbook(out)
    named = [book.code_name, *(sheet.sheet_properties.codeName for sheet in book.worksheets)]
    assert named == ["ThisWorkbook", "Sheet1", "Sheet2", "Sheet3"]
    with ExcelFile(str(out)) as file:
        behind = [module.name for module in file.vba_project().modules]
    assert behind == [*named, *vba.modules()]
    assert [name for name in behind if not names.is_name(name)] == []


@pytest.mark.parametrize(
    ("interpreter", "shown"), [("", None), (r"%LOCALAPPDATA%\Python\python.exe", r"%LOCALAPPDATA%\Python\python.exe")]
)
def test_settings_as_xlwings_reads_them(master: Path, tmp_path: Path, interpreter: str, shown: str | None):
    """The bridge looks a name up in column A, in capitals; a blank one counts as not given."""
    book = openpyxl.load_workbook(build_xlsm(master, tmp_path / "总表.xlsm", interpreter))
    sheet = book["xlwings.conf"]
    found = {row[0].upper(): row[1] for row in sheet.iter_rows(values_only=True)}
    asked = set(re.findall(r'GetConfig\("([^"]+)"', vba.bridge()))
    assert set(found) <= asked
    assert (found["INTERPRETER_WIN"], found["UDF MODULES"]) == (shown, "xlperf.addin.excel.udfs")
    assert sheet.sheet_state == "hidden"
    importlib.import_module(found["UDF MODULES"])


@pytest.mark.parametrize(
    "good", ["", "python", "pythonw", r"C:\Python312\python.exe", r"%APPDATA%\x\python.exe", r"\\pc\share\python.exe"]
)
def test_interpreters_that_excel_can_start(good: str):
    assert settings.interpreter_problems(good) == []


@pytest.mark.parametrize("bad", [r"..\.venv\python.exe", "/usr/bin/python3", r"C:\Python312", 'C:\\a"b.exe', "python3"])
def test_interpreters_that_it_cannot(bad: str):
    assert [p.code for p in settings.interpreter_problems(bad)] == ["ADDIN_INTERPRETER"]


def test_built_from_the_command_line(master: Path, tmp_path: Path):
    words = ["addin", "build", "--out", str(tmp_path / "out"), "--book", str(master)]
    refused = CliRunner().invoke(main, [*words, "--interpreter", r"..\python.exe"])
    assert (refused.exit_code, r"..\python.exe" in refused.output) == (1, True)
    assert not (tmp_path / "out").exists()
    done = CliRunner().invoke(main, [*words, "--interpreter", r"C:\Python312\python.exe"])
    assert done.exit_code == 0
    assert (
        openpyxl.load_workbook(tmp_path / "out" / "总表.xlsm")["xlwings.conf"]["B1"].value == r"C:\Python312\python.exe"
    )


def test_the_rest_of_the_book_is_kept(master: Path, tmp_path: Path):
    out = build_xlsm(master, tmp_path / "总表.xlsm")
    book = openpyxl.load_workbook(out, keep_vba=True)
    assert book.sheetnames == ["说明", "排名", "xlwings.conf"]
    book.save(tmp_path / "again.xlsm")
    with zipfile.ZipFile(tmp_path / "again.xlsm") as again, zipfile.ZipFile(out) as made:
        assert again.read("xl/vbaProject.bin") == made.read("xl/vbaProject.bin")


def parts_of(book: Path) -> dict[str, str]:
    with zipfile.ZipFile(book) as parts:
        return {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}


# ---- our macros run, with a stand-in for the bridge -----------------------------------------------------------------

STUB = (
    'Attribute VB_Name = "xlwings"\nPublic Function RunPython(c As String)\n    Range("J1").Value = c\nEnd Function\n'
)


@pytest.mark.parametrize(
    ("macro", "wanted"),
    [
        ("XlperfRank", "import xlperf.addin.excel.macros as a; a.press('rank')"),
        ("XlperfUndo", "import xlperf.addin.excel.macros as a; a.press('undo')"),
        ("XlperfCollect", "import xlperf.cli.macros as a; a.collect()"),
    ],
)
def test_macros_call_python(macro: str, wanted: str, tmp_path: Path):
    file = tmp_path / "check.xlsm"
    with ExcelFile.create_new(str(file)) as book:
        project = book.vba_project()
        project.add_module("xlwings", STUB.replace("\n", "\r\n"))
        project.add_module("XlperfMain", vba.MAIN.replace("\n", "\r\n"))
        book.save()
    app = ExcelApplication.open(str(file))
    app.run(macro)
    assert app.sheet(1).value("J1") == wanted
    module = importlib.import_module(wanted.split()[1])
    assert hasattr(module, wanted.split("a.")[-1].split("(")[0])


# ---- the button on a stand-in for xlwings' workbook -----------------------------------------------------------------


@pytest.fixture
def told() -> list[tuple[str, ...]]:
    return []


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch, told: list[tuple[str, ...]]) -> Any:
    """An open book whose formulas a memory works out, as the one whose macro calls."""
    from kit.memory import Memory

    memory = Memory()
    book = SimpleNamespace(sheets=FakeSheets([FakeSheet("说明")]))
    book.app = SimpleNamespace(alert=lambda *words: told.append(words), calculate=lambda: show(memory, book))
    pages = excel.ExcelBook(book)
    for title, rows in memory.sheets.items():
        pages.replace(title, rows)
    book.sheets["得分"].formulas = {(r + 1, c + 1): text for (_, r, c), text in memory.typed.items()}
    monkeypatch.setattr(excel, "calling_book", lambda: book)
    return book


def show(memory: Any, book: Any) -> None:
    """Let the memory calculate what the sheet 得分 holds now."""
    sheet, pages = book.sheets["得分"], excel.ExcelBook(book)
    memory.sheets["得分"] = pages.rows("得分")
    memory.typed = {("得分", r - 1, c - 1): text for (r, c), text in sheet.formulas.items()}
    memory.recalculate()
    for r, row in enumerate(memory.sheets["得分"], start=1):
        sheet.cells[r, 5] = row[4]
    pages.replace("排名", memory.sheets["排名"])


def test_the_button_in_excel(book: Any, told: list[tuple[str, ...]]):
    assert excel.press("rank").done
    pages = excel.ExcelBook(book)
    pages.put("得分", 8, 3, 95.0)
    assert excel.press("rank").moved == 3
    assert next(r for r in pages.rows(MOVES) if r[2] == "丙局")[8] == "得分!D9（核定得分）70→95"
    assert excel.press("undo").done
    assert [row[1] for row in pages.rows(LEDGER)[1:]] == ["重新计算", "撤销"]
    assert [words[1] for words in told] == ["重新计算排名"] * 3
    assert book.sheets[MOVES].widths[9] > book.sheets[MOVES].widths[2]


def test_a_formula_typed_over_in_excel(book: Any, told: list[tuple[str, ...]]):
    assert excel.press("rank").done
    excel.ExcelBook(book).put("得分", 8, 4, 999.0)
    before = {sheet.name: dict(sheet.cells) for sheet in book.sheets}
    assert not excel.press("rank").done
    assert told[-1][0].startswith("“得分”E9（得分）原为公式，现为999\n")
    assert {sheet.name: sheet.cells for sheet in book.sheets} == before
