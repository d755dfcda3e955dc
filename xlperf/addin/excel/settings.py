"""What xlwings reads in the workbook itself before it starts Python: the hidden worksheet `xlwings.conf`.

Two columns, name and value, as xlwings documents; a third says in Chinese what a line is for. A blank
interpreter is the `python` of the PATH.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from xlperf.addin.excel.vba import SERVED
from xlperf.problems import Problem, problem

TITLE = "xlwings.conf"
_ON_WINDOWS = re.compile(r'([A-Za-z]:[\\/]|\\\\[^\\]|%\w+%[\\/])[^"<>|?*]+\.exe|pythonw?', re.IGNORECASE)


def default_interpreter() -> str:
    """Return the Python that runs now where that is Windows, "" elsewhere: the `python` of the PATH there."""
    return sys.executable if sys.platform == "win32" else ""


def interpreter_problems(interpreter: str) -> list[Problem]:
    """Check that Excel on Windows can start a program of this name; "" is the `python` of the PATH."""
    if not interpreter or _ON_WINDOWS.fullmatch(interpreter):
        return []
    return [problem("ADDIN_INTERPRETER", None, found=interpreter)]


def settled(interpreter: str) -> str:
    """Return the interpreter as the sheet says it: on Windows a file that is there with its whole path."""
    file = Path(interpreter)
    return str(file.resolve()) if interpreter and sys.platform == "win32" and file.is_file() else interpreter


def settings(interpreter: str) -> Sequence[tuple[str, str, str]]:
    """List the lines of the sheet. Python looks for modules where it is installed, not beside the workbook."""
    return (
        (
            "Interpreter_Win",
            interpreter,
            "Python 程序的完整路径，如 C:\\Python312\\python.exe；留空时用 PATH 中的 python",
        ),
        ("PYTHONPATH", "", "另外查找程序的文件夹；已用 pip 安装 xlperf 时留空"),
        ("UDF Modules", SERVED, "工作表函数所在的程序"),
        ("Add_Workbook_To_Pythonpath", "False", "不从工作簿所在文件夹运行程序"),
        ("Show Console", "False", "运行时是否显示黑色窗口"),
    )


def worksheet(interpreter: str) -> str:
    """Return the XML of the sheet; every cell a text."""
    rows = "".join(
        f'<row r="{r}">'
        + "".join(_cell(f"{c}{r}", text) for c, text in zip("ABC", line, strict=True) if text)
        + "</row>"
        for r, line in enumerate(settings(interpreter), start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<cols><col min="1" max="1" width="30" customWidth="1"/>'
        '<col min="2" max="3" width="60" customWidth="1"/></cols>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def _cell(at: str, text: str) -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
