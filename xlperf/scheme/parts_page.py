"""The page docs/parts.md: every part of the program, its parameters and what it becomes, generated from the files."""

from __future__ import annotations

from xlperf.scheme.model import Listing, Mapping, Node
from xlperf.scheme.reading.nodes import mapping, text
from xlperf.scheme.reading.yaml_subset import read_yaml
from xlperf.scheme.source import parts_available

_HEAD = """\
# Parts 部件

A part is a named group of columns that one line of a sheet stands for: `ranking: {part: ranking, by: composite, group:
group}`. How it is used, changed and written: [schemes.md](schemes.md#parts). This page is generated from
`xlperf/scheme/parts/`; [developing.md](developing.md#adding-a-rule) says how.

| part | 部件 | becomes |
|---|---|---|
"""


def parts_page() -> str:
    """Return the page."""
    roots = {name: read_yaml(file, file.name)[0] or Mapping() for name, file in sorted(parts_available().items())}
    index = [f"| [`{n}`](#{n}) | {text(r, 'title')} | {_columns(r)} |" for n, r in roots.items()]
    return _HEAD + "\n".join(index) + "\n\n" + "\n".join(_section(name, root) for name, root in roots.items())


def _columns(root: Mapping) -> str:
    return " ".join(f"`{key}`" for key in mapping(root, "columns"))


def _section(name: str, root: Mapping) -> str:
    lines = [f"## {name}", "", f"{text(root, 'title')}：{text(root, 'about')}。", ""]
    parameters = mapping(root, "parameters")
    if parameters:
        lines += ["| parameter | 参数 | where it is not given |", "|---|---|---|"]
        lines += [f"| `{key}` | {text(spec, 'says')} | {_otherwise(spec)} |" for key, spec in parameters.items()]
    brought = [f"`{r}`" for r in mapping(root, "readings")]
    return "\n".join([*lines, *(["", "口径：" + " ".join(brought)] if brought else []), ""])


def _otherwise(spec: Mapping) -> str:
    if "default" in spec:
        return f"`{_flow(spec['default'])}`"  # type: ignore[index]
    return "left out" if text(spec, "optional") == "yes" else "must be given"


def _flow(node: Node) -> str:
    if isinstance(node, Mapping):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in node.items()) + "}"
    return "[" + ", ".join(map(_flow, node)) + "]" if isinstance(node, Listing) else str(node)
