"""The page docs/keys.md: every key of a scheme file, what it takes, and how the schemes of the program write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files

from xlperf.scheme.find import schemes_available
from xlperf.scheme.model import Listing, Mapping, Node, Scalar
from xlperf.scheme.reading.nodes import records
from xlperf.scheme.reading.short import with_lines
from xlperf.scheme.reading.yaml_subset import parse_yaml
from xlperf.scheme.source import folder_source
from xlperf.scheme.vocabulary import COLUMN, COMPUTED, CONDITION, SCHEME, Field, Fields
from xlperf.scheme.written import flow_text

_HEAD = """\
# Keys of a scheme file

Generated from `xlperf/scheme/vocabulary.py`; [developing.md](developing.md#adding-a-rule) says how. Rules and their
parameters: [rules.md](rules.md); parts: [parts.md](parts.md). **Bold**: must stand. The examples are from the schemes
that come with the program.
"""
_SHAPES = {
    "text": "text",
    "year": "2026",
    "whole": "whole number",
    "figure": "100, 0.5, 80%, 2/3",
    "yes": "yes · no",
    "value": "figure, column, text or {reading: …}",
    "texts": "[text, text]",
    "pairs": "{name: text}",
    "record": "{keys}",
    "head": "{keys}",
    "records": "a list of {keys}",
    "conditions": "{column: value, column: {at_least: value}} or a list",
    "named": "{name: {keys}}",
    "columns": "{name: column}",
    "spans": "{column: 1..12} or {column: [text]}",
    "made": "a table, or {keys}",
    "rows": "a list of {name: value}",
    "named_rows": "{table: rows}",
    "tree": "as the text says",
}
_LONGEST = 90  # characters of an example
_ROOT = "scheme.yaml"


def keys_page() -> str:
    """Return the page."""
    roots = [folder_source(folder).root for folder in schemes_available()]
    more = parse_yaml(files("xlperf").joinpath("texts/keys.yaml").read_text("utf-8"), "keys.yaml")[0]
    known = [r for r in (*roots, more) if r is not None]
    known += [with_lines(r)[0] for r in known]  # keys on the first line of a sheet are keys of the sheet
    conditions = [] if more is None else list(records(more, "conditions"))
    return "\n".join([_HEAD, *_section(_ROOT, SCHEME, known), *_section("conditions", CONDITION, conditions)])


def _section(title: str, fields: Fields, nodes: list[Mapping]) -> Iterator[str]:
    """List the lines of one table of keys, then of the tables of what stands under them."""
    yield f"## {title}\n"
    yield "| key | takes | 说明 | example |"
    yield "|---|---|---|---|"
    for name, wanted in fields.items():
        key = f"**`{name}`**" if wanted.required else f"`{name}`"
        yield f"| {key} | {_takes(wanted)} | {wanted.zh} | {_example(name, nodes)} |"
    yield ""
    for name, wanted in fields.items():
        under = list(_under(wanted, [n[Scalar(name)] for n in nodes if Scalar(name) in n]))
        path = name if title == _ROOT else f"{title}.{name}"
        if wanted.takes == "columns":
            yield from _section("columns: what somebody gives", COLUMN, [n for n in under if "is" in n])
            yield from _section(
                "columns: what is computed", COMPUTED, [n for n in under if not {"is", "part"} & n.keys()]
            )
        elif wanted.fields and wanted.fields is not CONDITION and wanted.takes != "head":
            yield from _section(path, wanted.fields, under)


def _takes(wanted: Field) -> str:
    return " · ".join(wanted.words) if wanted.takes == "word" else _SHAPES.get(wanted.takes, wanted.takes)


def _under(wanted: Field, nodes: Iterable[Node]) -> Iterator[Mapping]:
    """List the mappings whose keys the field lists, wherever a scheme has them."""
    for node in nodes:
        if wanted.takes in ("record", "made") and isinstance(node, Mapping):
            yield node
        elif wanted.takes in ("named", "columns") and isinstance(node, Mapping):
            yield from (v for v in node.values() if isinstance(v, Mapping))
        elif wanted.takes == "records" and isinstance(node, Listing):
            yield from (v for v in node if isinstance(v, Mapping))


def _example(name: str, nodes: list[Mapping]) -> str:
    """Return the shortest way in which a scheme writes a key; a long one is cut."""
    found = [flow_text(node[Scalar(name)]) for node in nodes if Scalar(name) in node]
    if not found:
        return ""
    shortest = min(found, key=len)
    cut = shortest if len(shortest) <= _LONGEST else shortest[: _LONGEST - 1] + "…"
    return f"`{name}: {cut}`".replace("|", "\\|")
