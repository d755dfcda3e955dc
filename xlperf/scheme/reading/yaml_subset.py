"""YAML in a strict subset: text, mappings, lists; every scalar is text and remembers where it stood.

Read from the parser's events, so that nothing is ever expanded: anchors, aliases, tags, merge keys and
second documents are refused where they stand, and a file made to explode costs no more than its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from xlperf.formula.values import number
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.model import Listing, Mapping, Node, Scalar
from xlperf.scheme.reading.sources import text_of
from xlperf.scheme.reading.typography import narrow, plain_text

LARGEST = 1_000_000  # bytes; the real schemes have about 30 thousand
DEEPEST = 30  # levels; the real schemes need eight

_BEGUN = ("while parsing a flow", "while scanning a quoted", "while scanning a simple key")  # where the slip is
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
    reader = _Reader(shown_as, YAML(typ="safe", pure=True).parse(plain), problems)
    try:
        return reader.document(), problems
    except _Stop:
        pass
    except MarkedYAMLError as fault:
        _tell_syntax(fault, shown_as, problems)
    except (YAMLError, RecursionError, ValueError) as fault:
        problems.append(problem("YAML_SYNTAX", Where(shown_as, 1, 1), found=str(fault)))
    return None, problems


def _tell_syntax(fault: MarkedYAMLError, shown_as: str, problems: list[Problem]) -> None:
    """Report a syntax error, unless the typography of the same lines has already been reported."""
    mark, begun = fault.problem_mark or fault.context_mark, fault.context_mark
    if mark and begun and begun.line < mark.line and (fault.context or "").startswith(_BEGUN):
        mark = begun
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if any(p.severity == "error" and line - 2 <= p.where.line <= line for p in problems):
        return
    problems.append(problem("YAML_SYNTAX", Where(shown_as, line, column), found=fault.problem or fault.context or ""))


@dataclass
class _Reader:
    """Builds nodes from parser events; problems are added as they are met."""

    file: str
    events: Iterator[Any]
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> Mapping | None:
        next(self.events)  # the start of the stream
        if self._kind(next(self.events)) != "DocumentStart":
            self.problems.append(problem("FILE_EMPTY", Where(self.file)))
            return None
        first = next(self.events)
        root = self._node(first, (), Where(self.file, 1, 1), 0)
        next(self.events)  # the end of the document
        rest = next(self.events)
        if self._kind(rest) == "DocumentStart":
            self._tell("YAML_DOCUMENTS", rest, "")
        if isinstance(root, Mapping):
            return root
        self._tell("EXPECTED_MAPPING", first, "", name=self.file, found=str(root))
        return None

    def _node(self, event: Any, path: tuple[str, ...], owner: Where, depth: int) -> Node:
        """Build one node. owner: where its key stood, which is where a mapping or list is shown."""
        kind, written = self._kind(event), ".".join(path)
        if depth > DEEPEST:
            self._tell("YAML_DEPTH", event, written, most=str(DEEPEST))
            raise _Stop
        self._refuse(event, kind, written)
        if kind == "MappingStart":
            return self._mapping(path, self._block_place(event, owner, written), depth)
        if kind == "SequenceStart":
            return self._listing(path, self._block_place(event, owner, written), depth)
        return self._scalar(event, kind, written)

    def _refuse(self, event: Any, kind: str, path: str) -> None:
        if kind == "Alias":
            self._tell("YAML_ANCHOR", event, path, found=f"*{event.anchor}")
        elif event.anchor:
            self._tell("YAML_ANCHOR", event, path, found=f"&{event.anchor}")
        if getattr(event, "tag", None):
            self._tell("YAML_TAG", event, path, found=str(event.tag))

    def _scalar(self, event: Any, kind: str, path: str) -> Scalar:
        text = f"*{event.anchor}" if kind == "Alias" else str(event.value)
        figure = narrow(text)
        if figure != text and number(figure) is not None:
            self._tell("FULLWIDTH_FIGURE", event, path, found=text, plain=figure)
            text = figure
        return Scalar(text, self._place(event, path))

    def _listing(self, path: tuple[str, ...], at: Where, depth: int) -> Listing:
        made = Listing(at=at)
        while self._kind(event := next(self.events)) != "SequenceEnd":
            inside = (*path, str(len(made) + 1))
            made.append(self._node(event, inside, self._place(event, ".".join(inside)), depth + 1))
        return made

    def _mapping(self, path: tuple[str, ...], at: Where, depth: int) -> Mapping:
        made = Mapping(at=at)
        lines: dict[str, str] = {}
        while self._kind(event := next(self.events)) != "MappingEnd":
            key = self._key(event, path, depth)
            inside = (*path, str(key))
            value = self._node(next(self.events), inside, key.at, depth + 1)
            if key == _NO_KEY:
                continue  # told by _key
            if key == "<<":
                self._tell("YAML_MERGE", event, ".".join(path))
            elif key in made:
                self._tell("DUPLICATE_KEY", event, ".".join(inside), found=str(key), line=lines[key])
            else:
                made[key], lines[key] = value, str(key.at.line)
        return made

    def _key(self, event: Any, path: tuple[str, ...], depth: int) -> Scalar:
        node = self._node(event, path, self._place(event, ".".join(path)), depth + 1)
        if isinstance(node, Scalar):
            return Scalar(str(node), self._place(event, ".".join((*path, str(node)))))
        self._tell("YAML_KEY", event, ".".join(path))
        return Scalar(_NO_KEY, self._place(event, ".".join(path)))

    def _block_place(self, event: Any, owner: Where, path: str) -> Where:
        return Where(self.file, owner.line, owner.column, path)

    def _place(self, event: Any, path: str) -> Where:
        return Where(self.file, event.start_mark.line + 1, event.start_mark.column + 1, path)

    def _tell(self, code: str, event: Any, path: str, **values: str) -> None:
        self.problems.append(problem(code, self._place(event, path), **values))

    @staticmethod
    def _kind(event: Any) -> str:
        return type(event).__name__.removesuffix("Event")
