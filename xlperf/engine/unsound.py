"""Which columns of a scheme with errors cannot be worked out, so that everything else still is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from xlperf.engine.graph import Spot
from xlperf.problems import Problem, Where, errors
from xlperf.scheme.model import ColumnSpec, Scheme, SheetSpec
from xlperf.scheme.reading.nodes import words_of

Spots = frozenset[Spot]
_Owner = tuple[str, str, str]  # `sheet`, `column`, `named` (a figure, a reading) or "" for others; its names


@dataclass(frozen=True)
class Unsound:
    """What reading a scheme left unsure.

    spots: columns that an error stands in, or that name a figure or reading of which that is true. tables: table whose
    cells could not all be read → the columns of these, none where more is wrong with it.
    """

    spots: Spots = frozenset()
    tables: Mapping[str, Collection[str]] | None = None

    def of(self, scheme: Scheme, given: Collection[str]) -> Spots:
        """Return the columns that cannot be relied on. given: the tables that somebody brings rows of his own for."""
        unread = {name: columns for name, columns in (self.tables or {}).items() if name not in given}
        return self.spots | frozenset(
            (sheet.name, column.name)
            for sheet in scheme.sheets
            for column in sheet.columns
            if sheet.rows in unread and not column.rule and column.name in (unread[sheet.rows] or (column.name,))
        )


def unsound_of(scheme: Scheme, wrong: Iterable[Problem], unread: Mapping[str, Collection[str]]) -> Unsound:
    """Return what errors of reading leave unsure. unread: tables that could not be read whole; see `Unsound`."""
    owners = _owners(scheme)
    faulty = {owner for p in errors(wrong) for owner in _owner(owners, p.where)}
    names = {name for kind, name, _ in faulty if kind == "named"}
    spots = (
        (sheet.name, column.name)
        for sheet in scheme.sheets
        for column in sheet.columns
        if ("sheet", sheet.name, "") in faulty
        or ("column", sheet.name, column.name) in faulty
        or (names and names & _names(column))
    )
    return Unsound(frozenset(spots), unread)


def touched(scheme: Scheme, wrong: Iterable[Problem]) -> frozenset[Where]:
    """Return where everything begins that an error stands in: a column, an example, what the paper says."""
    owners = _owners(scheme)
    return frozenset(start for p in errors(wrong) if (start := _start(owners, p.where)) is not None)


def _names(column: ColumnSpec) -> frozenset[str]:
    return frozenset((*words_of(column.attributes), *words_of(column.arguments)))


def _owners(scheme: Scheme) -> list[tuple[Where, _Owner]]:
    """List everything that stands somewhere in the scheme's file, in the order of the file."""
    others = (
        scheme.rankings, scheme.stated, scheme.examples, scheme.prints, scheme.forms, scheme.musts, scheme.objects,
        scheme.periods, scheme.earlier,
    )  # fmt: skip
    found = [*((o.at, ("", "", "")) for some in others for o in some), *_of_sheets(scheme.sheets)]
    found += [(f.at, ("named", name, "")) for name, f in scheme.figures.items()]
    found += [(r.at, ("named", name, "")) for name, r in scheme.readings.items()]
    found.append((scheme.paper.at, ("", "", "")))
    return sorted(((at, owner) for at, owner in found if at.line), key=lambda pair: (pair[0].line, pair[0].column))


def _of_sheets(sheets: Iterable[SheetSpec]) -> Iterator[tuple[Where, _Owner]]:
    for sheet in sheets:
        yield sheet.at, ("sheet", sheet.name, "")
        yield from ((column.at, ("column", sheet.name, column.name)) for column in sheet.columns)


def _owner(owners: list[tuple[Where, _Owner]], at: Where) -> set[_Owner]:
    """Return in what an error stands; all that share the place."""
    start = _start(owners, at)
    return {owner for place, owner in owners if place == start}


def _start(owners: list[tuple[Where, _Owner]], at: Where) -> Where | None:
    """Return where that begins in which an error stands: the last thing above it that is not indented further."""
    for start, _ in reversed(owners):
        above = (start.line, start.column) <= (at.line, at.column)
        if above and start.file == at.file and (start.line == at.line or start.column <= at.column):
            return start
    return None
