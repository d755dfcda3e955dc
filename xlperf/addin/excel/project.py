"""A 总表 with macros: the VBA project, two buttons, a ribbon tab and xlwings' settings put into a finished .xlsx.

pyOpenVBA makes the project as Excel makes a new one: one module behind the workbook and one behind every
worksheet, each named in the sheet it belongs to. The streams hold source only, so Excel compiles on
opening. What Excel says to it must be seen in Excel: nothing here has been tried there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

from pyopenvba import ExcelFile

from xlperf.addin.button import CAPTION
from xlperf.addin.excel import settings
from xlperf.addin.excel.vba import modules
from xlperf.archive import packed
from xlperf.xlsx.addresses import number
from xlperf.xlsx.parts import worksheets

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELS = "http://schemas.microsoft.com/office/2006/relationships"
_VML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COMMANDS = (  # macro, caption, picture on the ribbon
    ("XlperfRank", CAPTION, "CalculateNow"),
    ("XlperfUndo", "撤销上一次重新计算", "Undo"),
    ("XlperfCollect", "汇总回收表", "ImportExcel"),
)
ON_SHEET = ("XlperfRank", "XlperfCollect")
_SETTINGS = "worksheets/xlwingsConf.xml"
HOME = "排名"  # the sheet the buttons stand on
_FIRST_FREE = 5  # where a sheet does not say how wide it is
_AFTER = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")


def build_xlsm(book: Path, out: Path, interpreter: str = "", texts: Mapping[str, str] | None = None) -> Path:
    """Write a copy of a finished .xlsx with macros, buttons on its sheet 排名 (else the first) and a ribbon tab.

    interpreter: the Python that Excel starts; "" the one of the PATH. texts: the modules of VBA by name, ours
    where left out (ImportError without xlwings). The copy appears in one move.
    """
    with TemporaryDirectory(dir=out.parent, prefix=".") as folder:
        made = Path(folder) / "book.xlsm"
        _write_parts(book, made, interpreter)
        with ExcelFile(str(made)) as file:
            project = file.add_vba_project()
            for name, text in (modules() if texts is None else texts).items():
                project.add_module(name, text.replace("\n", "\r\n"))
            file.save()
        made.replace(out)
    return out


def _write_parts(book: Path, out: Path, interpreter: str) -> None:
    with zipfile.ZipFile(book) as old:
        sheets = worksheets(old)
        home = sheets.get(HOME) or next(iter(sheets.values()))
        parts = _changed(old, home) | {
            "xl/drawings/vmlDrawingXlperf.vml": _buttons(_beside(old.read(home).decode())).encode(),
            "customUI/customUI.xml": ribbon().encode(),
            f"xl/{_SETTINGS}": settings.worksheet(interpreter).encode(),
        }
    out.write_bytes(packed(parts.items()))


def _changed(old: zipfile.ZipFile, home: str) -> dict[str, bytes]:
    parts = {name: old.read(name) for name in old.namelist()}
    rels = f"{home.rpartition('/')[0]}/_rels/{home.rpartition('/')[2]}.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    parts.setdefault(rels, empty)
    edits = {
        "[Content_Types].xml": _content_types,
        "xl/workbook.xml": _workbook,
        "xl/_rels/workbook.xml.rels": lambda t: _relation(t, "rIdSettings", f"{_OFFICE}/worksheet", _SETTINGS),
        "_rels/.rels": lambda t: _relation(t, "rIdUI", f"{_RELS}/ui/extensibility", "customUI/customUI.xml"),
        rels: lambda t: _relation(t, "rIdXlperf", _VML, "../drawings/vmlDrawingXlperf.vml"),
        home: _home,
    }
    for name, edit in edits.items():
        parts[name] = edit(parts[name].decode()).encode()
    return parts


def _content_types(text: str) -> str:
    override = f'<Override PartName="/xl/{_SETTINGS}" ContentType="{_SHEET}"/>'
    vml = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    text = text.replace(_XLSX, _XLSM).replace("</Types>", f"{override}</Types>")
    return text if 'Extension="vml"' in text else re.sub(r"(<Types\b[^>]*>)", rf"\1{vml}", text, count=1)


def _workbook(text: str) -> str:
    """Add the sheet of settings at the end, hidden, under the first number that is free."""
    number = max(map(int, re.findall(r'\bsheetId="(\d+)"', text)), default=0) + 1
    made = (
        f'<sheet name={quoteattr(settings.TITLE)} sheetId="{number}" state="hidden" xmlns:r="{_OFFICE}" '
        'r:id="rIdSettings"/>'
    )
    return text.replace("</sheets>", f"{made}</sheets>")


def _relation(text: str, name: str, kind: str, target: str) -> str:
    made = f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
    return text.replace("</Relationships>", f"{made}</Relationships>")


def _home(text: str) -> str:
    """Point the worksheet to its buttons; the order of a worksheet's parts is fixed."""
    if "<legacyDrawing " in text:
        raise ValueError("the sheet of the buttons has comments already")
    if "xmlns:r=" not in text:
        text = re.sub(r"<worksheet\b", f'<worksheet xmlns:r="{_OFFICE}"', text, count=1)
    made = '<legacyDrawing r:id="rIdXlperf"/>'
    first = re.search("|".join(f"<{name}\\b" for name in _AFTER) + "|</worksheet>", text)
    at = len(text) if first is None else first.start()
    return text[:at] + made + text[at:]


def ribbon() -> str:
    """Return the ribbon tab 绩效考核."""
    buttons = "".join(
        f'<button id="b{i}" label="{caption}" size="large" onAction="{macro}Ribbon" imageMso="{picture}"/>'
        for i, (macro, caption, picture) in enumerate(COMMANDS)
    )
    return (
        '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui"><ribbon><tabs>'
        f'<tab id="xlperf" label="绩效考核"><group id="xlperfRank" label="排名">{buttons}</group></tab>'
        "</tabs></ribbon></customUI>"
    )


def _beside(sheet: str) -> int:
    """Return the column (counted from 0) where buttons stand clear of all that a worksheet holds, hidden or not."""
    last = re.search(r'<dimension ref="(?:[A-Z]+[0-9]+:)?([A-Z]+)[0-9]+"', sheet)
    return number(last[1]) + 2 if last is not None else _FIRST_FREE


def _buttons(left: int) -> str:
    captions = {macro: caption for macro, caption, _ in COMMANDS}
    shapes = "".join(_button(i, left, macro, captions[macro]) for i, macro in enumerate(ON_SHEET))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        '<o:idmap v:ext="edit" data="901"/></o:shapelayout><v:shapetype id="_x0000_t201" coordsize="21600,21600" '
        'o:spt="201" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
        '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
        f'<o:lock v:ext="edit" shapetype="t"/></v:shapetype>{shapes}</xml>'
    )


def _button(index: int, left: int, macro: str, caption: str) -> str:
    """Draw one button, two columns wide; one stands below the other. left: its first column, counted from 0."""
    top = 1 + 2 * index
    return (
        f'<v:shape id="_x0000_s{922625 + index}" type="#_x0000_t201" '
        'style="position:absolute;margin-left:400pt;margin-top:40pt;width:120pt;height:30pt;z-index:1;'
        'mso-wrap-style:tight" o:button="t" fillcolor="buttonFace [67]" strokecolor="windowText [64]" '
        'o:insetmode="auto"><v:fill color2="buttonFace [67]" o:detectmouseclick="t"/>'
        '<o:lock v:ext="edit" rotation="t"/><v:textbox style="mso-direction-alt:auto" o:singleclick="f">'
        f'<div style="text-align:center"><font face="SimSun" size="220" color="#000000">{caption}</font></div>'
        '</v:textbox><x:ClientData ObjectType="Button">'
        f"<x:Anchor>{left}, 0, {top}, 0, {left + 2}, 0, {top + 1}, 10</x:Anchor><x:PrintObject>False</x:PrintObject>"
        f"<x:AutoFill>False</x:AutoFill><x:FmlaMacro>[0]!{macro}</x:FmlaMacro>"
        "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
    )
