"""The forty bad inputs that an intake must know by name, each as one change to a filled book, and what it must be told.

A change of the book is made before another program saves it again; a change of the bytes after. What needs the round
rather than the file (the same bytes twice, a later version, a deadline) stands in `tests/rounds`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from kit.forger import SELF, column_of, row_gone, row_of
from xlperf.xlsx.skeleton import MAP

ROW = "U22-01"  # whose cells are spoiled
INERT = ('=HYPERLINK("http://x.invalid","点")', "=cmd|' /C calc'!A0", "@SUM(1+1)", "#REF!", "长" * 32_000)


@dataclass(frozen=True)
class Case:
    """A bad input. number: in the list of forty; wanted: the codes of which one must be told, none where it is taken.

    book, data: how a filled book, or the bytes of one that was saved, is changed.
    """

    number: int
    name: str
    wanted: tuple[str, ...]
    book: Callable[[Workbook], object] | None = None
    data: Callable[[bytes], bytes] | None = None


def spoil(value: object, column: str = "self", key: str = ROW) -> Callable[[Workbook], None]:
    """Type a value into a cell, as text where it looks like a formula."""

    def change(book: Workbook) -> None:
        sheet = book[SELF]
        cell = sheet.cell(row_of(sheet, key), column_of(sheet, column))
        cell.value = value
        if isinstance(value, str) and value.startswith("#"):
            cell.data_type = "e"

    return change


def parts(data: bytes, **changes: str | bytes) -> bytes:
    """Return the bytes of a zip with parts put in. changes: names with `__` for `/` and without their ending `.xml`."""
    made = io.BytesIO()
    places = {n: n.replace("__", "/").replace("_bin", ".bin") for n in changes}
    named = {place if place.endswith(".bin") else f"{place}.xml": changes[n] for n, place in places.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, text in named.items():
            new.writestr(name, text)
    return made.getvalue()


def within(data: bytes, part: str, old: str, new: str) -> bytes:
    """Return the bytes of a zip in which a text of the parts of a kind is another."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name in book.namelist():
            text = book.read(name)
            out.writestr(name, re.sub(old.encode(), new.encode(), text, count=1) if re.search(part, name) else text)
    return made.getvalue()


def _flipped(data: bytes) -> bytes:
    """Change a byte in the middle of the largest part."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        largest = max(book.infolist(), key=lambda i: i.compress_size)
    at = largest.header_offset + 60 + largest.compress_size // 2
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]


def _twice(data: bytes) -> bytes:
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as book:
        name = next(n for n in book.namelist() if "worksheets/sheet" in n)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book.writestr(name, b"<worksheet/>")
    return made.getvalue()


def _pasted(book: Workbook) -> None:
    """Leave what a new workbook has after its cells were pasted into it."""
    book.defined_names.clear()
    book.custom_doc_props.props.clear()
    book.properties.keywords = None
    del book[MAP]


def _renamed(book: Workbook) -> None:
    book[SELF].title = "Sheet1"


def _other_unit(book: Workbook) -> None:
    for name in ("XLPERF_ID",):
        text = book.defined_names[name].attr_text
        book.defined_names[name].attr_text = text.replace("|U22|", "|U44|")


def _other_round(book: Workbook) -> None:
    """Let every carrier say another year, as last year's book does."""
    text = str(book[MAP]["A1"].value)
    told = re.sub(r"\|(\d{4})\|", lambda m: f"|{int(m[1]) - 1}|", text)
    book[MAP]["A1"].value = told
    book.defined_names["XLPERF_ID"].attr_text = f'"{told}"'
    for prop in book.custom_doc_props.props:
        prop.value = told


def _far(book: Workbook) -> None:
    book[SELF]["XFD1048576"].value = "远"


def _unprotected(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.protection.sheet = False


def _no_value(book: Workbook) -> None:
    sheet = book[SELF]
    cell = sheet.cell(row_of(sheet, ROW), column_of(sheet, "self"))
    cell.value = ArrayFormula(cell.coordinate, "=1+1")


def _free_text(book: Workbook) -> None:
    """Fill the free texts of a book with what other programs would run."""
    sheet = book[SELF]
    cells = [c for r in sheet.iter_rows() for c in r if not c.protection.locked and c.data_type in ("s", "n")]
    texts = [c for c in cells if sheet.cell(4, c.column).value == "note" and c.value is None]
    for cell, text in zip(texts, INERT, strict=False):
        cell.value, cell.data_type = text, "s"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
FORMATS = "".join(f'<xf numFmtId="{i * i}"/>' for i in range(141_000))
CASES = (
    Case(1, "空文件", ("EMPTY",), data=lambda d: b""),
    Case(2, "截断", ("DAMAGED",), data=lambda d: d[: len(d) * 2 // 3]),
    Case(2, "翻了一位", ("DAMAGED", "READER_FAILED"), data=_flipped),
    Case(3, "旧格式", ("OLD_XLS",), data=lambda d: OLE),
    Case(4, "ods", ("OTHER_FORMAT",), data=lambda d: parts(b"PK\5\6" + b"\0" * 18, content="<office/>")),
    Case(4, "xlsb", ("OTHER_FORMAT",), data=lambda d: parts(b"PK\5\6" + b"\0" * 18, xl__workbook_bin="x")),
    Case(5, "文本", ("NOT_A_WORKBOOK",), data=lambda d: "单位,得分\n甲,95\n".encode("gb18030")),
    Case(6, "网页", ("NOT_A_WORKBOOK",), data=lambda d: b"<html><table></table></html>"),
    Case(6, "XML 2003", ("NOT_A_WORKBOOK",), data=lambda d: b"<?xml version='1.0'?><Workbook/>"),
    Case(7, "PDF", ("NOT_A_WORKBOOK",), data=lambda d: b"%PDF-1.7 x"),
    Case(7, "Word", ("OTHER_FORMAT",), data=lambda d: parts(b"PK\5\6" + b"\0" * 18, word__document="<w/>")),
    Case(7, "图片", ("NOT_A_WORKBOOK",), data=lambda d: b"\x89PNG\r\n\x1a\n"),
    Case(8, "打开密码", ("ENCRYPTED",), data=lambda d: OLE + "EncryptedPackage".encode("utf-16-le")),
    Case(9, "压缩炸弹", ("BOMB",), data=lambda d: parts(d, xl__big="0" * 30_000_000)),
    Case(10, "DTD", ("DTD",), data=lambda d: parts(d, xl__x='<!DOCTYPE a [<!ENTITY b "c">]><a/>')),
    Case(11, "部件重名", ("UNSAFE_ZIP",), data=_twice),
    Case(11, "出界的部件名", ("UNSAFE_ZIP",), data=lambda d: parts(d, **{"..__x": "<a/>"})),
    Case(12, "宏", ("MACRO",), data=lambda d: parts(d, xl__vbaProject_bin="x")),
    Case(13, "外部链接", ("EXTLINK",), data=lambda d: parts(d, xl__externalLinks__externalLink1="<externalLink/>")),
    Case(14, "角上的单元格", (), book=_far),
    Case(15, "格式过多", ("TOO_COMPLEX",), data=lambda d: parts(d, xl__styles=FORMATS)),
    Case(16, "Strict", ("STRICT",), data=lambda d: within(
        d, r"xl/workbook\.xml", "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main")),
    Case(17, "读取程序停不下来", ("READER_FAILED",), data=lambda d: d),
    Case(18, "超过20MB", ("TOO_LARGE",), data=lambda d: b"PK" + b"\0" * 20_000_001),
    Case(19, "改了文件名", ()),
    Case(20, "粘贴到新表", ("NO_IDENTITY",), book=_pasted),
    Case(21, "标识互相矛盾", ("FORGED_ID",), book=_other_unit),
    Case(22, "去年的表", ("WRONG_ROUND",), book=_other_round),
    Case(27, "锁定格", ("LOCKED_CHANGED",), book=spoil(50, "full", "U22-18")),
    Case(28, "删了一行", ("LAYOUT_CHANGED",), book=row_gone("U22-05")),
    Case(28, "改了表名", (), book=_renamed),
    Case(28, "插了一行", ("LAYOUT_CHANGED",), book=lambda b: b[SELF].insert_rows(5)),
    Case(29, "去掉保护", (), book=_unprotected),
    Case(30, "空着", ("MISSING",), book=spoil(None)),
    Case(31, "全角", (), book=spoil("９")),
    Case(31, "带单位", (), book=spoil(" 9分 ")),
    Case(32, "错的句点", ("NOT_A_NUMBER",), book=spoil("9。5")),
    Case(32, "附注", ("NOT_A_NUMBER",), book=spoil("9.5（扣0.5）")),
    Case(32, "满分", ("NOT_A_NUMBER",), book=spoil("满分")),
    Case(32, "中文数字", ("NOT_A_NUMBER",), book=spoil("九十五")),
    Case(32, "字母O", ("NOT_A_NUMBER",), book=spoil("1O")),
    Case(33, "百分号", ("PERCENT_AMBIGUOUS",), book=spoil("95%")),
    Case(34, "负数", ("OUT_OF_RANGE",), book=spoil(-1)),
    Case(34, "过大", ("OUT_OF_RANGE",), book=spoil(15.5, key="U22-04")),
    Case(35, "NaN", ("NOT_FINITE", "NOT_A_NUMBER"), book=spoil("NaN")),
    Case(35, "1e999", ("NOT_FINITE", "NOT_A_NUMBER", "OUT_OF_RANGE"), book=spoil("1e999")),
    Case(36, "位数过多", ("PRECISION",), book=spoil(4.123)),
    Case(37, "#REF!", ("CELL_ERROR",), book=spoil("#REF!")),
    Case(37, "#N/A", ("CELL_ERROR",), book=spoil("#N/A")),
    Case(37, "#DIV/0!", ("CELL_ERROR",), book=spoil("#DIV/0!")),
    Case(38, "公式", ("FORMULA_IN_INPUT",), book=spoil("=1+1")),
    Case(38, "没有值的公式", ("FORMULA_IN_INPUT",), book=_no_value),
    Case(39, "日期", ("WRONG_TYPE",), book=spoil(date(2017, 9, 5))),
    Case(39, "TRUE", ("WRONG_TYPE",), book=spoil(True)),
    Case(40, "像公式的文字", (), book=_free_text),
)  # fmt: skip
BOOKS = tuple(c for c in CASES if c.data is None)


def made(honest: Path, cases: Sequence[Case], folder: Path) -> list[Path]:
    """Write the changed books of the cases that change the book, numbered in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, case in enumerate(cases):
        book = openpyxl.load_workbook(honest)
        if case.book is not None:
            case.book(book)
        files.append(folder / f"{number:02d}.xlsx")
        book.save(files[-1])
    return files
