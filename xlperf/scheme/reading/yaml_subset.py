"""YAML in a strict subset: text, mappings, lists; every scalar is text and remembers where it stood.

Read from the parser's events, so that nothing is ever expanded: anchors, aliases, tags, merge keys and
second documents are refused where they stand, and a file made to explode costs no more than its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from xlperf.formula.values import number
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.model import Listing, Mapping, Node, Scalar
from xlperf.scheme.reading.sources import own_sign, text_of
from xlperf.scheme.reading.typography import narrow, plain_text
from xlperf.scheme.reading.yaml_spelt import (
    ALIAS,
    DOCUMENT,
    MAPPING,
    MAPPING_END,
    SEQUENCE,
    SEQUENCE_END,
    Event,
    Otherwise,
    spelt_events,
)

LARGEST = 1_000_000  # bytes; the real schemes have about 30 thousand
DEEPEST = 30  # levels; the real schemes need eight

_NO_KEY = "\0"  # no text of a file holds it


class _Stop(Exception):
    """Reading cannot go on; the problem has been told."""


def read_yaml(file: Path, shown_as: str) -> tuple[Mapping | None, list[Problem]]:
    """Read a file that holds one mapping; None where no mapping could be read."""
    text, problems = text_of(file, shown_as, LARGEST)
    if text is None:
        return None, problems
    root, more = parse_yaml(text, shown_as)
    return root, problems + more


def parse_yaml(text: str, shown_as: str) -> tuple[Mapping | None, list[Problem]]:
    """Read text that holds one mapping; the latest texts are read once. Nobody changes the nodes."""
    root, problems = _parsed(text, shown_as)
    return root, list(problems)


@lru_cache(maxsize=64)  # a scheme with all its parts, and a few more
def _parsed(text: str, shown_as: str) -> tuple[Mapping | None, list[Problem]]:
    plain, problems = plain_text(text, shown_as)
    try:
        events = iter(spelt_events(plain))
    except Otherwise:
        return _taken_apart(plain, shown_as, problems), problems
    return _read(events, shown_as, problems), problems


def _read(events: Iterator[Event], shown_as: str, problems: list[Problem]) -> Mapping | None:
    try:
        return _Reader(shown_as, events, problems).document()
    except _Stop:
        return None


def _taken_apart(plain: str, shown_as: str, problems: list[Problem]) -> Mapping | None:
    """Read text by a parser of all that YAML is; tell a syntax error unless the typography of its lines is told."""
    from xlperf.scheme.reading.yaml_parser import NotYaml, parsed_events  # only here: it needs the library of YAML

    try:
        return _read(parsed_events(plain), shown_as, problems)
    except NotYaml as slip:
        line = slip.line
        lines = (p.where.line for p in problems if p.severity == "error")
        if line is None or not any(line - 2 <= at <= line for at in lines):
            problems.append(problem("YAML_SYNTAX", Where(shown_as, line or 1, slip.column), found=slip.found))
        return None


@dataclass
class _Reader:
    """Builds nodes from events; problems are added as they are met."""

    file: str
    events: Iterator[Event]
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> Mapping | None:
        next(self.events)  # the start of the stream
        if next(self.events).kind != DOCUMENT:
            self.problems.append(problem("FILE_EMPTY", Where(self.file)))
            return None
        first = next(self.events)
        root = self._node(first, "", Where(self.file, 1, 1), 0)
        next(self.events)  # the end of the document
        rest = next(self.events)
        if rest.kind == DOCUMENT:
            self._tell("YAML_DOCUMENTS", rest, "")
        if isinstance(root, Mapping):
            return root
        self._tell("EXPECTED_MAPPING", first, "", name=self.file, found=str(root))
        return None

    def _node(self, event: Event, path: str, owner: Where, depth: int) -> Node:
        """Build one node. owner: where its key stood, which is where a mapping or list is shown."""
        if depth > DEEPEST:
            self._tell("YAML_DEPTH", event, path, most=str(DEEPEST))
            raise _Stop
        self._refuse(event, path)
        if event.kind == MAPPING:
            return self._mapping(path, Where(self.file, owner.line, owner.column, path), depth)
        if event.kind == SEQUENCE:
            return self._listing(path, Where(self.file, owner.line, owner.column, path), depth)
        return Scalar(self._text(event, path), self._place(event, path))

    def _refuse(self, event: Event, path: str) -> None:
        if event.kind == ALIAS:
            self._tell("YAML_ANCHOR", event, path, found=f"*{event.anchor}")
        elif event.anchor:
            self._tell("YAML_ANCHOR", event, path, found=f"&{event.anchor}")
        if event.tag:
            self._tell("YAML_TAG", event, path, found=event.tag)

    def _text(self, event: Event, path: str) -> str:
        text = f"*{event.anchor}" if event.kind == ALIAS else event.text
        if text.isascii():
            return text
        sign = own_sign(text)
        if sign:
            self._tell("HIDDEN_CHARACTER", event, path, found=f"U+{ord(sign):04X}")
        figure = narrow(text)
        if figure != text and number(figure) is not None:
            self._tell("FULLWIDTH_FIGURE", event, path, found=text, plain=figure)
            return figure
        return text

    def _listing(self, path: str, at: Where, depth: int) -> Listing:
        made = Listing(at=at)
        while (event := next(self.events)).kind != SEQUENCE_END:
            inside = self._inside(path, len(made) + 1, depth)
            made.append(self._node(event, inside, self._place(event, inside), depth + 1))
        return made

    def _mapping(self, path: str, at: Where, depth: int) -> Mapping:
        made = Mapping(at=at)
        lines: dict[str, str] = {}
        while (event := next(self.events)).kind != MAPPING_END:
            key = self._key(event, path, depth)
            inside = self._inside(path, key, depth)
            value = self._node(next(self.events), inside, key.at, depth + 1)
            if key == _NO_KEY:
                continue  # told by _key
            if key == "<<":
                self._tell("YAML_MERGE", event, path)
            elif key in made:
                self._tell("DUPLICATE_KEY", event, inside, found=str(key), line=lines[key])
            else:
                made[key], lines[key] = value, str(key.at.line)
        return made

    def _key(self, event: Event, path: str, depth: int) -> Scalar:
        node = self._node(event, path, self._place(event, path), depth + 1)
        if isinstance(node, Scalar):
            return Scalar(str(node), self._place(event, self._inside(path, node, depth)))
        self._tell("YAML_KEY", event, path)
        return Scalar(_NO_KEY, self._place(event, path))

    @staticmethod
    def _inside(path: str, name: object, depth: int) -> str:
        return f"{path}.{name}" if depth else str(name)

    def _place(self, event: Event, path: str) -> Where:
        return Where(self.file, event.line, event.column, path)

    def _tell(self, code: str, event: Event, path: str, **values: str) -> None:
        self.problems.append(problem(code, self._place(event, path), **values))
