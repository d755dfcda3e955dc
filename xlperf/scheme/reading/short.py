"""Short forms of sheets, written out before parts are: the sheet on one line, a whole sheet as a part, columns alike.

`sheet: {title: …, rows: …}` holds the keys of its sheet on one line. A sheet with `part:` has the columns of that
part; what the sheet knows no key for is the part's, and columns that say no origin change those of the part. A line
with `each: {name: title}` is a column, or a part, for every entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.problems import Problem, problem
from xlperf.rules import RULES
from xlperf.scheme.model import Mapping, Node, Scalar, place_of
from xlperf.scheme.reading.marks import filled, marks
from xlperf.scheme.reading.nodes import mapping, text
from xlperf.scheme.vocabulary import COLUMN, SHEET
from xlperf.scheme.words import nearest

_SHEET, _PART, _AS, _EACH = Scalar("sheet"), Scalar("part"), Scalar("as"), Scalar("each")
_ORIGINS = ("is", "by", "part", "each")
_COLUMNS, _TITLE = Scalar("columns"), Scalar("title")


def with_lines(root: Mapping) -> tuple[Mapping, list[Problem]]:
    """Return a scheme whose sheets have one key a line and one column, or part, an entry."""
    problems: list[Problem] = []
    sheets = mapping(root, "sheets")
    made = Mapping({k: _sheet(k, v, problems) if isinstance(v, Mapping) else v for k, v in sheets.items()}, sheets.at)
    return (Mapping({**root, Scalar("sheets"): made}, root.at) if sheets else root), problems


def part_with_lines(part: Mapping) -> Mapping:
    """Return a part's file with one column an entry; what its parameters fill stays to be filled."""
    columns = mapping(part, "columns")
    made = [one for key, column in columns.items() for one in _each(key, column, None)]
    return Mapping({**part, _COLUMNS: Mapping(made, columns.at)}, part.at) if columns else part


def _sheet(name: Scalar, node: Mapping, problems: list[Problem]) -> Mapping:
    sheet = _headed(node, problems)
    columns = mapping(sheet, "columns")
    if _PART in sheet:
        sheet, line = _as_part(name, sheet)
        changes = {k: v for k, v in columns.items() if not _stands(v)}
        line = Mapping({**line, **({_COLUMNS: Mapping(changes, columns.at)} if changes else {})}, line.at)
        rest = {k: v for k, v in columns.items() if k not in changes}
        columns = Mapping({Scalar(f"{name}.part", line.at): line, **rest}, columns.at)
    if not columns:
        return sheet
    made = Mapping(at=columns.at)
    for key, column in columns.items():
        for each, one in _each(key, column, problems):
            if each in made:
                _twice(each, next(k for k in made if k == each), problems)
            made[each] = one
    return Mapping({**sheet, _COLUMNS: made}, sheet.at)


def _headed(node: Mapping, problems: list[Problem]) -> Mapping:
    """Return a sheet with the keys of its first line beside the others."""
    head = node.get(_SHEET)
    if not isinstance(head, Mapping):
        return node  # none, or told by the check of its keys
    rest = {k: v for k, v in node.items() if k != _SHEET}
    for key in head:
        if key in rest:
            _twice(next(k for k in rest if k == key), key, problems)
    return Mapping({**head, **rest}, node.at)


def _as_part(name: Scalar, sheet: Mapping) -> tuple[Mapping, Mapping]:
    """Return what is the sheet's own, and the line that brings the columns of its part."""
    own = Mapping({k: v for k, v in sheet.items() if k in SHEET and k != _PART}, sheet.at)
    line = {k: v for k, v in sheet.items() if k not in SHEET or k == _PART}
    return own, Mapping({_AS: Scalar(name, sheet.at), **line}, sheet.at)


def _stands(column: Node) -> bool:
    """Return whether a column stands for itself; what says neither where it comes from nor a rule changes a part's."""
    return not isinstance(column, Mapping) or any(k in _ORIGINS or k in RULES for k in column)


def _each(key: Scalar, column: Node, problems: list[Problem] | None) -> Iterator[tuple[Scalar, Node]]:
    """List the columns, or parts, that a line stands for: itself, or one for every entry of its `each`.

    problems: None in a part's file, whose parameters are marks as well.
    """
    entries = column.get(_EACH) if isinstance(column, Mapping) else None
    if not isinstance(column, Mapping) or not isinstance(entries, Mapping):
        yield key, column
        return
    for name, entry in entries.items():
        says = entry if isinstance(entry, Mapping) else Mapping({_TITLE: entry}, place_of(entry))
        shared = Mapping({k: v for k, v in column.items() if k != _EACH}, place_of(name))
        if _PART not in shared and _TITLE in says:
            shared.setdefault(_TITLE, Scalar("<value>"))
        yield name, _one(name, shared, says, problems)


def _one(name: Scalar, shared: Mapping, says: Mapping, problems: list[Problem] | None) -> Mapping:
    """Return the column of one entry: what is written for all of them, changed as the entry says."""
    given: dict[str, Node] = {"key": name, **{str(k): v for k, v in says.items()}}
    if _TITLE in says:
        given["value"] = says[_TITLE]
    used = list(marks(shared))
    if problems is not None:
        unknown = (m for m in used if m not in given)
        problems += [problem("PART_UNKNOWN_MARK", m.at, found=m, nearest=nearest(m, given)) for m in unknown]
    column = filled(shared, given, shared.at, keep=problems is None)
    own = {k: v for k, v in says.items() if k != _TITLE and (k not in used or k in COLUMN)}
    other = any(k in RULES for k in own)
    kept = {k: v for k, v in column.items() if not (other and k in RULES)} if isinstance(column, Mapping) else {}
    return Mapping({**kept, **own}, shared.at)


def _twice(key: Scalar, first: Scalar, problems: list[Problem]) -> None:
    problems.append(problem("DUPLICATE_KEY", place_of(key), found=key, line=place_of(first).line))


def sheet_part(sheet: Mapping) -> Scalar | None:
    """Return the part that a whole sheet names; None where it names none."""
    found = text(sheet, "part") or text(mapping(sheet, "sheet"), "part")
    return found if isinstance(found, Scalar) else None
