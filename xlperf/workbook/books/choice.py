"""Which columns of a sheet a book shows, in which order: what people must see, what they fill, what is read first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from xlperf.engine.objects import Thing
from xlperf.engine.plan import UNIT, Column, Plan, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import col, columns_of, lift, link_of
from xlperf.formula.links import Link
from xlperf.formula.values import Value
from xlperf.terms import SERVING
from xlperf.workbook.book import Titles
from xlperf.workbook.layout import HOLE, LEADING, NARROW, TIGHT, UNIT_NAME, Layout, Shown, View

FEWEST, ON_PAGE = 8, 22  # columns that make a first page of their own, and that it holds beside the names


def columns_shown(
    scores: Scores,
    sheet: Sheet,
    rows: Sequence[int],
    fills: Callable[[Column], bool],
    *,
    reference: Callable[[Column], bool] = lambda _: False,
    without: Iterable[str] = (),
    private: Collection[str] = (),
    name_units: bool = False,
    whole: bool = False,
) -> tuple[Shown, ...]:
    """Choose the columns in the order of the sheet.

    fills: whether this party fills an input. reference: whether an input that others filled is shown,
    locked. without: columns left out. private: those that must not be in the book, whatever else asks for them.
    name_units: show the name of whose row it is beside the code. whole: whether all rows of a unit are there.

    Facts that no row has stay away, and so do inputs that no row is asked for, and empty results that nothing filled
    here can change. The limits of the columns to fill, and the other results of what is shown, are there.
    """
    without = {*without, *(c.name for c in sheet.of_role("assumed"))}  # only the office settles these
    hidden = {c.name for c in sheet.columns if c.kind in ("key", "fact")} & without
    limits = limiting(scores.plan, sheet, fills, whole=whole)
    may_stand = columns_possible(sheet, fills, limits, reference=reference, private=private)
    taken: dict[str, Shown] = {}
    for column in (c for c in sheet.columns if c.name not in private):
        wanted = may_stand.get(column.name, False) and column.name not in hidden
        if wanted and column.kind == "input" and fills(column):
            wanted = somewhere(scores, sheet, column, rows)
        elif wanted:
            there = any(scores.values[sheet.name][column.name][i] is not None for i in rows)
            wanted = _can_be_read(sheet, column, taken, there=there) if column.expr is not None else there
        if wanted or column.name in limits:
            fixed = link_of(column.expr) is not None and is_settled(scores.plan, sheet, column.name)
            taken[column.name] = Shown(column.name, column.kind == "input" and fills(column), settled=fixed)
        if column.name == sheet.unit and name_units and column.name != sheet.key.name:
            taken[UNIT_NAME] = Shown(UNIT_NAME)
    return tuple(taken.values())


def _can_be_read(sheet: Sheet, column: Column, taken: Mapping[str, Shown], *, there: bool) -> bool:
    """Return whether a computed column comes from columns that are shown, and is not empty for ever."""
    if column.expr is None or not columns_of(column.expr) <= taken.keys():
        return False
    return there or any(taken[name].open for name in _shown_behind(sheet, column, taken))


def columns_possible(
    sheet: Sheet,
    fills: Callable[[Column], bool],
    limits: Collection[str],
    *,
    reference: Callable[[Column], bool] = lambda _: False,
    private: Collection[str] = (),
) -> dict[str, bool]:
    """Return the columns that may stand in a book, whatever its rows hold, and whether for more than a limit's sake.

    limits: see `limiting`; the others: see `columns_shown`.
    """
    found: dict[str, bool] = {}
    for column in (c for c in sheet.columns if c.name not in private):
        if column.kind == "input":
            wanted = fills(column) or reference(column)
        else:
            wanted = column.expr is None or (
                not column.step and link_of(column.expr) is None and columns_of(column.expr) <= found.keys()
            )
        if wanted or column.name in limits:
            found[column.name] = wanted
    return found


def _shown_behind(sheet: Sheet, column: Column, taken: Collection[str]) -> frozenset[str]:
    """List the columns shown that a computed one follows from, step by step."""
    found: frozenset[str] = frozenset()
    waiting = {column.name}
    while waiting:
        expr = sheet.by_name[waiting.pop()].expr
        new = (columns_of(expr) & {*taken} if expr is not None else frozenset()) - found
        found, waiting = found | new, waiting | new
    return found


def limiting(plan: Plan, sheet: Sheet, fills: Callable[[Column], bool], *, whole: bool = False) -> frozenset[str]:
    """List the columns that the limits of what a party fills look at, with all that these are computed from.

    A limit that looks at other rows is among them where a book with a part of the rows can tell it: where the scheme
    settles it, or where it looks at rows of the same unit and the book has them all (`whole`).
    """
    found: frozenset[str] = frozenset()
    for column in (c for c in sheet.inputs() if fills(c)):
        for name in looks_at(column, sheet):
            found |= _behind(plan, sheet, name, whole=whole) or frozenset()
    return found


def is_settled(plan: Plan, sheet: Sheet, name: str) -> bool:
    """Return whether a column follows from the scheme alone: nobody fills anything that it is computed from."""
    return all(
        not plan.by_name[s].grows and plan.by_name[s].by_name[c].kind != "input"
        for s, c in plan.graph.behind([(sheet.name, name)])
    )


def judged_by(plan: Plan, sheet: Sheet, fills: Callable[[Column], bool]) -> frozenset[str]:
    """List the facts, and what units report, that a party has to see beside what it fills.

    They are what the condition for asking looks at, and what stands beside the cell in the computations it goes into:
    the target and the direction beside a verified value.
    """
    found: set[str] = set()
    for column in (c for c in sheet.inputs() if fills(c)):
        found |= columns_of(column.asked) if column.asked is not None else set()
        for name, reader in plan.graph.readers.get((sheet.name, column.name), ()):
            if name == sheet.name:
                found |= {r.column for r in plan.graph.reads[name, reader] if r.how == "row"}
    given = {c.name: c for c in sheet.columns if c.kind == "fact" or c.by == UNIT}
    return frozenset(name for name in found & given.keys() if given[name].role not in ("full", "label", "number"))


def looks_at(column: Column, sheet: Sheet) -> frozenset[str]:
    """List the columns that the limits of a column look at, and those its condition does, where they may change."""
    found = [columns_of(e) for e in (column.low, column.high) if e is not None]
    asked = columns_of(column.asked) if column.asked is not None else frozenset()
    changing = any(sheet.by_name[n].kind not in ("key", "fact") for n in asked if n in sheet.by_name)
    return frozenset().union(*found, asked if changing else ())


def _behind(plan: Plan, sheet: Sheet, name: str, *, whole: bool) -> frozenset[str] | None:
    """Return a column with all that it is computed from; None where it looks at rows that the book does not have."""
    column = sheet.by_name[name]
    found, link = frozenset({name}), link_of(column.expr)
    if link is not None and is_settled(plan, sheet, name):
        return found
    if link is not None and not (whole and _is_within_unit(sheet, link)):
        return None
    made_from = columns_of(column.expr) if column.expr is not None else frozenset()
    if link is not None:
        made_from |= {*link.names, *(limit.column for limit in link.limits), *filter(None, [link.column])}
    for other in made_from:
        more = _behind(plan, sheet, other, whole=whole)
        if more is None:
            return None
        found |= more
    return found


def _is_within_unit(sheet: Sheet, link: Link) -> bool:
    """Return whether a look at other rows stays on the sheet and within the rows of the same unit."""
    return (
        link.kind in ("total", "count", "tally", "mean")
        and link.sheet in ("", sheet.name)
        and any(name == sheet.unit and value == col(sheet.unit) for name, value in link.match)
    )


def arranged(sheet: Sheet, shown: Sequence[Shown]) -> tuple[Shown, ...]:
    """Put what is read first before how it was worked out, where there are too many columns for one page.

    First come the columns that say whose row it is, what people give and what follows from it (by their roles and
    from what the score is added up); the rest may go to a further page. The order follows from the plan alone, so
    that a book written anew has every cell where it was.
    """
    if len(sheet.columns) <= TIGHT:
        return tuple(shown)
    labels = {sheet.key.name, sheet.unit, UNIT_NAME, sheet.naming.name}
    leading = [i for i, s in enumerate(shown[:LEADING]) if s.name in labels]
    lead = max(leading, default=0) + 1
    main = _read_first(sheet)
    first = [s for s in shown[lead:] if s.name in main]
    if len(first) < FEWEST:
        return tuple(shown)
    rest = [replace(s, later=True) for s in shown[lead:] if s.name not in main]
    return (*shown[:lead], *first, *rest)


def for_paper(sheet: Sheet, shown: Sequence[Shown], beside: Collection[str] = ()) -> tuple[Shown, ...]:
    """Keep to the printed page what people fill and what tells them of it: outside the office there is only A4.

    Where there are more columns than a page takes, those that nobody fills here and that are nothing to a reader (no
    role) stand behind the others, for the screen alone. beside: columns that one who fills has to see all the same.
    """
    if sum(not s.hidden for s in shown) <= NARROW:
        return tuple(shown)
    labels = {sheet.key.name, sheet.unit, UNIT_NAME, sheet.naming.name}
    lead = max((i for i, s in enumerate(shown[:LEADING], 1) if s.name in labels), default=0)
    roles = {c.name for c in sheet.columns if c.role and c.role != "number"}
    kept = [s.open or s.hidden or s.name in roles or s.name in beside for s in shown[lead:]]
    first = [s for s, keep in zip(shown[lead:], kept, strict=True) if keep]
    rest = [replace(s, aside=True) for s, keep in zip(shown[lead:], kept, strict=True) if not keep]
    return (*shown[:lead], *first, *rest)


def _read_first(sheet: Sheet) -> frozenset[str]:
    """Return the columns with a role, and step by step what the composite is added up from, while a page holds them.

    The facts that are held against a value people give, as its target is, stand on its page where there is room left.
    """
    main = {c.name for c in sheet.columns if c.role and c.role not in SERVING}
    step = {c.name for c in sheet.of_role("composite")}
    while step:
        step = {name for s in step for name in columns_of(sheet.by_name[s].expr or lift(0))} - main
        if len(main) + len(step) > ON_PAGE:
            break
        main |= step
    beside = _held_against(sheet, main)
    return frozenset(main | beside if len(main | beside) <= ON_PAGE else main)


def _held_against(sheet: Sheet, names: Collection[str]) -> set[str]:
    """Return the facts that computations read together with one of some columns that people fill."""
    read = [columns_of(c.expr) for c in sheet.columns if c.expr is not None]
    given = {c.name for c in sheet.inputs()} & {*names}
    facts = {c.name for c in sheet.columns if c.kind == "fact"}
    return {name for reads in read if reads & given for name in reads & facts}


def reference_views(
    titles: Titles, scores: Scores, views: Sequence[View], own: Callable[[Sheet], tuple[int, ...]]
) -> list[View]:
    """Return the tables to choose from in the cells to fill, to be read and not filled; none that stands there anyway.

    They carry the key and the words that name a row, nothing else that is known of it (a table of people holds
    their pay), and of a table whose rows are or belong to objects only the rows that are `own`. The list of units is
    left out: a book for somebody outside names nobody else.
    """
    columns = [v.sheet.by_name[s.name] for v in views for s in v.shown if s.open]
    wanted = {c.offers for c in columns} - {"", scores.plan.units.table if scores.plan.units is not None else ""}
    found = []
    for sheet in scores.plan.sheets:
        if sheet.table not in wanted or sheet.grows:
            continue
        rows = own(sheet)
        if rows:
            wanted.discard(sheet.table)
        if rows and not any(v.sheet is sheet and {*rows} <= {*v.rows} for v in _with_keys(views)):
            shown = tuple(map(Shown, naming(scores.plan, sheet)))
            found.append(View(sheet, titles.title(sheet.title), shown, rows))
    return found


def naming(plan: Plan, sheet: Sheet) -> tuple[str, ...]:
    """Return the columns by which a row is chosen: its key, and what names it for everybody."""
    subject = plan.subject_of.get(sheet.table)
    named = subject.name if subject is not None and subject.name in sheet.by_name else sheet.naming.name
    keep = plan.kept_from(sheet, holder=False) - {sheet.key.name}
    return tuple(name for name in dict.fromkeys((sheet.key.name, named)) if name not in keep)


def near(scores: Scores, views: Sequence[View]) -> Callable[[Sheet], tuple[int, ...]]:
    """Return what lists the rows of a sheet that belong to the units whose rows stand in some tables, or to nobody."""
    objects = scores.objects
    units: set[Thing] = set()
    for view in views:
        things = scores.things(view.sheet)
        there = {things[i] for i in view.rows if i != HOLE} - {None}
        units.update(objects.chain(thing)[-1] for thing in there)

    def rows(sheet: Sheet) -> tuple[int, ...]:
        things = enumerate(scores.things(sheet))
        return tuple(i for i, thing in things if thing is None or objects.chain(thing)[-1] in units)

    return rows


def _with_keys(views: Sequence[View]) -> list[View]:
    """List the tables that show the keys of rows that are there; of those with the same rows the fullest last."""
    return sorted((v for v in views if v.rows and v.sheet.key.name in v.at), key=lambda v: len(v.rows))


def offers_of(views: Sequence[View]) -> dict[str, str]:
    """Return for each table to choose from the range of its keys; of two with the same rows the fullest counts."""
    return {v.sheet.table: v.range(v.sheet.key.name) for v in _with_keys(views)}


def names_beside(layout: Layout) -> dict[str, tuple[str, str]]:
    """Return for each kind of object but the outermost the ranges of its keys and names, where a book has them."""
    found: dict[str, tuple[str, str]] = {}
    for view in _with_keys(layout.views):
        subject = layout.scores.plan.subject_of.get(view.sheet.table)
        if subject is not None and subject.within and subject.name in view.at:
            found[subject.table] = view.range(view.sheet.key.name), view.range(subject.name)
    return found


def offered_by(scores: Scores, views: Sequence[View]) -> dict[str, frozenset[Value]]:
    """Return for each table to choose from the keys that the book offers."""
    there = [(v, scores.values[v.sheet.name][v.sheet.key.name]) for v in _with_keys(views)]
    return {v.sheet.table: frozenset(keys[i] for i in v.rows if i != HOLE) for v, keys in there}


def somewhere(scores: Scores, sheet: Sheet, column: Column, rows: Sequence[int]) -> bool:
    """Return whether a column is asked for in one of the rows at least."""
    if column.asked is None:
        return True
    values, asked = scores.values[sheet.name], column.asked
    return any(of_row(asked, {name: values[name][i] for name in columns_of(asked)}) for i in rows)
