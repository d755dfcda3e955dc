"""Marks `<name>` in the nodes of a scheme: what they stand for is put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xlperf.problems import Where
from xlperf.scheme.model import Listing, Node, Scalar
from xlperf.scheme.model import Mapping as MappingNode

MARK = re.compile(r"<([a-z][a-z0-9_]*)>")


def filled(node: Node, given: Mapping[str, Node], at: Where, *, keep: bool = False) -> Node | None:
    """Return a node with its marks filled; None where it is a mark that nothing is given for.

    at: where what comes out stands, for problems. keep: marks that nothing is given for stay as they are.
    """
    if isinstance(node, MappingNode):
        pairs = [(filled(k, given, at, keep=keep), filled(v, given, at, keep=keep)) for k, v in node.items()]
        kept = MappingNode({k: v for k, v in pairs if isinstance(k, Scalar) and v is not None}, at)
        return kept if kept or not node else None
    if isinstance(node, Listing):
        return Listing((x for item in node for x in _items(item, given, at, keep=keep)), at)
    whole = MARK.fullmatch(node)
    if whole:
        return given.get(whole[1], node if keep else None)
    return Scalar(MARK.sub(lambda m: str(given.get(m[1], m[0] if keep else "")), node), at)


def _items(item: Node, given: Mapping[str, Node], at: Where, *, keep: bool) -> Iterator[Node]:
    """List what an item of a list becomes: a mark that stands for a list becomes the items of that list."""
    found = filled(item, given, at, keep=keep)
    if isinstance(found, Listing) and isinstance(item, Scalar):
        yield from found
    elif found is not None:
        yield found


def marks(node: Node) -> Iterator[Scalar]:
    """List every mark of a node, where it stands."""
    if isinstance(node, Scalar):
        yield from (Scalar(found[1], node.at) for found in MARK.finditer(node))
    else:
        for item in [*node, *node.values()] if isinstance(node, MappingNode) else node:
            yield from marks(item)
