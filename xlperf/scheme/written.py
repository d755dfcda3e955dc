"""Nodes of a scheme written back as YAML: the subset that the reader takes, one line for what fits on one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from xlperf.scheme.model import Listing, Mapping, Node, Scalar

_WIDTH = 150
_PLAIN = re.compile(r"[^\s!&*?|>@`\"'%#{}\[\],:：，\-][^\n\r\t{}\[\],:：，#\"]*\Z|-?[\d.]+%?\Z|[\d\-]+\Z")
_BLOCKS = ("sheets", "columns")  # always one entry a line, however short


def yaml_text(root: Mapping) -> str:
    """Return a mapping as YAML text that reads to the same nodes."""
    return "\n".join(_lines(root, 0)) + "\n"


def _lines(node: Mapping, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for key, value in node.items():
        flow = f"{pad}{_scalar(key)}: {flow_text(value)}"
        if isinstance(value, Scalar) or not value or (len(flow) <= _WIDTH and key not in _BLOCKS and depth):
            yield flow
            continue
        yield f"{pad}{_scalar(key)}:"
        yield from _lines(value, depth + 1) if isinstance(value, Mapping) else _items(value, depth + 1)


def _items(node: Listing, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for item in node:
        flow = f"{pad}- {flow_text(item)}"
        if isinstance(item, Mapping) and len(flow) > _WIDTH:
            first, *rest = _lines(item, depth + 1)
            yield f"{pad}- {first.lstrip()}"
            yield from rest
        else:
            yield flow


def flow_text(node: Node) -> str:
    """Return a node on one line."""
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{_scalar(k)}: {flow_text(v)}" for k, v in node.items()) + "}"
    if isinstance(node, Listing):
        return "[" + ", ".join(map(flow_text, node)) + "]"
    return _scalar(node)


def _scalar(text: str) -> str:
    """Write text plain where nothing in it means something else, else between quotes."""
    return str(text) if _PLAIN.match(text) and text == text.strip() else json.dumps(str(text), ensure_ascii=False)
