"""The vocabulary as JSON Schema (draft-07), for editors: hover texts, completion, red lines while typing.

`schemes/scheme.schema.json` is `schema_text()` written to a file; a test compares the two. The editor
sees less than the loader does: tables, names and sums are checked only by the loader.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from xlperf.rules import RULES, Parameter, Rule
from xlperf.rules.texts import help_of
from xlperf.scheme.reading import nodes
from xlperf.scheme.reading.yaml_subset import read_yaml
from xlperf.scheme.source import parts_available
from xlperf.scheme.vocabulary import COLUMN, COMPUTED, CONDITION, EACH, LINE, SCHEME, SHEET, Field, Fields

Json = dict[str, Any]

_SCALAR: Json = {"type": ["string", "number", "boolean"]}
_PERCENT = r"^[+-]?(\d+(\.\d+)?|\.\d+)(%|/\d+)?$"
_NAME = "^[A-Za-z][A-Za-z0-9_]*$"
_WORD = r"(<[a-z][a-z0-9_]*>|[A-Za-z]\w*)"  # in a line for `each`, what its entries say

_TAKEN: Mapping[str, tuple[str, Json]] = {
    "number": ("数、列名或 figures 中的名称", {"$ref": "#/definitions/value"}),
    "text": ("文字或列名", {"$ref": "#/definitions/value"}),
    "numbers": ("列表：数或列名", {"type": "array", "items": {"$ref": "#/definitions/value"}}),
    "parts": ("列名: 权重", {"type": "object", "additionalProperties": {"$ref": "#/definitions/value"}}),
    "bands": (
        "列表：[界限, 值]",
        {"type": "array", "items": {"type": "array", "items": {"$ref": "#/definitions/value"}, "minItems": 2}},
    ),
    "conditions": ("列名: 值，或列表：{column: 列名, is: 值}", {"$ref": "#/definitions/conditions"}),
    "branches": ("列表：{值: 条件}，或 {when: 条件, then: 值}", {"$ref": "#/definitions/branches"}),
    "column": ("表.列", {"type": "string", "pattern": rf"^{_WORD}\.{_WORD}$"}),
    "sheet": ("表名，本表写 this", {"type": "string"}),
    "name": ("本表的列名", {"type": "string"}),
    "their": ("of 那张表的一列数", {"type": "string"}),
    "theirs": ("of 那张表的列名，列表", {"type": "array", "items": {"type": "string"}}),
    "match": (
        "列名: 值或本表的列，或 列名: {at_least: 值 …}（与本表的列比大小写 this.列名）；也可写列表",
        {
            "anyOf": [
                {"type": "object"},
                {"type": "array", "items": {"type": "object"}},
            ]
        },
    ),
}


def json_schema() -> Json:
    """Return the JSON Schema of a scheme file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "xlperf 考核方案",
        **_record(SCHEME),
        "definitions": {
            "value": {"anyOf": [_SCALAR, {"$ref": "#/definitions/reading"}]},
            "reading": _reading(),
            "conditions": _conditions(),
            "branches": _branches(),
            "column": _column(),
            "columns": _columns(),
            "part": _part_line(),
        },
    }


def schema_text() -> str:
    """Return the JSON Schema as the text of its file."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def _record(fields: Fields) -> Json:
    made: Json = {
        "type": "object",
        "properties": {name: _field(wanted) for name, wanted in fields.items()},
        "additionalProperties": False,
    }
    required = [name for name, wanted in fields.items() if wanted.required]
    return {**made, "required": required} if required else made


def _field(wanted: Field) -> Json:
    return {"description": wanted.zh, **_FIELDS[wanted.takes](wanted)}


_ROWS: Json = {"type": "array", "items": {"type": "object"}}

_FIELDS: Mapping[str, Callable[[Field], Json]] = {
    "text": lambda _: _SCALAR,
    "year": lambda _: {"type": "integer", "minimum": 1900, "maximum": 2099},
    "whole": lambda _: {"type": "integer", "minimum": 0, "maximum": 999999},
    "figure": lambda wanted: {"type": ["number", "string"], "pattern": "|".join((_PERCENT, *wanted.words))},
    "yes": lambda _: {"enum": ["yes", "no", True, False]},  # an editor on YAML 1.1 reads yes as true
    "word": lambda wanted: {"enum": list(wanted.words)},
    "value": lambda _: {"$ref": "#/definitions/value"},
    "texts": lambda _: {"type": "array", "items": _SCALAR},
    "pairs": lambda _: {"type": "object", "additionalProperties": _SCALAR},
    "record": lambda wanted: _record(wanted.fields),
    "head": lambda wanted: {k: v for k, v in _record(wanted.fields).items() if k != "required"},
    "records": lambda wanted: {"type": "array", "items": _record(wanted.fields)},
    "conditions": lambda _: {"$ref": "#/definitions/conditions"},
    "named": lambda wanted: {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": _sheet() if wanted.fields is SHEET else _record(wanted.fields),
    },
    "columns": lambda _: {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {
            "if": {"required": ["part"]},
            "then": {"$ref": "#/definitions/part"},
            "else": {
                "if": {"required": ["each"]},
                "then": {"$ref": "#/definitions/columns"},
                "else": {"$ref": "#/definitions/column"},
            },
        },
    },
    "made": lambda wanted: {"anyOf": [_SCALAR, _record(wanted.fields)]},
    "spans": lambda _: {
        "type": "object",
        "additionalProperties": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
    },
    "rows": lambda _: _ROWS,
    "named_rows": lambda _: {"type": "object", "additionalProperties": _ROWS},
    "tree": lambda _: {"type": "object"},
}


def _sheet() -> Json:
    """Return the schema of a sheet: its keys one by one, on one line (`sheet`), or those of a part beside them."""
    plain = _record(SHEET)
    known = {k: v for k, v in plain["properties"].items() if k != "columns"}
    columns = plain["properties"]["columns"]
    on_line = {"properties": {"sheet": {"required": ["part"]}}, "required": ["sheet"]}
    of_part = {"anyOf": [{"required": ["part"]}, on_line]}
    return {
        "type": "object",
        "properties": {**known, "sheet": {**known["sheet"], "additionalProperties": True}},
        "anyOf": [{"required": plain["required"]}, {"required": ["sheet"]}, {"required": ["part"]}],
        "if": of_part,  # parameters of the part stand beside the sheet's keys, and columns may change the part's
        "then": {"properties": {"columns": {**columns, "additionalProperties": {"type": "object"}}}},
        "else": {"properties": {"columns": columns}, "propertyNames": {"enum": list(plain["properties"])}},
    }


def _column() -> Json:
    """Return the schema of a column: `is` or `by` and its attributes, or exactly one rule."""
    attributes = {name: _field(wanted) for name, wanted in {**COMPUTED, **COLUMN}.items()}
    rules = {word: _rule(found) for word, found in sorted(RULES.items())}
    given = {"anyOf": [{"required": ["is"]}, {"required": ["by"]}]}
    return {
        "type": "object",
        "properties": attributes | rules,
        "required": ["title"],
        "additionalProperties": False,
        "oneOf": [given, *({"required": [word]} for word in rules)],
    }


def _columns() -> Json:
    """Return the schema of several columns on one line; their rule holds marks, which only the loader fills."""
    attributes = {name: _field(wanted) for name, wanted in {**COMPUTED, **COLUMN}.items()}
    rules: Json = {word: {"description": _about(found)} for word, found in sorted(RULES.items())}
    return {"type": "object", "properties": attributes | rules | {"each": _EACH}, "additionalProperties": False}


_EACH: Json = {
    "description": EACH,
    "type": "object",
    "propertyNames": {"pattern": _NAME},
    "additionalProperties": {"anyOf": [_SCALAR, {"type": "object"}]},
}


def _part_line() -> Json:
    """Return the schema of a line that names a part: those of the program with their parameters, or one's own."""
    ours = {name: read_yaml(file, file.name)[0] for name, file in parts_available().items()}
    known = [_one_part(name, root) for name, root in sorted(ours.items()) if root is not None]
    own: Json = {
        "not": {"enum": sorted(ours)},
        "type": "string",
        "description": "自己的部件，在方案旁边的 parts 文件夹里",
    }
    return {"type": "object", "anyOf": [*known, {"properties": {"part": own}, "required": ["part"]}]}


def _one_part(name: str, root: Mapping[Any, Any]) -> Json:
    parameters = nodes.mapping(root, "parameters")  # type: ignore[arg-type]
    about = f"{root['title']}：{root['about']}"
    return {
        "description": about,
        "properties": {
            "part": {"const": name, "description": about},
            **{key: {"description": said} for key, said in LINE.items()},
            "each": _EACH,
            **{str(key): {"description": str(spec["says"])} for key, spec in parameters.items()},
        },
        "required": ["part", *(str(k) for k, spec in parameters.items() if not {"default", "optional"} & set(spec))],
        "additionalProperties": False,
    }


_WHEN: Json = {
    "when": {"description": "只有一种情形的：什么时候", "$ref": "#/definitions/conditions"},
    "then": {"description": "只有一种情形的：取什么", "$ref": "#/definitions/value"},
}


def _rule(found: Rule) -> Json:
    one = any(p.takes == "branches" for p in found.parameters)  # a single branch may do without a list
    return {
        "description": _about(found),
        "type": "object",
        "properties": {p.name: _parameter(found, p) for p in found.parameters} | (_WHEN if one else {}),
        "required": [p.name for p in found.parameters if not p.optional and p.name != "branches"],
        "additionalProperties": False,
        **({"anyOf": [{"required": ["branches"]}, {"required": list(_WHEN)}]} if one else {}),
    }


def _about(found: Rule) -> str:
    """Return what a rule is called and does."""
    name = f"（{found.name}）" if found.name else ""
    return f"{found.zh}{name}：{help_of(found.name or found.word)['zh']}"


def _parameter(found: Rule, parameter: Parameter) -> Json:
    """Return the schema of a parameter; its hover text says what it is for, then what may stand there."""
    if parameter.takes == "word":
        means, plain = "、".join(parameter.words), {"enum": list(parameter.words)}
    else:
        means, plain = _TAKEN[parameter.takes]
    optional = "（可不写）" if parameter.optional else ""
    said = help_of(found.name or found.word, parameter.name)
    of_ranges = found.name and parameter.takes in (
        "column",
        "sheet",
        "name",
        "match",
    )  # the function's help speaks of them
    about = "：".join(dict.fromkeys(filter(None, (said["title"], "" if of_ranges else said["zh"]))))
    text = f"{about}。写：{means}{optional}" if about else f"{means}{optional}"
    return {"description": text, "anyOf": [plain, {"$ref": "#/definitions/reading"}]}


def _conditions() -> Json:
    """Return the schema of conditions: a list of them at length or short, or one short form."""
    short: Json = {
        "type": "object",
        "description": "列名: 值，或 列名: {at_least: 值 …}",
        "not": {"required": ["column"]},
    }
    long = _record(CONDITION)
    return {"anyOf": [{"type": "array", "items": {"anyOf": [long, short]}}, short]}


def _branches() -> Json:
    """Return the schema of branches: each one at length, or the answer with its conditions."""
    when, then = ({**_WHEN[key], "description": said} for key, said in (("when", "什么时候"), ("then", "取什么")))
    long = {"required": ["when", "then"], "additionalProperties": False, "properties": {"when": when, "then": then}}
    short = {"not": {"anyOf": [{"required": ["when"]}, {"required": ["then"]}]}, "additionalProperties": when}
    return {"type": "array", "items": {"type": "object", "anyOf": [long, short]}}


def _reading() -> Json:
    return {
        "description": "按采用的口径取值：{reading: 口径, 读法一: 值, 读法二: 值}",
        "type": "object",
        "required": ["reading"],
        "properties": {"reading": {"description": "口径的代号，见 readings", "type": "string"}},
    }
