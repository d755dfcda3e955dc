"""A returned book read lean: the parts that something is asked of, each once, and nothing that nobody looks at.

What it gives is what openpyxl would give of the same bytes, in the few ways that `locate`, `around`, `seal` and `read`
ask for. It knows the books that spreadsheet programs write of ours when somebody has filled them, and nothing else:
whatever is unusual (a comment, a link, a drawing, text under merged cells, a cell twice) is `Unusual`, and openpyxl
reads the whole. The file must have passed the guard.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError, XMLParser

from xlperf.workbook.back.formats import looks_of
from xlperf.workbook.back.lean_sheet import LeanSheet, Shown, Texts
from xlperf.workbook.back.plain import Book, Core, Listed, Named, Property
from xlperf.workbook.back.shapes import Unusual, run_of, shape_of, shape_of_runs
from xlperf.workbook.back.spelt import ESCAPED, Gap, Otherwise, Spelt, spelt_texts, split_cells
from xlperf.xlsx.addresses import number as number_of_column

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
_TITLE = re.compile(r"[^\[\]:*?/\\]{1,31}")
_SMALL = 100_000  # bytes of a worksheet, and of what stands around its rows, which is remembered
_KINDS = frozenset("ns") | {"str", "b", "e", "inlineStr"}
_SI = f"{_MAIN}si"
_TAGS = tuple(_MAIN + name for name in ("row", "c", "v", "f", "is", "t", "r", "rPr", "rPh", "phoneticPr"))
_ROW, _C, _V, _F, _IS, _T, _R, _RPR, _RPH, _PHONETIC = _TAGS


def lean_book(parts: Mapping[str, bytes]) -> Book:
    """Read a book of its parts; Unusual where it has something that is not read here."""
    try:
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

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self.parts = parts
        odd = [name for name in parts if not _KNOWN.fullmatch(name)]
        if odd:
            raise Unusual(odd[0])
        self.made = Book()

    def _part(self, name: str) -> Element:
        return _tree(self.parts[name])

    def book(self) -> Book:
        """Return the book."""
        _hold_types(self.parts["[Content_Types].xml"], self.parts["_rels/.rels"], _TEXTS in self.parts)
        root = self._part(_BOOK)
        if root.tag != f"{_MAIN}workbook" or any(_is_set(b.get("date1904")) for b in root.iter(f"{_MAIN}workbookPr")):
            raise Unusual(_BOOK)
        self.texts = Texts(self._texts() if _TEXTS in self.parts else [])
        self.looks = looks_of(self.parts[_STYLES])
        targets = _targets(self.parts["xl/_rels/workbook.xml.rels"])
        for one in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            self._sheet(one.attrib["name"], targets[one.attrib[f"{_REL}id"]])
        titles = [title.lower() for title in self.made.sheetnames]
        if len({*titles}) != len(titles) or not titles:
            raise Unusual("titles")
        self._names(root)
        self._properties()
        self.made.extent = max(sheet.max_row * sheet.max_column for sheet in self.made.worksheets)
        self.made.results = Shown(self.made.worksheets)
        return self.made

    def _texts(self) -> list[str]:
        """List the texts that cells share."""
        data, texts = self.parts[_TEXTS], None
        with suppress(Otherwise):
            data, texts = spelt_texts(data)
        root = _tree(data)
        if root.tag != f"{_MAIN}sst" or (texts is not None and len(root)):
            raise Unusual(_TEXTS)
        if texts is None:
            texts = []
            for item in root:
                texts.append((item[0].text or "") if len(item) == 1 and item[0].tag == _T else _text(item))
                if item.tag != _SI:
                    raise Unusual(_TEXTS)
            if any(ESCAPED in text for text in texts):
                raise Unusual(_TEXTS)
        return texts

    def _names(self, root: Element) -> None:
        every = root.iterfind(f"{_MAIN}definedNames/{_MAIN}definedName")
        of_all = [one for one in every if one.get("localSheetId") is None]
        self.made.defined_names = Named({one.attrib["name"]: one.text or "" for one in of_all})

    def _properties(self) -> None:
        if "docProps/core.xml" in self.parts:
            said = [one for one in self._part("docProps/core.xml") if one.tag.endswith("}keywords")]
            self.made.properties = Core(said[0].text if len(said) == 1 else None)
            if len(said) > 1:
                raise Unusual("docProps/core.xml")
        if "docProps/custom.xml" in self.parts:
            found = []
            for one in self._part("docProps/custom.xml"):
                if len(one) != 1 or not one[0].tag.endswith(("}lpwstr", "}lpstr")):
                    raise Unusual("docProps/custom.xml")
                found.append(Property(one.get("name", ""), one[0].text or ""))
            self.made.custom_doc_props = Listed(tuple(found))

    # ---- a worksheet -----------------------------------------------------------------------------

    def _sheet(self, title: str, part: str) -> None:
        data = self.parts[part]
        if not _TITLE.fullmatch(title) or not _is_plain(self, part):
            raise Unusual(title)
        try:
            around, gaps, values = (_known_split if len(data) <= _SMALL else split_cells)(data)
            sheet = LeanSheet(title)
            sheet.fill(shape_of(gaps, self.looks), values, self.texts, self.looks)
            rows, areas = (_known_around if len(around) <= _SMALL else _around)(around)
            if rows:
                raise Unusual(title)
        except Otherwise:
            root = _tree(data)
            cells = [cell for row in root.iterfind(f"{_MAIN}sheetData/*") for cell in _parsed(row)]
            sheet = LeanSheet(title)
            shape = shape_of_runs([run_of(Gap(tuple(cells), False, 0, 0), self.looks)])
            sheet.fill(shape, (), self.texts, self.looks)
            _, areas = _held(root)
        sheet.merge(areas)
        self.made.worksheets.append(sheet)


def _around(data: bytes) -> tuple[int, tuple[str, ...]]:
    """Return what stands around the rows of a worksheet; see `_held`."""
    return _held(_tree(data))


def _held(root: Element) -> tuple[int, tuple[str, ...]]:
    """Return how many rows a worksheet has, and which cells are made one; Unusual where more stands there."""
    rows = root.findall(f"{_MAIN}sheetData")
    if root.tag != f"{_MAIN}worksheet" or len(rows) != 1 or any(one.tag not in _AROUND for one in root):
        raise Unusual(root.tag)
    return len(rows[0]), tuple(one.attrib["ref"] for one in root.iterfind(f"{_MAIN}mergeCells/{_MAIN}mergeCell"))


_known_around = lru_cache(maxsize=32)(_around)
_known_split = lru_cache(maxsize=32)(split_cells)  # worksheets in which nobody typed are alike in many books


def _parsed(row: Element) -> Iterator[Spelt]:
    """List the cells of a row that a parser took apart."""
    number = row.get("r", "")
    if row.tag != _ROW or not (number.isascii() and number.isdecimal()) or number.startswith("0"):
        raise Unusual(number)
    for element in row:
        given = element.attrib
        at, kind = given.get("r", ""), given.get("t", "n")
        if element.tag != _C or kind not in _KINDS or not at.endswith(number):
            raise Unusual(at)
        column = _column(at[: -len(number)])
        stored = formula = None
        for inner in element:
            if kind == "inlineStr" and inner.tag == _IS and len(element) == 1:
                stored = _text(inner)
            elif inner.tag == _V and stored is None and kind != "inlineStr":
                stored = inner.text or ""
            elif inner.tag == _F and formula is None and kind != "inlineStr" and not len(inner):
                formula = inner.attrib, inner.text or ""
            else:
                raise Unusual(at)
        yield Spelt(int(number), column, at, int(given.get("s", "0")), kind, formula, stored)


@lru_cache(maxsize=8)
def _hold_types(types: bytes, rels: bytes, has_texts: bool) -> None:
    """Check that the parts are where they always are, so that every reader looks for them there."""
    kinds = {one.get("PartName"): one.get("ContentType") for one in _tree(types)}
    texts = [part for part, kind in kinds.items() if kind == _TEXTS_TYPE]
    if kinds.get(f"/{_BOOK}") != _BOOK_TYPE or texts != ([f"/{_TEXTS}"] if has_texts else []):
        raise Unusual("[Content_Types].xml")
    if sum(kind == _BOOK_TYPE for kind in kinds.values()) != 1:
        raise Unusual("[Content_Types].xml")
    roots = [r.get("Target", "") for r in _tree(rels) if r.get("Type") == f"{_KIND}officeDocument"]
    if [root.lstrip("/") for root in roots] != [_BOOK]:
        raise Unusual("_rels/.rels")


@lru_cache(maxsize=8)
def _targets(rels: bytes) -> Mapping[str, str]:
    """Return the parts of the worksheets by the id of their relationship."""
    found: dict[str, str] = {}
    for one in _tree(rels):
        target, kind = one.attrib["Target"], one.attrib["Type"]
        if one.tag != f"{_PACKAGE}Relationship" or one.get("TargetMode") or one.attrib["Id"] in found:
            raise Unusual("xl/_rels/workbook.xml.rels")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        found[one.attrib["Id"]] = path if kind == f"{_KIND}worksheet" else ""
    return found


def _is_plain(reading: _Reading, part: str) -> bool:
    """Return whether a worksheet leans on nothing but the settings of a printer."""
    rels = f"xl/worksheets/_rels/{part.rpartition('/')[2]}.rels"
    if rels not in reading.parts:
        return True
    return all(one.get("Type") == f"{_KIND}printerSettings" for one in _tree(reading.parts[rels]))


@lru_cache(maxsize=20_000)
def _column(name: str) -> int:
    if not _LETTERS.fullmatch(name):
        raise Unusual(name)
    return number_of_column(name) + 1


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
