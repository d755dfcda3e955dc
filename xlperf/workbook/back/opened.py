"""A 总表 opened to be read in one sweep: its worksheets as columns, and its own map of what was issued where.

Nothing is believed that was not looked at: a book that is written, or lies, in any other way than it was issued is
`Irregular`, and whoever asked reads it with `back.read`, which knows them all.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import unescape

from openpyxl.utils.datetime import from_excel

from xlperf.formula.digests import WIDTH, digest_as_stored, digest_of_lines, digest_of_text, digest_of_value
from xlperf.formula.spelling import plain_spellings
from xlperf.workbook.back.formats import Look, looks_of
from xlperf.workbook.seal import NAME, Identity, read_text
from xlperf.xlsx import addresses
from xlperf.xlsx.columns import FlatColumn, Irregular, stacked
from xlperf.xlsx.flat import cut_columns, percent_styles, texts_of
from xlperf.xlsx.parts import part, tree, workbook_part, worksheets
from xlperf.xlsx.skeleton import BODY, MAP, MARK, NAMES

_LINE = 6  # cells of a line of the map
_INLINE = b"inlineStr"
_ESCAPED = "x005F_"  # which readers take in different ways


@dataclass
class Table:
    """Where the map says a table was issued. corner: its column, counted from 0.

    letters: of its columns by name; inputs: the names of those to fill. keys: row by key.
    """

    number: str
    sheet: str
    title: str
    corner: int
    letters: dict[str, str] = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """Digests of cells that were issued below each other: worksheet, letters of the column, first row.

    spelt: the digest of formulas as they were spelt; see `seal`.
    """

    title: str
    letter: str
    row: int
    digests: str
    spelt: str = ""

    @property
    def rows(self) -> range:
        """Return the rows, counted from 1."""
        return range(self.row, self.row + len(self.digests) // WIDTH)


@dataclass(frozen=True)
class Issued:
    """What the map says: the tables, the digests of formulas and of locked facts, what the book was made from.

    said: the identity in its corner.
    """

    tables: tuple[Table, ...]
    formulas: tuple[Run, ...]
    facts: tuple[Run, ...]
    made_from: Mapping[str, str]
    said: str


@dataclass(frozen=True)
class Whole:
    """A worksheet: its columns above the first row of a table, and from it on."""

    head: Mapping[str, FlatColumn]
    body: Mapping[str, FlatColumn]

    def column(self, letter: str, first: int, last: int) -> FlatColumn | None:
        """Return a column in which some rows are; None where there is none."""
        above, below = (self.head if first <= BODY else {}).get(letter), (self.body if last > BODY else {}).get(letter)
        if above is None or below is None:
            return above or below
        return stacked((above, below))

    def at(self, letter: str, row: int) -> tuple[FlatColumn, int] | None:
        """Return a cell as its column and place in it; None where there is none."""
        column = (self.body if row > BODY else self.head).get(letter)
        place = column.at.get(row) if column is not None else None
        return None if column is None or place is None else (column, place)


class OpenBook:
    """An open book, and the texts and formats that its cells name."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self.parts = parts
        self.worksheets = worksheets(parts)
        self._home = workbook_part(parts).rpartition("/")[0]
        self.texts = texts_of(parts, f"{self._home}/sharedStrings.xml")
        self._numbers: dict[bytes, bytes] = {}  # of the texts that stand in cells themselves
        styles = parts.read(f"{self._home}/styles.xml")
        self.percent = percent_styles(styles)
        self.looks = looks_of(styles)
        self.days = frozenset(b"%d" % i for i, look in enumerate(self.looks) if look.is_date)
        self._whole: dict[str, Whole] = {}
        if any(_ESCAPED in text for text in self.texts):
            raise Irregular("an escaped text")

    def columns(self, title: str, letters: Sequence[str], first: int) -> dict[str, FlatColumn]:
        """Return some columns of a worksheet from a row on."""
        if title in self._whole and first == BODY + 1:
            return {letter: column for letter, column in self._whole[title].body.items() if letter in letters}
        return self.cut(title, letters, first)[1]

    def cut(self, title: str, letters: Sequence[str], first: int) -> Sequence[dict[str, FlatColumn]]:
        """Return some columns of a worksheet above a row, and from it on; all of them where none is named."""
        parts = cut_columns(self._data(title), letters, first)
        return [{letter: self._with_texts(column) for letter, column in part.items()} for part in parts]

    def whole(self, title: str) -> Whole:
        """Return a worksheet with all its columns."""
        if title not in self._whole:
            self._whole[title] = Whole(*self.cut(title, (), BODY + 1))
        return self._whole[title]

    def _with_texts(self, column: FlatColumn) -> FlatColumn:
        """Return a column whose texts are all among those that cells share."""
        if _INLINE not in column.kinds:
            return column
        kinds, values, known = [*column.kinds], [*column.values], len(self.texts)
        for i, kind in enumerate(kinds):
            if kind == _INLINE and not values[i]:
                kinds[i] = b""
            elif kind == _INLINE:
                if values[i] not in self._numbers:
                    self._numbers[values[i]] = b"%d" % len(self.texts)
                    self.texts.append(unescape(values[i].decode()))
                kinds[i], values[i] = b"s", self._numbers[values[i]]
        if any(_ESCAPED in text for text in self.texts[known:]):
            raise Irregular("an escaped text")
        return replace(column, kinds=kinds, values=values)

    def _data(self, title: str) -> bytes:
        if title not in self.worksheets:
            raise Irregular(f"no worksheet {title}")
        return part(self.parts, self.worksheets[title])

    def text(self, kind: bytes, value: bytes) -> str:
        """Return the text of a cell, "" where it is empty."""
        if not value:
            return ""
        if kind != b"s":
            raise Irregular("no text")
        return self.texts[int(value)]

    def all_texts(self, column: FlatColumn) -> list[str]:
        """Return the texts of a column."""
        if {*column.kinds} == {b"s"} and all(column.values):
            return [self.texts[i] for i in map(int, column.values)]
        return [*map(self.text, column.kinds, column.values)]

    def look(self, style: bytes) -> Look:
        """Return the format of a cell."""
        return self.looks[int(style or b"0")]

    def value(self, kind: bytes, value: bytes, style: bytes = b"") -> object:
        """Return what stands in a cell that is no formula, as openpyxl gives it; None where nothing does."""
        if not value:
            return None
        match kind:
            case b"s":
                return self.texts[int(value)]
            case b"b":
                return bool(int(value))
            case b"" | b"n":
                number = float(value) if any(sign in value for sign in b".eE") else int(value)
                look = self.look(style)
                return from_excel(number, timedelta=look.is_span) if look.is_date else number
        return unescape(value.decode())

    @cached_property
    def said(self) -> tuple[str, ...]:
        """Return what the carriers say of who this book is, before the map: defined name, property."""
        book = tree(self.parts.read(workbook_part(self.parts)))
        if any(one.attributes.get("date1904", "0") not in ("0", "false") for one in book.find("workbookPr")):
            raise Irregular("days counted from 1904")
        found = [
            one.text for one in book.find("definedName")
            if one.attributes.get("name") == NAME and "localSheetId" not in one.attributes
        ]  # fmt: skip
        if "docProps/custom.xml" in self.parts.namelist():
            for one in tree(self.parts.read("docProps/custom.xml")).find("property"):
                found += [inner.text for inner in one.inside if one.attributes.get("name") == NAME]
        return tuple(found)

    def identity(self, issued: Issued) -> Identity | None:
        """Return whom the book was issued to, as the first carrier that can be read says it."""
        return next((found for text in (*self.said, issued.said) if (found := read_text(text)) is not None), None)


def read_map(book: OpenBook) -> Issued:
    """Read what was issued where; Irregular where the map is not what was issued."""
    first, lines = _lines(book)
    *said, whole = lines
    count, digest = digest_of_lines(said)
    if whole[:3] != ("whole", str(count), digest):
        raise Irregular("the map")
    tables: dict[str, Table] = {}
    runs: dict[str, list[Run]] = {"formulas": [], "facts": []}
    made_from: dict[str, str] = {}
    for what, number, *rest in said:
        match what, rest:
            case "table", (sheet, title, area, *_):
                corner = area.rpartition("!")[2].split(":")[0].strip("$").split("$")[0]
                tables[number] = Table(number, sheet, title, addresses.number(corner))
            case "column", (name, letter, role, *_):
                table = tables[number]
                table.letters[name] = addresses.letters(table.corner + addresses.number(letter))
                if role == "input":
                    table.inputs.add(name)
            case "row", (key, line, *_):
                tables[number].keys[key] = int(line)
            case "formulas" | "facts" as kind, (letter, first, digests, *_):
                runs[kind].append(Run(number, letter, int(first), digests))
            case "spelt", (letter, first, digests, *_):
                last = runs["formulas"].pop()
                if (number, letter, int(first)) != (last.title, last.letter, last.row):
                    raise Irregular("the map")
                runs["formulas"].append(replace(last, spelt=digests))
            case "from", (option, *_):
                made_from[number] = option
    return Issued(tuple(tables.values()), tuple(runs["formulas"]), tuple(runs["facts"]), made_from, first)


def hold_formulas(book: OpenBook, issued: Issued) -> None:
    """Check that every formula is as it was issued, whatever program saved the book; Irregular where one is not."""
    for run in issued.formulas:
        column, there = column_of(book, run)
        texts = column.formulas[there] if isinstance(there, slice) else [column.formulas[i] for i in there]
        if digest_as_stored(texts) == run.spelt:
            continue
        if not all(texts):
            raise Irregular("a formula that was typed over")
        plain = plain_spellings([unescape(text.decode()) for text in texts])
        if "".join(map(digest_of_text, plain)) != run.digests:
            raise Irregular("a formula")


def hold_facts(book: OpenBook, issued: Issued) -> None:
    """Check that every locked cell of a table holds what was issued; Irregular where one does not."""
    for run in issued.facts:
        whole = book.whole(run.title)
        found = [_fact(book, whole.at(run.letter, row)) for row in run.rows]
        if "".join(map(digest_of_value, found)) != run.digests:
            raise Irregular("a fact")


def _fact(book: OpenBook, at: tuple[FlatColumn, int] | None) -> object:
    if at is None:
        return None
    column, i = at
    if column.formulas[i]:
        raise Irregular("a formula in the place of a fact")
    value = book.value(column.kinds[i], column.values[i])
    return value if value is None or isinstance(value, str) else float(column.values[i])


def column_of(book: OpenBook, run: Run) -> tuple[FlatColumn, Sequence[int] | slice]:
    """Return the column that some cells stand in, and their places there."""
    column = book.whole(run.title).column(run.letter, run.row, run.rows[-1])
    there = column.places(run.rows) if column is not None else []
    if column is None or (not isinstance(there, slice) and -1 in there):
        raise Irregular("a formula that is not there")
    return column, there


def _lines(book: OpenBook) -> tuple[str, list[tuple[str, ...]]]:
    """Return what stands in the first cell of the map, and the lines below it."""
    letters = [addresses.letters(i) for i in range(_LINE)]
    above, below = book.cut(MAP, letters, 2)
    first, corner = "", above.get(letters[0])
    if corner is not None and corner.rows[0] == b"1":
        first = book.text(corner.kinds[0], corner.values[0])
    rows = below[letters[0]].rows if below else ()
    columns = [_down(book, below.get(letter), rows) for letter in letters]
    return first, [*zip(*columns, strict=True)]


def _down(book: OpenBook, column: FlatColumn | None, rows: Sequence[bytes]) -> Sequence[str]:
    """Return the texts of a column in some rows, "" where it has no cell; Irregular where it has one in another."""
    if column is None:
        return [""] * len(rows)
    texts = book.all_texts(column)
    if column.rows == rows:
        return texts
    found = dict(zip(column.rows, texts, strict=True))
    if not found.keys() <= {*rows}:
        raise Irregular("the map")
    return [found.get(row, "") for row in rows]


def hold_places(book: OpenBook, issued: Issued) -> None:
    """Check that every table stands where it was issued, and no other anywhere; Irregular where one does not."""
    for table in issued.tables:
        sheet = book.whole(table.title)
        wanted = {addresses.letters(table.corner): f"{MARK}|{table.sheet}|{table.number}"}
        wanted |= {letter: name for name, letter in table.letters.items()}
        for letter, text in wanted.items():
            found = sheet.at(letter, NAMES + 1)
            if found is None or book.text(found[0].kinds[found[1]], found[0].values[found[1]]) != text:
                raise Irregular("a table")
    marks = {b"%d" % i for i, text in enumerate(book.texts) if text.startswith(f"{MARK}|")}
    there = sum(
        kind == b"s" and value in marks
        for title in book.worksheets if title != MAP
        for part in (book.whole(title).head, book.whole(title).body)
        for column in part.values()
        for kind, value in zip(column.kinds, column.values, strict=True)
    )  # fmt: skip
    if there != len(issued.tables):
        raise Irregular("a mark")


def shown_by(book: OpenBook, kind: bytes, value: bytes) -> object:
    """Return what a formula shows without calculating; None where nothing was stored. See `xlsx.cached`."""
    if kind == b"s":
        return book.texts[int(value)] if value else None
    if kind == b"b":
        return value.strip() in (b"1", b"true")
    if kind in (b"", b"n"):
        return None if not value else float(value) if any(sign in value for sign in b".eE") else int(value)
    return unescape(value.decode())
