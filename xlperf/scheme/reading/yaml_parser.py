"""The events of any YAML, taken apart by a library that knows it all; what is wrong with it, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from xlperf.scheme.reading.yaml_spelt import Event

_BEGUN = ("while parsing a flow", "while scanning a quoted", "while scanning a simple key")  # where the slip is


class NotYaml(Exception):
    """The text is no YAML. found: why. line, column: where, counted from 1; None where that cannot be told."""

    def __init__(self, found: str, line: int | None = None, column: int = 1) -> None:
        super().__init__(found)
        self.found, self.line, self.column = found, line, column


def parsed_events(text: str) -> Iterator[Event]:
    """List the events of a text. Raises NotYaml at the first slip."""
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            yield _event(event)
    except MarkedYAMLError as fault:
        raise _slip(fault) from fault
    except (YAMLError, RecursionError, ValueError) as fault:
        raise NotYaml(str(fault)) from fault


def _event(event: Any) -> Event:
    kind, mark, tag = type(event).__name__.removesuffix("Event"), event.start_mark, getattr(event, "tag", None)
    anchor, text = getattr(event, "anchor", None), getattr(event, "value", None)
    return Event(kind, mark.line + 1, mark.column + 1, str(text or ""), str(anchor or ""), str(tag) if tag else "")


def _slip(fault: MarkedYAMLError) -> NotYaml:
    """Return what a person is told of a syntax error: where the thing begins that is not ended."""
    mark, begun = fault.problem_mark or fault.context_mark, fault.context_mark
    if mark and begun and begun.line < mark.line and (fault.context or "").startswith(_BEGUN):
        mark = begun
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return NotYaml(fault.problem or fault.context or "", line, column)
