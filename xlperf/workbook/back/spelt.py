"""The cells of a worksheet's part that is spelt as programs spell it, cell by cell without a parser of XML.

Books of one round repeat each other: most cells are spelt in one as in the next. How each is to be read is found out
once, by a pattern that covers every character of it, and looked up from then on. A part with anything that is spelt in
another way (a comment, a prefix, rich text in a cell) is not read here, and whoever asked takes it apart by a parser,
which knows it all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from xlperf.xlsx.addresses import number as number_of_column

_BEGINS, _ENDS, _TEXTS_END = b"<sheetData>", b"</sheetData>", b"</sst>"
_ROW_SAYS = (  # what a row may say besides its number; the last by the newest programs alone
    r"spans|s|customFormat|ht|hidden|customHeight|outlineLevel|collapsed|thickTop|thickBot|ph|x14ac:dyDescent"
)
_ROW = rf'<row r="[1-9][0-9]{{0,6}}"(?: (?:{_ROW_SAYS})="[^"<>&]*")*'
_OPENS = rf"(?:{_ROW}(?:/>|></row>))*(?:({_ROW})>)?"  # rows without cells, then the one that the next cell is in
_FIRST, _BEHIND = re.compile(_OPENS), re.compile(rf"(?:(</row>){_OPENS})?")
_OPENED = re.compile(r'<row r="([0-9]+)"')
_CELL = re.compile(
    r'([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,6})")?(?: t="(n|s|str|b|e|inlineStr)")? ?(?:/>|>'
    r'(?P<formula><f(?P<said>(?: (?:aca|t|si|ref|ca)="[^"<>&]*")*)(?:/>|>(?P<text>[^<]*)</f>))?'
    r'(?:<v(?: xml:space="preserve")?>(?P<value>[^<]*)</v>|(?P<nothing><v ?/>)'
    r'|<is><t(?: xml:space="preserve")?>(?P<inline>[^<]*)</t></is>)?</c>)'
    r"(?P<behind>.*)",
    re.DOTALL,
)
_SAID = re.compile(r' ([a-zA-Z0-9:]+)="([^"]*)"')
_TAG = re.compile(r"<row[^>]*>")
_ITEM = re.compile(r'<t(?: xml:space="preserve")?>([^<]*)</t></si>')
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_PART = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_NOT_TEXT = re.compile("[\0-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff]|]]>|&(?!(?:lt|gt|amp|quot|apos);)")
END = -1
_KNOWN_MOST, _KNOWN_LONGEST = 20_000, 2_000  # spellings that are remembered, and bytes of one


class Spelt(NamedTuple):
    """One cell.

    row, column: counted from 1. at: its address. style, kind: the attributes s and t, 0 and "n" where they are not
    there. formula: the attributes and the text of `<f>`, None without one. value: of `<v>` or of an inline text, None
    where there is neither. number: what the value is as a number, None where it is none or has a formula. below: the
    number of the row that begins behind it, 0 where its own goes on, `END` where no cell follows.
    """

    row: int
    column: int
    at: str
    style: int
    kind: str
    formula: tuple[Mapping[str, str], str] | None
    value: str | None
    number: int | float | None
    below: int


def number_of(text: str) -> int | float | None:
    """Return a number as programs write them; None for any other text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if _PART.fullmatch(text):
        return float(text) if "." in text or "E" in text or "e" in text else int(text)
    return None


class Otherwise(Exception):
    """A part is spelt in another way than is read here."""


_KNOWN: dict[bytes, Spelt] = {}
_ALIKE: dict[tuple[bytes, bytes], Spelt] = {}
_TEXTS: dict[bytes, str] = {}


def spelt_cells(data: bytes) -> tuple[bytes, list[Spelt]]:
    """Return a worksheet's part without its rows, and the cells of these. data: a part that defines nothing.

    What stands around the rows is not looked at. Otherwise where anything in them is spelt in another way.
    """
    begins, ends = data.find(_BEGINS) + len(_BEGINS), data.find(_ENDS)
    if data.count(_BEGINS) != 1 or data.count(_ENDS) != 1 or b"<!" in data or data.count(b"<?") > 1:
        raise Otherwise
    first, *pieces = data[begins:ends].split(b'<c r="')
    row = _row_opened(_FIRST, _decoded(first))
    cells = []
    for piece in pieces:
        cell = _KNOWN.get(piece) or spelt_cell(piece)
        if cell.row != row:
            raise Otherwise
        row = cell.below or row
        cells.append(cell)
    if row != (END if cells else 0):
        raise Otherwise
    if b"x14ac:" in data and b' xmlns:x14ac="' not in data[:begins]:
        raise Otherwise
    return data[:begins] + data[ends:], cells


def spelt_texts(data: bytes) -> tuple[bytes, list[str]]:
    """Return the part of the texts that cells share without them, and them. data: a part that defines nothing.

    What stands around the texts is not looked at. Otherwise where one is spelt in another way.
    """
    head, *pieces = data.rstrip().split(b"<si>")
    if not pieces or not pieces[-1].endswith(_TEXTS_END) or b"<!" in head or head.count(b"<?") > 1:
        raise Otherwise
    pieces[-1] = pieces[-1].removesuffix(_TEXTS_END)
    found = []
    for piece in pieces:
        text = _TEXTS.get(piece)
        if text is None:
            item = _ITEM.fullmatch(_decoded(piece))
            if item is None:
                raise Otherwise
            text = _plain(item[1])
            if len(piece) <= _KNOWN_LONGEST:
                if len(_TEXTS) >= _KNOWN_MOST:
                    _TEXTS.clear()
                _TEXTS[piece] = text
        found.append(text)
    return head + _TEXTS_END, found


def spelt_cell(piece: bytes) -> Spelt:
    """Read a cell, from behind `<c r="` up to the next one, and keep how it reads.

    One that is spelt alike but for its value is read by the other.
    """
    head, has, rest = piece.partition(b"<v>")
    value, _, behind = rest.partition(b"</v>")
    like = _ALIKE.get((head, behind)) if has and value.replace(b".", b"").isalnum() else None
    cell = _read(_decoded(piece)) if like is None else _with_value(like, value.decode("ascii"))
    if len(piece) <= _KNOWN_LONGEST:
        for known in (_KNOWN, _ALIKE):
            if len(known) >= _KNOWN_MOST:
                known.clear()
        _KNOWN[piece] = _ALIKE[head, behind] = cell
    return cell


def _with_value(cell: Spelt, value: str) -> Spelt:
    return cell._replace(value=value, number=None if cell.formula is not None else number_of(value))


def _decoded(piece: bytes) -> str:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        raise Otherwise from None


def _read(piece: str) -> Spelt:
    """Read a cell from behind the quotation mark of its address up to the next one."""
    cell = _CELL.fullmatch(piece)
    if cell is None:
        raise Otherwise
    letters, row, style, kind, *_ = cell.groups()
    value = cell["inline"] if cell["inline"] is not None else "" if cell["nothing"] else cell["value"]
    formula = None
    if cell["formula"]:
        said = _SAID.findall(cell["said"])
        formula = dict(said), _plain(cell["text"] or "")
        if len(formula[0]) != len(said):
            raise Otherwise
    if (cell["inline"] is not None) != (kind == "inlineStr" and value is not None) or (formula and kind == "inlineStr"):
        raise Otherwise
    stored = None if value is None else _plain(value)
    at = f"{letters}{row}"
    number = None if stored is None or formula is not None else number_of(stored)
    column, below = number_of_column(letters) + 1, _row_behind(cell["behind"])
    return Spelt(int(row), column, at, int(style or 0), kind or "n", formula, stored, number, below)


def _row_behind(between: str) -> int:
    """Return which row begins in what stands between two cells; see `Spelt.below`."""
    return (_row_opened(_BEHIND, between) or END) if between else 0


def _row_opened(pattern: re.Pattern[str], text: str) -> int:
    """Return the number of the row that is opened last in a text of rows alone, 0 where none is."""
    rows = pattern.fullmatch(text)
    for tag in _TAG.findall(text) if rows is not None else ():
        said = _SAID.findall(tag)
        if len(dict(said)) != len(said):
            raise Otherwise
    if rows is None:
        raise Otherwise
    opened = _OPENED.match(rows[rows.re.groups] or "")
    return int(opened[1]) if opened is not None else 0


def _plain(text: str) -> str:
    """Return a text of a part as it reads; Otherwise where a character stands in it by its number, or none can."""
    if _NOT_TEXT.search(text):
        raise Otherwise
    if "&" in text:
        for sign, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
            text = text.replace(sign, meant)
    return text
