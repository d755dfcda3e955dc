"""What a workbook looks like on paper: converted by LibreOffice, its text read with size and place by pdftohtml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from pathlib import Path

import openpyxl

from kit.programs import output_of

SMALLEST = 8.0  # points
ZOOM = 3  # the largest that pdftohtml takes: sizes come as whole thirds of a point
# A title has 20 points on a page whose smallest text has 11: a page shrunk until that is 8 has titles of 14.5.
TITLE = 20 * SMALLEST / 11 - 0.5 / ZOOM
SIGNED, TOTALS = "（签字）", "合计"
PLACE, UNPLACED = "名次", "—"  # heading of the places; what stands there for who has none
DATE = re.compile(r"[\s年月日\d]*")  # the line for the date below a list
NUMBER = re.compile(r"— ?\d+ ?—")  # at the foot of a page
_PAGE = re.compile(r'<page number="(\d+)"[^>]*height="(\d+)" width="(\d+)">(.*?)</page>', re.S)
_FONT = re.compile(r'<fontspec id="(\d+)" size="(-?\d+)"')
_TEXT = re.compile(r'<text top="(-?\d+)" left="(-?\d+)" width="(-?\d+)" height="\d+" font="(\d+)">(.*?)</text>', re.S)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Piece:
    """A piece of text on a page; points, all of them."""

    text: str
    size: float
    top: float
    left: float
    width: float


@dataclass(frozen=True)
class Sheet:
    """A printed page: width and height in points, and its text."""

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Return all text without spaces, as it stands on the page."""
        return "".join("".join(p.text.split()) for p in self.pieces)


def pages(pdf: Path) -> list[Sheet]:
    """Read the pages of a PDF."""
    command = ["pdftohtml", "-xml", "-zoom", str(ZOOM), "-i", "-stdout", str(pdf)]
    text = output_of(*command)
    fonts: dict[str, float] = {}
    found = []
    for number, height, width, body in _PAGE.findall(text):
        fonts |= {name: int(size) / ZOOM for name, size in _FONT.findall(body)}
        pieces = tuple(
            Piece(unescape(_TAG.sub("", words)), fonts[font], *(int(x) / ZOOM for x in (top, left, wide)))
            for top, left, wide, font, words in _TEXT.findall(body)
        )
        found.append(Sheet(int(number), int(width) / ZOOM, int(height) / ZOOM, pieces))
    return found


def faults(file: Path, pdf: Path) -> list[str]:
    """List what is wrong with a printed workbook, each with the page; empty where all is well."""
    printed = pages(pdf)
    found = (*_of_pages(printed), *_of_headings(printed), *_of_signatures(printed), *_of_titles(*titles(file), printed))
    return [f"{pdf.stem} {fault}" for fault in found]


def _of_pages(printed: Sequence[Sheet]) -> Iterator[str]:
    for page in printed:
        for piece in page.pieces:
            if piece.text.strip() and piece.size < SMALLEST - 0.5 / ZOOM:
                yield f"p{page.number}: {piece.size:.1f} points: {piece.text[:20]}"
            if "###" in piece.text:
                yield f"p{page.number}: ### where {piece.left:.0f},{piece.top:.0f}"
            if piece.left < 0 or piece.left + piece.width > page.width:
                yield f"p{page.number}: runs off the page: {piece.text[:20]}"
        if len(page.pieces) <= 3:
            yield f"p{page.number}: hardly anything on the page: {page.text[:20]}"
        yield from (f"p{page.number}: a place that is no whole number: {text}" for text in _places(page))


def _of_headings(printed: Sequence[Sheet]) -> Iterator[str]:
    """Visit the pages whose last line is a heading: alone on its line, larger than the text, nothing of it below."""
    for page in printed:
        text = [p for p in page.pieces if p.text.strip() and not NUMBER.fullmatch(p.text.strip())]
        last = max(text, key=lambda p: p.top, default=None)
        line = [p for p in text if last is not None and p.top > last.top - 3]
        dated = last is not None and DATE.fullmatch(last.text)
        if last and not dated and len(line) == 1 < len(text) - 2 and last.size > 1.15 * min(p.size for p in text):
            yield f"p{page.number}: a heading stands last: {last.text[:20]}"


def _of_signatures(printed: Sequence[Sheet]) -> Iterator[str]:
    """Visit the pages on which nothing stands above the line to sign on but what is repeated on every page."""
    for before, page in pairwise(printed):
        line = next((p.top for p in page.pieces if SIGNED in p.text), None)
        known = {p.text.strip() for p in before.pieces}
        above = [p for p in page.pieces if p.top < line - 2] if line is not None else []
        totals = next((p.top for p in above if p.text.strip() == TOTALS), line or 0.0)
        if line is not None and all(p.text.strip() in known for p in above if p.top < totals - 2):
            yield f"p{page.number}: the line to sign on stands alone"


def _places(page: Sheet) -> Iterator[str]:
    """Visit what stands below a heading 名次 of the ranked lists and is no place."""
    if page.width > page.height:
        return
    for heading in (p for p in page.pieces if p.text.strip() == PLACE):
        middle = heading.left + heading.width / 2
        for piece in page.pieces:
            listed = piece.top > heading.top and piece.size <= heading.size  # titles of lists are larger
            below = listed and abs(piece.left + piece.width / 2 - middle) < heading.width
            if below and not re.fullmatch(rf"\d+|{UNPLACED}|{PLACE}|未排名.*", piece.text.strip()) and piece.width < 60:
                yield piece.text


def titles(file: Path) -> tuple[list[str], set[str]]:
    """Return the titles of the worksheets that are printed, and those that stand on every page of theirs."""
    book = openpyxl.load_workbook(file)
    found, repeated = [], set()
    for sheet in book.worksheets:
        first = next((c.value for c in sheet[1] if isinstance(c.value, str) and c.value), None)
        nothing = sheet.print_area.endswith("$A$1") or sheet.print_area.endswith("$A$1:$A$1")
        if sheet.sheet_state == "visible" and first and not nothing:
            found.append(first)
            if str(sheet.print_title_rows or "").startswith("$1:"):
                repeated.add(first)
    return found, repeated


def _of_titles(wanted: Sequence[str], repeated: Collection[str], printed: Sequence[Sheet]) -> Iterator[str]:
    """Visit the titles that stand on no page as a whole, or stand on more pages than there are such worksheets."""
    large = ["".join("".join(p.text.split()) for p in page.pieces if p.size >= TITLE) for page in printed]
    for title in dict.fromkeys(wanted):
        bare = "".join(title.split())
        count = sum(bare == text for text in large)
        if count < wanted.count(title) or (count > wanted.count(title) and title not in repeated):
            yield f"title {title}: {count} times, wanted {wanted.count(title)}"
