"""The editor's schema says what the loader says, as far as a schema can."""

import json
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
