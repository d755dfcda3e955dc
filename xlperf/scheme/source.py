"""What a scheme is read from: its file and the tables it names, as one thing with one digest.

A folder is one source; whoever loads, copies or compares a scheme asks the source which files it has.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from xlperf.problems import Problem, problem
from xlperf.scheme.model import Mapping as Node
from xlperf.scheme.model import place_of
from xlperf.scheme.reading.nodes import pairs
from xlperf.scheme.reading.parts import part_names, part_problems
from xlperf.scheme.reading.short import part_with_lines
from xlperf.scheme.reading.sources import bytes_of, decoded
from xlperf.scheme.reading.tables import LARGEST as LARGEST_TABLE
from xlperf.scheme.reading.yaml_subset import LARGEST, parse_yaml
from xlperf.scheme.words import nearest

MAIN = "scheme.yaml"
PARTS = "parts"  # the folder of an office's own parts, beside its scheme
_OURS = Path(__file__).resolve().parent / PARTS
_PART_NAME = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)


@dataclass(frozen=True)
class TableText:
    """A table that the scheme names. file: its name as written. text: None where it could not be read."""

    file: str
    text: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Source:
    """A scheme before it is understood.

    root: the nodes of its file, None where it holds no mapping. name: what problems call that file.
    tables: table → its text. files: name → bytes of all that could be read, the scheme's own file as
    `scheme.yaml`. path: where the file lies. parts: name → the nodes of every part 部件 that it uses and could be read.
    """

    root: Node | None
    name: str
    tables: Mapping[str, TableText] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    path: str = ""
    parts: Mapping[str, Node] = field(default_factory=dict)

    @property
    def digests(self) -> dict[str, str]:
        """Return file → sha256, by name."""
        return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(self.files.items())}

    @property
    def digest(self) -> str:
        """Return one sha256 over the names and bytes of all files."""
        digest = hashlib.sha256()
        for name, data in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + data + b"\0")
        return digest.hexdigest()


def folder_source(path: Path | str) -> Source:
    """Read a scheme's folder, or its file and what lies beside it; nothing that lies elsewhere."""
    file = _file_of(Path(path))
    data, problems = bytes_of(file, file.name, LARGEST)
    if data is None:
        return Source(None, file.name, problems=tuple(problems), path=str(file))
    text, problems = decoded(data, file.name)
    root = None
    if text is not None:
        root, problems = parse_yaml(text, file.name)
    files = {MAIN: data}
    tables = {name: _table(table, file.parent, files) for name, table in pairs(root, "tables").items()} if root else {}
    parts, faults = _parts(root, file.parent, files) if root else ({}, [])
    return Source(root, file.name, tables, files, (*problems, *faults), str(file), parts)


def _file_of(path: Path) -> Path:
    try:
        return path / MAIN if path.is_dir() else path
    except (OSError, ValueError):  # a name that no file can have; reading it reports so
        return path


def _parts(root: Node, folder: Path, files: dict[str, bytes]) -> tuple[dict[str, Node], list[Problem]]:
    """Read the parts that a scheme uses, those beside it before those of the program, and keep their bytes.

    With its parts a scheme is whole: a round goes on with them when a later program brings others.
    """
    found: dict[str, Node] = {}
    problems: list[Problem] = []
    waiting = list(part_names(root))
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        file = part_file(str(name), folder)
        if file is None:
            near = nearest(name, parts_available(folder))
            problems.append(problem("UNKNOWN_PART", place_of(name), found=name, nearest=near))
            continue
        shown = f"{PARTS}/{file.name}"
        data, faults = bytes_of(file, shown, LARGEST)
        written, faults = decoded(data, shown) if data is not None else (None, faults)
        node, faults = _part(str(name), written, shown) if written is not None else (None, faults)
        problems += faults
        if data is not None and node is not None:
            files[shown], found[str(name)] = data, node
            waiting += part_names(node)
    return found, problems


@lru_cache(maxsize=64)  # what one command reads
def _part(name: str, written: str, shown: str) -> tuple[Node | None, list[Problem]]:
    """Read a part, with what is wrong with it; the latest are read once. Nobody changes the nodes."""
    node, problems = parse_yaml(written, shown)
    if node is None:
        return None, problems
    node = part_with_lines(node)
    return node, [*problems, *part_problems(name, node)]


def part_file(name: str, folder: Path) -> Path | None:
    """Return the file of a part: the office's own beside its scheme, else the program's; None where there is none."""
    own = f"{PARTS}/{name}.yaml"
    if not _PART_NAME.match(name):
        return None
    if _inside(own, folder) and (folder / own).is_file():
        return folder / own
    return ours if (ours := _OURS / f"{name}.yaml").is_file() else None


def parts_available(folder: Path | None = None) -> dict[str, Path]:
    """Return the parts that a scheme in a folder may use, by name; without a folder those of the program."""
    roots = (_OURS, *((folder / PARTS,) if folder else ()))
    return {f.stem: f for root in roots if root.is_dir() for f in sorted(root.glob("*.yaml"))}


def _table(file: str, folder: Path, files: dict[str, bytes]) -> TableText:
    """Read one table and keep its bytes."""
    if not _inside(file, folder):
        return TableText(file, None, (problem("TABLE_OUTSIDE", place_of(file), found=file),))
    if not (folder / file).exists():
        return TableText(file, None, (problem("FILE_MISSING", place_of(file), found=file, folder=folder.name),))
    data, problems = bytes_of(folder / file, str(file), LARGEST_TABLE)
    if data is None:
        return TableText(file, None, tuple(problems))
    files[str(file)] = data
    text, problems = decoded(data, str(file))
    return TableText(file, text, tuple(problems))


def _inside(file: str, folder: Path) -> bool:
    """Accept only a path that stays in the scheme's folder, also on Windows and through links."""
    path = PurePosixPath(file)
    if "\\" in file or ":" in file or "\0" in file or path.is_absolute() or ".." in path.parts:
        return False
    return (folder / file).resolve().is_relative_to(folder.resolve())
