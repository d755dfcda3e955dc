"""The events of YAML that is spelt as schemes are spelt: keys and values on a line, lists, `{…}` and `[…]`.

It gives the very events, each with its line and column, that the parser of YAML gives of the same text, in an eighth of
the time. Text with anything else in it (a block of text, a value that goes on on the next line, an anchor, a slip) is
not read here, and whoever asked lets the parser take it apart, which knows it all and says what is wrong.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAPPING, MAPPING_END = "MappingStart", "MappingEnd"
SEQUENCE, SEQUENCE_END = "SequenceStart", "SequenceEnd"
SCALAR, ALIAS = "Scalar", "Alias"
DOCUMENT = "DocumentStart"
_BEFORE, _BEHIND = ("StreamStart", DOCUMENT), ("DocumentEnd", "StreamEnd")

_LONGEST_KEY = 1000  # characters; the parser takes a little more
_DEEPEST = 50  # levels of brackets; the reader of schemes takes fewer

# a tab, a mark at the head of a file, what separates lines besides the line feed, what no file may hold, and what
# begins or ends a document of several
_ODD = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DOCUMENTS = re.compile(r"^(?:---|\.\.\.|%)", re.MULTILINE)

_STARTS = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=[0-9A-Za-z.]))"  # of plain text
_QUOTED = r"'(?:[^'\n]|'')*'|\"[^\"\\\n]*\""
_INDENT = re.compile(r" *")
_DASH = re.compile(r"-(?: +|(?=\n)|\Z)")
_KEY = re.compile(rf"({_QUOTED}|{_STARTS}[^:#\n]*):(?: +|(?=\n)|\Z)")
_PLAIN = re.compile(rf"{_STARTS}[^\n]*")
_IN_QUOTES = re.compile(_QUOTED)
_END = re.compile(r"(?: +(?:#[^\n]*)?)?(?:\n|\Z)")  # of a line, behind what stands on it
_NOTHING = re.compile(r"(?: *(?:#[^\n]*)?\n)*(?: *#[^\n]*\Z| *\Z)?")  # lines without anything but comments
_GAP = re.compile(r"(?:[ \n]+(?:#[^\n]*)?)*")  # between brackets
_INSIDE = re.compile(rf"{_QUOTED}|{_STARTS}(?:[^,:?\[\]{{}}#\n]|:(?=[^\s,?\[\]{{}}]))*")


class Event(NamedTuple):
    """What stands at a place. line, column: from 1; where something ends they say nothing. text: of a scalar."""

    kind: str
    line: int
    column: int
    text: str = ""
    anchor: str = ""
    tag: str = ""


class Otherwise(Exception):
    """The text is spelt in another way than is read here."""


def spelt_events(text: str) -> list[Event]:
    """Return the events of a text that holds one mapping. Otherwise where anything is spelt otherwise."""
    if _ODD.search(text) or _DOCUMENTS.search(text):
        raise Otherwise
    made = _Lines(text).events()
    return [*(Event(kind, 1, 1) for kind in _BEFORE), *made, *(Event(kind, 0, 0) for kind in _BEHIND)]


class _Lines:
    """A text while it is read, line by line."""

    def __init__(self, text: str) -> None:
        self.text, self.made = text, list[Event]()
        self.at = 0  # where reading goes on
        self.line, self.begins = 1, 0  # the line that is read, and where it begins
        self.open: list[tuple[int, str]] = []  # indent and kind of every mapping and list that goes on
        self.awaits: Event | None = None  # the empty value behind a key or a dash, unless the next lines hold one

    def events(self) -> list[Event]:
        """Return the events of the text."""
        self._skip()
        while self.at < len(self.text):
            self._entry()
            self._skip()
        self._close(-1)
        if self.open or not self.made or self.made[0].kind != MAPPING:
            raise Otherwise
        return self.made

    def _skip(self) -> None:
        """Go to the next line that has something on it."""
        self._went(_matched(_NOTHING, self.text, self.at).end())

    def _went(self, to: int) -> None:
        """Go on to a place, over whole lines."""
        lines = self.text.count("\n", self.at, to)
        if lines:
            self.line += lines
            self.begins = self.text.rindex("\n", self.at, to) + 1
        self.at = to

    def _here(self, kind: str, text: str = "") -> Event:
        return Event(kind, self.line, self.at - self.begins + 1, text)

    def _entry(self) -> None:
        """Read a line that has something on it, and those that what it begins goes over."""
        self.at = _matched(_INDENT, self.text, self.at).end()
        indent = self.at - self.begins
        begins = not self.made or (self.awaits is not None and indent > self.open[-1][0])
        if not begins:
            self._close(indent)
            if not self.open or self.open[-1][0] != indent:
                raise Otherwise
        self.awaits = None
        while dash := _DASH.match(self.text, self.at):
            self._begun(SEQUENCE, begins)
            begins = True
            if self._ended(dash.end(), self.at + 1):
                return
        key = _KEY.match(self.text, self.at)
        if key is not None:
            self._key(key, begins)
        elif begins and self.open:
            self._value()
        else:
            raise Otherwise

    def _key(self, key: re.Match[str], begins: bool) -> None:
        """Read a key and what stands on its line."""
        self._begun(MAPPING, begins)
        if len(key[1]) > _LONGEST_KEY or key[1].endswith(" "):
            raise Otherwise
        self.made.append(self._here(SCALAR, _unquoted(key[1])))
        if not self._ended(key.end(), key.end(1) + 1):
            self._value()

    def _begun(self, kind: str, begins: bool) -> None:
        """Begin a mapping or a list here, or go on with the one that is open."""
        if begins:
            self.made.append(self._here(kind))
            self.open.append((self.at - self.begins, kind))
        elif self.open[-1][1] != kind:
            raise Otherwise

    def _ended(self, to: int, behind: int) -> bool:
        """Go on behind a key or a dash; return whether its line ends there, so that the next may hold its value."""
        empty = Event(SCALAR, self.line, behind - self.begins + 1)
        self.at = to
        if self.text[to : to + 1] not in ("", "\n", "#"):
            return False
        end = self.text.find("\n", to)
        self._went(len(self.text) if end < 0 else end + 1)
        self.awaits = empty
        return True

    def _close(self, indent: int) -> None:
        """End what stands deeper than an indent."""
        if self.awaits is not None:  # the parser shows that of a key where the next line begins
            self.made.append(self._here(SCALAR) if self.open[-1][1] == MAPPING else self.awaits)
            self.awaits = None
        while self.open and self.open[-1][0] > indent:
            self.made.append(self._here(f"{self.open.pop()[1].removesuffix('Start')}End"))

    def _value(self) -> None:
        """Read a value that stands on the line, and the end of the line behind it."""
        sign = self.text[self.at]
        if sign in "[{":
            self._brackets(0)
        elif sign in "'\"":
            self._quoted()
        else:
            self._plain()
        self._went(_matched(_END, self.text, self.at).end())

    def _plain(self) -> None:
        plain = _matched(_PLAIN, self.text, self.at)[0]
        if " #" in plain:
            plain = plain[: plain.index(" #")]
        plain = plain.rstrip(" ")
        if ": " in plain or plain.endswith(":"):
            raise Otherwise
        self.made.append(self._here(SCALAR, plain))
        self.at += len(plain)

    def _quoted(self) -> None:
        quoted = _matched(_IN_QUOTES, self.text, self.at)[0]
        self.made.append(self._here(SCALAR, _unquoted(quoted)))
        self.at += len(quoted)

    # ---- between brackets ------------------------------------------------------------------------

    def _brackets(self, depth: int) -> None:
        """Read `{…}` or `[…]`, over several lines where it goes over several."""
        if depth > _DEEPEST:
            raise Otherwise
        opens = self.text[self.at]
        kind, closes = (MAPPING, "}") if opens == "{" else (SEQUENCE, "]")
        self.made.append(self._here(kind))
        self.at += 1
        self._gap()
        while self._sign() != closes:
            if kind == MAPPING:
                self._key_inside()
            self._inside(depth)
            self._gap()
            if self._sign() == ",":
                self.at += 1
                self._gap()
                if self._sign() == closes:
                    raise Otherwise
            elif self._sign() != closes:
                raise Otherwise
        self.made.append(self._here(f"{kind.removesuffix('Start')}End"))
        self.at += 1

    def _sign(self) -> str:
        return self.text[self.at : self.at + 1]

    def _gap(self) -> None:
        self._went(_matched(_GAP, self.text, self.at).end())

    def _key_inside(self) -> None:
        self._scalar_inside()
        if len(self.made[-1].text) > _LONGEST_KEY or self._sign() != ":":
            raise Otherwise
        self.at += 1
        if self._sign() not in (" ", "\n"):
            raise Otherwise
        self._gap()

    def _inside(self, depth: int) -> None:
        if self._sign() in ("{", "["):
            self._brackets(depth + 1)
        else:
            self._scalar_inside()

    def _scalar_inside(self) -> None:
        found = _matched(_INSIDE, self.text, self.at)[0].rstrip(" ")
        self.made.append(self._here(SCALAR, _unquoted(found)))
        self.at += len(found)


def _matched(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    found = pattern.match(text, at)
    if found is None:
        raise Otherwise
    return found


def _unquoted(text: str) -> str:
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    return text[1:-1] if text[0] == '"' else text
