"""A document as a letter (.docx), written as zip and XML after GB/T 9704: no library, the same bytes every time.

A4, margins 37, 35, 28 and 26 mm; title 二号小标宋, text 三号仿宋, 28 letters a line and 22 lines a
page; a table that is too wide for the upright page lays it across. Fonts that
a machine lacks are replaced by those named beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from xlperf.archive import packed
from xlperf.report.document import Document, Line, Table
from xlperf.workbook.text import inert

TITLE_FONT, BODY_FONT, HEAD_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体"
_INSTEAD = {TITLE_FONT: "宋体", BODY_FONT: "仿宋", HEAD_FONT: "SimHei"}
_A4 = (11906, 16838)  # twentieths of a point
_MARGINS = (2098, 1984, 1588, 1474)  # top, bottom, left, right: 37, 35, 28, 26 mm
_TITLE, _BODY, _SMALL = 44, 32, 21  # half points: 二号, 三号, 五号
_PITCH = 580  # twentieths of a point between lines of text: 22 lines a page
_CLOSER = -5  # twentieths of a point that letters of the text stand closer: 28 a line in 156 mm
_UPRIGHT = 6  # columns that an upright page holds
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    _HEAD + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'wordprocessingml.{kind}+xml"/>'
        for part, kind in (("document", "document.main"), ("fontTable", "fontTable"), ("footer1", "footer"))
    )
    + "</Types>"
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'


def letter(document: Document) -> bytes:
    """Return the bytes of a document for a word processor."""
    across = any(len(b.heads) > _UPRIGHT for b in document.blocks if isinstance(b, Table))
    wide, high = (_A4[1], _A4[0]) if across else _A4
    room = wide - _MARGINS[2] - _MARGINS[3]
    body = [_paragraph(document.title, _TITLE, TITLE_FONT, align="center", after=300)]
    body += [_paragraph(document.caution, _SMALL, BODY_FONT, bold=True)] if document.caution else []
    for block in document.blocks:
        body.append(_table(block, room, across=across) if isinstance(block, Table) else _line(block, across=across))
    laid = ' w:orient="landscape"' if across else ""
    top, bottom, left, right = _MARGINS if not across else (1588, 1474, 1588, 1474)
    room_text = (
        f'<w:sectPr><w:footerReference w:type="default" r:id="rId2" xmlns:r="{_REL}"/>'
        f'<w:pgSz w:w="{wide}" w:h="{high}"{laid}/><w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" '
        f'w:left="{left}" w:header="850" w:footer="850" w:gutter="0"/></w:sectPr>'
    )
    text = f"{_HEAD}<w:document {_W}><w:body>{''.join(body)}{room_text}</w:body></w:document>"
    return _zipped({"word/document.xml": text, "word/footer1.xml": _footer(document.foot)})


def _zipped(parts: dict[str, str]) -> bytes:
    fonts = "".join(f'<w:font w:name="{n}"><w:altName w:val="{a}"/></w:font>' for n, a in _INSTEAD.items())
    every = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'{_HEAD}{_RELS}<Relationship Id="rId1" Type="{_REL}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'{_HEAD}{_RELS}<Relationship Id="rId1" Type="{_REL}/fontTable" '
        f'Target="fontTable.xml"/><Relationship Id="rId2" Type="{_REL}/footer" Target="footer1.xml"/></Relationships>',
        "word/fontTable.xml": f"{_HEAD}<w:fonts {_W}>{fonts}</w:fonts>",
        **parts,
    }
    return packed((name, text.encode()) for name, text in every.items())


def _footer(code: str) -> str:
    """Write the page number between dashes, and the code of the page."""
    fields = (
        '<w:fldChar w:fldCharType="begin"/>',
        "<w:instrText>PAGE</w:instrText>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    page = "".join(f"<w:r>{_font(28, '宋体')}{field}</w:r>" for field in fields)
    around = [_run("— ", 28, "宋体"), page, _run(" —", 28, "宋体"), _run(f"　　{code}" if code else "", 18, "宋体")]
    return f'{_HEAD}<w:ftr {_W}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{"".join(around)}</w:p></w:ftr>'


def _line(line: Line, *, across: bool) -> str:
    size = _SMALL + 3 if across else _BODY
    if line.look == "body":
        return _paragraph(line.text, size, BODY_FONT, indent=size * 20)
    if line.look == "seal":
        return _paragraph(line.text, size, BODY_FONT, align="right", keep=True)
    slip = line.look == "slip"
    return _paragraph(
        line.text,
        size,
        HEAD_FONT,
        align="center" if slip else "left",
        cut=slip,
        new_page=line.look == "page",
        keep=True,
    )


def _paragraph(
    text: str,
    size: int,
    font: str,
    *,
    align: str = "left",
    indent: int = 0,
    after: int = 0,
    bold: bool = False,
    keep: bool = False,
    cut: bool = False,
    new_page: bool = False,
) -> str:
    """Write a paragraph. indent: of its first line; cut: a dotted line above; keep: with what follows."""
    pitch = _PITCH if size >= _BODY else 360
    rules = "<w:keepNext/>" * keep + "<w:pageBreakBefore/>" * new_page
    rules += '<w:pBdr><w:top w:val="dashed" w:sz="6" w:space="6" w:color="auto"/></w:pBdr>' * cut
    rules += f'<w:spacing w:after="{after}" w:line="{pitch if size < _TITLE else 640}" w:lineRule="atLeast"/>'
    rules += f'<w:ind w:firstLine="{indent}"/>' * bool(indent) + f'<w:jc w:val="{align}"/>'
    return f"<w:p><w:pPr>{rules}</w:pPr>{_run(text, size, font, bold=bold)}</w:p>"


def _font(size: int, font: str, *, bold: bool = False) -> str:
    named = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
    closer = f'<w:spacing w:val="{_CLOSER}"/>' * (size == _BODY)
    return f'<w:rPr>{named}{"<w:b/>" * bold}{closer}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _run(text: str, size: int, font: str, *, bold: bool = False) -> str:
    said = escape(inert(text)).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">').replace("\t", " ")
    return f'<w:r>{_font(size, font, bold=bold)}<w:t xml:space="preserve">{said}</w:t></w:r>' if text else ""


def _table(table: Table, room: int, *, across: bool) -> str:
    """Write a table as wide as the page, its headings repeated on every page, no row broken over two."""
    size = 18 if across else 24
    total = sum(h.wide for h in table.heads)
    widths = [round(h.wide / total * room) for h in table.heads]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    set_up = (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
    )
    sides = ["left" if h.prose else "center" for h in table.heads]
    rows = [_row([h.title for h in table.heads], widths, ["center"] * len(sides), size, head=True)]
    rows += [_row(texts, widths, sides, size, lines=table.tall) for texts in table.printed()]
    above = _paragraph(table.title, size + 4, HEAD_FONT, keep=True) if table.title else ""
    return f"{above}<w:tbl>{set_up}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{_paragraph('', 12, BODY_FONT)}"


def _row(
    texts: Sequence[str], widths: Sequence[int], sides: Sequence[str], size: int, *, head: bool = False, lines: int = 1
) -> str:
    """Write a row. size: of the letters, half points; lines: that it has at least."""
    font = HEAD_FONT if head else BODY_FONT
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:jc w:val="{side}"/></w:pPr>{_run(text, size, font)}</w:p></w:tc>'
        for text, w, side in zip(texts, widths, sides, strict=True)
    )
    high = f'<w:trHeight w:val="{lines * 360}" w:hRule="atLeast"/>' if lines > 1 else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{high}{'<w:tblHeader/>' * head}</w:trPr>{cells}</w:tr>"
