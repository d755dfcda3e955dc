"""What a column need not say because it follows: that somebody fills it, its clause, what it holds.

`by:` makes an input; a column without a clause stands under its sheet's; texts and dates are seen from the choices, the
table it offers, its role, or from what its rule can answer. What is written always stands before what follows.
Branches have a short form: `{是: {status: 通过}}` is what is answered, and when; a single branch needs no list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlperf.formula.values import EXEMPT, number
from xlperf.rules import RULES, Rule
from xlperf.scheme.model import Listing, Node, Scalar
from xlperf.scheme.model import Mapping as MappingNode
from xlperf.scheme.reading.nodes import listing, mapping, text
from xlperf.scheme.words import EMPTY, NAME, is_day
from xlperf.terms import IN_WORDS

_IS, _BY, _BASIS, _HOLDS, _READING = map(Scalar, ("is", "by", "basis", "holds", "reading"))
_WHEN, _THEN, _BRANCHES = map(Scalar, ("when", "then", "branches"))
_DEEPEST = 9  # a column looked up in a sheet that looks it up …


def with_what_follows(root: MappingNode) -> MappingNode:
    """Return a scheme, its parts written out, whose columns say all of it."""
    sheets = mapping(root, "sheets")
    seen = _Sheets({str(k): v for k, v in sheets.items() if isinstance(v, MappingNode)})
    made = {k: _sheet(k, v, seen) if isinstance(v, MappingNode) else v for k, v in sheets.items()}
    return MappingNode({**root, Scalar("sheets"): MappingNode(made, sheets.at)}, root.at) if sheets else root


def _sheet(name: Scalar, node: MappingNode, seen: _Sheets) -> MappingNode:
    columns = mapping(node, "columns")
    if not columns:
        return node
    made = {k: _column(name, node, k, c, seen) if isinstance(c, MappingNode) else c for k, c in columns.items()}
    return MappingNode({**node, Scalar("columns"): MappingNode(made, columns.at)}, node.at)


def _column(sheet: Scalar, node: MappingNode, name: Scalar, column: MappingNode, seen: _Sheets) -> MappingNode:
    rule = _rule(column)
    column = MappingNode({k: _branched(v) if k in RULES else v for k, v in column.items()}, column.at)
    follows: dict[Scalar, Node] = {}
    if _is_filled(column):
        follows[Scalar("is", column.at)] = Scalar("input", column.at)
    if rule is not None and _BASIS not in column and (basis := text(node, "basis")):
        follows[Scalar("basis", column.at)] = Scalar(basis, column.at)
    if _HOLDS not in column and (holds := seen.holds(sheet, name)):
        follows[Scalar("holds", column.at)] = Scalar(holds, column.at)
    return MappingNode({**follows, **column}, column.at) if follows else column


def _is_filled(column: MappingNode) -> bool:
    return _BY in column and _IS not in column and _rule(column) is None


def _rule(column: MappingNode) -> Rule | None:
    """Return the rule of a computed column; None where it is none, or says several."""
    words = [k for k in column if k in RULES]
    return RULES[words[0]] if len(words) == 1 and _IS not in column else None


def _branched(node: Node) -> Node:
    """Return the arguments of a rule with a list of branches, each `{when: …, then: …}`."""
    if not isinstance(node, MappingNode):
        return node
    if {"when", "then", "otherwise"} <= node.keys():  # one branch, without a list
        one = MappingNode({_WHEN: node[_WHEN], _THEN: node[_THEN]}, node.at)
        rest = {k: v for k, v in node.items() if k not in one}
        return MappingNode({Scalar("branches", node.at): Listing([one], node.at), **rest}, node.at)
    branches = node.get(_BRANCHES)
    if not isinstance(branches, Listing):
        return node
    made = Listing((x for item in branches for x in _branches_of(item)), branches.at)
    return MappingNode({k: made if k == _BRANCHES else v for k, v in node.items()}, node.at)


def _branches_of(item: Node) -> Iterator[Node]:
    """List the branches of one entry: itself, or one for every answer that it names with its conditions."""
    if not isinstance(item, MappingNode) or not item or _WHEN in item or _THEN in item:
        yield item
        return
    for answer, when in item.items():
        yield MappingNode({Scalar("when", answer.at): when, Scalar("then", answer.at): answer}, answer.at)


@dataclass(frozen=True)
class _Sheets:
    """The sheets of a scheme, asked what their columns hold: text, date, or "" for numbers and what nothing says."""

    nodes: Mapping[str, MappingNode]

    def holds(self, sheet: str, name: str, depth: int = 0) -> str:
        """Return what a column holds, as it says or as it follows."""
        column = self._column(sheet, name)
        if column is None or depth > _DEEPEST:
            return ""
        if _HOLDS in column:
            return said if (said := text(column, "holds")) != "number" else ""
        rule = _rule(column)
        if rule is not None:
            given = _branched(column[Scalar(rule.word)])
            return self._answered(sheet, rule, given, depth) if isinstance(given, MappingNode) else ""
        if text(column, "role") in IN_WORDS or any(number(c) is None for c in listing(column, "choices")):
            return "text"
        offered = text(column, "from")
        return self._key(offered, depth) if offered else "text" if text(column, "is") == "key" and depth else ""

    def _column(self, sheet: str, name: str) -> MappingNode | None:
        """Return a column of a sheet, or of the one that it is like."""
        for _ in range(_DEEPEST):
            node = self.nodes.get(sheet, MappingNode())
            found = mapping(node, "columns").get(Scalar(name))
            if found is not None:
                return found if isinstance(found, MappingNode) else None
            sheet = text(node, "like")
        return None

    def _key(self, table: str, depth: int) -> str:
        """Return what the key of a table holds, as the first sheet with its rows says."""
        for sheet, node in self.nodes.items():
            if text(node, "rows") == table:
                keys = (k for k, c in mapping(node, "columns").items() if isinstance(c, MappingNode))
                return self.holds(sheet, str(next(keys, "")), depth + 1)
        return "text"

    def _answered(self, sheet: str, rule: Rule, given: MappingNode, depth: int) -> str:
        """Return what a rule answers with: as the rule says, or of one kind as all that it may answer."""
        if rule.gives:
            return rule.gives
        kinds: set[str] = set()
        for parameter in rule.parameters:
            node = given.get(Scalar(parameter.name))
            if node is None:
                continue
            if parameter.takes == "column" and "looked_up" in parameter.traits and isinstance(node, Scalar):
                there, _, name = node.partition(".")
                kinds.add(self.holds(sheet if there == "this" else there, name, depth + 1))
            elif parameter.traits & {"result", "words"} and parameter.takes != "column":
                values = _values(_names(node) if "named" in parameter.traits else node)
                kinds |= {k for value in values if (k := self._kind(sheet, value, depth)) is not None}
        return kinds.pop() if len(kinds) == 1 else ""

    def _kind(self, sheet: str, value: Scalar, depth: int) -> str | None:
        """Return what a value is, "" for a number; None where it may stand beside any kind."""
        if value in (EMPTY, EXEMPT):
            return None
        if number(value) is not None:
            return ""
        if is_day(value):
            return "date"
        if NAME.match(value):
            return self.holds(sheet, value, depth + 1)
        return "text"


def _names(node: Node) -> Node:
    """Return the names of a list of `[name, number]`: what is answered stands first there."""
    named = isinstance(node, Listing) and all(isinstance(item, Listing) and item for item in node)
    return Listing((item[0] for item in node), node.at) if named and isinstance(node, Listing) else node


def _values(node: Node) -> Iterator[Scalar]:
    """List the values that a parameter may answer with, under every reading."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Listing):
        for item in node:
            if isinstance(item, Listing):
                yield from _values(item[-1]) if item else ()
            else:
                yield from _values(item)
    elif _READING in node:
        for key, option in node.items():
            if key != _READING:
                yield from _values(option)
    elif "then" in node:
        yield from _values(node[Scalar("then")])
