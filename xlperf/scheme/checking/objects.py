"""考核对象 and the roles of columns, as the scheme file gives them: they must lead somewhere, and only once."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.problems import Problem, problem
from xlperf.scheme.model import ObjectSpec, Scalar, Scheme, SheetSpec, place_of
from xlperf.scheme.words import nearest
from xlperf.terms import SINGLE_ROLES

UNIT, OFFICIAL = "unit", ("scorer", "master")  # kinds of books; those of objects within others bear their table's name


def object_problems(scheme: Scheme) -> Iterator[Problem]:
    """Check that every kind of object has rows, columns and an outermost kind, and no role stands twice."""
    by_table = {o.table: o for o in scheme.objects}
    for spec in scheme.objects:
        yield from _table_problems(scheme, spec)
        yield from _book_problems(spec)
        if spec.within and spec.within not in by_table:
            known = nearest(spec.within, [t for t in by_table if t != spec.table])
            yield problem("OBJECT_WITHIN", place_of(spec.within), object=spec.table, found=spec.within, nearest=known)
        way = _way_out(spec, by_table)
        if way.count(spec.table) > 1:
            yield problem("OBJECT_CIRCLE", place_of(spec.within), object=spec.table, path=" → ".join(way))
    if scheme.objects and all(o.within for o in scheme.objects):
        yield problem("OBJECT_NO_UNITS", scheme.objects[0].at)
    for sheet in scheme.sheets:
        yield from _role_problems(scheme, sheet)
        yield from _owner_problems(sheet, by_table)


def _table_problems(scheme: Scheme, spec: ObjectSpec) -> Iterator[Problem]:
    homes = [s for s in scheme.sheets if s.rows == spec.table]
    if not homes:
        known = nearest(spec.table, dict.fromkeys(s.rows for s in scheme.sheets))
        yield problem("OBJECT_NO_TABLE", spec.at, found=spec.table, nearest=known)
        return
    there = {c.name for s in homes for c in s.columns}
    for name in filter(None, (spec.name, spec.by)):
        if name not in there:
            at = place_of(name)
            yield problem("OBJECT_NO_COLUMN", at, object=spec.table, found=name, nearest=nearest(name, there))


def _book_problems(spec: ObjectSpec) -> Iterator[Problem]:
    """Check that objects within others say within which, and only these to say what book they have."""
    if spec.within and not spec.by:
        yield problem("OBJECT_NO_BY", spec.at, object=spec.table, within=spec.within)
    if spec.within and spec.table in (UNIT, *OFFICIAL):
        yield problem("OBJECT_RESERVED", spec.at, found=spec.table)
    if spec.book and not spec.within:
        yield problem("OBJECT_BOOK", place_of(spec.book), object=spec.table)


def _owner_problems(sheet: SheetSpec, by_table: dict[str, ObjectSpec]) -> Iterator[Problem]:
    """Check that a sheet says once whose its rows are, and of which kind of object."""
    own = by_table.get(sheet.rows)
    whose = own or by_table.get(sheet.of)
    if sheet.book and (whose is None or not whose.within or whose.book):
        yield problem("SHEET_BOOK", place_of(sheet.book), sheet=sheet.title)
    if own is not None and own.within and sheet.unit and own.by and sheet.unit != own.by:
        values = {"object": own.table, "by": own.by, "found": sheet.unit}
        yield problem("OBJECT_UNIT", place_of(sheet.unit), sheet=sheet.title, **values)
    if sheet.of and sheet.of not in by_table:
        yield problem(
            "OF_UNKNOWN", place_of(sheet.of), sheet=sheet.title, found=sheet.of, nearest=nearest(sheet.of, by_table)
        )


def _way_out(spec: ObjectSpec, by_table: dict[str, ObjectSpec]) -> list[str]:
    """List the objects that one is within, itself first, as far as the outermost or the first that comes again."""
    way = [spec.table]
    while spec.within in by_table:
        way.append(spec.within)
        if spec.within in way[:-1]:
            break
        spec = by_table[spec.within]
    return way


def _role_problems(scheme: Scheme, sheet: SheetSpec) -> Iterator[Problem]:
    """List a role of one column that a second one says; what a ranking names has its role without saying it."""
    named = [r.roles for r in scheme.rankings if r.sheet == sheet.name]
    first = {role: name for roles in named for name, role in roles.items()}
    for column in sheet.columns:
        role = column.attributes.get(Scalar("role"), "")
        if any(roles.get(column.name) == role for roles in named):
            continue
        if role in first and role in SINGLE_ROLES:
            values = {"sheet": sheet.title, "role": role, "first": first[role], "second": column.name}
            yield problem("ROLE_TWICE", place_of(role), **values)
        elif role:
            first[str(role)] = column.name
