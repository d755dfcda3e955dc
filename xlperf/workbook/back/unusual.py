"""A returned book that is not read lean: by openpyxl's own parsers, without the parts that nobody asks anything of.

What openpyxl makes of a cell, a text, a name, a property or a comment is taken from it; what it would make of borders
of merged cells, looks, pictures, charts, checks and links is never made, and what a formula shows is read along with
it. So a strange book costs less than half, and one that is damaged where nobody looks is read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, cast

from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import range_boundaries
from openpyxl.worksheet import _reader
from openpyxl.xml.constants import ARC_STYLE, COMMENTS_NS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from xlperf.problems import Word, word
from xlperf.workbook.back.formats import Look, looks_of
from xlperf.workbook.back.plain import Book, Cell, Core, Listed, Property, Sheet
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.cached import Place
from xlperf.xlsx.cells import TWICE, UnsoundCell

rels_path: Any = get_rels_path  # the stubs do not know what it returns
Spot = tuple[int, int]
_ONE = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
_ROW, _MERGE = f"{{{SHEET_MAIN_NS}}}row", f"{{{SHEET_MAIN_NS}}}mergeCell"
_UNREAD = frozenset(  # what may be large and is let go of as soon as it is there
    f"{{{SHEET_MAIN_NS}}}{name}"
    for name in ("col", "conditionalFormatting", "dataValidation", "hyperlink", "extLst", "brk", "scenario")
)


def unusual_book(data: bytes) -> Book:
    """Read a book; raises what openpyxl raises where it cannot be read. data: of a file that passed the guard.

    UnsoundCell where a cell is there twice, or cannot be read.
    """
    return _Reading(BytesIO(data)).plain()


class _Cells(_reader.WorkSheetParser):
    """A worksheet while it is read: what stands in its cells, and where it has merged ones."""

    def __init__(self, title: str, source: Any, texts: Any, epoch: Any, looks: tuple[Look, ...]) -> None:
        dates = {number for number, look in enumerate(looks) if look.is_date}
        spans = {number for number, look in enumerate(looks) if look.is_span}
        super().__init__(source, texts, False, epoch, dates, spans)
        self.title, self.merged = title, list[str]()

    def rows(self) -> Iterator[list[dict[str, Any]]]:
        """List the rows, each as its cells."""
        for _, element in iterparse(self.source):
            if element.tag == _ROW:
                yield self.parse_row(element)[1]
                element.clear()
            elif element.tag == _MERGE:
                self.merged.append(element.attrib["ref"])
            elif element.tag in _UNREAD:
                element.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return a cell as openpyxl has it; of a formula also what it shows."""
        try:
            cell: dict[str, Any] = super().parse_cell(element)
        except IndexError:
            raise self._unsound(element, word("这一格引用的文字不在文件里")) from None
        except (ValueError, KeyError, TypeError, OverflowError) as fault:
            raise self._unsound(element, word("这一格写得不合规定：{fault}", fault=fault)) from None
        if cell["data_type"] == "f":
            cell["shown"] = self._shown(element)
        return cell

    def _unsound(self, element: Any, found: Word) -> UnsoundCell:
        return UnsoundCell(element.get("r", ""), found, self.title)

    def _shown(self, element: Any) -> Any:
        """Return what a formula shows without calculating; see `xlsx.cached.stored_results`."""
        kind, stored = element.get("t", "n"), element.findtext(_reader.VALUE_TAG)
        if kind == "inlineStr":
            inline = element.find(_reader.INLINE_STRING)
            return None if inline is None else "".join(inline.itertext())
        if stored is None or (kind == "n" and not stored.strip()):
            return None
        if kind == "b":
            return stored.strip() in ("1", "true")
        if kind == "s":
            at, texts = stored.strip(), cast("list[str]", self.shared_strings)
            return texts[int(at)] if at.isdigit() and int(at) < len(texts) else None
        if kind == "n":
            return float(stored) if any(sign in stored for sign in ".eE") else int(stored)
        return stored


class _Reading(ExcelReader):
    """A book while it is read."""

    def plain(self) -> Book:
        """Return the book."""
        self.results: dict[Place, Any] = {}
        self.made = Book(results=self.results)
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        self.read_properties()
        self.read_custom()
        looks = looks_of(self.archive.read(ARC_STYLE)) if ARC_STYLE in self.valid_files else ()
        self.looks = looks or (Look("General", False, False),)
        for sheet, rel in self.parser.find_sheets():
            if rel.target in self.valid_files and "chartsheet" not in rel.Type:
                # openpyxl gives a title that is there twice another one
                self._sheet(Sheet(str(self.wb.create_sheet(sheet.name).title)), rel.target)
        self.made.defined_names = dict(cast("Any", self.parser).defined_names.by_sheet().get("global", {}))
        self.made.properties = Core(self.wb.properties.keywords)
        props = cast("Any", self.wb).custom_doc_props.props  # the stubs do not know it
        self.made.custom_doc_props = Listed(tuple(Property(p.name, str(p.value)) for p in props))
        return self.made

    def _sheet(self, sheet: Sheet, part: str) -> None:
        with self.archive.open(part) as source:
            cells = _Cells(sheet.title, source, self.shared_strings, self.wb.epoch, self.looks)
            for row in cells.rows():
                for read in row:
                    self._cell(sheet, read)
        under = {at for area in cells.merged for at in _merge(sheet, area)}
        rels = str(rels_path(part))
        for rel in get_dependents(self.archive, rels).find(COMMENTS_NS) if rels in self.valid_files else ():
            said: Any = fromstring(self.archive.read(rel.target))
            _comments(sheet, under, cast("CommentSheet", CommentSheet.from_tree(said)))
        if sheet.cells:
            sheet.max_row = max(row for row, _ in sheet.cells)
            sheet.max_column = max(column for _, column in sheet.cells)
        self.made.worksheets.append(sheet)

    def _cell(self, sheet: Sheet, read: dict[str, Any]) -> None:
        at, style = (read["row"], read["column"]), read["style_id"]
        if at in sheet.cells:
            raise UnsoundCell(Cell(*at).coordinate, TWICE, sheet.title)
        if style >= len(self.looks):
            raise UnsoundCell(Cell(*at).coordinate, word("这一格引用的格式不在文件里"), sheet.title)
        cell = sheet.cells[at] = Cell(*at, read["value"], read["data_type"], self.looks[style].number_format)
        if "shown" in read:
            self.results[sheet.title, cell.coordinate] = read["shown"]


def _merge(sheet: Sheet, area: str) -> list[Spot]:
    """Make cells one; return those under the first, in which nothing stands any more, as openpyxl has it."""
    left, top, right, bottom = cast("tuple[int, int, int, int]", range_boundaries(area))
    if None in (left, top, right, bottom) or right < left or bottom < top:
        raise ValueError(f"merged cells {area}")
    if (right - left + 1) * (bottom - top + 1) > len(sheet.cells):
        under = [at for at in sheet.cells if top <= at[0] <= bottom and left <= at[1] <= right]
    else:
        spots = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        under = [at for at in spots if at in sheet.cells]
    if (top, left) in under:
        under.remove((top, left))
    sheet.cells.update((at, Cell(*at)) for at in under)
    return under


def _comments(sheet: Sheet, under: set[Spot], said: CommentSheet) -> None:
    """Put what people wrote beside cells to them; there are no comments under merged cells."""
    for ref, comment in said.comments:
        if _ONE.fullmatch(ref) and (at := row_and_column(ref)) not in under:
            sheet.cells.setdefault(at, Cell(*at)).comment = comment
