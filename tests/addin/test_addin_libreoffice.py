"""The LibreOffice extension: built the same every time, installed, and every case of every rule answered in cells.

Cells say =XP_…(…) as the formula face writes them where the add-in is installed; LibreOffice must show
what the engine says, and save the names back as they were.
"""

from __future__ import annotations

import ast
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from kit.differences import differences
from kit.faces import RowAddresses, with_constants
from kit.judge import Formula, _read, _write, agrees
from kit.masters import made_up, master_of
from kit.office import Office, open_office
from kit.rule_cases import CASES, RuleCase
from kit.schemes import in_turn

from xlperf.addin.functions import functions
from xlperf.addin.libreoffice.extension import COMMAND, COMMANDS, GROUP, TOOLBAR, build_oxt, contents, idl, method_of
from xlperf.formula.excel import formula
from xlperf.formula.signature import SIGNATURES, looks_up_names
from xlperf.formula.values import EXEMPT

ONLY_TYPED = {name for name in SIGNATURES if looks_up_names(name)}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return open_office(tmp_path_factory.mktemp("office"))


# ---- the extension itself ---------------------------------------------------------------------------------


def test_it_is_built_the_same_every_time(tmp_path: Path):
    first, second = build_oxt(tmp_path / "a.oxt"), build_oxt(tmp_path / "deep" / "b.oxt")
    assert first.read_bytes() == second.read_bytes()


def test_its_xml_can_be_read():
    for name, data in contents().items():
        if name.endswith((".xml", ".xcu")):
            ElementTree.fromstring(data)


def test_the_toolbar_has_a_name_a_place_and_icons():
    """As the built file says it: LibreOffice calls a toolbar without a name 扩展 1 and lets it float."""
    parts, named = contents(), "{http://openoffice.org/2001/registry}name"
    state = ElementTree.fromstring(parts["CalcWindowState.xcu"])
    (bar,) = (n for n in state.iter("node") if n.get(named, "").startswith("private:resource/toolbar/addon_"))
    props = {p.get(named): [v.text for v in p.iter("value")] for p in bar.iter("prop")}
    assert props["UIName"] == [GROUP[0], *GROUP]
    assert [props[name] for name in ("Docked", "Visible", "DockingArea", "Style")] == [["true"], ["true"], ["0"], ["2"]]
    menus = ElementTree.fromstring(parts["Addons.xcu"])
    there = {n.get(named): n for n in menus.iter("node")}
    assert bar.get(named) == f"private:resource/toolbar/addon_{TOOLBAR}"
    on_it = {v.text for v in there[TOOLBAR].iter("value")} & {f"service:{COMMAND}?{name}" for name, _, _ in COMMANDS}
    texts = [v.text or "" for v in there["Images"].iter("value")]
    icons = [text.removeprefix("%origin%/") for text in texts if text.startswith("%origin%/")]
    assert len(on_it) == len(COMMANDS) == len(on_it & set(texts))
    assert [icon for icon in icons if not parts.get(icon, b"").startswith(b"<svg")] == []
    assert len(icons) == 2 * len(COMMANDS)  # small and large


def test_the_type_library_has_a_method_for_every_function():
    assert [name for name in functions() if f" {method_of(name)}(" not in idl()] == []


def test_the_core_in_it_is_complete_and_needs_nothing_else():
    parts = contents()
    known = {"uno", "unohelper", "com", "org", *sys.stdlib_module_names}
    wrong = []
    for name, data in parts.items():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(data)):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                path = f"pythonpath/{module.replace('.', '/')}"
                inside = f"{path}.py" in parts or f"{path}/__init__.py" in parts
                if module.split(".")[0] not in known and not inside:
                    wrong.append(f"{name} imports {module}")
    assert [w for w in wrong if "xlperf.api" not in w] == []  # api only where a program asks for it


# ---- in cells ---------------------------------------------------------------------------------------------


def xp_rows(case: RuleCase, r: int) -> list[list[object]]:
    """Return two sheet rows: over typed cells (and constants), and over cells that hold formulas."""
    names = list(case.row)
    numbers = frozenset(names) - case.texts
    exempt = frozenset(n for n in names if case.row[n] == EXEMPT)
    typed = RowAddresses(names, r, case.texts, exempt)
    computed = RowAddresses(names, r + 1, case.texts, numbers, clean=False)
    fixed = case.expr if EXEMPT in case.row.values() else with_constants(case.expr, case.row)
    first = [Formula(formula(e, typed, native=False)) for e in (case.expr, fixed)]
    second = Formula(formula(case.expr, computed, native=False))
    return [
        [*first, *case.row.values()],
        [second, second, *(formula_of(v) for v in case.row.values())],
    ]


def formula_of(value: object) -> Formula:
    return Formula('""' if value is None else f'"{value}"' if isinstance(value, str) else repr(float(value)))


@pytest.fixture(scope="module")
def sheet() -> list[list[object]]:
    grid: list[list[object]] = []
    for case in CASES:
        grid += xp_rows(case, len(grid) + 1)
    return grid


@pytest.fixture(scope="module")
def answered(office: Office, sheet: list[list[object]]) -> Path:
    asked = office.folder / "cases.xlsx"
    _write(asked, {"cases": sheet, "control": [[Formula("1+1")]]})
    return office.recalculated(asked)


@pytest.mark.libreoffice
def test_every_case_in_cells(answered: Path, sheet: list[list[object]]):
    shown = _read(answered)
    assert shown["control"] == [[2]], "LibreOffice did not recalculate"
    wrong = []
    for i, case in enumerate(CASES):
        for r in (2 * i, 2 * i + 1):
            wrong += [
                (case.name, sheet[r][c].text, shown["cases"][r][c], case.expected)
                for c in (0, 1)
                if not agrees(shown["cases"][r][c], case.expected)
            ]
    assert wrong == []


@pytest.mark.libreoffice
def test_names_are_saved_back_as_they_were(answered: Path, sheet: list[list[object]]):
    saved = openpyxl.load_workbook(answered)["cases"]
    wrong = []
    for r, row in enumerate(sheet, start=1):
        text = row[0].text
        name = text[text.find("XP_") : text.find("(", text.find("XP_"))] if "XP_" in text else ""
        if name and f"{name}(" not in str(saved.cell(r, 1).value):
            wrong.append((text, saved.cell(r, 1).value))
    assert wrong == []


def test_most_cases_are_written_as_calls(sheet: list[list[object]]):
    """Only what cannot be laid out as arguments stays native; the coefficient answers differently by hand."""
    called = {case.expr.args[0] for i, case in enumerate(CASES) if "XP_" in sheet[2 * i][0].text}
    assert {case.expr.args[0] for case in CASES} - called == ONLY_TYPED | WITH_TABLES
    fixed = {case.expr.args[0] for i, case in enumerate(CASES) if "XP_" in sheet[2 * i][1].text}
    assert {case.expr.args[0] for case in CASES} - fixed == ONLY_TYPED


WITH_TABLES = {
    "XP_BAND",
    "XP_HIGHEST",
    "XP_AWARD",
    "XP_RANKPOINTS",
}  # a table of cells that stand in one row is no range

ERRORS = {
    'XP_STEPS("115个",100,5%,5)': "#VALUE!",
    "XP_STEPS(NA(),100,5%,5)": "#N/A",
    "XP_STEPS(115,100,0,5)": "#DIV/0!",
    'XP_COEFFICIENT("学徒",{"技师",1.5;"高级工",1.3})': "#N/A",
    "XP_BAND(3,{200,10;100,5})": "#VALUE!",
    'XP_STEPS(115,100,5%,5,,"above")': "#VALUE!",
    'IFERROR(XP_BAND(3,{200,10;100,5}),"caught")': "caught",
    "XP_STEPS(115,100,5%,5)+1": 16,
    'XP_STEPS(85,100,5%,-5,,"under")': -15,
    'IF(TRUE,XP_STEPS(115,100,5%,5),"")': 15,
    "SUM(XP_STEPS(115,100,5%,5),1)": 16,
    "XP_SUM(1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20)": 210,
    "XP_ROUND(1.005,2)": 1.01,
    'XP_EXPLAIN("XP_STEPS",B1,100,5%,5)': "#VALUE!：参数“完成值”应为数，现为文字“abc”",
}


@pytest.mark.libreoffice
def test_what_is_typed_by_hand(office: Office):
    asked = office.folder / "typed.xlsx"
    grid = [[Formula(text), *(["abc"] if i == 0 else [])] for i, text in enumerate(ERRORS)]
    column = [[Formula(f"XP_STEPS(B{r},100,5%,5)"), r * 5 + 100] for r in range(1, 4)]
    _write(asked, {"typed": grid, "rows": column})
    shown = _read(office.recalculated(asked))
    wrong = [
        (text, row[0], wanted)
        for (text, wanted), row in zip(ERRORS.items(), shown["typed"], strict=True)
        if (not str(row[0]).startswith(wanted) if isinstance(wanted, str) else row[0] != wanted)
    ]
    assert wrong == []
    assert [row[0] for row in shown["rows"]] == [5, 10, 15]


@pytest.mark.libreoffice
def test_array_formulas_and_texts_that_others_compare(office: Office):
    """A text answered by a function is found by COUNTIF; a range call fills its cells."""
    asked = office.folder / "array.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    for r, actual in enumerate((115, 105, 130), start=1):
        sheet.cell(r, 1, actual)
        sheet.cell(r, 2, f'=XP_FLAG("all",A{r}>110)')
    sheet["C1"] = openpyxl.worksheet.formula.ArrayFormula("C1:C3", "=XP_STEPS(A1:A3,100,5%,5)")
    sheet["D1"] = openpyxl.worksheet.formula.ArrayFormula("D1:D3", "=XP_RANK(A1:A3,A1:A3)")
    sheet["E1"] = '=COUNTIF(B1:B3,"是")'
    book.save(asked)
    shown = _read(office.recalculated(asked))["Sheet"]
    assert [row[1:4] for row in shown] == [["是", 15, 2], ["否", 5, 3], ["是", 30, 1]]
    assert shown[0][4] == 2


@pytest.mark.libreoffice
@pytest.mark.parametrize("scheme_id", in_turn(1, 2))
def test_a_master_workbook_of_calls(office: Office, scheme_id: str):
    """Every formula cell of the 总表 in XP flavour says what the engine says."""
    file = master_of(scheme_id, office.folder / f"{scheme_id}.xlsx", native=False)
    assert differences(made_up(scheme_id), office.recalculated(file)) == []
    with zipfile.ZipFile(file) as book:
        text = b"".join(book.read(name) for name in book.namelist() if "worksheets/" in name)
    assert text.count(b"XP_") > 20
