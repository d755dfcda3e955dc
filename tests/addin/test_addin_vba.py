"""The text of the VBA modules: names that VBA takes, wrappers of the registry, and every module run by LibreOffice.

LibreOffice compiles the whole project before it runs anything of it, so one mistake in one module shows.
"""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from kit.office import Office, open_office

from xlperf.addin.excel import names, udfs, vba
from xlperf.addin.excel.project import build_xlsm
from xlperf.addin.functions import functions

F = functions()
TEXT = vba.wrappers()
KINDS = {"#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042}


@pytest.fixture
def master(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.save(tmp_path / "总表.xlsx")
    return tmp_path / "总表.xlsx"


# ---- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["function", "Function", "WITH", "step", "to", "String", "True", "Xor", "Rem", "Base"])
def test_a_reserved_word_gets_a_tail(word: str):
    assert not names.is_name(word)
    assert names.safe(word) == f"{word}_"


def test_words_that_only_look_reserved_stay():
    assert [names.safe(w) for w in ("actual", "steps", "functions", "target_")] == [
        "actual", "steps", "functions", "target_",
    ]  # fmt: skip


def test_every_generated_name_is_one_that_vba_takes():
    for module, text in vba.own_modules().items():
        assert names.is_name(module)
        declared = list(vba.names_in(text))
        assert declared
        assert [name for name in declared if not names.is_name(name)] == []


def test_a_name_that_vba_does_not_take_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vba, "safe", lambda name: name)
    with pytest.raises(ValueError, match="function"):
        vba.own_modules()


@pytest.mark.parametrize("name", ["Workbook_Open", "auto_open", "AutoExec", "XP_CHANGE", "Sheet1_Click", "Worksheet_x"])
def test_names_that_scanners_take_for_handlers(name: str):
    assert names.runs_by_itself(name)


# ---- the text of the modules --------------------------------------------------------------------------------


def test_every_function_has_a_wrapper():
    assert [name for name in F if f"Public Function {name}(" not in TEXT] == []
    assert set(re.findall(r'XlperfCall\("(\w+)"', TEXT)) == set(F)
    assert f'XLPy.CallUDF("{udfs.__name__}"' in vba.BRIDGE


def test_wrappers_take_the_arguments_of_the_registry():
    for name, function in F.items():
        head = re.search(rf"Function {name}\((.*)\) As Variant$", TEXT, re.M)
        assert head is not None, name
        words = [w.replace("Optional ", "") for w in head[1].split(", ")]
        more = ["ParamArray more()"] if function.repeated else []
        assert words == [*(names.safe(a.name) for a in function.fixed), *more]


# ---- LibreOffice runs the modules -----------------------------------------------------------------------------------

BRIDGE_OF_THE_JUDGE = """Attribute VB_Name = "XlperfBridge"
Option Explicit

Public Function XlperfAsk(which As String, given As Variant) As Variant
    XlperfAsk = which & " " & (UBound(given) + 1)
    If which = "XP_CAP" Then XlperfAsk = Chr(1) & given(0)
    If given(0) = "unreached" Then Err.Raise 1001, "bridge", "no Python"
End Function

Public Function XlperfInWizard() As Boolean
    XlperfInWizard = False
End Function

Public Function JudgeError(which As String) As String
    Dim answer As Variant
    answer = XP_CAP(which)
    If which = "unreached" Then answer = XP_TIER(which, 2)
    JudgeError = TypeName(answer) & " " & CLng(answer)
End Function
"""
RUNNER_OF_THE_JUDGE = """Attribute VB_Name = "xlwings"
Option Explicit
Public said As String

Public Function RunPython(command As String)
    said = command
End Function

Public Function JudgeMacro(which As String) As String
    If which = "rank" Then XlperfRank
    If which = "undo" Then XlperfUndo
    If which = "collect" Then XlperfCollect
    JudgeMacro = said
End Function
"""


def judged(
    office: Office, master: Path, calls: list[list[object]], spoilt: dict[str, str] | None = None
) -> list[object]:
    """Let LibreOffice compile the modules behind a .xlsm and call some of their functions."""
    texts = {**vba.own_modules(), "xlwings": RUNNER_OF_THE_JUDGE, "XlperfBridge": BRIDGE_OF_THE_JUDGE, **(spoilt or {})}
    out = build_xlsm(master, office.folder / "总表.xlsm", "", texts)
    return office.steps([["macros", str(out)], *(["call", *call] for call in calls)])[1:]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return open_office(tmp_path_factory.mktemp("office"))


def calls_of_wrappers() -> dict[str, int]:
    """Return how many arguments every function is called with: all that stand once, and two groups that repeat."""
    return {name: len(f.fixed) + 2 * len(f.repeated) for name, f in F.items() if name != "XP_CAP"}


@pytest.mark.libreoffice
def test_libreoffice_runs_every_wrapper(office: Office, master: Path):
    wanted = calls_of_wrappers()
    calls = [[f"xlwings_udfs.{name}", *(["1"] * count)] for name, count in wanted.items()]
    assert judged(office, master, calls) == [f"{name} {count}" for name, count in wanted.items()]


@pytest.mark.libreoffice
def test_libreoffice_sees_errors_as_errors(office: Office, master: Path):
    kinds = [*KINDS, "#ANYTHING"]
    seen = judged(office, master, [["XlperfBridge.JudgeError", kind] for kind in (*kinds, "unreached")])
    assert seen == [f"Error {KINDS.get(kind, 2015)}" for kind in kinds] + ["Error 2015"]


@pytest.mark.libreoffice
def test_libreoffice_runs_the_macros(office: Office, master: Path):
    seen = judged(office, master, [["xlwings.JudgeMacro", what] for what in ("rank", "undo", "collect")])
    pressed = "import xlperf.addin.excel.macros as a; a.press"
    assert seen == [f"{pressed}('rank')", f"{pressed}('undo')", "import xlperf.cli.macros as a; a.collect()"]


@pytest.mark.libreoffice
def test_explain_says_why_python_was_not_reached(office: Office, master: Path):
    assert judged(office, master, [["xlwings_udfs.XP_EXPLAIN", "unreached", "1"]]) == ["no Python"]


SPOILT = {
    "xlwings_udfs": ("function_", "function"),  # the reserved word that kept the module from compiling
    "XlperfAnswers": ("Exit Function", "Exit Functoin"),
    "XlperfMain": ("End Sub", "End"),
}


@pytest.mark.libreoffice
@pytest.mark.parametrize("module", SPOILT)
def test_a_mistake_in_a_module_is_seen(office: Office, master: Path, module: str):
    text = vba.own_modules()[module]
    assert SPOILT[module][0] in text
    seen = judged(office, master, [["xlwings_udfs.XP_SUM", "1", "2"]], {module: text.replace(*SPOILT[module])})
    assert seen != ["XP_SUM 2"]
