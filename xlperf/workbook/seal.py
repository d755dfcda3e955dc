"""Who a workbook was issued to: carried in several places, because each program drops another of them.

The token proves that the office issued the book with this serial to this party, under this scheme. It does not prove
who filled it or what was typed since, and it can be copied into another file: that is why a return is laid against
the record of what was issued (`workbook.record`), and why whoever holds a unit's file can send it for the unit.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook as ReadWorkbook

from xlperf.formula.digests import digest_as_spelt, digest_of_lines, digest_of_text, digest_of_value
from xlperf.formula.spelling import plain_spellings
from xlperf.workbook.back.plain import said_in
from xlperf.workbook.book import TO_READ, Book, Place
from xlperf.workbook.layout import View
from xlperf.workbook.text import inert
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import BODY, MAP

Kind = str  # master, scorer, unit, or the table of objects that have books of their own
_KIND = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
NAME = "XLPERF_ID"
LEAD_IN = "xlperf1"
CODE_SIGN = "表码"
SEAL, _WHOLE = "seal", "whole"  # lines of the map: its seal with the key of the round, its digest for whoever has none
_NEAR_TOP = 40  # rows in which a printed code stands
_IN_ONE_LINE = 5_000  # digests that fit one cell
LONGEST = 255  # characters of a text constant in a formula
_LETTERS = "123456789ABCDEFGHJKMNPQRSTVWXYZ"  # 31, a prime; no 0, I, L, O, U: people read it over the telephone
CODE = "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]"  # a printed code, as a pattern
_SIGNS = {ord(sign): f"%{ord(sign):02X}" for sign in '%|",;'}  # that stand between parts, or end a text in a formula
_SIGN = re.compile('[%|",;]')
_CODE = re.compile(rf"{CODE_SIGN}[:：]\s*({CODE})")


class IdentityTooLong(ValueError):
    """The texts of an identity do not fit a defined name."""


@dataclass(frozen=True)
class Identity:
    """Which book this is.

    round, scheme: their ids. whom: the code of the unit or other object, the scorer's name, "" for the office's own
    book.
    serial: counts the issues of the round. token: the office's seal over the rest, "" before sealing.
    """

    kind: Kind
    round: str
    scheme: str
    year: int
    whom: str
    serial: int
    token: str = ""

    def text(self) -> str:
        """Write the identity as its carriers hold it; IdentityTooLong where it does not fit."""
        return self._text

    def code(self) -> str:
        """Return the printed code: eight characters and a check character, as `XXXX-XXXX-X`."""
        return code_of(self.text())

    @cached_property
    def _text(self) -> str:
        parts = (LEAD_IN, self.kind, self.round, self.scheme, str(self.year), self.whom, str(self.serial), self.token)
        text = "|".join(_escaped(p) for p in parts)
        if len(text) > LONGEST:
            raise IdentityTooLong(f"{len(text)} characters, at most {LONGEST}: {text}")
        return text


def code_of(text: str) -> str:
    """Return the printed code of an identity's text."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    drawn = "".join(_LETTERS[number // 31**i % 31] for i in range(8))
    return f"{drawn[:4]}-{drawn[4:]}-{check_character(drawn)}"


def check_character(drawn: str) -> str:
    """Return the character that shows a slip in one letter or two letters exchanged."""
    return _LETTERS[sum(i * _LETTERS.index(c) for i, c in enumerate(drawn, 2)) % len(_LETTERS)]


def is_code(code: str) -> bool:
    """Return whether a printed code was read without a slip."""
    drawn = code.replace("-", "")
    return len(drawn) == 9 and all(c in _LETTERS for c in drawn) and check_character(drawn[:8]) == drawn[8]


def _escaped(text: str) -> str:
    return inert(text.translate(_SIGNS) if _SIGN.search(text) else text)


def _plain(text: str) -> str:
    for sign in ';,"|%':
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


def sealed(identity: Identity, key: bytes, scheme_sha: str = "") -> Identity:
    """Return the identity with its token: HMAC-SHA256 under the round's key.

    scheme_sha: digest of the scheme that the book is issued under, which the token is bound to as well.
    """
    return replace(identity, token=_token(identity, key, scheme_sha))


def is_genuine(identity: Identity, key: bytes, scheme_sha: str = "") -> bool:
    """Check whether the token was made with this key for this identity, under this scheme."""
    return hmac.compare_digest(identity.token.encode(), _token(identity, key, scheme_sha).encode())


def _token(identity: Identity, key: bytes, scheme_sha: str) -> str:
    said = replace(identity, token="").text() + (f"|{scheme_sha}" if scheme_sha else "")
    digest = hmac.digest(key, said.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def read_text(text: str) -> Identity | None:
    """Read the text of a carrier; None where it is not an identity."""
    parts = [_plain(p) for p in text.strip().strip('"').split("|")]
    if len(parts) != 8 or parts[0] != LEAD_IN or not _KIND.match(parts[1]):
        return None
    if not (parts[4].isascii() and parts[4].isdigit() and parts[6].isascii() and parts[6].isdigit()):
        return None
    return Identity(parts[1], parts[2], parts[3], int(parts[4]), parts[5], int(parts[6]), parts[7])


# ---- writing ----------------------------------------------------------------------------------------


def keywords(identity: Identity) -> str:
    """Return what the core property `keywords` carries: no colon, comma or space, which programs split at."""
    return f"{LEAD_IN}|{identity.code()}|{identity.token}"


def printed(identity: Identity) -> str:
    """Return the printed code with its sign, for a locked visible cell."""
    return f"{CODE_SIGN}：{identity.code()}"


def carriers(book: Book, identity: Identity, made_from: Mapping[str, str] | None = None, key: bytes = b"") -> None:
    """Write the carriers that are not printed, and the map of what was issued. Call it last.

    made_from: what the book was made from, see `origin`. key: of the round, which seals the map of a 总表, for there is
    no other record of it; b"" for none.
    The core property is set when the book is made and the printed code by each kind of book.
    """
    workbook = book.workbook
    workbook.define_name(NAME, f'="{identity.text()}"')
    workbook.set_custom_property(NAME, identity.text(), "text")
    for number, (view, _) in enumerate(book.tables, 1):
        workbook.define_name(f"XLPERF_T{number}", f"={view.whole()}")
    lines = [line for number, (view, keys) in enumerate(book.tables, 1) for line in _map_lines(number, view, keys)]
    if identity.kind == "master":
        lines += _formula_lines(book)
        lines += _digest_lines("facts", _facts(book))
    sheet = book.sheet(MAP)
    sheet.write_string(0, 0, identity.text())
    lines += (("from", *pair) for pair in (made_from or {}).items())
    if identity.kind == "master":
        lines += [(SEAL, map_seal(key, _map_digest(lines)))] if key else []
        count, whole = digest_of_lines(lines)
        lines.append((_WHOLE, str(count), whole))
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text)
    sheet.very_hidden()
    sheet.protect()


def map_keys(book: Book) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """List where the map of a book says the keys of rows: number of the table and of the row in it, row and column.

    All are counted from 0.
    """
    line = 1
    for table, (view, keys) in enumerate(book.tables):
        line += 1 + len(view.shown)
        for position in (p for p, key in enumerate(keys) if key):
            yield table, position, (line, 2)
            line += 1


def map_seal(key: bytes, digest: str) -> str:
    """Return what a map of this digest is sealed with."""
    return hmac.digest(key, f"map|{digest}".encode(), "sha256").hex()


def _map_digest(lines: Iterable[Sequence[Any]]) -> str:
    texts = ("\t".join("" if cell is None else str(cell) for cell in line).rstrip("\t") for line in lines)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def read_map_seal(book: ReadWorkbook) -> tuple[str, str]:
    """Return the digest of the map of a book as it stands now, and what it was sealed with; both "" without a map."""
    if MAP not in book.sheetnames or SEAL not in said_in(book[MAP]).values():
        return "", ""
    lines = list(book[MAP].iter_rows(min_row=2, values_only=True))
    sealed_with = next((str(line[1]) for line in lines if line[0] == SEAL and len(line) > 1), "")
    if not sealed_with:
        return "", ""
    return _map_digest(line for line in lines if line[0] not in (SEAL, _WHOLE, None)), sealed_with


def origin(digest: str, readings: Mapping[str, str]) -> dict[str, str]:
    """Return what a book is made from: the digest of the scheme (under ""), and reading → option adopted."""
    return {"": digest, **readings}


def _map_lines(number: int, view: View, keys: Sequence[str]) -> list[tuple[str, ...]]:
    table = str(number)
    found: list[tuple[str, ...]] = [("table", table, view.sheet.name, view.title, view.whole(), str(view.size))]
    for shown in view.shown:
        role = "input" if shown.open else "locked"
        found.append(("column", table, shown.name, letters(view.at[shown.name] - view.left), role))
    return found + [("row", table, key, str(BODY + i)) for i, key in enumerate(keys, 1) if key]


def _facts(book: Book) -> dict[Place, str]:
    """Return the digest of every locked cell of the tables that holds no formula; new entries have none."""
    formulas, found = book.formulas(), {}
    for view, _ in book.tables:
        values = book.values(view.title)
        for name in (shown.name for shown in view.shown if not shown.open):
            cells = (view.cell(name, position) for position in range(len(view.rows)))
            facts = [cell for cell in cells if (view.title, cell) not in formulas]
            found.update({(view.title, cell): digest_of_value(values.get(cell)) for cell in facts})
    return found


def _formula_lines(book: Book) -> Iterator[tuple[str, ...]]:
    """List the digests of the formulas that stand below each other, and after each line one of them as they are spelt.

    The first holds whatever program saved the book since, the second where none did.
    """
    for title, letter, first, texts in _below({at: text for at, (text, _) in book.formulas().items()}):
        yield "formulas", title, letter, str(first), "".join(map(digest_of_text, plain_spellings(texts)))
        yield "spelt", title, letter, str(first), digest_as_spelt(texts)


def _digest_lines(what: str, cells: Mapping[Place, str]) -> Iterator[tuple[str, ...]]:
    """List the digests of cells that stand below each other: what they are, worksheet, column, first row, digests."""
    for title, letter, first, digests in _below(cells):
        yield what, title, letter, str(first), "".join(digests)


def _below(cells: Mapping[Place, str]) -> Iterator[tuple[str, str, int, list[str]]]:
    """List the texts of cells that stand below each other: worksheet, column, first row, texts."""
    below: dict[tuple[str, str], dict[int, str]] = {}
    for (title, cell), found in cells.items():
        letter = cell.rstrip("0123456789")
        below.setdefault((title, letter), {})[int(cell[len(letter) :])] = found
    for (title, letter), texts in below.items():
        for first, last in _runs(sorted(texts)):
            yield title, letter, first, [texts[row] for row in range(first, last + 1)]


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """List the first and the last of rows that follow each other, so many as fit one cell."""
    first = 0
    for i, row in enumerate(rows):
        if i + 1 == len(rows) or rows[i + 1] != row + 1 or i + 1 - first == _IN_ONE_LINE:
            yield rows[first], row
            first = i + 1


# ---- reading ----------------------------------------------------------------------------------------


def read_identity(book: ReadWorkbook, codes: Sequence[str] | None = None) -> tuple[Identity | None, list[str]]:
    """Read every carrier of a book read with openpyxl. codes: the printed ones, where they are known.

    Returns the identity that the first carrier present gives, and a sentence for each carrier that
    says something else. None with no sentence where nothing is carried; a printed code alone gives no
    identity, `printed_codes` reads it.
    """
    texts = _carried(book)
    identity: Identity | None = None
    wrong = []
    read = {text: read_text(text) for text in {*texts.values()}}  # they mostly say the same
    for carrier, text in texts.items():
        found = read[text]
        if found is None:
            wrong.append(f"{carrier}：{text[:60]}")
        elif identity is None:
            identity = found
        elif found != identity:
            wrong.append(f"{carrier}：{found.round} {found.whom} {found.serial}")
    if identity is not None:
        wrong += _short_carriers(book, identity, printed_codes(book) if codes is None else codes)
    return identity, wrong


def _carried(book: ReadWorkbook) -> Mapping[str, str]:
    found: dict[str, str] = {}
    name = book.defined_names.get(NAME)
    if name is not None:
        found["名称"] = str(name.value)
    for prop in cast("Any", book).custom_doc_props.props:  # the stubs do not know it
        if prop.name == NAME:
            found["自定义属性"] = str(prop.value)
    if MAP in book.sheetnames and book[MAP]["A1"].value is not None:
        found["隐藏表"] = str(book[MAP]["A1"].value)
    return found


def _short_carriers(book: ReadWorkbook, identity: Identity, codes: Sequence[str]) -> list[str]:
    wrong = []
    said = str(book.properties.keywords or "")
    if said.startswith(LEAD_IN) and said != keywords(identity):
        wrong.append(f"文档属性：{said[:60]}")
    wrong += [f"{CODE_SIGN}：{code}" for code in codes if code != identity.code()]
    return wrong


def is_for_others(file: Path) -> bool:
    """Return whether the program wrote a workbook to be read or filled by people, and not to be calculated.

    Such are 收件台账 and the documents that are published, the books of units and of scorers, wherever they lie.
    """
    try:
        with zipfile.ZipFile(file) as parts:
            said = parts.read("docProps/core.xml") if "docProps/core.xml" in parts.namelist() else b""
            carried = parts.read("xl/workbook.xml")
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return False
    kinds = re.findall(rf"{LEAD_IN}\|([^|]+)\|".encode(), carried)
    return f"<cp:category>{TO_READ}<".encode() in said or any(kind != b"master" for kind in kinds)


def printed_codes(book: ReadWorkbook) -> list[str]:
    """List the different printed codes that stand in visible cells near the top of the worksheets."""
    found: dict[str, None] = {}
    for sheet in book.worksheets:
        said = said_in(sheet)
        signed = [s for s, v in said.items() if v.__class__ is str and CODE_SIGN in v and s[0] <= _NEAR_TOP]
        for spot in sorted(signed):
            match = _CODE.search(said[spot])
            if match:
                found[match[1]] = None
    return list(found)
