"""The LibreOffice extension: a zip with the type library, the component, menu and toolbar, and the core.

Built without any SDK, and the same bytes every time: names sorted, one fixed date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from xml.sax.saxutils import escape

from xlperf.addin.button import CAPTION
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
LEFT_OUT = (  # need numpy
    "array.py", "array_links.py", "decisions.py", "program.py", "recording.py", "together.py", "vectors.py",
)  # fmt: skip
COMMANDS = (  # command, Chinese, English
    ("rank", CAPTION, "Recalculate the ranking"),
    ("undo", "撤销上一次重新计算", "Undo the last recalculation"),
)
GROUP = ("绩效考核", "Appraisal")  # what menu and toolbar are called
TOOLBAR = "org.xlperf.toolbar"


def method_of(name: str) -> str:
    """Return the UNO method of a worksheet function: XP_STEPS → xpsteps."""
    return name.replace("_", "").lower()


def build_oxt(out: Path) -> Path:
    """Write the extension to `out` and return it."""
    from xlperf.archive import packed  # this module also lies inside the extension, which packs nothing
    from xlperf.files import write_whole

    write_whole(out, packed(sorted(contents().items())))
    return out


def contents() -> dict[str, bytes]:
    """Return every file of the extension by its path."""
    made = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "idl/XlPerf.idl": idl(),
        "Addons.xcu": _addons(),
        "CalcWindowState.xcu": _window_state(),
        **{f"icons/{command}.svg": _icon(command) for command, _, _ in COMMANDS},
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
    "__init__.py", "archive.py", "files.py", "problems.py", "terms.py", "version.py", "wording.py",
    "report/__init__.py", "report/ranking.py", "xlsx/__init__.py", "xlsx/addresses.py", "xlsx/skeleton.py",
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
        ("application/vnd.sun.star.configuration-data", "CalcWindowState.xcu"),
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
    """Return menu and toolbar, the same commands in both, and the icons of the commands."""
    items = "".join(_item(f"m{i}", *command) for i, command in enumerate(COMMANDS))
    images = "".join(_image(command) for command, _, _ in COMMANDS)
    return (
        f'{_data("Addons", "org.openoffice.Office")}<node oor:name="AddonUI">\n'
        f'<node oor:name="OfficeMenuBar"><node oor:name="org.xlperf.menu" oor:op="replace">{_titles(*GROUP)}'
        f'<node oor:name="Submenu">{items}</node></node></node>\n'
        f'<node oor:name="OfficeToolBar"><node oor:name="{TOOLBAR}" oor:op="replace">{items}</node></node>\n'
        f'<node oor:name="Images">{images}</node>\n</node>\n</oor:component-data>\n'
    )


def _window_state() -> str:
    """Return the name of the toolbar and where it stands: docked below the others, icons with their words."""
    flags = {"Docked": "true", "Visible": "true", "DockingArea": "0", "DockPos": "0,9", "Style": "2"}
    kinds = {"true": "xs:boolean", "0": "xs:int", "2": "xs:int"}
    props = "".join(
        f'<prop oor:name="{name}" oor:type="{kinds.get(value, "xs:string")}"><value>{value}</value></prop>'
        for name, value in flags.items()
    )
    return (
        f'{_data("CalcWindowState", "org.openoffice.Office.UI")}<node oor:name="UIElements"><node oor:name="States">'
        f'<node oor:name="private:resource/toolbar/addon_{TOOLBAR}" oor:op="replace">{_titles(*GROUP, "UIName")}'
        f"{props}</node></node></node>\n</oor:component-data>\n"
    )


def _data(name: str, package: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="{name}" oor:package="{package}">\n'
    )


def _image(command: str) -> str:
    icon = f"%origin%/icons/{command}.svg"
    urls = "".join(_prop(name, icon) for name in ("ImageSmallURL", "ImageBigURL"))
    return (
        f'<node oor:name="org.xlperf.image.{command}" oor:op="replace">{_prop("URL", f"service:{COMMAND}?{command}")}'
        f'<node oor:name="UserDefinedImages">{urls}</node></node>'
    )


def _icon(command: str) -> str:
    return files("xlperf").joinpath(f"addin/libreoffice/icons/{command}.svg").read_text("utf-8")


def _prop(name: str, value: str) -> str:
    return f'<prop oor:name="{name}" oor:type="xs:string"><value>{escape(value)}</value></prop>'


def _item(name: str, command: str, zh: str, en: str) -> str:
    values: Mapping[str, str] = {
        "URL": f"service:{COMMAND}?{command}",
        "Target": "_self",
        "Context": "com.sun.star.sheet.SpreadsheetDocument",
    }
    props = "".join(_prop(key, value) for key, value in values.items())
    return f'<node oor:name="{name}" oor:op="replace">{props}{_titles(zh, en)}</node>'


def _titles(zh: str, en: str, name: str = "Title") -> str:
    return (
        f'<prop oor:name="{name}" oor:type="xs:string">'
        f'<value>{zh}</value><value xml:lang="zh-CN">{zh}</value><value xml:lang="en-US">{en}</value></prop>'
    )
