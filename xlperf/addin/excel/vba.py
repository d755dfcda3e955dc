"""The VBA of the office's 总表, written from the registry: macros, answers, and one wrapper a worksheet function.

The bridge `xlwings.bas` comes from the installed xlwings, because it names the DLL of its own version. What
only Excel can answer stands in one module (XlperfBridge), so that a test can put another in its place and
let LibreOffice run the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

from xlperf.addin.excel.names import is_name, runs_by_itself, safe
from xlperf.addin.functions import EXPLAIN, Function, functions

SERVED = "xlperf.addin.excel.udfs"  # the Python module that xlwings calls
MAIN = """Attribute VB_Name = "XlperfMain"
Option Explicit

Public Sub XlperfRank()
    RunPython "import xlperf.addin.excel.macros as a; a.press('rank')"
End Sub

Public Sub XlperfUndo()
    RunPython "import xlperf.addin.excel.macros as a; a.press('undo')"
End Sub

Public Sub XlperfCollect()
    RunPython "import xlperf.cli.macros as a; a.collect()"
End Sub

Public Sub XlperfRankRibbon(control As IRibbonControl)
    XlperfRank
End Sub

Public Sub XlperfUndoRibbon(control As IRibbonControl)
    XlperfUndo
End Sub

Public Sub XlperfCollectRibbon(control As IRibbonControl)
    XlperfCollect
End Sub
"""
BRIDGE = f"""Attribute VB_Name = "XlperfBridge"
Option Explicit

Public Function XlperfAsk(which As String, given As Variant) As Variant
    XlperfAsk = XLPy.CallUDF("{SERVED}", (which), (given), ThisWorkbook, Application.Caller)
End Function

Public Function XlperfInWizard() As Boolean
    XlperfInWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function
"""
ANSWERS = f"""Attribute VB_Name = "XlperfAnswers"
Option Explicit

Public Function XlperfCall(which As String, given As Variant) As Variant
    On Error GoTo failed
    XlperfCall = XlperfAnswer(XlperfAsk(which, given))
    Exit Function
failed:
    XlperfCall = CVErr(xlErrValue)
    If which = "{EXPLAIN}" Then XlperfCall = Err.Description
End Function

Public Function XlperfAnswer(given As Variant) As Variant
    Dim answer As Variant
    answer = given
    If IsArray(given) Then answer = given(LBound(given, 1), LBound(given, 2))
    XlperfAnswer = given
    If IsError(answer) Then Exit Function
    If VarType(answer) <> vbString Then Exit Function
    If Left(answer, 1) <> Chr(1) Then Exit Function
    Select Case Mid(answer, 2)
        Case "#NULL!"
            XlperfAnswer = CVErr(xlErrNull)
        Case "#DIV/0!"
            XlperfAnswer = CVErr(xlErrDiv0)
        Case "#REF!"
            XlperfAnswer = CVErr(xlErrRef)
        Case "#NAME?"
            XlperfAnswer = CVErr(xlErrName)
        Case "#NUM!"
            XlperfAnswer = CVErr(xlErrNum)
        Case "#N/A"
            XlperfAnswer = CVErr(xlErrNA)
        Case Else
            XlperfAnswer = CVErr(xlErrValue)
    End Select
End Function
"""
_DECLARED = re.compile(r"^\s*(?:(?:Public|Private)\s+)?(?:Sub|Function)\s+(\w+)\((.*)\)", re.MULTILINE)


def modules() -> dict[str, str]:
    """Return the text of every module by its name. ImportError without xlwings."""
    return {"xlwings": bridge(), **own_modules()}


def own_modules() -> dict[str, str]:
    """Return the text of the modules that are ours, which is all but xlwings' own bridge.

    ValueError for a name that VBA does not take, or that looks like the handler of an event.
    """
    made = {"XlperfMain": MAIN, "XlperfBridge": BRIDGE, "XlperfAnswers": ANSWERS, "xlwings_udfs": wrappers()}
    refused = [name for text in made.values() for name in names_in(text) if not is_name(name) or runs_by_itself(name)]
    if refused:
        raise ValueError(f"no names for VBA: {', '.join(refused)}")
    return made


def names_in(text: str) -> Iterator[str]:
    """List every name that a module declares: procedures and their arguments."""
    for procedure, arguments in _DECLARED.findall(text):
        yield procedure
        for argument in filter(None, re.split(r"\s*,\s*", arguments)):
            yield re.sub(r"^(?:(?:Optional|ByVal|ByRef|ParamArray)\s+)*", "", argument).split(" ")[0].removesuffix("()")


def bridge() -> str:
    """Return xlwings' own bridge between VBA and Python, of the version installed."""
    return files("xlwings").joinpath("xlwings.bas").read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")


def wrappers() -> str:
    """Return one VBA function for every worksheet function."""
    head = 'Attribute VB_Name = "xlwings_udfs"\nOption Explicit\n'
    return "\n".join([head, *map(_wrapper, functions().values())])


def _wrapper(function: Function) -> str:
    """Write the VBA of one function. VBA knows no function with both optional and repeated arguments."""
    fixed = [safe(a.name) for a in function.fixed]
    may_be_left_out = [not function.repeated and a.slot.optional for a in function.fixed]
    head = [f"Optional {n}" if optional else n for n, optional in zip(fixed, may_be_left_out, strict=True)]
    head += ["ParamArray more()"] if function.repeated else []
    given = f"Array({', '.join(fixed)})"
    gathered, arguments = (_gathered(given, len(fixed)), "given") if function.repeated else ("", given)
    return (
        f"Public Function {function.name}({', '.join(head)}) As Variant\n"
        f"    If XlperfInWizard() Then Exit Function\n{gathered}"
        f'    {function.name} = XlperfCall("{function.name}", {arguments})\nEnd Function\n'
    )


def _gathered(fixed: str, count: int) -> str:
    return (
        f"    Dim given() As Variant, k As Long\n    given = {fixed}\n"
        f"    ReDim Preserve given(0 To {count} + UBound(more))\n"
        f"    For k = 0 To UBound(more)\n        given({count} + k) = more(k)\n    Next k\n"
    )
