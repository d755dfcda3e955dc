"""What a scheme calls itself, without reading it whole: for a list of schemes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from xlperf.scheme.reading.nodes import named, pairs, text
from xlperf.scheme.reading.tables import read_lines
from xlperf.scheme.reading.yaml_subset import parse_yaml
from xlperf.scheme.vocabulary import UNITS

_KEPT = ("scheme", "title", "document", "tables", "objects")
_BLOCK = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)  # a key at the left edge begins a part of the file


@dataclass(frozen=True)
class Heading:
    """Id, title and document of a scheme, and how many units its roster has."""

    id: str
    title: str
    document: str
    units: int


def heading_of(folder: Path) -> Heading | None:
    """Return what stands at the head of a scheme's folder; None where it has to be read whole to say."""
    whole = (folder / "scheme.yaml").read_text("utf-8")
    head = "".join(part for part in _BLOCK.split(whole) if part.split(":", 1)[0] in _KEPT)
    root, problems = parse_yaml(head, "scheme.yaml")
    if root is None or problems or not text(root, "scheme"):
        return None
    objects = list(named(root, "objects"))
    home = next((str(table) for table, node in objects if not text(node, "within")), "" if objects else UNITS)
    file = pairs(root, "tables").get(home, "")
    lines, problems = read_lines(folder / file, file) if file else (None, [])
    if problems:
        return None
    return Heading(
        text(root, "scheme"), text(root, "title"), text(root, "document"), len(lines.numbers) if lines else 0
    )
