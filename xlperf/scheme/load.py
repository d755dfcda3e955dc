"""Read a scheme: its file, the sheets that are like others, its tables; all problems at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from xlperf.formula.values import Value, number
from xlperf.many import many_objects
from xlperf.problems import Problem, errors, problem
from xlperf.scheme.checking.names import name_problems
from xlperf.scheme.checking.references import table_problems
from xlperf.scheme.find import find_scheme, schemes_available
from xlperf.scheme.made import with_made_rows
from xlperf.scheme.model import (
    Example,
    Figure,
    Mapping,
    MustSpec,
    ObjectSpec,
    PrintSpec,
    PublishSpec,
    RankingSpec,
    Reading,
    Scalar,
    Scheme,
    Scorer,
    SheetSpec,
    Stated,
    place_of,
)
from xlperf.scheme.reading.conditions import with_listed_conditions
from xlperf.scheme.reading.earlier import Chain, chain_of, period_reading
from xlperf.scheme.reading.follows import with_what_follows
from xlperf.scheme.reading.forms import form_read
from xlperf.scheme.reading.like import sheets_of
from xlperf.scheme.reading.made import made_sheets
from xlperf.scheme.reading.nodes import listing, mapping, named, pairs, records, several, text, whole
from xlperf.scheme.reading.parts import Parts, expanded
from xlperf.scheme.reading.short import with_lines
from xlperf.scheme.reading.structure import record_problems
from xlperf.scheme.reading.tables import Reads, reads, table_of
from xlperf.scheme.source import Source, folder_source
from xlperf.scheme.vocabulary import SCHEME, UNITS, YEAR
from xlperf.scheme.written import yaml_text

__all__ = [
    "find_scheme", "folder_source", "load_scheme", "read_scheme", "scheme_of", "schemes_available", "table_columns",
    "written_out",
]  # fmt: skip

Tables = dict[str, list[dict[str, Value]]]


def load_scheme(path: Path | str) -> tuple[Scheme | None, list[Problem]]:
    """Read a scheme that is structurally sound; None where a problem is an error.

    path: the folder that holds scheme.yaml, or the file itself.
    """
    scheme, problems = read_scheme(path)
    return (None if errors(problems) else scheme), problems


@many_objects()
def read_scheme(path: Path | str) -> tuple[Scheme | None, list[Problem]]:
    """Read as much of a scheme as there is, with every problem; for checkers that go on after errors.

    None only where the file holds no mapping at all.
    """
    return scheme_of(folder_source(path))


def scheme_of(source: Source) -> tuple[Scheme | None, list[Problem]]:
    """Understand a source as far as it goes, with every problem; None where it holds no mapping."""
    root, problems = source.root, list(source.problems)
    if root is None:
        return None, problems
    root, faults = _whole(root, source.parts)
    root = with_listed_conditions(root)
    problems += [*faults, *record_problems(root, SCHEME)]
    sheets, unsound, faults = sheets_of(root)
    problems += faults
    figures = {str(name): _figure(name, node, whole(root, "year")) for name, node in named(root, "figures")}
    sheets, made = made_sheets(sheets, root, figures)
    chain = chain_of(root, sheets)
    sheets = (*sheets, *chain.sheets)
    problems += chain.problems
    tables, faults = _tables(root, sheets, source)
    scheme = _scheme(root, sheets, tables, source, chain)
    scheme = replace(scheme, tables=with_made_rows(scheme.made, tables))
    problems += [*faults, *made, *name_problems(scheme, root, unsound), *table_problems(scheme)]
    return scheme, sorted(dict.fromkeys(problems), key=lambda p: (p.where.file != source.name, *_order(p)))


_Read = tuple[Scheme | None, tuple[Problem, ...]]
_RECENT: dict[str, dict[str, _Read]] = {}  # digest → path → what was understood; the latest last
_MOST = 4  # kept of each: a desk, or a chain of rounds, opens a few in turn


def understood(source: Source) -> tuple[Scheme | None, list[Problem]]:
    """Understand a source as `scheme_of` does; the same files once for those who ask in turn, wherever they lie.

    The rounds of a year have the same ones, each in its folder. Where something is wrong it is looked at in its place.
    Whoever changes the rows of its tables copies them first.
    """
    digest = source.digest
    known = _RECENT.setdefault(digest, {})
    if source.path not in known:
        like = next((scheme for scheme, problems in known.values() if scheme is not None and not problems), None)
        scheme, problems = scheme_of(source) if like is None else (replace(like, file=source.path), [])
        known[source.path] = scheme, tuple(problems)
        for kept in (_RECENT, known):
            for old in list(kept)[:-_MOST]:
                kept.pop(old, None)
    scheme, found = known[source.path]
    return scheme, list(found)


def written_out(source: Source) -> tuple[str, list[Problem]]:
    """Return the text of a scheme's file with every part written out, and what is wrong with the parts."""
    if source.root is None:
        return "", list(source.problems)
    root, problems = _whole(source.root, source.parts)
    return yaml_text(root), [*source.problems, *problems]


def _whole(root: Mapping, parts: Parts) -> tuple[Mapping, list[Problem]]:
    """Return the scheme with its short forms and parts written out, and what is wrong with them."""
    root, problems = with_lines(root)
    root, faults = expanded(root, parts)
    return with_what_follows(root), [*problems, *faults]


def _order(p: Problem) -> tuple[str, int, int]:
    return p.where.file, p.where.line, p.where.column


# ---- records -----------------------------------------------------------------------------------


def _scheme(root: Mapping, sheets: tuple[SheetSpec, ...], tables: Tables, source: Source, chain: Chain) -> Scheme:
    return Scheme(
        id=text(root, "scheme"),
        title=text(root, "title"),
        issuer=text(root, "issuer"),
        document=text(root, "document"),
        year=whole(root, "year"),
        office=text(root, "office"),
        scorers=tuple(Scorer(text(s, "name"), text(s, "basis")) for s in records(root, "scorers")),
        sheets=sheets,
        rankings=tuple(_ranking(r) for r in records(root, "rankings")),
        readings={str(name): _reading(name, node) for name, node in named(root, "readings")}
        | period_reading(chain.periods),
        figures={str(name): _figure(name, node, whole(root, "year")) for name, node in named(root, "figures")},
        stated=tuple(_stated(s) for s in records(root, "checks")),
        prints=tuple(_print(name, node) for name, node in named(root, "print")),
        forms=tuple(form_read(name, node) for name, node in named(root, "forms")),
        publish=_publish(mapping(root, "publish")),
        musts=tuple(_must(m) for m in records(root, "must")),
        examples=tuple(_example(e) for e in records(root, "examples")),
        tables=tables,
        file=source.path,
        paper=mapping(root, "paper"),
        written_for=whole(root, "year"),
        objects=_objects(root, sheets),
        digest=source.digest,
        table_files={str(name): str(t.file) for name, t in source.tables.items()},
        periods=chain.periods,
        earlier=chain.earlier,
    )


def _objects(root: Mapping, sheets: tuple[SheetSpec, ...]) -> tuple[ObjectSpec, ...]:
    """Read what is appraised; a scheme that says nothing appraises the rows of a table called `units`."""
    said = tuple(
        ObjectSpec(
            str(table),
            text(node, "title", str(table)),
            text(node, "name"),
            text(node, "aliases"),
            text(node, "within"),
            text(node, "by") or next((s.unit for s in sheets if s.rows == table and s.unit), ""),
            text(node, "book"),
            text(node, "sees"),
            node.at,
        )
        for table, node in named(root, "objects")
    )
    if said or UNITS not in {s.rows for s in sheets}:
        return said
    columns = {c.name for s in sheets if s.rows == UNITS for c in s.columns}
    return (ObjectSpec(UNITS, "考核对象", "name" if "name" in columns else "", "aliases"),)


def _ranking(node: Mapping) -> RankingSpec:
    return RankingSpec(
        text(node, "sheet"),
        text(node, "group"),
        text(node, "score"),
        text(node, "place"),
        text(node, "seat"),
        text(node, "title"),
        node.at,
    )


def _reading(name: Scalar, node: Mapping) -> Reading:
    return Reading(
        str(name),
        text(node, "question"),
        text(node, "basis"),
        pairs(node, "options"),
        text(node, "adopted"),
        text(node, "by"),
        text(node, "rule"),
        node.at,
    )


def _figure(name: Scalar, node: Mapping, year: int) -> Figure:
    said = text(node, "value")
    value = Fraction(year) if said == YEAR else number(said)
    return Figure(
        str(name),
        Fraction(0) if value is None else value,  # not a figure: told, and the scheme is not handed out
        text(node, "title"),
        text(node, "basis"),
        text(node, "assumed"),
        said == YEAR,
        node.at,
    )


def _stated(node: Mapping) -> Stated:
    return Stated(
        text(node, "says"),
        text(node, "basis"),
        text(node, "count"),
        text(node, "sum"),
        pairs(node, "where"),
        text(node, "by"),
        text(node, "equals"),
        node.at,
    )


def _print(name: Scalar, node: Mapping) -> PrintSpec:
    return PrintSpec(
        id=str(name),
        title=text(node, "title"),
        basis=text(node, "basis"),
        rows=text(node, "rows"),
        columns=several(node, "columns"),
        by=text(node, "by"),
        order=text(node, "order"),
        where=pairs(node, "where"),
        blank=several(node, "blank"),
        sums=several(node, "sums"),
        needs=several(node, "needs"),
        sign=several(node, "sign"),
        apart=text(node, "apart") == "yes",
        book=text(node, "book") in ("yes", "each"),
        each=text(node, "book") == "each",
        reader=text(node, "for"),
        at=node.at,
    )


def _publish(node: Mapping) -> PublishSpec:
    days, near = text(node, "notice_days"), number(text(node, "near"))
    columns = tuple(c for c in listing(node, "columns") if isinstance(c, Scalar))
    return PublishSpec(columns, text(node, "scores", "yes") == "yes", int(days) if days.isdecimal() else None, near)


def _must(node: Mapping) -> MustSpec:
    def one(name: str) -> Scalar:
        return Scalar(text(node, name), place_of(text(node, name)))

    return MustSpec(
        text(node, "says"),
        text(node, "basis"),
        several(node, "unique"),
        one("given"),
        one("rows"),
        listing(node, "holds"),
        one("sum"),
        text(node, "by"),
        one("equals"),
        listing(node, "when"),
        several(node, "stops"),
        node.at,
    )


def _example(node: Mapping) -> Example:
    return Example(
        text(node, "id"),
        text(node, "basis"),
        text(node, "steps"),
        text(node, "rule"),
        listing(node, "rows"),
        mapping(node, "tables"),
        mapping(node, "gives"),
        pairs(node, "readings"),
        pairs(node, "figures"),
        listing(node, "alternatives"),
        node.at,
        text(node, "guide") == "yes",
        mapping(node, "given"),
    )


# ---- tables ------------------------------------------------------------------------------------


def _tables(root: Mapping, sheets: tuple[SheetSpec, ...], source: Source) -> tuple[Tables, list[Problem]]:
    tables: Tables = {}
    problems: list[Problem] = []
    for name, table in source.tables.items():
        if name not in {s.rows for s in sheets}:
            problems.append(problem("TABLE_UNUSED", place_of(name), found=name))
            continue
        problems += table.problems
        if table.text is not None:
            columns, needed = table_columns(str(name), sheets, root)
            rows, faults = table_of(table.text, columns, str(table.file), needed)
            tables[str(name)] = rows
            problems += faults
    return tables, problems


def table_columns(name: str, sheets: tuple[SheetSpec, ...], root: Mapping) -> tuple[dict[str, Reads], set[str]]:
    """Return the columns a table may have and those it must have, from the sheets that read it."""
    columns: dict[str, Reads] = {}
    needed: set[str] = set()
    for sheet in (s for s in sheets if s.rows == name):
        given = [c for c in sheet.columns if not c.rule]
        columns = {c.name: reads(c) for c in given} | columns  # the first sheet says how a column is read
        needed.update(map(str, sheet.where))
        needed.update(c.name for c in given if text(c.attributes, "is") in ("key", "fact"))
    for column in (str(c) for s in sheets if s.rows == name for c in s.where):
        columns.setdefault(column, Reads("text"))
    for column in _stated_columns(name, root):
        columns.setdefault(column, Reads("text"))
        needed.add(column)
    return columns, needed


def _stated_columns(name: str, root: Mapping) -> Iterator[str]:
    """List the columns of a table that stated numbers look at; they may stand in no sheet."""
    for check in records(root, "checks"):
        table, _, _ = (text(check, "sum") or text(check, "count")).partition(".")
        if table == name:
            yield from (str(c) for c in (*pairs(check, "where"), text(check, "by")) if c)
