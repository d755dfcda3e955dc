"""The LibreOffice extension: a zip with the type library, the component, menu and toolbar, and the core.

Built without any SDK, and the same bytes every time: names sorted, one fixed date.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

from xlperf.addin.functions import Function, functions
from xlperf.version import VERSION

SERVICE = "org.xlperf.Functions"
COMMAND = "org.xlperf.Command"
IDENTIFIER = "org.xlperf.addin"
COMPONENT = "xlperf_component.py"
VENDORED = ("formula", "rules", "texts")  # what the component needs of xlperf
ADDIN = (
    "__init__.py", "button.py", "cells.py", "functions.py", "issued.py", "links.py",
    "libreoffice/__init__.py", "libreoffice/extension.py", "libreoffice/document.py",
)  # fmt: skip
LEFT_OUT = ("array.py",)  # needs more than the standard library
COMMANDS = (  # command, Chinese, English
    ("rank", "重新计算排名", "Recalculate the ranking"),
    ("undo", "撤销上一次重新计算", "Undo the last recalculation"),
)
_DATE = (2020, 1, 1, 0, 0, 0)


def method_of(name: str) -> str:
    """Return the UNO method of a worksheet function: XP_STEPS → xpsteps."""
    return name.replace("_", "").lower()


def build_oxt(out: Path) -> Path:
    """Write the extension to `out` and return it."""
    from xlperf.files import write_whole  # this module also lies inside the extension, which writes no files

    made = BytesIO()
    with zipfile.ZipFile(made, "w") as oxt:
        for name, data in sorted(contents().items()):
            oxt.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
    write_whole(out, made.getvalue())
    return out


def contents() -> dict[str, bytes]:
    """Return every file of the extension by its path."""
    made = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "idl/XlPerf.idl": idl(),
        "Addons.xcu": _addons(),
    }
    component = files("xlperf").joinpath("addin/libreoffice/component.py").read_bytes()
    return {**{name: text.encode() for name, text in made.items()}, COMPONENT: component, **vendored()}


def vendored() -> dict[str, bytes]:
    """Return the files of xlperf that the component imports, and nothing that needs another package."""
    root = files("xlperf")
    names = [*_SINGLE, *(f"addin/{name}" for name in ADDIN)]
    single = {f"pythonpath/xlperf/{name}": root.joinpath(name).read_bytes() for name in names}
    found = {
        f"pythonpath/xlperf/{folder}/{name}": data
        for folder in VENDORED
        for name, data in _files(root.joinpath(folder))
        if name not in LEFT_OUT
    }
    return {**single, **found}


_SINGLE = (
    "__init__.py", "files.py", "problems.py", "terms.py", "version.py", "xlsx/__init__.py", "xlsx/skeleton.py",
)  # fmt: skip


def _files(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for file in folder.iterdir():
        if file.name.endswith((".py", ".csv")):
            yield file.name, file.read_bytes()


def idl() -> str:
    """Return the type library: one method a function; what may be repeated is one sequence at the end."""
    methods = "\n".join(f"  {_signature(f)}" for f in functions().values())
    return (
        "module org { module xlperf {\n"
        "interface XFunctions : com::sun::star::uno::XInterface {\n"
        f"{methods}\n"
        "};\n}; };\n"
    )


def _signature(function: Function) -> str:
    given = [f"[in] any a{i}" for i, _ in enumerate(function.fixed)]
    if function.repeated:
        given.append("[in] sequence<any> more")
    return f"any {method_of(function.name)}({', '.join(given)});"


def _manifest() -> str:
    entries = (
        ("application/vnd.sun.star.uno-typelibrary;type=RDB", "idl/XlPerf.idl"),
        ("application/vnd.sun.star.uno-component;type=Python", COMPONENT),
        ("application/vnd.sun.star.configuration-data", "Addons.xcu"),
    )
    lines = "\n".join(
        f' <manifest:file-entry manifest:media-type="{kind}" manifest:full-path="{path}"/>' for kind, path in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n'
        f"{lines}\n</manifest:manifest>\n"
    )


def _description() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006"'
        ' xmlns:d="http://openoffice.org/extensions/description/2006">\n'
        f' <identifier value="{IDENTIFIER}"/>\n <version value="{VERSION}"/>\n'
        ' <display-name><name lang="zh">绩效考核函数 xlperf</name>'
        '<name lang="en">xlperf appraisal functions</name></display-name>\n'
        "</description>\n"
    )


def _addons() -> str:
    """Return menu and toolbar: the same commands in both."""
    items = "".join(_item(f"m{i}", *command) for i, command in enumerate(COMMANDS))
    title = _titles("绩效考核", "Appraisal")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="Addons" oor:package="org.openoffice.Office">\n'
        '<node oor:name="AddonUI">\n<node oor:name="OfficeMenuBar"><node oor:name="org.xlperf.menu" '
        f'oor:op="replace">{title}<node oor:name="Submenu">{items}</node></node></node>\n'
        f'<node oor:name="OfficeToolBar"><node oor:name="org.xlperf.toolbar" oor:op="replace">{items}</node></node>\n'
        "</node>\n</oor:component-data>\n"
    )


def _item(name: str, command: str, zh: str, en: str) -> str:
    values: Mapping[str, str] = {
        "URL": f"service:{COMMAND}?{command}",
        "Target": "_self",
        "Context": "com.sun.star.sheet.SpreadsheetDocument",
    }
    props = "".join(
        f'<prop oor:name="{key}" oor:type="xs:string"><value>{escape(value)}</value></prop>'
        for key, value in values.items()
    )
    return f'<node oor:name="{name}" oor:op="replace">{props}{_titles(zh, en)}</node>'


def _titles(zh: str, en: str) -> str:
    return (
        '<prop oor:name="Title" oor:type="xs:string">'
        f'<value>{zh}</value><value xml:lang="zh-CN">{zh}</value><value xml:lang="en-US">{en}</value></prop>'
    )
