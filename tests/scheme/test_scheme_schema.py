"""The editor's schema says what the loader says, as far as a schema can."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from kit.small_scheme import SCHEME
from ruamel.yaml import YAML

from xlperf.scheme.find import schemes_available
from xlperf.scheme.schema import json_schema, schema_text

REAL = Path(__file__).parents[2] / "schemes"

UPDATE = 'python -c "from xlperf.scheme.schema import *; print(schema_text(), end=str())" > schemes/scheme.schema.json'


def test_the_schema_file_is_the_vocabulary():
    assert (REAL / "scheme.schema.json").read_text("utf-8") == schema_text(), f"run: {UPDATE}"


@pytest.mark.parametrize("folder", schemes_available(), ids=lambda f: f.name)
def test_every_scheme_satisfies_the_schema(folder):
    assert schema_faults((folder / "scheme.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("year: 2020", "year: abc"),
        ("office: 考核办", "offise: 考核办"),
        ("{is: fact, title: 目标}", "{is: foo, title: 目标}"),
        ("total: {of", "totle: {of"),
        ("total: {of", "total: {off"),
        ("basis: 五\n", "note: 五\n"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(old, new):
    assert schema_faults(SCHEME) == []
    assert schema_faults(SCHEME.replace(old, new, 1))


def schema_faults(text):
    data = YAML(typ="safe", pure=True).load(text)
    plain = json.loads(json.dumps(_text_keys(data), default=str))  # dates are text to an editor
    return [e.message for e in jsonschema.Draft7Validator(json_schema()).iter_errors(plain)]


def _text_keys(node):
    if isinstance(node, dict):
        return {str(k): _text_keys(v) for k, v in node.items()}
    return [_text_keys(v) for v in node] if isinstance(node, list) else node


def properties(node, path=""):
    """List every property of the schema with its place."""
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            yield f"{path}.{name}", value
        for name, value in node.items():
            yield from properties(value, f"{path}.{name}")
    elif isinstance(node, list):
        for item in node:
            yield from properties(item, path)


def test_an_editor_says_of_every_key_rule_and_parameter_in_chinese_what_it_is_for():
    said = {path: value.get("description", "") for path, value in properties(json_schema()) if "required" not in path}
    conditions_of_a_schema = {".properties.sheets.additionalProperties.if.anyOf.sheet"}
    bare = [path for path, text in said.items() if not re.search("[一-鿿]", text)]
    assert set(bare) <= conditions_of_a_schema
    column = json_schema()["definitions"]["column"]["properties"]
    assert column["awarded"]["description"].startswith("按名额定奖：按名次给奖")
    assert column["awarded"]["properties"]["ties"]["description"].startswith("并列在名额边上时：list 按名单顺序")
    assert column["total"]["properties"]["where"]["description"].startswith("条件列。写：列名: 值")
