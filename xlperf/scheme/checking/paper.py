"""办法体检: what a scheme declares about the paper itself under `paper:`, compared and reported.

veto_lists: lists of the same thing in several clauses. ladders: tables of levels whose points should rise.
ranges: bands as the paper prints them. slips: passages that are garbled or contradict each other.
decided_by_people: clauses that no formula decides, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations, pairwise

from xlperf.formula.values import YES, Value, number, shown
from xlperf.problems import Problem, problem
from xlperf.scheme.checking.references import key_of
from xlperf.scheme.model import Mapping, Scheme
from xlperf.scheme.reading.nodes import listing, records, text
from xlperf.scheme.words import nearest

Problems = Iterator[Problem]
Rows = list[dict[str, Value]]


# ---- lists that should be one ----------------------------------------------------------------------


def veto_list_problems(scheme: Scheme) -> Problems:
    """Compare every two lists; what stands in one alone is told with its clause."""
    lists = []
    for node in records(scheme.paper, "veto_lists"):
        yield from _column_problems(scheme, node, "of")
        lists.append((node, _listed(scheme, node)))
    for (first, a), (second, b) in combinations(lists, 2):
        if set(a) != set(b):
            alone = {"only_first": _alone(a, b), "only_second": _alone(b, a)}
            clauses = {"first": text(first, "basis"), "second": text(second, "basis")}
            yield problem("VETO_LISTS_DIFFER", second.at, **clauses, **alone)


def _listed(scheme: Scheme, node: Mapping) -> list[str]:
    """Return the items of a list: as written, or the keys of the rows whose column says 是."""
    table, _, column = text(node, "of").partition(".")
    key = _key(scheme, table)
    kept = [shown(row.get(key)) for row in scheme.tables.get(table, []) if row.get(column) == YES]
    return [*map(str, listing(node, "list")), *kept]


def _alone(these: list[str], those: list[str]) -> str:
    return "、".join(item for item in these if item not in those) or "无"


def _key(scheme: Scheme, table: str) -> str:
    return next((key_of(s) for s in scheme.sheets if s.rows == table), "")


def _column_problems(scheme: Scheme, node: Mapping, name: str) -> Problems:
    """Want `table.column` to stand for a column of a table."""
    table, _, column = text(node, name).partition(".")
    if not table:
        return
    if table not in scheme.tables:
        yield problem("UNKNOWN_TABLE", node.at, found=table, nearest=nearest(table, scheme.tables))
    elif (rows := scheme.tables[table]) and column not in rows[0]:
        yield problem("UNKNOWN_COLUMN", node.at, sheet=table, found=column, nearest=nearest(column, rows[0]))


# ---- levels and ranges --------------------------------------------------------------------------------


def ladder_problems(scheme: Scheme) -> Problems:
    """List each level whose points are fewer than those of the level below it."""
    for node in records(scheme.paper, "ladders"):
        found = [*_column_problems(scheme, node, "order"), *_column_problems(scheme, node, "points")]
        yield from found or _falls(scheme, node)


def _falls(scheme: Scheme, node: Mapping) -> Problems:
    table, _, order = text(node, "order").partition(".")
    points, key = text(node, "points").partition(".")[2], _key(scheme, table)
    levels = []
    for row in scheme.tables[table]:
        high, given = row.get(order), row.get(points)
        if isinstance(high, Fraction) and isinstance(given, Fraction):
            levels.append((high, given, shown(row.get(key))))
    for (_, had, lower), (_, has, higher) in pairwise(sorted(levels)):
        if has < had:
            values = {"basis": text(node, "basis"), "lower": lower, "higher": higher}
            yield problem("LEVEL_FALLS", node.at, **values, had=shown(had, 6), has=shown(has, 6))


def range_problems(scheme: Scheme) -> Problems:
    """List gaps and overlaps between the ranges the paper prints.

    `from` and `to` (以上、以下) are inside their range, `above` and `below` (超过、不满) are not.
    """
    for node in records(scheme.paper, "ranges"):
        for one, other in pairwise(records(node, "parts")):
            end, start = _edge(one, "to", "below"), _edge(other, "from", "above")
            if end is None or start is None:
                continue
            values = {"says": text(node, "says"), "basis": text(node, "basis")}
            values |= {"end": shown(end[0], 6), "start": shown(start[0], 6)}
            shared = end[1] + start[1]  # how many of the two ranges hold the number where they meet
            if start[0] > end[0] or (start[0] == end[0] and not shared):
                yield problem("RANGE_GAP", node.at, **values)
            elif start[0] < end[0] or shared == len((one, other)):
                yield problem("RANGE_OVERLAP", node.at, **values)


def _edge(part: Mapping, inside: str, outside: str) -> tuple[Fraction, bool] | None:
    """Return the number at an edge of a range, and whether it is inside."""
    for name in (inside, outside):
        found = number(text(part, name))
        if found is not None:
            return found, name == inside
    return None


# ---- what people decide ---------------------------------------------------------------------------------


def decided_by_people(scheme: Scheme) -> list[tuple[str, str, str]]:
    """List the clauses that people decide: clause, what it says, why no formula decides it."""
    nodes = records(scheme.paper, "decided_by_people")
    return [(text(node, "basis"), text(node, "says"), text(node, "why")) for node in nodes]


def decision_notes(scheme: Scheme) -> Problems:
    """List each clause that people decide, with the reason."""
    for node, (basis, says, why) in zip(
        records(scheme.paper, "decided_by_people"), decided_by_people(scheme), strict=True
    ):
        yield problem("DECIDED_BY_PEOPLE", node.at, basis=basis, says=says, why=why)


# ---- slips ---------------------------------------------------------------------------------------------


def slip_notes(scheme: Scheme) -> Problems:
    """Repeat each passage that cannot be read as printed, with how it is read."""
    for node in records(scheme.paper, "slips"):
        values = {"basis": text(node, "basis"), "found": text(node, "found"), "read_as": text(node, "read_as")}
        yield problem("PAPER_SLIP", node.at, **values)


PAPER: tuple[Callable[[Scheme], Iterable[Problem]], ...] = (
    veto_list_problems,
    ladder_problems,
    range_problems,
    slip_notes,
    decision_notes,
)
