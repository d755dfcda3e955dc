"""The parts of a workbook: which holds which worksheet, found by what they mean and not by how they are written.

Read with a real XML reader that knows prefixes and every way of writing an attribute. A document type definition
is refused, so that nothing outside the file is looked at and nothing in it grows.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

_DOCUMENT = "/officeDocument"  # how the kind of the relationship to the workbook's own part ends
_MARKS_MOST = 100  # exclamation marks that are looked at one by one, in a long text one for each thousand bytes
_PIECE = 1 << 20  # bytes
_CODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


class UnsafePart(ValueError):
    """A part holds a document type definition, or is no XML at all."""


@dataclass
class Element:
    """An element as a small part is read: name and names of attributes without prefixes."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def find(self, *names: str) -> Iterator[Element]:
        """List the elements of these names at any depth, in order."""
        for one in self.inside:
            if one.name in names:
                yield one
            yield from one.find(*names)


def reader() -> expat.XMLParserType:
    """Make a reader that refuses document type definitions."""

    def refuse(*_: object) -> None:
        raise UnsafePart("a document type definition")

    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = refuse
    return made


def utf8(data: bytes) -> bytes:
    """Return a part in UTF-8, in which places are counted; other encodings are written anew."""
    for mark, coding in _CODINGS:
        if data.startswith(mark):
            text = data.decode(coding)
            head, sign, rest = text.partition("?>")
            return (f'<?xml version="1.0" encoding="UTF-8"?>{rest}' if sign and "<?xml" in head else text).encode()
    return data


def parse(read: expat.XMLParserType, data: bytes) -> None:
    """Read a part to its end; UnsafePart where it is no XML."""
    try:
        read.Parse(data, True)
    except expat.ExpatError as fault:
        raise UnsafePart(str(fault)) from None


def plain(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def tree(data: bytes) -> Element:
    """Read a small part whole; the root stands inside what is returned."""
    top = Element("", {})
    open_ = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        made = Element(plain(name), {plain(n): v for n, v in attributes.items()})
        open_[-1].inside.append(made)
        open_.append(made)

    def text(found: str) -> None:
        open_[-1].text += found

    read = reader()
    read.StartElementHandler = start
    read.EndElementHandler = lambda _: open_.pop()
    read.CharacterDataHandler = text
    parse(read, data)
    return top


def part(parts: zipfile.ZipFile, name: str) -> bytes:
    """Return a part: unpacked in pieces, so that none is copied while it grows, which takes half the time again."""
    with parts.open(name) as file:
        return b"".join(iter(lambda: file.read(_PIECE), b""))


def may_define(text: bytes) -> bool:
    """Return whether `<!` stands in a text; exclamation marks are few, and one byte is found far sooner than two."""
    at = text.find(b"!")
    for _ in range(max(_MARKS_MOST, len(text) >> 10)):
        if at < 0 or text[at - 1 : at] == b"<":
            return at >= 0
        at = text.find(b"!", at + 1)
    return b"<!" in text


def has_elements_alone(data: bytes) -> bool:
    """Return whether a part has no comment, no quoted section, no definition and no instruction behind its head.

    Then whatever begins with `<` is an element of it, or its end.
    """
    head = data.find(b"?>") + 2 if data.startswith((b"<?xml ", b"\xef\xbb\xbf<?xml ")) else 0
    return not may_define(data) and (data.find(b"?", head) < 0 or data.find(b"<?", head) < 0)


def worksheets(parts: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each worksheet, by its title, in order.

    KeyError where the package lacks a part it must have.
    """
    book = workbook_part(parts)
    targets = _targets(parts, book)
    found = {}
    for sheet in tree(parts.read(book)).find("sheet"):
        at = targets.get(sheet.attributes.get("id", ""))
        if at is not None and at in parts.namelist():
            found[sheet.attributes["name"]] = at
    return found


def workbook_part(parts: zipfile.ZipFile) -> str:
    """Return the name of the part that lists the worksheets."""
    for one in tree(parts.read("_rels/.rels")).find("Relationship"):
        if one.attributes.get("Type", "").endswith(_DOCUMENT):
            return posixpath.normpath(one.attributes["Target"]).lstrip("/")
    return "xl/workbook.xml"


def _targets(parts: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return what a part points to, by the id of the relationship."""
    folder, _, name = part.rpartition("/")
    found = {}
    for one in tree(parts.read(f"{folder}/_rels/{name}.rels".lstrip("/"))).find("Relationship"):
        target = one.attributes["Target"]
        path = target if target.startswith("/") else posixpath.join(folder, target)
        found[one.attributes["Id"]] = posixpath.normpath(path).lstrip("/")
    return found


def shared_texts(parts: zipfile.ZipFile) -> list[str]:
    """Return the texts that cells share, by number; phonetic hints are left out."""
    book = workbook_part(parts)
    part = posixpath.join(book.rpartition("/")[0], "sharedStrings.xml")
    if part not in parts.namelist():
        return []
    return [text_of(item) for item in tree(parts.read(part)).find("si")]


def text_of(item: Element) -> str:
    """Return the text of a shared or inline string, its runs put together."""
    runs = [one for one in item.inside if one.name in ("t", "r")]
    return "".join(run.text if run.name == "t" else "".join(t.text for t in run.find("t")) for run in runs)
