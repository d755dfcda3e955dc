"""The VBA of the office's 总表, written from the registry: thin macros, and one wrapper a worksheet function.

The wrappers are written by xlwings' own generator, which needs Windows modules only to be importable;
empty ones stand in for them. The bridge `xlwings.bas` comes from the installed xlwings, because it names
the DLL of its own version.
"""

from __future__ import annotations

import importlib
import io
import re
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from xlperf.addin.excel.udfs import decorated
from xlperf.addin.functions import functions

MODULE = "xlperf.addin.excel.udfs"
MAIN = """Attribute VB_Name = "XlperfMain"
Option Explicit

Public Sub XlperfRank()
    RunPython "import xlperf.addin.excel.macros as a; a.press('rank')"
End Sub

Public Sub XlperfUndo()
    RunPython "import xlperf.addin.excel.macros as a; a.press('undo')"
End Sub

Public Sub XlperfCollect()
    RunPython "import xlperf.addin.excel.macros as a; a.collect()"
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
ANSWER = """Attribute VB_Name = "XlperfAnswers"
Option Explicit

Public Function XlperfAnswer(given As Variant) As Variant
    Dim text As Variant
    text = given
    If IsArray(given) Then
        text = given(LBound(given, 1), LBound(given, 2))
    End If
    XlperfAnswer = given
    If VarType(text) = vbString Then
        Select Case text
            Case Chr(1) & "#N/A"
                XlperfAnswer = CVErr(xlErrNA)
            Case Chr(1) & "#NUM!"
                XlperfAnswer = CVErr(xlErrNum)
            Case Chr(1) & "#DIV/0!"
                XlperfAnswer = CVErr(xlErrDiv0)
            Case Chr(1) & "#REF!"
                XlperfAnswer = CVErr(xlErrRef)
            Case Chr(1) & "#NAME?"
                XlperfAnswer = CVErr(xlErrName)
            Case Chr(1) & "#NULL!"
                XlperfAnswer = CVErr(xlErrNull)
            Case Chr(1) & "#VALUE!"
                XlperfAnswer = CVErr(xlErrValue)
        End Select
    End If
End Function
"""
_WINDOWS = ("pythoncom", "pywintypes", "win32com", "win32com.client")
_CALL = re.compile(r"^(\s*)(\w+) = (XLPy\.CallUDF\(.*\))\s*$", re.M)


def modules() -> dict[str, str]:
    """Return the text of every module: bridge, macros, answers, wrappers. ImportError without xlwings."""
    return {"xlwings": bridge(), "XlperfMain": MAIN, "XlperfAnswers": ANSWER, "xlwings_udfs": wrappers()}


def bridge() -> str:
    """Return xlwings' own bridge between VBA and Python, of the version installed."""
    return files("xlwings").joinpath("xlwings.bas").read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")


def wrappers() -> str:
    """Return one VBA function for every worksheet function."""
    with windows_modules():
        udfs = importlib.import_module("xlwings.udfs")
        module = types.ModuleType(MODULE)
        for name, function in functions().items():
            setattr(module, name, decorated(function, udfs))
        text = io.StringIO()
        text.write('Attribute VB_Name = "xlwings_udfs"\n#Const App = "Microsoft Excel"\n')
        udfs.generate_vba_wrapper(MODULE, module, text, types.SimpleNamespace(Name="book.xlsm"))
    return _CALL.sub(r"\1\2 = XlperfAnswer(\3)", text.getvalue().replace("\r\n", "\n"))


@contextmanager
def windows_modules() -> Iterator[None]:
    """Let xlwings' generator be imported anywhere: empty modules stand in for those of Windows."""
    if sys.platform == "win32":
        yield
        return
    made = {name: types.ModuleType(name) for name in _WINDOWS}
    parts: dict[str, Any] = {"CoInitialize": lambda *_: None}
    made["pythoncom"].__dict__.update(parts)
    made["pywintypes"].__dict__["com_error"] = type("com_error", (Exception,), {})
    made["win32com.client"].__dict__["Dispatch"] = lambda *_: None
    made["win32com"].__dict__["client"] = made["win32com.client"]
    sys.modules.update(made)
    try:
        yield
    finally:
        for name in (*_WINDOWS, "xlwings.udfs"):
            sys.modules.pop(name, None)
