"""Hold a scheme file against the vocabulary: unknown and missing keys, wrong kinds, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from xlperf.formula.values import number
from xlperf.problems import Problem, Where, problem
from xlperf.rules import RULES
from xlperf.scheme.model import Listing, Mapping, Node, Scalar, place_of
from xlperf.scheme.vocabulary import COLUMN, COMPUTED, YES_NO, Field, Fields
from xlperf.scheme.words import nearest

Problems = Iterator[Problem]

_WHOLE = re.compile(r"\d{1,6}\Z", re.ASCII)
_YEAR = re.compile(r"(19|20)\d\d\Z", re.ASCII)
_KIND_OPEN: Fields = {k: v for k, v in COLUMN.items() if k != "is" and not v.required} | {"title": COLUMN["title"]}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z", re.ASCII)


def record_problems(node: Node, fields: Fields) -> Problems:
    """Check a mapping whose keys are listed."""
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    for key in node:
        if key not in fields:
            yield problem("UNKNOWN_KEY", place_of(key), found=key, nearest=nearest(key, fields))
    yield from _missing(node, fields)
    for key, value in node.items():
        if key in fields:
            yield from _field_problems(key, value, fields[key])


def _missing(node: Mapping, fields: Fields) -> Problems:
    for name, wanted in fields.items():
        if wanted.required and name not in node:
            code = "NO_BASIS" if name == "basis" else "MISSING_KEY"
            yield problem(code, node.at, name=name, means=wanted.zh)


def _field_problems(key: Scalar, value: Node, wanted: Field) -> Problems:
    if isinstance(value, Scalar) and not value.strip() and wanted.takes != "tree":
        yield problem("EMPTY_VALUE", place_of(key), name=key)
    elif wanted.takes in _SCALARS:
        yield from _scalar_problems(key, value, wanted)
    else:
        yield from _COMPOUND[wanted.takes](value, wanted)


def _scalar_problems(key: Scalar, value: Node, wanted: Field) -> Problems:
    if not isinstance(value, Scalar):
        yield _expected("EXPECTED_TEXT", value, key)
        return
    code = _SCALARS[wanted.takes](value, wanted)
    if code:
        words = "、".join(wanted.words or YES_NO)
        yield problem(code, place_of(value), name=key, found=value, words=words)


def _word_code(value: str, wanted: Field) -> str:
    return "" if value in wanted.words else "WRONG_WORD"


_SCALARS: dict[str, Callable[[str, Field], str]] = {
    "text": lambda _, __: "",
    "year": lambda value, _: "" if _YEAR.match(value) else "NOT_A_YEAR",
    "whole": lambda value, _: "" if _WHOLE.match(value) else "NOT_A_WHOLE_NUMBER",
    "figure": lambda value, wanted: "" if value in wanted.words or number(value) is not None else "NOT_A_FIGURE",
    "yes": lambda value, _: "" if value in YES_NO else "WRONG_WORD",
    "word": _word_code,
}


def _value_problems(node: Node, _: Field) -> Problems:
    """Accept text or `{reading: …}`; what the words mean is bound later."""
    if isinstance(node, Listing) or (isinstance(node, Mapping) and "reading" not in node):
        yield _expected("EXPECTED_TEXT", node)


def _texts_problems(node: Node, _: Field) -> Problems:
    if not isinstance(node, Listing):
        yield _expected("EXPECTED_LIST", node)
        return
    yield from (_expected("EXPECTED_TEXT", item) for item in node if not isinstance(item, Scalar))


def _pairs_problems(node: Node, _: Field) -> Problems:
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    for key, value in node.items():
        if not isinstance(value, Scalar):
            yield _expected("EXPECTED_TEXT", value, key)
        elif not value.strip():
            yield problem("EMPTY_VALUE", place_of(key), name=key)


def _made_problems(node: Node, wanted: Field) -> Problems:
    if isinstance(node, Listing):
        yield _expected("EXPECTED_MAPPING", node)
    elif isinstance(node, Mapping):
        yield from record_problems(node, wanted.fields)


def _spans_problems(node: Node, wanted: Field) -> Problems:
    """Accept a text or a list of texts a name; what they span is read later."""
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    for key, value in node.items():
        if isinstance(value, Mapping):
            yield _expected("EXPECTED_LIST", value, key)
        elif isinstance(value, Listing):
            yield from _texts_problems(value, wanted)


def _records_problems(node: Node, wanted: Field) -> Problems:
    if not isinstance(node, Listing):
        yield _expected("EXPECTED_LIST", node)
        return
    for item in node:
        yield from record_problems(item, wanted.fields)


def _named_problems(node: Node, wanted: Field) -> Problems:
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    for key, item in node.items():
        yield from _name_problems(key)
        yield from record_problems(item, wanted.fields)


def _name_problems(key: Scalar) -> Problems:
    if not _NAME.match(key):
        yield problem("WRONG_NAME", place_of(key), found=key)


def _rows_problems(node: Node, _: Field) -> Problems:
    if not isinstance(node, Listing):
        yield _expected("EXPECTED_LIST", node)
        return
    yield from (_expected("EXPECTED_MAPPING", item) for item in node if not isinstance(item, Mapping))


def _named_rows_problems(node: Node, wanted: Field) -> Problems:
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    for rows in node.values():
        yield from _rows_problems(rows, wanted)


def _columns_problems(node: Node, _: Field) -> Problems:
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    for key, column in node.items():
        yield from _name_problems(key)
        yield from column_problems(column)


def column_problems(node: Node) -> Problems:
    """Check one column: either `is` and its attributes, or exactly one rule word."""
    if not isinstance(node, Mapping):
        yield _expected("EXPECTED_MAPPING", node)
        return
    rules = [key for key in node if key in RULES]
    if "is" in node:
        yield from record_problems(Mapping({k: v for k, v in node.items() if k not in RULES}, node.at), COLUMN)
        yield from (problem("RULE_AND_IS", place_of(r), found=r) for r in rules)
        if node[Scalar("is")] == "input" and "by" not in node:
            yield problem("MISSING_KEY", node.at, name="by", means=COLUMN["by"].zh)
        return
    unknown = [k for k, v in node.items() if k not in RULES and _ruleish(k, v)]
    if rules or unknown:
        yield from record_problems(_without_rules(node), COMPUTED)
        yield from _rule_word_problems(node, rules, unknown)
    else:
        yield problem("NO_RULE", node.at, found="、".join(node))
        yield from record_problems(node, _KIND_OPEN)


def _without_rules(node: Mapping) -> Mapping:
    """Return the attributes of a computed column; an unknown word with a mapping is taken for a rule."""
    kept = {k: v for k, v in node.items() if k in COMPUTED or (k not in RULES and not _ruleish(k, v))}
    return Mapping(kept, node.at)


def _ruleish(key: Scalar, value: Node) -> bool:
    return isinstance(value, Mapping) and key not in COMPUTED


def _rule_word_problems(node: Mapping, rules: list[Scalar], unknown: list[Scalar]) -> Problems:
    for key in unknown:
        yield problem("UNKNOWN_RULE", place_of(key), found=key, nearest=nearest(key, RULES))
    if len(rules) > 1:
        yield problem("SEVERAL_RULES", node.at, found="、".join(rules))
    for key in rules:
        if not isinstance(node[key], Mapping):
            yield _expected("EXPECTED_MAPPING", node[key], key)


def _expected(code: str, node: Node, key: object = None) -> Problem:
    at: Where = place_of(node)
    name = str(key) if key is not None else at.path.rpartition(".")[2] or at.file
    found = node if isinstance(node, Scalar) else "{…}" if isinstance(node, Mapping) else "[…]"
    return problem(code, at, name=name, found=found)


_COMPOUND: dict[str, Callable[[Node, Field], Problems]] = {
    "value": _value_problems,
    "texts": _texts_problems,
    "pairs": _pairs_problems,
    "record": lambda node, wanted: record_problems(node, wanted.fields),
    "records": _records_problems,
    "conditions": _records_problems,
    "named": _named_problems,
    "columns": _columns_problems,
    "rows": _rows_problems,
    "named_rows": _named_rows_problems,
    "made": _made_problems,
    "head": lambda node, _: iter(()) if isinstance(node, Mapping) else iter((_expected("EXPECTED_MAPPING", node),)),
    "spans": _spans_problems,
    "tree": lambda _, __: iter(()),
}
