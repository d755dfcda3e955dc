"""What this machine lacks for the add-ins, one finding a thing, each with what to do."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from xlperf.problems import Problem, problem, word

FONTS = ("仿宋", "宋体", "黑体")
_OFFICE = r"Software\Microsoft\Office"
_OLDEST = (25, 2)


def doctor() -> list[Problem]:
    """Return every finding: errors for what is missing, notes for what is there."""
    return [*_xlwings(), *_excel(), *_libreoffice(), *_engine(), *_fonts()]


def libreoffice_lacking() -> list[Problem]:
    """Return what of LibreOffice is missing for an installation of the extension."""
    return [p for p in _libreoffice() if p.severity == "error"]


def _missing(found: str, todo: str) -> Problem:
    return problem("ADDIN_MISSING", None, found=found, todo=todo)


def _note(found: str, todo: str | None = None) -> Problem:
    return problem("ADDIN_NOTE", None, found=found, todo=word("不用处理") if todo is None else todo)


# ---- Excel --------------------------------------------------------------------------------------------


def _xlwings() -> Iterator[Problem]:
    try:
        found = version("xlwings")
    except PackageNotFoundError:
        yield _missing(
            word("程序包 {name}", name="xlwings"),
            word("在 xlperf 的文件夹里运行 {command}（只在用 Excel 的电脑上需要）", command='pip install ".[excel]"'),
        )
        return
    yield _note(f"xlwings {found}")
    if sys.platform == "win32":
        names = [p.name for p in Path(sys.prefix).glob("xlwings*.dll")]
        wanted = f"-{found}.dll"
        if not any(name.endswith(wanted) for name in names):
            yield _missing(
                word(
                    "与 xlwings {version} 同版本的 DLL（现有：{there}）", version=found, there="、".join(names) or "-"
                ),
                word("重装 {name}", name="xlwings"),
            )


def _excel() -> Iterator[Problem]:
    if sys.platform != "win32":
        yield _missing(
            word("Windows 版 Excel（工作表函数和宏只能在 Windows 版 Excel 中用）"),
            word("改用 LibreOffice，或 {xlperf} recalc"),
        )
        return
    registry: Any = importlib.import_module("winreg")
    bits = _value(registry, rf"{_OFFICE}\ClickToRun\Configuration", "Platform", machine=True)
    if bits is None:
        yield _missing(
            word("Excel 2010 及以上（注册表中没有找到 Office）"), word("安装 Office；WPS 用户用 {xlperf} recalc")
        )
    else:
        python = "x64" if sys.maxsize > 2**32 else "x86"
        answer = word("Office 为 {bits}，Python 为 {python}", bits=bits, python=python)
        todo = None if bits == python else word("位数不同也能用按钮；函数报错时改装同位数的 Python")
        yield _note(answer, todo)
    policy = _value(registry, rf"{_OFFICE}\16.0\Excel\Security", "VBAWarnings")
    if policy == 4:
        yield _missing(
            word("允许宏运行（现为全部禁用且不提示）"),
            word("文件—选项—信任中心—宏设置，改为“禁用所有宏，并发出通知”"),
        )


def _value(registry: Any, path: str, name: str, *, machine: bool = False) -> Any:
    root = registry.HKEY_LOCAL_MACHINE if machine else registry.HKEY_CURRENT_USER
    try:
        with registry.OpenKey(root, path) as key:
            return registry.QueryValueEx(key, name)[0]
    except OSError:
        return None


# ---- LibreOffice, engine, fonts ------------------------------------------------------------------------


def _libreoffice() -> Iterator[Problem]:
    if shutil.which("soffice") is None:
        yield _missing(word("LibreOffice（找不到 soffice）"), word("安装 LibreOffice 25.2 及以上"))
        return
    answer = subprocess.run(["soffice", "--version"], capture_output=True, text=True, timeout=60).stdout  # noqa: S607
    match = re.search(r"(\d+)\.(\d+)", answer)
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    if found < _OLDEST:
        yield _missing(
            word(
                "LibreOffice 25.2 及以上（现为 {version}，文件中的 XP_ 函数会显示 #NAME?）",
                version=".".join(map(str, found)),
            ),
            word("升级 LibreOffice，或用原生公式的总表"),
        )
    else:
        yield _note(f"LibreOffice {'.'.join(map(str, found))}")
    if shutil.which("unopkg") is None:
        yield _missing(word("unopkg（安装扩展用）"), word("安装完整的 LibreOffice"))


def _engine() -> Iterator[Problem]:
    try:
        yield _note(f"formulas {version('formulas')}")
    except PackageNotFoundError:
        yield _missing(
            word("程序包 {name}（没有表格软件时重新计算自有工作簿用）", name="formulas"),
            word("在 xlperf 的文件夹里运行 {command}", command='pip install ".[recalc]"'),
        )


def _fonts() -> Iterator[Problem]:
    if shutil.which("fc-list") is None:
        return
    answer = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=60).stdout  # noqa: S607
    if not answer.strip():
        yield _missing(word("中文字体"), word("安装仿宋、宋体、黑体，或 Noto CJK"))
        return
    absent = [font for font in FONTS if font not in answer]
    if absent:
        yield _note(
            word("没有字体：{names}（打印时由其他中文字体代替）", names="、".join(absent)),
            word("要与公文字体一致时安装"),
        )
