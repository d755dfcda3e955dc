"""Lay a scheme out as a plan under one set of readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from xlperf.engine.bind import Binder
from xlperf.engine.dated import dated, title_of, within_period
from xlperf.engine.laid import Laid, laid
from xlperf.engine.must import with_musts
from xlperf.engine.plan import Column, Holds, Kind, Plan, Print, Ranking, Role, Sheet, Subject
from xlperf.engine.score import CircularPlan, UnknownColumn, score
from xlperf.formula.expression import Expr
from xlperf.formula.values import Value, number
from xlperf.problems import Problem, errors, problem
from xlperf.scheme.forms import AnnexForm
from xlperf.scheme.model import (
    ColumnSpec,
    ObjectSpec,
    Printed,
    PrintSpec,
    Scalar,
    Scheme,
    SheetSpec,
    place_of,
)
from xlperf.scheme.reading.earlier import PERIOD, stands_as
from xlperf.scheme.reading.nodes import listing, words_of
from xlperf.scheme.reading.tables import given_columns, holds_of, typed_where
from xlperf.scheme.words import nearest


class Bound:
    """Columns bound before, for a scheme that is laid out many times under other readings and figures.

    A column is taken again where the readings and figures that it names are the same. faulty: the columns that could
    not be bound when it was laid out last.
    """

    def __init__(self) -> None:
        self.faulty: set[tuple[str, str]] = set()
        self._words: dict[int, frozenset[str]] = {}
        self._kept: dict[tuple[Any, ...], Column] = {}
        self.laid: Laid = {}

    def column(self, spec: ColumnSpec, binder: Binder, sheet_basis: str) -> Column:
        """Return a column of the binder's sheet; one with problems is bound each time."""
        words = self._named(spec)
        options = tuple((name, binder.adopted[name]) for name in sorted(words & binder.adopted.keys()))
        figures = tuple((name, binder.figures[name].value) for name in sorted(words & binder.figures.keys()))
        at = (binder.sheet.name, id(spec), options, figures)
        if at not in self._kept:
            before = len(binder.problems)
            made = _column(spec, binder, sheet_basis)
            if len(binder.problems) > before:
                self.faulty.add((binder.sheet.name, spec.name))
                return made
            self._kept[at] = made
        return self._kept[at]

    def _named(self, spec: ColumnSpec) -> frozenset[str]:
        if id(spec) not in self._words:
            self._words[id(spec)] = frozenset(words_of(spec.attributes)) | frozenset(words_of(spec.arguments))
        return self._words[id(spec)]


_Plans = tuple[Plan, Plan]  # of the period, and with the sheets of other periods
_RECENT: list[tuple[Scheme, frozenset[tuple[str, str]], _Plans, tuple[Problem, ...]]] = []  # the latest last
_MOST = 4  # plans kept: a command asks for that of its round, its check, the names of its units


def compile_scheme(
    scheme: Scheme,
    readings: Mapping[str, str] | None = None,
    bound: Bound | None = None,
    *,
    circles: bool = True,
    whole: bool = False,
) -> tuple[Plan, list[Problem]]:
    """Bind every column of a scheme; the same scheme under the same readings is bound once for those who ask in turn.

    readings: reading → option that replaces the adopted one. bound: columns of the same scheme bound before. circles:
    False for those who meet columns that depend on each other when they score. whole: with the sheets of other periods
    than the one it is laid out for. The plan is usable only where no problem is an error.
    """
    at = frozenset({**{name: r.adopted for name, r in scheme.readings.items()}, **(readings or {})}.items())
    for known, under, plans, problems in _RECENT:
        if under == at and _alike(known, scheme) and (circles or not problems):
            return plans[whole], list(problems)
    plan, found = _compiled(scheme, readings, bound or Bound(), circles=circles)
    plans = (plan if errors(found) else within_period(plan, scheme), plan)
    if circles:
        _RECENT.append((scheme, at, plans, tuple(found)))
        del _RECENT[:-_MOST]
    return plans[whole], found


_SAID = tuple(f.name for f in fields(Scheme) if f.name != "file")  # what a plan is laid out from


def _alike(one: Scheme, other: Scheme) -> bool:
    """Return whether two are the same scheme, wherever its file lies."""
    return one is other or all(getattr(one, name) is getattr(other, name) for name in _SAID)


def _compiled(
    scheme: Scheme, readings: Mapping[str, str] | None, bound: Bound, *, circles: bool
) -> tuple[Plan, list[Problem]]:
    adopted, problems = _adopted(scheme, readings or {})
    bound.faulty.clear()
    by_name = {s.name: s for s in scheme.sheets}
    period = adopted.get(PERIOD, "")
    under = {**adopted, **({PERIOD: stands_as(scheme.periods, period)} if period else {})}
    sheets, binders = [], {}
    for spec in scheme.sheets:
        binder = Binder(spec, by_name, scheme.figures, scheme.readings, under, scheme.year)
        sheet = _sheet(
            spec, binder, typed_where(given_columns(scheme.sheets, spec.rows), spec.where), bound, scheme.named_by(spec)
        )
        sheets.append(dated(sheet, scheme, spec, period))
        problems += binder.problems
        binders[spec.name] = replace(binder, problems=[])
    sheets, musts = with_musts(sheets, scheme.musts, binders, problems)
    plan = Plan(
        scheme=scheme.id,
        title=scheme.title + title_of(scheme, period),
        year=scheme.year,
        sheets=tuple(_with_roles(sheet, scheme) for sheet in laid(sheets, bound.laid)),
        rankings=tuple(Ranking(r.sheet, r.group, r.score, r.place, r.seat, r.title) for r in scheme.rankings),
        issuer=scheme.issuer,
        office=scheme.office,
        document=scheme.document,
        readings=adopted,
        musts=musts,
        prints=tuple(_print(p, scheme) for p in scheme.prints),
        forms=tuple(_form(f, scheme) for f in scheme.forms),
        subjects=tuple(map(_subject, scheme.objects)),
    )
    plan = _kept_private(plan, scheme)
    problems += _private_problems(plan, scheme)
    return plan, problems or (circular(plan, scheme) if circles else [])


def _adopted(scheme: Scheme, readings: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """Return the option of every reading, those asked for in the place of the adopted ones."""
    problems: list[Problem] = []
    adopted = {name: r.adopted for name, r in scheme.readings.items()}
    for name, option in readings.items():
        if name not in scheme.readings:
            problems.append(problem("UNKNOWN_READING", found=name, nearest=nearest(name, scheme.readings)))
        elif option not in (*scheme.readings[name].options, *(p.id for p in scheme.periods if name == PERIOD)):
            options = "、".join(scheme.readings[name].options)
            problems.append(problem("UNKNOWN_OPTION", reading=name, found=option, nearest=options))
        else:
            adopted[name] = option
    return adopted, problems


def _kept_private(plan: Plan, scheme: Scheme) -> Plan:
    """Return a plan in which what is taken of earlier rounds is as private as the column it is taken from."""
    taken = {(e.name, name) for e in scheme.earlier for name, (there, _) in e.columns.items()
             if any((sheet, there) in plan.private for sheet in e.sheets)}  # fmt: skip
    if not taken - plan.private:
        return plan
    sheets = (
        replace(s, columns=tuple(replace(c, private=True) if (s.name, c.name) in taken else c for c in s.columns))
        for s in plan.sheets
    )
    return replace(plan, sheets=tuple(sheets))


def _private_problems(plan: Plan, scheme: Scheme) -> Iterator[Problem]:
    """List prints of private columns, or of what comes of them, that name no reader; such columns of a notice."""
    printed: list[PrintSpec | AnnexForm] = [*(p for p in scheme.prints if not p.reader), *scheme.forms]
    for spec in printed:
        found = [c for c in spec.columns if (spec.rows, c) in plan.private]
        if found:
            named = "、".join(plan.titles.get(f"{spec.rows}.{c}", c) for c in found)
            yield problem("PRINT_PRIVATE", spec.at, title=spec.title, found=named)
    for name in scheme.publish.columns:
        if any((r.sheet, str(name)) in plan.private for r in plan.rankings):
            yield problem("PUBLISH_PRIVATE", place_of(name), found=name)


def _subject(o: ObjectSpec) -> Subject:
    return Subject(o.table, o.title, o.name, o.aliases, o.within, o.by, o.book, o.sees)


def _print(spec: PrintSpec, scheme: Scheme) -> Print:
    """Return what is printed, its conditions typed as the columns of the sheet hold them."""
    where = typed_where((c for s in scheme.sheets if s.name == spec.rows for c in s.columns), spec.where)
    return Print(sheet=spec.rows, where=where, **{f.name: getattr(spec, f.name) for f in fields(Printed)})


def _form(form: AnnexForm, scheme: Scheme) -> AnnexForm:
    """Return a form with its conditions typed as the columns of its sheet, and those of the units, hold them."""
    columns = [c for s in scheme.sheets if s.name == form.rows for c in s.columns]
    of_units = [c for s in scheme.sheets if s.rows == scheme.home for c in s.columns]
    where, units = ({name: str(word) for name, word in said.items()} for said in (form.where, form.units))
    return replace(form, where=typed_where(columns, where), units=typed_where(of_units, units))


def _with_roles(sheet: Sheet, scheme: Scheme) -> Sheet:
    """Return a sheet with the roles that rankings and objects give to columns which say none of their own."""
    given: dict[str, Role] = {}
    for ranking in (r for r in scheme.rankings if r.sheet == sheet.name):
        given |= ranking.roles
    names = {o.name for o in scheme.objects if o.table == sheet.table}
    if sheet.label is None:
        given |= dict.fromkeys(names & sheet.by_name.keys(), "name")
    if not given:
        return sheet
    columns = (c if c.role else replace(c, role=given.get(c.name, "")) for c in sheet.columns)
    return replace(sheet, columns=tuple(columns))


def circular(plan: Plan, scheme: Scheme) -> list[Problem]:
    """List columns that depend on each other."""
    try:
        score(plan, {})
    except CircularPlan as circle:
        path = str(circle).partition(": ")[2]
        places = {f"{s.name}.{c.name}": c.at for s in scheme.sheets for c in s.columns}
        at = next((places[spot] for spot in path.split(" → ") if spot in places), place_of(Scalar(scheme.file)))
        return [problem("CIRCULAR", at, path=path)]
    except UnknownColumn as unknown:
        return [problem("UNKNOWN_COLUMN", sheet=scheme.id, found=str(unknown), nearest="")]
    return []


def _sheet(
    spec: SheetSpec, binder: Binder, where: Mapping[str, Value], bound: Bound, named_by: tuple[str, str, str]
) -> Sheet:
    columns = (bound.column(c, binder, spec.basis) for c in spec.columns)
    return Sheet(
        spec.name,
        spec.title,
        spec.rows,
        tuple(replace(c, private=True) if c.name in spec.private else c for c in columns),
        where,
        named_by[0],
        spec.scorer,
        spec.grows,
        spec.basis,
        claims=spec.claims,
        made=spec.made,
        of=named_by[1],
        whose=named_by[2],
        book=spec.book,
    )


def _column(spec: ColumnSpec, binder: Binder, sheet_basis: str) -> Column:
    def text(name: str, otherwise: str = "") -> str:
        return str(spec.attributes.get(Scalar(name), otherwise))

    def limit(name: str) -> Expr | None:
        node = spec.attributes.get(Scalar(name))
        return None if node is None else binder.number(node, name)

    def whole(name: str) -> int | None:
        return int(text(name)) if text(name).isascii() and text(name).isdigit() else None

    asked = spec.attributes.get(Scalar("asked"))
    kind: Kind = "computed" if spec.rule else _KINDS.get(text("is"), "fact")
    holds = holds_of(spec)
    return Column(
        name=spec.name,
        title=text("title", spec.name),
        kind=kind,
        holds=holds,
        expr=binder.call(spec) if spec.rule else None,
        basis=text("basis", sheet_basis),
        by=text("by"),
        low=limit("low"),
        high=limit("high"),
        decimals=whole("decimals"),
        choices=tuple(map(str, listing(spec.attributes, "choices"))),
        required=text("required") == "yes",
        asked=None if asked is None else binder.all_of(asked),
        exempt=text("exempt") == "yes",
        default=_default(text("default"), holds),
        note=text("note"),
        measure=text("measure"),
        shown=whole("shown"),
        width=whole("width"),
        offers=text("from"),
        role=text("role"),
        private=text("private") == "yes",
        public=text("public") == "yes",
    )


_KINDS: dict[str, Kind] = {"key": "key", "fact": "fact", "input": "input"}


def _default(text: str, holds: Holds) -> Value:
    if not text:
        return None
    return text if holds == "text" else number(text)
