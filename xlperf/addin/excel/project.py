"""A 总表 with macros: the VBA project, two buttons and a ribbon tab put into a finished .xlsx.

Compiled here by pyOpenVBA; the streams hold source only, so Excel compiles on opening. What Excel says to
it must be seen in Excel: nothing here has been tried there.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pyopenvba import ExcelFile

from xlperf.addin.excel.vba import modules
from xlperf.xlsx.cached import worksheets

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_RELS = "http://schemas.microsoft.com/office/2006/relationships"
_VML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COMMANDS = (  # macro, caption, picture on the ribbon
    ("XlperfRank", "重新计算排名", "CalculateNow"),
    ("XlperfUndo", "撤销上一次重新计算", "Undo"),
    ("XlperfCollect", "汇总回收表", "ImportExcel"),
)
ON_SHEET = ("XlperfRank", "XlperfCollect")
HOME = "排名"  # the sheet the buttons stand on
_AFTER = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")


def vba_project() -> bytes:
    """Compile the modules into a vbaProject.bin. ImportError without xlwings."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsm"
        with ExcelFile.create_new(str(template)) as book:
            project = book.vba_project()
            for name, text in modules().items():
                project.add_module(name, text.replace("\n", "\r\n"))
            book.save()
        with zipfile.ZipFile(template) as parts:
            return parts.read("xl/vbaProject.bin")


def build_xlsm(book: Path, out: Path, vba: bytes | None = None) -> Path:
    """Write a copy of a finished .xlsx with macros, buttons on its sheet 排名 (else the first) and a ribbon tab.

    vba: a project compiled before; compiled now where left out. The copy appears in one move.
    """
    project = vba_project() if vba is None else vba
    beside = out.with_name(f".{out.name}.part")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as new:
        sheets = worksheets(old)
        home = sheets.get(HOME) or next(iter(sheets.values()))
        for name, data in _changed(old, home).items():
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", project)
        new.writestr("xl/drawings/vmlDrawingXlperf.vml", _buttons())
        new.writestr("customUI/customUI.xml", ribbon())
    beside.replace(out)
    return out


def _changed(old: zipfile.ZipFile, home: str) -> Mapping[str, bytes]:
    parts = {name: old.read(name) for name in old.namelist()}
    rels = f"{home.rpartition('/')[0]}/_rels/{home.rpartition('/')[2]}.rels"
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    parts.setdefault(rels, empty)
    edits = {
        "[Content_Types].xml": _content_types,
        "xl/workbook.xml": _workbook,
        "xl/_rels/workbook.xml.rels": lambda t: _relation(t, "rIdVba", f"{_RELS}/vbaProject", "vbaProject.bin"),
        "_rels/.rels": lambda t: _relation(t, "rIdUI", f"{_RELS}/ui/extensibility", "customUI/customUI.xml"),
        rels: lambda t: _relation(t, "rIdXlperf", _VML, "../drawings/vmlDrawingXlperf.vml"),
        home: _home,
    }
    for name, edit in edits.items():
        parts[name] = edit(parts[name].decode()).encode()
    return parts


def _content_types(text: str) -> str:
    override = '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    vml = '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
    text = text.replace(_XLSX, _XLSM).replace("</Types>", f"{override}</Types>")
    return text if 'Extension="vml"' in text else re.sub(r"(<Types\b[^>]*>)", rf"\1{vml}", text, count=1)


def _workbook(text: str) -> str:
    """Name the workbook as its module in the project is called."""
    text = re.sub(r'\scodeName="[^"]*"', "", text)
    if "<workbookPr" in text:
        return re.sub(r"<workbookPr\b", '<workbookPr codeName="ThisWorkbook"', text, count=1)
    return re.sub(r"(<sheets>)", r'<workbookPr codeName="ThisWorkbook"/>\1', text, count=1)


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


def _buttons() -> str:
    captions = {macro: caption for macro, caption, _ in COMMANDS}
    shapes = "".join(_button(i, macro, captions[macro]) for i, macro in enumerate(ON_SHEET))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        '<o:idmap v:ext="edit" data="901"/></o:shapelayout><v:shapetype id="_x0000_t201" coordsize="21600,21600" '
        'o:spt="201" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
        '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
        f'<o:lock v:ext="edit" shapetype="t"/></v:shapetype>{shapes}</xml>'
    )


def _button(index: int, macro: str, caption: str) -> str:
    """Draw one button to the right of the ranking: columns F and G, one below the other."""
    top = 1 + 2 * index
    return (
        f'<v:shape id="_x0000_s{922625 + index}" type="#_x0000_t201" '
        'style="position:absolute;margin-left:400pt;margin-top:40pt;width:120pt;height:30pt;z-index:1;'
        'mso-wrap-style:tight" o:button="t" fillcolor="buttonFace [67]" strokecolor="windowText [64]" '
        'o:insetmode="auto"><v:fill color2="buttonFace [67]" o:detectmouseclick="t"/>'
        '<o:lock v:ext="edit" rotation="t"/><v:textbox style="mso-direction-alt:auto" o:singleclick="f">'
        f'<div style="text-align:center"><font face="SimSun" size="220" color="#000000">{caption}</font></div>'
        '</v:textbox><x:ClientData ObjectType="Button">'
        f"<x:Anchor>5, 0, {top}, 0, 7, 0, {top + 1}, 10</x:Anchor><x:PrintObject>False</x:PrintObject>"
        f"<x:AutoFill>False</x:AutoFill><x:FmlaMacro>[0]!{macro}</x:FmlaMacro>"
        "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
    )
