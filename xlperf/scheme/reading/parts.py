"""Parts 部件: named groups of columns with parameters, written as data, that one line of a sheet stands for.

A line `ranking: {part: ranking, by: composite, group: group}` becomes the columns of `parts/ranking.yaml`, each `<by>`
in them filled with what the line gives. What comes out is a scheme file as anybody could have written it: everything
after this reads columns and knows no parts. A node that a part brought stands, for problems, where its line stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from xlperf.problems import Problem, Where, problem
from xlperf.rules import RULES
from xlperf.scheme.model import Listing, Node, Scalar, place_of
from xlperf.scheme.model import Mapping as MappingNode
from xlperf.scheme.reading.marks import MARK, filled, marks
from xlperf.scheme.reading.nodes import listing, mapping, text, words_of
from xlperf.scheme.reading.short import sheet_part
from xlperf.scheme.reading.structure import record_problems
from xlperf.scheme.vocabulary import LINE, PART
from xlperf.scheme.words import nearest

Parts = Mapping[str, MappingNode]

PART_KEY = Scalar("part")
OF_A_LINE = ("part", *LINE)  # keys of a line that are no parameters
_BUILT_IN = ("name", "basis", "key", "value")  # filled of themselves: name and clause of the line, entry of an `each`
_EACH = Scalar("each")
_NO = "no"
_DEEPEST = 5  # parts within parts


def part_names(root: MappingNode) -> Iterator[Scalar]:
    """List the parts that the sheets of a scheme, or the columns of another part, name."""
    sheets = [node for node in mapping(root, "sheets").values() if isinstance(node, MappingNode)]
    for node in (root, *sheets):
        if node is not root and (of_all := sheet_part(node)):
            yield of_all
        for column in mapping(node, "columns").values():
            if isinstance(column, MappingNode) and (named := text(column, "part")):
                yield Scalar(named, place_of(column[PART_KEY]))


def expanded(root: MappingNode, parts: Parts) -> tuple[MappingNode, list[Problem]]:
    """Return the scheme with every part written out. parts: those that could be read; others are told elsewhere."""
    problems: list[Problem] = []
    made = MappingNode(root, root.at)
    brought: list[tuple[Scalar, MappingNode]] = []  # readings and figures, under the key where they belong
    sheets = MappingNode(at=mapping(root, "sheets").at)
    for key, node in mapping(root, "sheets").items():
        sheets[key] = _sheet(node, parts, brought, problems) if isinstance(node, MappingNode) else node
    if not any(True for _ in part_names(root)):
        return root, problems
    made[Scalar("sheets")] = sheets
    for section, items in brought:
        made[section] = _with(mapping(made, section), items)
    return made, problems


def _with(there: MappingNode, items: MappingNode) -> MappingNode:
    """Return readings or figures with those a part brings; what the scheme says of one stands before the part's."""
    merged = MappingNode(there, there.at)
    for name, node in items.items():
        said = there.get(name)
        if said is None:
            merged[name] = node
        elif isinstance(said, MappingNode) and isinstance(node, MappingNode):
            merged[name] = MappingNode({**node, **said}, said.at)
    return merged


def _sheet(
    sheet: MappingNode, parts: Parts, brought: list[tuple[Scalar, MappingNode]], problems: list[Problem]
) -> MappingNode:
    """Return a sheet with the columns of its parts in the place of their lines; what it says itself stands first."""
    if not any(isinstance(c, MappingNode) and PART_KEY in c for c in mapping(sheet, "columns").values()):
        return sheet
    own = MappingNode(sheet, sheet.at)
    columns = MappingNode(at=mapping(sheet, "columns").at)
    written = {k for k, c in mapping(sheet, "columns").items() if not (isinstance(c, MappingNode) and PART_KEY in c)}
    for name, node in mapping(sheet, "columns").items():
        if name in written:
            columns[name] = node
            continue
        line = _Line(name, node, text(sheet, "basis"), parts, problems)
        for key, column in line.columns.items():
            if key not in written:
                columns[key] = column
            elif key not in columns:
                columns[key] = mapping(sheet, "columns")[key]  # its place is where the part would have put it
        for key, value in line.of_sheet():
            own.setdefault(key, value)
        brought += line.brought()
    own[Scalar("columns")] = columns
    return own


@dataclass
class _Line:
    """One line of a sheet that names a part; problems are added as they are met."""

    name: Scalar
    node: MappingNode
    sheet_basis: str
    parts: Parts
    problems: list[Problem]
    depth: int = 0
    part: MappingNode = field(init=False)
    _given: dict[str, Node] | None = field(init=False, default=None)
    _inner: list[_Line] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Find the part, hold the line against its parameters."""
        named = text(self.node, "part")
        self.part = self.parts.get(named, MappingNode())
        if not named:
            self._tell("EXPECTED_TEXT", self.node[PART_KEY], name="part", found="{…}")
        elif self.depth > _DEEPEST:
            self._tell("PART_CIRCULAR", self.node, part=named)
        elif self.part:
            self._given = self._arguments()

    # ---- arguments ------------------------------------------------------------------------------

    def _arguments(self) -> dict[str, Node] | None:
        """Return parameter → what is written for it, defaults filled in; None where one is missing."""
        named = text(self.node, "part")
        known = mapping(self.part, "parameters")
        for key in self.node:
            if key not in known and key not in OF_A_LINE:
                near = nearest(key, [*known, *OF_A_LINE[1:]])
                self._tell("PART_UNKNOWN_PARAMETER", key, part=named, found=key, nearest=near)
        basis = self.node.get(Scalar("basis"), Scalar(self.sheet_basis, self.node.at))
        given: dict[str, Node] = {"name": self.node.get(Scalar("as"), self.name), "basis": basis}
        whole = True
        for key, spec in known.items():
            found = self.node.get(key)
            if found is None and Scalar("default") in spec:
                found = filled(spec[Scalar("default")], given, self.node.at)
            if found is None and text(spec, "optional") != "yes":
                self._tell("PART_MISSING_PARAMETER", self.node, part=named, name=key, means=text(spec, "says"))
                whole = False
            words = [str(w) for w in listing(spec, "words")]
            if words and isinstance(found, Scalar) and found not in words:
                self._tell("WRONG_WORD", found, name=key, found=found, words="、".join(words))
            if found is not None and found != _NO:
                given[str(key)] = found
        return given if whole else None

    # ---- what it becomes ------------------------------------------------------------------------

    @cached_property
    def columns(self) -> MappingNode:
        """Return the columns, changed as the line says."""
        return MappingNode(self._changed(), self.node.at)

    def _changed(self) -> Iterator[tuple[Scalar, MappingNode]]:
        if self._given is None:
            return
        made = dict(self._all(self._given))
        changed, without = mapping(self.node, "columns"), listing(self.node, "without")
        for key in (*changed, *(w for w in without if isinstance(w, Scalar))):
            if key not in made:
                self._tell(
                    "PART_UNKNOWN_COLUMN", key, part=text(self.node, "part"), found=key, nearest=nearest(key, made)
                )
        for key, column in made.items():
            if key in without:
                continue
            found = _changed(column, changed[key]) if isinstance(changed.get(key), MappingNode) else column
            if Scalar("before") in self.node:
                found = MappingNode({**found, Scalar("before"): self.node[Scalar("before")]}, found.at)
            yield key, found

    def _all(self, given: dict[str, Node]) -> Iterator[tuple[Scalar, MappingNode]]:
        written = [str(key) for key in self.node]
        for key, node in _in_line_order(self.part, written):
            if isinstance(node, MappingNode) and self._wanted(node, given):
                for more in self._each(node, given):
                    yield from self._made(key, node, {**given, **more})

    @staticmethod
    def _each(node: MappingNode, given: Mapping[str, Node]) -> Iterator[dict[str, Node]]:
        """List what `<key>` and `<value>` stand for: once for every entry of the parameter that `each` names."""
        if _EACH not in node:
            yield {}
            return
        entries = given.get(str(node[_EACH]))
        for key, value in entries.items() if isinstance(entries, MappingNode) else ():
            yield {"key": key, "value": value}

    def _made(self, key: Scalar, node: MappingNode, given: Mapping[str, Node]) -> Iterator[tuple[Scalar, MappingNode]]:
        """Make the column, or the columns of another part, that one entry of the part stands for."""
        at = self._place(key)
        name = filled(Scalar("<key>") if _EACH in node and not MARK.search(key) else key, given, at)
        rest = MappingNode({k: v for k, v in node.items() if k not in _ONLY and k != _EACH}, node.at)
        column = filled(rest, given, at)
        if not isinstance(name, Scalar) or not isinstance(column, MappingNode):
            return
        if PART_KEY in column:
            inner = _Line(name, column, str(given["basis"]), self.parts, self.problems, self.depth + 1)
            self._inner.append(inner)
            yield from inner.columns.items()
        else:
            yield name, column

    @staticmethod
    def _wanted(node: MappingNode, given: Collection[str]) -> bool:
        return all(
            _names(node, key) <= set(given) if wanted else not _names(node, key) & set(given)
            for key, wanted in _ONLY.items()
        )

    def of_sheet(self) -> Iterator[tuple[Scalar, Node]]:
        """List the keys that the part gives to its sheet."""
        if self._given is not None:
            found = filled(mapping(self.part, "sheet"), self._given, self.node.at)
            yield from found.items() if isinstance(found, MappingNode) else ()
        for inner in self._inner:
            yield from inner.of_sheet()

    def brought(self) -> Iterator[tuple[Scalar, MappingNode]]:
        """List the readings and figures that the part offers and its columns speak of, by section."""
        words = set(words_of(self.columns))
        for section in ("readings", "figures"):
            offered = mapping(self.part, section)
            spoken = MappingNode({k: v for k, v in offered.items() if k in words}, offered.at)
            if self._given is not None and spoken:
                found = filled(spoken, self._given, self.node.at)
                if isinstance(found, MappingNode):
                    yield Scalar(section, self.node.at), found
        for inner in self._inner:
            yield from inner.brought()

    # ---- places ---------------------------------------------------------------------------------

    def _place(self, key: Scalar) -> Where:
        """Return where a column of the part stands: on the line that the person wrote, with its name in the part."""
        there = f"{key.at.file}:{key.at.line}" if key.at.file else text(self.node, "part")
        return replace(self.node.at, path=f"{self.node.at.path} → {key} {there}")

    def _tell(self, code: str, at: object, **values: object) -> None:
        self.problems.append(problem(code, place_of(at), **values))


_ONLY = {Scalar("only_with"): True, Scalar("only_without"): False}


def _in_line_order(part: MappingNode, written: list[str]) -> list[tuple[Scalar, Node]]:
    """List the entries of a part's columns; those of several parameters among themselves as the line gives them.

    The key names the row and keeps its place.
    """
    entries = list(mapping(part, "columns").items())
    moved = [i for i, (_, node) in enumerate(entries) if _follows_line(node)]
    order = sorted(moved, key=lambda i: _written_at(entries[i][1], written))
    return [entries[order[moved.index(i)]] if i in moved else entry for i, entry in enumerate(entries)]


def _follows_line(node: Node) -> bool:
    return isinstance(node, MappingNode) and _EACH in node and text(node, "is") != "key"


def _written_at(node: Node, written: list[str]) -> int:
    each = text(node, "each") if isinstance(node, MappingNode) else ""
    return written.index(each) if each in written else 0


def _names(node: MappingNode, key: Scalar) -> set[str]:
    found = node.get(key)
    return {str(x) for x in found} if isinstance(found, Listing) else {str(found)} if found else set()


def _changed(column: MappingNode, says: MappingNode) -> MappingNode:
    """Return a column with what a line says of it in the place of the part's; another rule for the old one."""
    other = "is" in says or any(key in RULES for key in says)
    kept = {k: v for k, v in column.items() if not (other and (k in RULES or k == "is"))}
    return MappingNode({**kept, **says}, column.at)


def part_problems(name: str, root: MappingNode) -> Iterator[Problem]:
    """List what is wrong with the file of a part, whoever uses it."""
    yield from record_problems(root, PART)
    if text(root, "part") and text(root, "part") != name:
        yield problem("PART_NAME", place_of(text(root, "part")), found=text(root, "part"), name=name)
    known = {*map(str, mapping(root, "parameters")), *_BUILT_IN}
    for mark in (*marks(root), *_asked_for(root)):
        if mark not in known:
            yield problem("PART_UNKNOWN_MARK", mark.at, found=mark, nearest=nearest(mark, known))


def _asked_for(node: Node) -> Iterator[Scalar]:
    """List the parameters that columns of a part ask for: `only_with`, `only_without`, `each`."""
    if isinstance(node, MappingNode):
        for key, value in node.items():
            if key in _ONLY or key == _EACH:
                yield from (x for x in (value if isinstance(value, Listing) else [value]) if isinstance(x, Scalar))
            else:
                yield from _asked_for(value)
    elif isinstance(node, Listing):
        for item in node:
            yield from _asked_for(item)
