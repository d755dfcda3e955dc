"""The cells of a worksheet's part that is spelt as programs spell it, without a parser of XML.

Books of one round repeat each other: but for its values, most of one is spelt as the next. So a part is split at its
values, and what stands between two of them is a gap: how it is to be read is found out once, by patterns that cover
every character of it, and looked up from then on, many at a time. A part with anything that is spelt in another way (a
comment, a prefix, rich text in a cell) is not read here, and whoever asked takes it apart by a parser, which knows it
all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, cast

from xlperf.xlsx.addresses import number as number_of_column
from xlperf.xlsx.parts import may_define

_BEGINS, _ENDS, _TEXTS_END = b"<sheetData>", b"</sheetData>", "</sst>"
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
    r'(?:(?P<value><v>)|<v xml:space="preserve">(?P<spaced>[^<]*)</v>|(?P<nothing><v ?/>)'
    r'|<is><t(?: xml:space="preserve")?>(?P<inline>[^<]*)</t></is>)?</c>)'
    r"(?P<behind>.*)",
    re.DOTALL,
)
_SAID = re.compile(r' ([a-zA-Z0-9:]+)="([^"]*)"')
_TAG = re.compile(r"<row[^>]*>")
_VALUE = re.compile(r"<v>([^<]*)</v>")
_T = r'<t(?: xml:space="preserve")?>([^<]*)</t>'
_LOOKS = r'<rPr>(?:<[a-zA-Z]+(?: (?:val|theme|rgb|tint|indexed|auto)="[^"<>&]*")?/>)*</rPr>'  # of a run of letters
_ITEM, _RUNS = re.compile(rf"{_T}</si>"), re.compile(rf"(?:<r>(?:{_LOOKS})?{_T}</r>)+</si>")
_RUN = re.compile(_T)
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_PART = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_NOT_TEXT = re.compile("[\0-\x08\x0b\x0c\r\x0e-\x1f\ufffe\uffff]|]]>|&(?!(?:lt|gt|amp|quot|apos|#10);)")
_SIGNS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&#10;", "\n"), ("&amp;", "&"))
END, ESCAPED = -1, "x005F_"  # no row; how a sign is written that another one would be read as
KNOWN_MOST, KNOWN_LONGEST = 20_000, 2_000  # spellings that are remembered, and letters of one


class Spelt(NamedTuple):
    """One cell.

    row, column: counted from 1. at: its address. style, kind: the attributes s and t, 0 and "n" where they are not
    there. formula: the attributes and the text of `<f>`, None without one. value: of `<v>` or of an inline text, None
    where there is neither, and where it was cut out.
    """

    row: int
    column: int
    at: str
    style: int
    kind: str
    formula: tuple[Mapping[str, str], str] | None
    value: str | None

    @property
    def number(self) -> int | float | None:
        """Return what the value is as a number; None where it is none, and of a formula."""
        return None if self.value is None or self.formula is not None else number_of(self.value)


class Gap(NamedTuple):
    """What stands between two values.

    cells: those that begin in it. is_open: whether the value of the last one follows. behind: the row that the cell
    before must be in for the first of them to be in its own, 0 where nothing follows from it. last: the row of the last
    cell; `END` where none begins.
    """

    cells: tuple[Spelt, ...]
    is_open: bool
    behind: int
    last: int


def number_of(text: str) -> int | float | None:
    """Return a number as programs write them; None for any other text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if _PART.fullmatch(text):
        return float(text) if "." in text or "E" in text or "e" in text else int(text)
    return None


class Otherwise(Exception):
    """A part is spelt in another way than is read here."""


_TEXTS: dict[str, str] = {}
_CELLS: dict[tuple[str, bool], Spelt] = {}  # without their values


def split_cells(data: bytes) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    """Return a worksheet's part without its rows, and these split: the gaps, and the values between.

    data: a part that defines nothing. What stands around the rows is not looked at, and what stands in a gap is for
    `gap_of` to say. Otherwise where the rows cannot be told from the rest.
    """
    begins, ends = data.find(_BEGINS) + len(_BEGINS), data.rfind(_ENDS)  # no gap holds either of them once more
    head, rows = data[:begins], data[begins:ends]
    if not len(_BEGINS) <= begins <= ends or may_define(data):
        raise Otherwise
    if head.count(b"<?") > 1 or (b"?" in rows and b"<?" in rows):
        raise Otherwise
    if b' xmlns:x14ac="' not in head and b"x" in rows and b"x14ac:" in rows:  # one letter is found far sooner
        raise Otherwise
    pieces = _VALUE.split(_decoded(rows))
    return head + data[ends:], tuple(pieces[::2]), tuple(pieces[1::2])


def gap_of(text: str, *, is_first: bool, is_last: bool) -> Gap:
    """Read a gap. is_first, is_last: whether the rows begin with it, or end."""
    before, *pieces = text.split('<c r="')
    if not is_first and not before.startswith("</c>"):
        raise Otherwise
    row = _row_opened(_FIRST, before) if is_first else _row_behind(before.removeprefix("</c>"))
    behind, goes_on = 0, row == 0 and not is_first
    cells = []
    for number, piece in enumerate(pieces, 1):
        is_open = number == len(pieces) and not is_last
        cell, below = _read(f"{piece}<v></c>" if is_open else piece, is_open=is_open)
        if goes_on:
            row = behind = cell.row
            goes_on = False
        if cell.row != row:
            raise Otherwise
        row = below or row
        cells.append(cell)
    if row != (0 if is_first and not cells else END) if is_last else not cells:
        raise Otherwise
    return Gap(tuple(cells), not is_last, behind, cells[-1].row if cells else END)


def spelt_cell(piece: bytes) -> Spelt:
    """Read a cell with its value, from behind `<c r="` up to the next one."""
    before, *rest = _VALUE.split(_decoded(piece), maxsplit=1)
    if not rest:
        return _cell_once(before, is_open=False)
    value, behind = rest
    return _cell_once(f"{before}<v>{behind}", is_open=True)._replace(value=plain(value))


def _cell_once(piece: str, *, is_open: bool) -> Spelt:
    """Read a cell and keep how it reads; see `_read`."""
    cell = _CELLS.get((piece, is_open))
    if cell is None:
        cell, _ = _read(piece, is_open=is_open)
        if len(piece) <= KNOWN_LONGEST:
            if len(_CELLS) >= KNOWN_MOST:
                _CELLS.clear()
            _CELLS[piece, is_open] = cell
    return cell


def follow(gaps: list[Gap]) -> bool:
    """Return whether every gap begins in the row in which the cell before it stands."""
    return not any(gap.behind and gap.behind != before.last for before, gap in pairwise(gaps))


def spelt_texts(data: bytes) -> tuple[bytes, list[str]]:
    """Return the part of the texts that cells share without them, and them. data: a part that defines nothing.

    What stands around the texts is not looked at. Otherwise where one is spelt in another way.
    """
    head, *pieces = _decoded(data.rstrip()).split("<si>")
    if not pieces or not pieces[-1].endswith(_TEXTS_END) or "<!" in head or head.count("<?") > 1:
        raise Otherwise
    pieces[-1] = pieces[-1].removesuffix(_TEXTS_END)
    found = [*map(_TEXTS.get, pieces)]
    if None in found:
        found = [_remembered(piece) if text is None else text for piece, text in zip(pieces, found, strict=True)]
    return f"{head}{_TEXTS_END}".encode(), cast("list[str]", found)


def _remembered(piece: str) -> str:
    """Read a text that cells share, and keep how it reads."""
    item = _ITEM.fullmatch(piece)
    if item is None and _RUNS.fullmatch(piece) is None:
        raise Otherwise
    text = plain(item[1]) if item is not None else "".join(map(plain, _RUN.findall(piece)))
    if ESCAPED in text:
        raise Otherwise
    if len(piece) <= KNOWN_LONGEST:
        if len(_TEXTS) >= KNOWN_MOST:
            _TEXTS.clear()
        _TEXTS[piece] = text
    return text


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Otherwise from None


def _read(piece: str, *, is_open: bool) -> tuple[Spelt, int]:
    """Read a cell from behind the quotation mark of its address up to the next one, and the row that begins behind it.

    That is 0 where its own goes on, `END` where it ends and none begins. is_open: whether its value was cut out.
    """
    cell = _CELL.fullmatch(piece)
    if cell is None or (cell["value"] is not None) != is_open:
        raise Otherwise
    letters, row, style, kind, *_ = cell.groups()
    value = cell["inline"] if cell["inline"] is not None else "" if cell["nothing"] else cell["spaced"]
    formula = None
    if cell["formula"]:
        said = _SAID.findall(cell["said"])
        formula = dict(said), plain(cell["text"] or "")
        if len(formula[0]) != len(said):
            raise Otherwise
    has_value = value is not None or is_open
    if (cell["inline"] is not None) != (kind == "inlineStr" and has_value) or (formula and kind == "inlineStr"):
        raise Otherwise
    at, stored = f"{letters}{row}", None if value is None else plain(value)
    spelt = Spelt(int(row), number_of_column(letters) + 1, at, int(style or 0), kind or "n", formula, stored)
    return spelt, _row_behind(cell["behind"])


def _row_behind(between: str) -> int:
    """Return which row begins in what stands between two cells; see `_read`."""
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


def plain(text: str) -> str:
    """Return a text of a part as it reads; Otherwise where none can, or one stands in it by its number.

    The end of a line is one that programs write so.
    """
    if _NOT_TEXT.search(text):
        raise Otherwise
    if "&" in text:
        for sign, meant in _SIGNS:
            text = text.replace(sign, meant)
    return text
