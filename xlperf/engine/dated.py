"""What of a scheme belongs to one period of the year: which cells it closes, which sheets it has at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.formula.expression import lift, same
from xlperf.scheme.model import EarlierSpec, Scheme, SheetSpec, Time
from xlperf.scheme.reading.earlier import PERIOD, fills_of, ids_of
from xlperf.scheme.reading.nodes import listing

NEVER = same(lift(0), lift(1))  # the condition of a cell that is not asked for in this period


def title_of(scheme: Scheme, period: str) -> str:
    """Return what is put behind the title of a scheme in a period: （上半年）; "" where a year has no periods."""
    return next((f"（{p.title}）" for p in scheme.periods if p.id == period), "")


def dated(sheet: Sheet, scheme: Scheme, spec: SheetSpec, period: str) -> Sheet:
    """Return a sheet as a period has it: inputs of other periods are closed, earlier results say where they are from.

    A sheet that is filled in other periods only has no rows for new entries.
    """
    fills = fills_of(scheme.periods, period)
    taken = next((e for e in scheme.earlier if e.name == sheet.name), None)
    if not scheme.periods and taken is None:
        return sheet
    said = {c.name: listing(c.attributes, "periods") or spec.periods for c in spec.columns}
    others = {name for name, words in said.items() if words and period not in ids_of(scheme.periods, map(str, words))}
    origins = scheme.origins.get(sheet.name, {})
    shut = bool(fills) and spec.name not in fills
    columns = tuple(
        replace(c, asked=NEVER) if c.kind == "input" and (shut or c.name in others)
        else _taken(c, taken, origins) if taken is not None and c.name in taken.columns
        else c
        for c in sheet.columns
    )  # fmt: skip
    if shut or (spec.periods and period not in ids_of(scheme.periods, spec.periods)):
        return replace(sheet, columns=columns, grows=0, claims=None)
    return replace(sheet, columns=columns)


def _taken(column: Column, spec: EarlierSpec, origins: Mapping[Time, str]) -> Column:
    """Return a column of earlier results with where it is taken from. origins: when → where from, in words."""
    there, time = spec.columns[column.name]
    return replace(column, origin=origins.get(time, ""), taken=tuple((sheet, there) for sheet in spec.sheets))


def within_period(plan: Plan, scheme: Scheme) -> Plan:
    """Return a plan with the sheets that its period has, and what is ranked, printed and checked of them.

    A month has the sheets it fills, with what these look at; a half-year or a year has all but those that are filled in
    other periods only and that nothing looks at.
    """
    if not scheme.periods:
        return plan
    period = plan.readings.get(PERIOD, "")
    fills = fills_of(scheme.periods, period)
    kept = _with_their_own(plan, _of_month(scheme, period) if fills else _of_whole(plan))
    if kept >= plan.by_name.keys():
        return plan
    return replace(
        plan,
        sheets=tuple(s for s in plan.sheets if s.name in kept),
        rankings=tuple(r for r in plan.rankings if r.sheet in kept),
        prints=tuple(p for p in plan.prints if p.sheet in kept),
        forms=tuple(f for f in plan.forms if f.rows in kept and (not fills or f.rows in fills)),
        musts=tuple(m for m in plan.musts if m.sheet in kept),
    )


def _of_month(scheme: Scheme, period: str) -> Iterator[str]:
    """List the sheets that a month fills, and those that it has of earlier rounds."""
    yield from fills_of(scheme.periods, period)
    yield from (e.name for e in scheme.earlier if not e.periods or period in e.periods)


def _of_whole(plan: Plan) -> Iterator[str]:
    """List the sheets in which a whole period leaves something open, or in which there is nothing to fill."""
    ranked = {r.sheet for r in plan.rankings}
    for sheet in plan.sheets:
        if sheet.name in ranked or not sheet.inputs() or any(c.asked != NEVER for c in sheet.inputs()):
            yield sheet.name


def _with_their_own(plan: Plan, names: Iterable[str]) -> set[str]:
    """Return sheets with all that their rules look at, whose rows can be chosen in them, and who is appraised."""
    kept: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in plan.by_name and name not in kept:
            kept.add(name)
            waiting += plan.graph.sheets_read(name)
        if not waiting:
            there = [plan.by_name[n] for n in kept]
            wanted = {c.offers for s in there for c in s.columns} | ({plan.units.table} if plan.units else set())
            missing = wanted - {s.table for s in there}
            waiting += [s.name for s in plan.sheets if s.table in missing and not s.grows]
    return kept
