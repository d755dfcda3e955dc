"""Conditions in their short form, `{status: 通过, score: {at_least: 60}}`, written out as the list they stand for."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.formula.comparisons import COMPARE
from xlperf.scheme.model import Listing, Mapping, Node, Scalar

_SECTIONS = ("sheets", "must")  # where conditions stand
_KEYS = ("when", "conditions", "asked", "while", "holds")
_OF_ONE = {*COMPARE, "column", "is_given", "from", "to", "edge", "blank"}  # keys of one condition written at length
_READING, _BLANK = Scalar("reading"), Scalar("blank")
_BESIDE = ("blank", "edge")  # keys that stand beside a comparison


def with_listed_conditions(root: Mapping) -> Mapping:
    """Return a scheme whose conditions are all lists of `{column: …, is: …}`."""
    return Mapping({k: _within(v) if k in _SECTIONS else v for k, v in root.items()}, root.at)


def _within(node: Node) -> Node:
    if isinstance(node, Mapping):
        listed = ((k, _listed(v) if k in _KEYS and not isinstance(v, Scalar) else v) for k, v in node.items())
        return Mapping({k: _within(v) for k, v in listed}, node.at)
    return Listing((_within(item) for item in node), node.at) if isinstance(node, Listing) else node


def _listed(node: Mapping | Listing) -> Node:
    """Return a list of conditions; what is no conditions stays, for the checks to tell."""
    if isinstance(node, Listing):
        return Listing((one for item in node for one in (each_condition(item) if _is_short(item) else [item])), node.at)
    return Listing(each_condition(node), node.at) if _is_short(node) else node


def _is_short(node: Node) -> bool:
    return isinstance(node, Mapping) and bool(node) and not _OF_ONE & node.keys() and _READING not in node


def listed_conditions(node: Node) -> Iterator[Node]:
    """List the conditions that an item of a list stands for: those of a short form, else itself."""
    yield from each_condition(node) if isinstance(node, Mapping) and _is_short(node) else (node,)


def each_condition(node: Mapping) -> Iterator[Mapping]:
    """List the conditions of a short form: a column and what it is, or how it compares, a condition each."""
    for column, says in node.items():
        compares = isinstance(says, Mapping) and _READING not in says
        said = says if compares else {Scalar("is", column.at): says}
        always = {k: v for k, v in said.items() if k in _BESIDE}
        for test in [k for k in said if k not in _BESIDE] or [_BLANK]:
            yield Mapping({Scalar("column", column.at): column, test: said[test], **always}, column.at)
