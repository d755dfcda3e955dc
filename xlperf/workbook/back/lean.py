"""A returned book read lean: the parts that something is asked of, each once, and nothing that nobody looks at.

What it gives is what openpyxl would give of the same bytes, in the few ways that `locate`, `around`, `seal` and `read`
ask for. It knows the books that spreadsheet programs write of ours when somebody has filled them, and nothing else:
whatever is unusual (a comment, a link, a drawing, text under merged cells, a cell twice) is `Unusual`, and openpyxl
reads the whole. The file must have passed the guard.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import from_excel
from openpyxl.workbook.defined_name import DefinedName

from xlperf.workbook.back.formats import Look, looks_of
from xlperf.workbook.back.plain import Book, Cell, Core, Listed, Property, Sheet
from xlperf.xlsx.addresses import row_and_column

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_BOOK, _TEXTS, _STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TEXTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_KNOWN = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(core|app|custom)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/(workbook|sharedStrings|styles|calcChain)\.xml|xl/theme/theme\d+\.xml|xl/worksheets/sheet\d+\.xml"
    r"|xl/worksheets/_rels/sheet\d+\.xml\.rels|xl/printerSettings/printerSettings\d+\.bin"
)
_AROUND = frozenset(
    _MAIN + name
    for name in (
        "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
        "autoFilter", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "printOptions",
        "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "ignoredErrors",
    )
)  # fmt: skip
_CODING = re.compile(rb'(?:\xef\xbb\xbf)?<(?:\?xml[^>]*?(?:encoding\s*=\s*["\']([^"\']*)["\'][^>]*)?\?>|[A-Za-z])')
_LETTERS = re.compile(r"[A-Z]{1,3}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_PART = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_TITLE = re.compile(r"[^\[\]:*?/\\]{1,31}")
_LARGEST = 10_000  # cells that are made one
_KINDS = frozenset("ns") | {"str", "b", "e", "inlineStr"}
_SI = f"{_MAIN}si"
_TAGS = tuple(_MAIN + name for name in ("row", "c", "v", "f", "is", "t", "r", "rPr", "rPh", "phoneticPr"))
_ROW, _C, _V, _F, _IS, _T, _R, _RPR, _RPH, _PHONETIC = _TAGS


class Unusual(Exception):
    """The book has something that is not read here."""


def lean_book(data: bytes) -> Book:
    """Read a book; Unusual where it has something that is not read here."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            return _Reading(parts).book()
    except (ParseError, KeyError, ValueError, IndexError, OverflowError, TypeError) as fault:
        raise Unusual(str(fault)) from fault


def _tree(data: bytes) -> Element:
    """Read a part. Unusual where it is not UTF-8 or defines anything, whatever the guard made of it."""
    coding = _CODING.match(data)
    if coding is None or (coding[1] or b"utf-8").lower() != b"utf-8" or b"<!D" in data or b"<!E" in data:
        raise Unusual("coding")
    parser = XMLParser()  # noqa: S314 (nothing is defined in it)
    parser.feed(data)
    root: Element = parser.close()
    return root


def _is_set(said: str | None) -> bool:
    return said not in (None, "0", "false")


class _Reading:
    """A book while it is read."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self.parts = parts
        self.names = set(parts.namelist())
        odd = [name for name in self.names if not _KNOWN.fullmatch(name)]
        if odd:
            raise Unusual(odd[0])
        self.made = Book()

    def _part(self, name: str) -> Element:
        return _tree(self.parts.read(name))

    def book(self) -> Book:
        """Return the book."""
        self._types()
        root = self._part(_BOOK)
        if root.tag != f"{_MAIN}workbook" or any(_is_set(b.get("date1904")) for b in root.iter(f"{_MAIN}workbookPr")):
            raise Unusual(_BOOK)
        self.texts = list(self._texts()) if _TEXTS in self.names else []
        self.looks = looks_of(self.parts.read(_STYLES))
        targets = self._targets()
        for one in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            self._sheet(one.attrib["name"], targets[one.attrib[f"{_REL}id"]])
        titles = [title.lower() for title in self.made.sheetnames]
        if len({*titles}) != len(titles) or not titles:
            raise Unusual("titles")
        self._names(root)
        self._properties()
        self.made.extent = max(sheet.max_row * sheet.max_column for sheet in self.made.worksheets)
        return self.made

    def _types(self) -> None:
        """Check that the parts are where they always are, so that every reader looks for them there."""
        types = {one.get("PartName"): one.get("ContentType") for one in self._part("[Content_Types].xml")}
        texts = [part for part, kind in types.items() if kind == _TEXTS_TYPE]
        if types.get(f"/{_BOOK}") != _BOOK_TYPE or texts != ([f"/{_TEXTS}"] if _TEXTS in self.names else []):
            raise Unusual("[Content_Types].xml")
        if sum(kind == _BOOK_TYPE for kind in types.values()) != 1:
            raise Unusual("[Content_Types].xml")
        roots = [r.get("Target", "") for r in self._part("_rels/.rels") if r.get("Type") == f"{_KIND}officeDocument"]
        if [root.lstrip("/") for root in roots] != [_BOOK]:
            raise Unusual("_rels/.rels")

    def _targets(self) -> dict[str, str]:
        """Return the parts of the worksheets by the id of their relationship."""
        found: dict[str, str] = {}
        for one in self._part("xl/_rels/workbook.xml.rels"):
            target, kind = one.attrib["Target"], one.attrib["Type"]
            if one.tag != f"{_PACKAGE}Relationship" or one.get("TargetMode") or one.attrib["Id"] in found:
                raise Unusual("xl/_rels/workbook.xml.rels")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            found[one.attrib["Id"]] = path if kind == f"{_KIND}worksheet" else ""
        return found

    def _texts(self) -> Iterator[str]:
        """List the texts that cells share."""
        root = self._part(_TEXTS)
        if root.tag != f"{_MAIN}sst":
            raise Unusual(_TEXTS)
        for item in root:
            text = (item[0].text or "") if len(item) == 1 and item[0].tag == _T else _text(item)
            if item.tag != _SI or "x005F_" in text:
                raise Unusual(_TEXTS)
            yield text

    def _names(self, root: Element) -> None:
        for one in root.iterfind(f"{_MAIN}definedNames/{_MAIN}definedName"):
            if one.get("localSheetId") is None:
                name = one.attrib["name"]
                self.made.defined_names[name] = DefinedName(name, attr_text=one.text or "")

    def _properties(self) -> None:
        if "docProps/core.xml" in self.names:
            said = [one for one in self._part("docProps/core.xml") if one.tag.endswith("}keywords")]
            self.made.properties = Core(said[0].text if len(said) == 1 else None)
            if len(said) > 1:
                raise Unusual("docProps/core.xml")
        if "docProps/custom.xml" in self.names:
            found = []
            for one in self._part("docProps/custom.xml"):
                if len(one) != 1 or not one[0].tag.endswith(("}lpwstr", "}lpstr")):
                    raise Unusual("docProps/custom.xml")
                found.append(Property(one.get("name", ""), one[0].text or ""))
            self.made.custom_doc_props = Listed(tuple(found))

    # ---- a worksheet -----------------------------------------------------------------------------

    def _sheet(self, title: str, part: str) -> None:
        root = self._part(part)
        if root.tag != f"{_MAIN}worksheet" or not _TITLE.fullmatch(title) or not _is_plain(self, part):
            raise Unusual(title)
        if any(one.tag not in _AROUND for one in root):
            raise Unusual(title)
        sheet = Sheet(title)
        data = root.findall(f"{_MAIN}sheetData")
        if len(data) != 1:
            raise Unusual(title)
        shared: dict[str, Translator] = {}
        for row in data[0]:
            self._row(sheet, row, shared)
        for merged in root.iterfind(f"{_MAIN}mergeCells/{_MAIN}mergeCell"):
            _merge(sheet, merged.attrib["ref"])
        if sheet.cells:
            rows, columns = zip(*sheet.cells, strict=True)
            sheet.max_row, sheet.max_column = max(rows), max(columns)
        self.made.worksheets.append(sheet)

    def _row(self, sheet: Sheet, row: Element, shared: dict[str, Translator]) -> None:
        number, cells, looks, texts = row.get("r", ""), sheet.cells, self.looks, self.texts
        if row.tag != _ROW or not (number.isascii() and number.isdecimal()) or number.startswith("0"):
            raise Unusual(sheet.title)
        at_row, digits = int(number), len(number)
        for element in row:
            given = element.attrib
            at = given.get("r", "")
            kind = given.get("t", "n")
            if element.tag != _C or not at.endswith(number) or kind not in _KINDS:
                raise Unusual(sheet.title)
            column = _column(at[:-digits])
            look = looks[int(given.get("s", "0"))]
            if (at_row, column) in cells:
                raise Unusual(sheet.title)
            cell = cells[at_row, column] = Cell(sheet, at_row, column, None, kind, look.number_format)
            if not len(element):
                continue
            if kind == "inlineStr":
                if len(element) != 1 or element[0].tag != _IS:
                    raise Unusual(sheet.title)
                cell.value, cell.data_type = _text(element[0]), "s"
                continue
            stored = formula = None
            for inner in element:
                if inner.tag == _V and stored is None:
                    stored = inner.text or ""
                elif inner.tag == _F and formula is None:
                    formula = inner
                else:
                    raise Unusual(sheet.title)
            if formula is not None:
                cell.data_type, cell.value = "f", _formula(formula, at, shared)
                self.made.results[sheet.title, at] = _shown(kind, stored)
            elif stored:
                cell.value, cell.data_type = _value(kind, stored, texts, look)


def _is_plain(reading: _Reading, part: str) -> bool:
    """Return whether a worksheet leans on nothing but the settings of a printer."""
    rels = f"xl/worksheets/_rels/{part.rpartition('/')[2]}.rels"
    if rels not in reading.names:
        return True
    return all(one.get("Type") == f"{_KIND}printerSettings" for one in _tree(reading.parts.read(rels)))


@lru_cache(maxsize=20_000)
def _column(name: str) -> int:
    if not _LETTERS.fullmatch(name):
        raise Unusual(name)
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - 64
    return found


def _text(item: Element) -> str:
    """Return a text of those that cells share, as openpyxl puts its runs together."""
    found = []
    plain = [one for one in item if one.tag == _T]
    if len(plain) > 1:
        raise Unusual("texts")
    found += [one.text or "" for one in plain]
    for one in item:
        if one.tag == _R:
            inner = [t for t in one if t.tag == _T]
            if len(inner) != 1 or any(t.tag not in (_T, _RPR) for t in one):
                raise Unusual("texts")
            found.append(inner[0].text or "")
        elif one.tag not in (_T, _RPH, _PHONETIC):
            raise Unusual("texts")
    if plain and len(found) > 1:
        raise Unusual("texts")
    return "".join(found)


def _number(text: str) -> int | float:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _PART.fullmatch(text):
        return float(text) if "." in text or "E" in text or "e" in text else int(text)
    raise Unusual(text)


def _value(kind: str, stored: str, texts: list[str], look: Look) -> tuple[Any, str]:
    """Return the value of a cell that is no formula, and its type, as openpyxl has them."""
    if kind == "s":
        if not (stored.isascii() and stored.isdecimal()):
            raise Unusual(stored)
        return texts[int(stored)], "s"
    if kind == "n":
        number = _number(stored)
        if not look.is_date:
            return number, "n"
        return from_excel(number, timedelta=look.is_span), "d"
    if kind == "b":
        return bool(int(stored)), "b"
    return (stored, "s") if kind == "str" else (stored, "e")


def _shown(kind: str, stored: str | None) -> Any:
    """Return what a formula shows without calculating; see `xlsx.cached`."""
    if stored is None:
        return None
    if kind == "b":
        return stored.strip() in ("1", "true")
    if kind == "s":
        raise Unusual(stored)  # a formula's text is its own
    if kind == "n":
        return _number(stored) if stored else None
    return stored


def _formula(element: Element, at: str, shared: dict[str, Translator]) -> str:
    """Return the text of a formula, of one that cells share as it reads in this one."""
    text, kind = f"={element.text or ''}", element.get("t", "normal")
    if kind not in ("normal", "shared") or len(element):
        raise Unusual(at)
    if kind == "shared":
        number = element.get("si", "")
        if number in shared:
            return str(shared[number].translate_formula(at))
        if text != "=":
            shared[number] = Translator(text, at)
    return text


def _merge(sheet: Sheet, area: str) -> None:
    """Make cells one; what stands under others of them is read by nobody twice alike."""
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = row_and_column(first), row_and_column(last or first)
    if not 0 <= (right - left) * (bottom - top) <= _LARGEST or right < left:
        raise Unusual(area)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if (row, column) == (top, left):
                continue
            there = sheet.cells.get((row, column))
            if there is not None and (there.value is not None or there.data_type == "f"):
                raise Unusual(area)
            sheet.cells[row, column] = Cell(sheet, row, column)
