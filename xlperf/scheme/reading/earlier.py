"""前期结果 as sheets: what a scheme takes from rounds before is a table of facts like any other.

Each entry of `earlier:` becomes one sheet of its name, with the key of the sheet it is taken from, the columns taken
and nothing to fill; its rows come from the table of that name. A round fills the table from frozen results
(`rounds.chain`), an example or a folder of CSV files gives it like any other. So look-ups, formulas and reasons
need not know that time has passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xlperf.problems import Problem, problem
from xlperf.scheme.model import (
    ColumnSpec,
    EarlierSpec,
    Mapping,
    PeriodSpec,
    Reading,
    Scalar,
    SheetSpec,
    place_of,
)
from xlperf.scheme.reading.nodes import listing, mapping, named, pairs, records, text, whole
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.vocabulary import UNITS
from xlperf.scheme.words import nearest

ENTRY, OF, ORIGIN = "entry", "period", "entered"  # of rows that stand below one another, a month's after another's
PERIOD = "period"  # the reading that says which period a round is
_MONTHS = 12
_KEPT = (
    "title",
    "holds",
    "shown",
    "decimals",
    "measure",
    "exempt",
    "width",
    "private",
    "public",
)  # of a column that is taken
_AGO = ("本年", "上年", "前年")
_YEARS_BACK = re.compile(r"-[1-9]\d?\Z", re.ASCII)


@dataclass(frozen=True)
class Chain:
    """What a scheme says of time: its periods, what is taken from earlier rounds, and the sheets these become."""

    periods: tuple[PeriodSpec, ...] = ()
    earlier: tuple[EarlierSpec, ...] = ()
    sheets: tuple[SheetSpec, ...] = ()
    problems: tuple[Problem, ...] = ()


def chain_of(root: Mapping, sheets: Iterable[SheetSpec]) -> Chain:
    """Read `periods` and `earlier`. sheets: of the scheme, complete."""
    by_name = {s.name: s for s in sheets}
    periods, problems = _periods(root, by_name)
    found, made = [], []
    for name, node in named(root, "earlier"):
        wrong = list(_entry_problems(name, node, by_name, periods))
        problems += wrong
        if not wrong:
            spec = _spec(name, node, periods)
            found.append(spec)
            made.append(_sheet(spec, text(node, "basis"), [by_name[s] for s in spec.sheets], root))
    return Chain(periods, tuple(found), tuple(made), tuple(problems))


def period_reading(periods: tuple[PeriodSpec, ...]) -> dict[str, Reading]:
    """Return which period a round is, as a choice that rules follow: `{reading: period, h1: …, y: …}`."""
    whole_ones = [p for p in periods if not p.fills]
    if not whole_ones:
        return {}
    options = {p.id: p.title for p in whole_ones}
    made = Reading(PERIOD, "本轮是哪一期", "", options, whole_ones[-1].id, "由轮次决定", at=periods[0].at, settled=True)
    return {PERIOD: made}


def fills_of(periods: Iterable[PeriodSpec], period: str) -> tuple[str, ...]:
    """Return the sheets that alone are filled in a period, none for all of them."""
    return next((p.fills for p in periods if p.id == period), ())


def stands_as(periods: Iterable[PeriodSpec], period: str) -> str:
    """Return the period whose rules hold in a period: its own, those of the first one in a month or quarter."""
    there = {p.id: p for p in periods}
    if period not in there or not there[period].fills:
        return period
    return next((p.id for p in there.values() if not p.fills), period)


def behind_it(periods: Sequence[PeriodSpec], period: str) -> set[str]:
    """Return the periods of the same year that lie behind a period: what it follows, and whatever is over by then."""
    place = {p.id: (p.until, n) for n, p in enumerate(periods)}
    until, number = place.get(period, (0, 0))
    over = {p.id for p in periods if place[p.id] < (until, number if p.fills else 0)}
    return over | set(before(periods, period))


def before(periods: Iterable[PeriodSpec], period: str) -> list[str]:
    """List the periods that a period follows, the nearest first."""
    after = {p.id: p.after for p in periods}
    found: list[str] = []
    while (period := after.get(period, "")) and period not in found:
        found.append(period)
    return found


def ids_of(periods: Iterable[PeriodSpec], said: Iterable[str]) -> tuple[str, ...]:
    """Return the periods that a scheme names: each by its own id, or all of a kind (m: m1 … m12)."""
    names = frozenset(said)
    return tuple(p.id for p in periods if p.id in names or (p.kind and p.kind in names))


def names_of(periods: Iterable[PeriodSpec]) -> list[str]:
    """List the words that may stand for periods: their ids, and what they are one of several of."""
    return list(dict.fromkeys(name for p in periods for name in (p.id, p.kind) if name))


def ago(years: int) -> str:
    """Return the name of a year counted back: 上年, 前年, 前3年."""
    return _AGO[years] if years < len(_AGO) else f"前{years}年"


# ---- one entry ------------------------------------------------------------------------------------


def _spec(name: Scalar, node: Mapping, periods: tuple[PeriodSpec, ...]) -> EarlierSpec:
    origin = mapping(node, "from")
    several = whole(origin, "years")
    years = tuple(range(1, several + 1)) if several else (_back(origin),)
    period = text(origin, "period") or (periods[-1].id if periods else "")
    ids = ids_of(periods, [period]) or (str(period),)
    stacked = len(ids) > 1
    times = tuple((y, p) for y in years for p in ids)
    taken = list(map(str, listing(node, "take")))
    columns = {f"{c}_{y}" if several else c: (c, (y, ids[0])) for c in taken for y in years}
    needed = text(node, "needed", "yes" if years == (0,) and not stacked else "no") == "yes"
    return EarlierSpec(
        str(name),
        text(node, "title"),
        times,
        tuple(map(str, _sources(node))),
        columns,
        pairs(node, "where"),
        needed,
        node.at,
        ids_of(periods, map(str, listing(node, "periods"))),
        stacked,
    )


def _sources(node: Mapping) -> list[Scalar]:
    """Return the sheets an entry takes from."""
    one = text(node, "sheet")
    return list(map(_scalar, [one] if one else listing(node, "sheets")))


def _back(origin: Mapping) -> int:
    """Return how many years back an entry says with `year: -1`; 0 where it says none."""
    words = text(origin, "year")
    return int(words[1:]) if _YEARS_BACK.match(words) else 0


def _sheet(spec: EarlierSpec, basis: str, sources: list[SheetSpec], root: Mapping) -> SheetSpec:
    """Make the sheet of an entry: key, whose it is and what it is called, then what is taken."""
    source = sources[0]
    there = {c.name: c for c in source.columns}
    key = source.columns[0]
    label = _label(source, root)
    above = text(mapping(mapping(root, "objects"), source.rows), "by") if spec.stacked else ""
    named = [c for c in (source.unit, above, label) if c in there and c not in (key.name, *spec.columns)]
    several = not spec.stacked and len(spec.times) > 1
    columns = [*_leading(basis), _fact(key, key.name, holds=holds_of(key))] if spec.stacked else []
    columns = columns or [_fact(key, key.name, "key")]
    columns += [_fact(there[c], c, role="label" if c == label else "") for c in dict.fromkeys(named)]
    for name, (taken, (year, _)) in spec.columns.items():
        title = f"{text(there[taken].attributes, 'title', taken)}（{ago(year)}）" if several else ""
        columns.append(_fact(there[taken], name, title=title, role="label" if taken == label else ""))
    objects = _objects(root)
    whose = (
        (key.name, source.rows if objects[source.rows] else "") if source.rows in objects else (source.unit, source.of)
    )
    private = tuple(name for name, (taken, _) in spec.columns.items() if taken in source.private)
    return SheetSpec(
        spec.name,
        spec.title,
        spec.name,
        tuple(columns),
        unit=whose[0],
        of=whose[1],
        basis=basis,
        private=private,
        at=spec.at,
    )


def _leading(basis: str) -> Iterator[ColumnSpec]:
    """List what a row says first where every month or quarter has rows of its own: which it is, and its proof."""
    said = {ENTRY: ("编号", "key", ""), OF: ("哪一期", "fact", ""), ORIGIN: ("登记于", "fact", "origin")}
    for name, (title, kind, role) in said.items():
        words = {"is": kind, "holds": "text", "title": title, "basis": basis, "role": role}
        yield ColumnSpec(name, Mapping({Scalar(k): Scalar(v) for k, v in words.items() if v}))


def _fact(
    column: ColumnSpec, name: str, kind: str = "fact", title: str = "", role: str = "", holds: str = ""
) -> ColumnSpec:
    """Return a column as something that is given: what it is called and holds stays."""
    kept = {k: v for k, v in column.attributes.items() if k in _KEPT}
    attributes = Mapping({Scalar("is"): Scalar(kind), **kept}, column.at)
    said = {"title": title, "role": role, "holds": holds}
    attributes |= {Scalar(word): Scalar(words, column.at) for word, words in said.items() if words}
    return ColumnSpec(name, attributes, at=column.at)


def _label(source: SheetSpec, root: Mapping) -> str:
    """Return the column that says in words what a row of a sheet is, "" where none does."""
    said = next((c.name for c in source.columns if text(c.attributes, "role") == "label"), "")
    return said or text(mapping(mapping(root, "objects"), source.rows), "name")


def _objects(root: Mapping) -> dict[str, str]:
    """Return the tables of what is appraised, each with the table that it is within."""
    return {str(table): str(text(node, "within")) for table, node in named(root, "objects")} or {UNITS: ""}


# ---- what can be wrong ----------------------------------------------------------------------------


def _periods(root: Mapping, sheets: dict[str, SheetSpec]) -> tuple[tuple[PeriodSpec, ...], list[Problem]]:
    """Read the periods of a year; one that is said to come several `times` is as many, each named by its number."""
    found: list[PeriodSpec] = []
    problems: list[Problem] = []
    for node in records(root, "periods"):
        times, fills = whole(node, "times", 1), listing(node, "fills")
        if "times" in node and (_MONTHS % max(times, 1) or not fills):
            problems.append(problem("PERIOD_TIMES", place_of(node[Scalar("times")]), period=text(node, "id")))
        for sheet in map(_scalar, fills):
            if sheet not in sheets:
                problems.append(problem("UNKNOWN_SHEET", place_of(sheet), found=sheet, nearest=nearest(sheet, sheets)))
        for number in range(1, times + 1) if "times" in node else (0,):
            until = number * _MONTHS // max(times, 1) if number else whole(node, "until", _MONTHS)
            name, title = text(node, "id"), text(node, "title")
            said = (f"{name}{number}", title.replace("<n>", str(number))) if number else (name, title)
            kind = name if number else ""
            found.append(PeriodSpec(*said, text(node, "after"), node.at, tuple(map(str, fills)), until, str(kind)))
    return tuple(found), [*problems, *_period_problems(tuple(found))]


def _period_problems(periods: tuple[PeriodSpec, ...]) -> Iterator[Problem]:
    seen: list[str] = []
    kinds = {p.kind for p in periods}
    for spec in periods:
        if spec.id in seen or spec.id in kinds:
            yield problem("DUPLICATE_KEY", place_of(spec.id), found=spec.id, line=spec.at.line)
        if spec.after and spec.after not in seen:
            yield problem("PERIOD_AFTER", place_of(spec.after), period=spec.id, found=spec.after)
        seen.append(spec.id)


def _entry_problems(
    name: Scalar, node: Mapping, sheets: dict[str, SheetSpec], periods: tuple[PeriodSpec, ...]
) -> Iterator[Problem]:
    origin, ids = mapping(node, "from"), names_of(periods)
    said = {str(k) for k in origin} & {"year", "years"}
    period = text(origin, "period")
    sound = {"year": _back(origin) > 0, "years": whole(origin, "years") > 0}
    several = "years" in said and period in {p.kind for p in periods if p.kind}
    if len(said) > 1 or several or not all(sound[word] for word in said) or not (said or period):
        yield problem("EARLIER_FROM", origin.at, entry=name)
    if period and period not in ids:
        yield problem("UNKNOWN_PERIOD", place_of(period), found=period, nearest=nearest(period, ids))
    for period in map(_scalar, listing(node, "periods")):
        if period not in ids:
            yield problem("UNKNOWN_PERIOD", place_of(period), found=period, nearest=nearest(period, ids))
    if name in sheets:
        yield problem("EARLIER_NAME", place_of(name), found=name)
    yield from _source_problems(name, node, sheets, years="years" in said)


def _source_problems(name: Scalar, node: Mapping, sheets: dict[str, SheetSpec], *, years: bool) -> Iterator[Problem]:
    """Want sheets of this scheme, and columns that each of them has."""
    sources = _sources(node)
    if not sources or bool(text(node, "sheet")) == bool(listing(node, "sheets")):
        yield problem("EARLIER_SHEET", node.at, entry=name)
    for source in sources:
        if source not in sheets:
            yield problem("UNKNOWN_SHEET", place_of(source), found=source, nearest=nearest(source, sheets))
            continue
        known = [c.name for c in sheets[source].columns]
        for column in (*map(_scalar, listing(node, "take")), *pairs(node, "where")):
            if column not in known:
                near = nearest(column, known)
                yield problem("UNKNOWN_COLUMN", place_of(column), sheet=source, found=column, nearest=near)
        if years and sheets[source].grows:
            yield problem("EARLIER_LEDGER", place_of(source), entry=name, sheet=sheets[source].title)


def _scalar(node: object) -> Scalar:
    return node if isinstance(node, Scalar) else Scalar(str(node))
