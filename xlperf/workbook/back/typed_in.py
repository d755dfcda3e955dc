"""Values typed into a book's own bytes: the cells given, and the stored results of formulas, which are gone.

All else stays to the byte: styles, notes, buttons, charts, parts that no library knows. Read here are worksheets
that are spelt as programs spell them (`spelt`); whatever is unusual is `Otherwise`, and openpyxl saves the whole anew.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from math import isfinite
from xml.sax.saxutils import escape

from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE

from xlperf.formula.values import day_number
from xlperf.workbook.back.formats import looks_of
from xlperf.workbook.back.spelt import Otherwise, Spelt, spelt_cell, spelt_texts
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.parts import worksheets
from xlperf.xlsx.skeleton import BODY, MARK, NAMES

Typed = str | float | int | bool | date | None
Spot = tuple[str, str, str]  # plan sheet, key of the row, column

_TEXTS, _STYLES, _CHAIN = "xl/sharedStrings.xml", "xl/styles.xml", "xl/calcChain.xml"
_BEGINS, _ENDS = b"<sheetData>", b"</sheetData>"
_HEAD = re.compile(rb'([A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-zA-Z]+")? ?(?:/>|>(.*?)</c>)', re.DOTALL)
_RESULT = re.compile(rb"<v(?: xml:space=\"preserve\")?>[^<]*</v>|<v ?/>")
_COUNTS = re.compile(rb' (count|uniqueCount)="([0-9]+)"')
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # characters of a cell


class _Part:
    """A worksheet's part, cut where its cells begin."""

    def __init__(self, data: bytes, texts: Sequence[str]) -> None:
        begins, ends = data.find(_BEGINS) + len(_BEGINS), data.find(_ENDS)
        if data.count(_BEGINS) != 1 or data.count(_ENDS) != 1 or b"<!" in data or data.count(b"<?") > 1:
            raise Otherwise
        first, *self.pieces = data[begins:ends].split(b'<c r="')
        self.head, self.rest, self.texts = data[:begins] + first, data[ends:], texts
        try:
            places = [row_and_column(piece[: piece.index(b'"')].decode("ascii")) for piece in self.pieces]
        except ValueError:
            raise Otherwise from None
        self.at = {place: number for number, place in enumerate(places)}
        if len(self.at) != len(places):
            raise Otherwise

    def spots(self) -> Iterator[tuple[Spot, int, int]]:
        """List the cells of its tables."""
        rows, columns = (max(place[i] for place in self.at) for i in (0, 1)) if self.at else (0, 0)
        yield from spots(self.shown, rows, columns)

    def cell(self, row: int, column: int) -> Spelt | None:
        """Return a cell as it is spelt; None where there is none."""
        number = self.at.get((row, column))
        return None if number is None else spelt_cell(self.pieces[number])

    def shown(self, row: int, column: int) -> object:
        """Return what stands in a cell."""
        cell = self.cell(row, column)
        if cell is None or cell.kind in "be":
            return None
        if cell.kind == "s" and isinstance(cell.number, int):
            return self.texts[cell.number]
        return f"={cell.formula[1]}" if cell.formula is not None else cell.value if cell.number is None else cell.number

    def rewritten(self, typed: Mapping[tuple[int, int], bytes]) -> bytes:
        """Return the part with cells typed in, and the results of its formulas taken out."""
        pieces = list(self.pieces)
        new = {self.at[place]: value for place, value in typed.items()}
        for number, piece in enumerate(pieces):
            if number not in new and b"<f" not in piece:
                continue
            cell = _HEAD.match(piece)
            if cell is None:
                raise Otherwise
            value = new.get(number)
            if value is None:
                value = b">" + _RESULT.sub(b"", cell[2] or b"") + b"</c>"
            pieces[number] = cell[1] + value + piece[cell.end() :]
        return b'<c r="'.join([self.head, *pieces]) + self.rest


def typed_in(data: bytes, values: Mapping[Spot, Typed]) -> bytes:
    """Return a workbook with values typed in. Otherwise where it is unusual; KeyError where it has no such cell."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        infos = book.infolist()
        parts = {info.filename: book.read(info) for info in infos}
        if not {_TEXTS, _STYLES} <= parts.keys():
            raise Otherwise
        texts = spelt_texts(parts[_TEXTS])[1]
        sheets = {part: _Part(parts[part], texts) for part in worksheets(book).values()}
    places = {spot: (part, row, column) for part, sheet in sheets.items() for spot, row, column in sheet.spots()}
    looks, new = looks_of(parts[_STYLES]), list[str]()
    typed: dict[str, dict[tuple[int, int], bytes]] = {part: {} for part in sheets}
    for spot, value in values.items():
        part, row, column = places[spot]
        cell = sheets[part].cell(row, column)
        if cell is None or (cell.formula is not None and (cell.formula[0] or _CHAIN in parts)):
            raise Otherwise
        if type(value) is date and not looks[cell.style].is_date:
            raise Otherwise
        typed[part][row, column] = _stored(value, len(texts), new)
    parts |= {part: sheet.rewritten(typed[part]) for part, sheet in sheets.items()}
    parts[_TEXTS] = _with_texts(parts[_TEXTS], new)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for info in infos:
            book.writestr(info, parts[info.filename], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def spots(shown: Callable[[int, int], object], rows: int, columns: int) -> Iterator[tuple[Spot, int, int]]:
    """List the cells of the tables that stand where they were issued: spot, row, column (counted from 1).

    shown: what stands in a row and a column. rows, columns: the last ones that have cells.
    """
    tables: list[tuple[str, int, list[tuple[str, int]]]] = []
    for number in range(1, columns + 1):
        text = str(shown(NAMES + 1, number) or "")
        if text.startswith(f"{MARK}|"):
            tables.append((text.split("|")[1], number, []))
        elif text and tables:
            tables[-1][2].append((text, number))
    for name, left, named in tables:
        for row in range(BODY + 1, rows + 1):
            key = shown(row, left)
            for column, number in named if key is not None else ():
                yield (name, str(key), column), row, number


def _stored(value: Typed, known: int, new: list[str]) -> bytes:
    """Return what a cell says of its kind and its value. new: texts behind those known, to which this one is added."""
    if value is None or value == "":
        return b"/>"
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'.encode()
    if isinstance(value, str):
        if ILLEGAL_CHARACTERS_RE.search(value) or "\r" in value or "_x" in value or value in ERROR_CODES:
            raise Otherwise
        if len(value) > _LONGEST or _NO_TEXT.search(value):
            raise Otherwise
        new.append(value)
        return f' t="s"><v>{known + len(new) - 1}</v></c>'.encode()
    if type(value) is date:
        return f"><v>{day_number(value)}</v></c>".encode()
    if isinstance(value, date) or not isfinite(value):
        raise Otherwise
    return f"><v>{value if isinstance(value, int) else format(value, '.16g')}</v></c>".encode()


def _with_texts(data: bytes, new: Sequence[str]) -> bytes:
    """Return the part of the texts that cells share with texts behind those it has."""
    if not new:
        return data
    head, _, rest = data.partition(b"<si>")
    head = _COUNTS.sub(lambda said: b' %s="%d"' % (said[1], int(said[2]) + len(new)), head)
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in new).encode()
    return head + b"<si>" + rest.rstrip().removesuffix(b"</sst>") + items + b"</sst>"
