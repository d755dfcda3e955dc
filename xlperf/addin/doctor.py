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

from xlperf.problems import Problem, problem

FONTS = ("仿宋", "宋体", "黑体")
_OFFICE = r"Software\Microsoft\Office"
_OLDEST = (25, 2)


def doctor() -> list[Problem]:
    """Return every finding: errors for what is missing, notes for what is there."""
    return [*_xlwings(), *_excel(), *_libreoffice(), *_engine(), *_fonts()]


def _missing(found: str, todo: str) -> Problem:
    return problem("ADDIN_MISSING", None, found=found, todo=todo)


def _note(found: str, todo: str = "不用处理") -> Problem:
    return problem("ADDIN_NOTE", None, found=found, todo=todo)


# ---- Excel --------------------------------------------------------------------------------------------


def _xlwings() -> Iterator[Problem]:
    try:
        found = version("xlwings")
    except PackageNotFoundError:
        yield _missing("程序包 xlwings", '在 xlperf 的文件夹里运行 pip install ".[excel]"（只在用 Excel 的电脑上需要）')
        return
    yield _note(f"xlwings {found}")
    if sys.platform == "win32":
        names = [p.name for p in Path(sys.prefix).glob("xlwings*.dll")]
        wanted = f"-{found}.dll"
        if not any(name.endswith(wanted) for name in names):
            yield _missing(f"与 xlwings {found} 同版本的 DLL（现有：{'、'.join(names) or '无'}）", "重装 xlwings")


def _excel() -> Iterator[Problem]:
    if sys.platform != "win32":
        yield _missing(
            "Windows 版 Excel（工作表函数和宏只能在 Windows 版 Excel 中用）", "改用 LibreOffice，或 xlperf recalc"
        )
        return
    registry: Any = importlib.import_module("winreg")
    bits = _value(registry, rf"{_OFFICE}\ClickToRun\Configuration", "Platform", machine=True)
    if bits is None:
        yield _missing("Excel 2010 及以上（注册表中没有找到 Office）", "安装 Office；WPS 用户用 xlperf recalc")
    else:
        python = "x64" if sys.maxsize > 2**32 else "x86"
        told = f"Office 为 {bits}，Python 为 {python}"
        yield _note(told) if bits == python else _note(told, "位数不同也能用按钮；函数报错时改装同位数的 Python")
    policy = _value(registry, rf"{_OFFICE}\16.0\Excel\Security", "VBAWarnings")
    if policy == 4:
        yield _missing("允许宏运行（现为全部禁用且不提示）", "文件—选项—信任中心—宏设置，改为“禁用所有宏，并发出通知”")


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
        yield _missing("LibreOffice（找不到 soffice）", "安装 LibreOffice 25.2 及以上")
        return
    told = subprocess.run(["soffice", "--version"], capture_output=True, text=True, timeout=60).stdout  # noqa: S607
    match = re.search(r"(\d+)\.(\d+)", told)
    found = (int(match[1]), int(match[2])) if match else (0, 0)
    if found < _OLDEST:
        yield _missing(
            f"LibreOffice 25.2 及以上（现为 {'.'.join(map(str, found))}，文件中的 XP_ 函数会显示 #NAME?）",
            "升级 LibreOffice，或用原生公式的总表",
        )
    else:
        yield _note(f"LibreOffice {'.'.join(map(str, found))}")
    if shutil.which("unopkg") is None:
        yield _missing("unopkg（安装扩展用）", "安装完整的 LibreOffice")


def _engine() -> Iterator[Problem]:
    try:
        yield _note(f"formulas {version('formulas')}")
    except PackageNotFoundError:
        yield _missing(
            "程序包 formulas（没有表格软件时重新计算自有工作簿用）", '在 xlperf 的文件夹里运行 pip install ".[recalc]"'
        )


def _fonts() -> Iterator[Problem]:
    if shutil.which("fc-list") is None:
        return
    told = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=60).stdout  # noqa: S607
    if not told.strip():
        yield _missing("中文字体", "安装仿宋、宋体、黑体，或 Noto CJK")
        return
    absent = [font for font in FONTS if font not in told]
    if absent:
        yield _note(f"没有字体：{'、'.join(absent)}（打印时由其他中文字体代替）", "要与公文字体一致时安装")
