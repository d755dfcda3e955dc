"""Sheets that take the columns of another: `like`, override by name, insert with `before`."""

from __future__ import annotations

from collections.abc import Iterable

from xlperf.problems import Problem, problem
from xlperf.rules import RULES
from xlperf.scheme.model import ColumnSpec, Mapping, Scalar, SheetSpec, place_of
from xlperf.scheme.reading.nodes import listing, mapping, pairs, text, whole
from xlperf.scheme.words import nearest


def sheets_of(root: Mapping) -> tuple[tuple[SheetSpec, ...], frozenset[str], list[Problem]]:
    """Build every sheet, complete and in the order of the file.

    Also returns the names of the sheets that lack columns because their `like` leads nowhere.
    """
    written = {name: node for name, node in mapping(root, "sheets").items() if isinstance(node, Mapping)}
    problems: list[Problem] = []
    done: dict[str, SheetSpec] = {}
    for name in written:
        _follow(name, written, done, (), problems)
    return tuple(done[name] for name in written), _unsound(done.values(), written), problems


def _unsound(sheets: Iterable[SheetSpec], written: dict[Scalar, Mapping]) -> frozenset[str]:
    """Follow each sheet's `like` to a sheet that is like no other; return those that never get there."""
    like = {str(name): text(node, "like") for name, node in written.items()}
    lost: set[str] = set()
    for sheet in sheets:
        path = [sheet.name]
        while like.get(path[-1]) and path[-1] not in path[:-1]:
            path.append(str(like[path[-1]]))
        if path[-1] in path[:-1] or path[-1] not in like:
            lost.add(sheet.name)
    return frozenset(lost)


def _follow(
    name: Scalar,
    written: dict[Scalar, Mapping],
    done: dict[str, SheetSpec],
    path: tuple[str, ...],
    problems: list[Problem],
) -> None:
    """Build one sheet after the one it is like."""
    node = written[name]
    base: SheetSpec | None = None
    like = text(node, "like")
    at = place_of(node.get(Scalar("like")))
    if like and (like == name or like in path):
        problems.append(problem("LIKE_CIRCULAR", at, path=" → ".join((*path, name, like))))
    elif like and like not in written:
        problems.append(problem("UNKNOWN_SHEET", at, found=like, nearest=nearest(like, written)))
    elif like:
        if like not in done:
            base_name = next(n for n in written if n == like)
            _follow(base_name, written, done, (*path, name), problems)
        base = done[like]
    if name not in done:
        done[name] = _sheet(name, node, base, problems)


def _sheet(name: Scalar, node: Mapping, base: SheetSpec | None, problems: list[Problem]) -> SheetSpec:
    own = _columns(mapping(node, "columns"))
    return SheetSpec(
        name=str(name),
        title=text(node, "title", str(name)),
        rows=name if mapping(node, "rows") else text(node, "rows", base.rows if base else ""),
        columns=_merged(
            base.columns if base else (), own, str(name), problems, sound=base is not None or "like" not in node
        ),
        where=pairs(node, "where"),
        unit=text(node, "unit", base.unit if base else ""),
        scorer=text(node, "scorer", base.scorer if base else ""),
        grows=whole(node, "grows", base.grows if base else 0),
        basis=text(node, "basis"),
        claims=pairs(node, "claims") if "claims" in node else base.claims if base else None,
        of=text(node, "of", base.of if base else ""),
        private=tuple(listing(node, "private")) if "private" in node else base.private if base else (),
        at=node.at,
        periods=tuple(map(str, listing(node, "periods"))),
        continues=pairs(node, "continues") if "continues" in node else base.continues if base else None,
        book=text(node, "book", base.book if base else ""),
    )


def _columns(node: Mapping) -> list[ColumnSpec]:
    return [_column(name, item if isinstance(item, Mapping) else Mapping(at=name.at)) for name, item in node.items()]


def _column(name: Scalar, node: Mapping) -> ColumnSpec:
    rule = "" if "is" in node else next((str(key) for key in node if key in RULES), "")
    attributes = Mapping({k: v for k, v in node.items() if k not in RULES and k != "before"}, node.at)
    return ColumnSpec(str(name), attributes, rule, mapping(node, rule), text(node, "before"), node.at)


def _merged(
    base: tuple[ColumnSpec, ...],
    own: list[ColumnSpec],
    sheet: str,
    problems: list[Problem],
    *,
    sound: bool,
) -> tuple[ColumnSpec, ...]:
    """Put a sheet's own columns into those it takes over: in place, before another, or at the end."""
    columns = list(base)
    for column in own:
        names = [c.name for c in columns]
        others = [n for n in names if n != column.name]
        if column.before and column.before not in others and sound:
            found = nearest(column.before, others)
            problems.append(
                problem("UNKNOWN_COLUMN", place_of(column.before), sheet=sheet, found=column.before, nearest=found)
            )
        if column.before in others:
            columns = [c for c in columns if c.name != column.name]
            columns.insert([c.name for c in columns].index(column.before), column)
        elif column.name in names:
            columns[names.index(column.name)] = column
        else:
            columns.append(column)
    return tuple(columns)
