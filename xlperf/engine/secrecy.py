"""What not everybody may read: where a scheme offers a private column to somebody, and what gives one away.

A column is private because the scheme says so, or because it is computed from one that is; `public: yes` ends that.
Books, lists and explanations leave private columns out in any case (`Plan.private`, `Plan.kept_from`); here
it is told what the scheme asks for and so will not get.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Plan, Sheet
from xlperf.formula.expression import columns_of
from xlperf.problems import Problem, Where, Word, problem, word
from xlperf.scheme.model import Scheme


def secrecy_problems(plan: Plan, scheme: Scheme) -> Iterator[Problem]:
    """List problems of private columns that somebody is offered, and of public ones that are computed from them."""
    places = {(s.name, c.name): c.at for s in scheme.sheets for c in s.columns}
    for spec in scheme.sheets:
        names = [c.name for c in spec.columns]
        for name in (n for n in spec.private if n not in names):
            yield problem("UNKNOWN_COLUMN", spec.at, sheet=spec.title, found=name, nearest="、".join(names))
    for sheet in plan.sheets:
        offers = [*_named(plan, sheet), *_filled(plan, sheet, scheme.office)]
        for name, whom in dict.fromkeys((n, w) for n, w in offers if (sheet.name, n) in plan.private):
            at, title = places.get((sheet.name, name), Where()), sheet.by_name[name].title
            yield problem("PRIVATE_OFFERED", at, sheet=sheet.title, title=title, whom=whom)
        for column in sheet.columns:
            yield from _leak(plan, sheet, column, places.get((sheet.name, column.name), Where()))


def _named(plan: Plan, sheet: Sheet) -> Iterator[tuple[str, Word]]:
    """List the columns that name the rows of a sheet to everybody, or that a ranking publishes."""
    naming = word("各种表、名单和下拉框的名称、编号")
    yield from ((name, naming) for name in (sheet.key.name, sheet.unit, sheet.scorer) if name)
    subject = plan.subject_of.get(sheet.table)
    if subject is not None:
        yield from ((name, naming) for name in (subject.name, subject.by) if name in sheet.by_name)
    offered = any(c.offers == sheet.table for s in plan.sheets for c in s.columns)
    if sheet.label is not None and (offered or not plan.kept_open(sheet)):
        yield sheet.label.name, naming
    for ranking in (r for r in plan.rankings if r.sheet == sheet.name):
        published = word("公布的“{title}”", title=ranking.title)
        yield from ((name, published) for name in (ranking.group, ranking.score, ranking.place, ranking.seat))


def _filled(plan: Plan, sheet: Sheet, office: str) -> Iterator[tuple[str, Word]]:
    """List the columns that somebody outside the office fills or is limited by."""
    for column in sheet.inputs():
        if column.by in (OFFICE, office) or (column.by == LEAD and not sheet.scorer):
            continue
        if column.by == UNIT and plan.kept_open(sheet):
            continue
        whom = _whom(plan, sheet, column)
        yield column.name, whom
        looked_at = [columns_of(e) for e in (column.low, column.high, column.asked) if e is not None]
        yield from ((name, whom) for name in sorted(frozenset().union(*looked_at)) if name in sheet.by_name)


def _whom(plan: Plan, sheet: Sheet, column: Column) -> Word:
    if column.by == UNIT:
        return word("发给考核对象的{book}", book=plan.book_title(plan.book_kind(sheet)))
    return word("发给考核主体的打分表") if column.by == LEAD else word("发给{scorer}的打分表", scorer=column.by)


def _leak(plan: Plan, sheet: Sheet, column: Column, at: Where) -> Iterator[Problem]:
    """List problems of a column that is computed from a private one and says neither that it is private nor public."""
    if column.expr is None or column.step or column.private or column.public:
        return
    source = next((c.title for c in _made_from(plan, (sheet.name, column.name)) if c.private), "")
    if source:
        yield problem("PRIVATE_LEAK", at, sheet=sheet.title, title=column.title, source=source)


def _made_from(plan: Plan, at: tuple[str, str]) -> Iterator[Column]:
    """List the columns that one is made from, hidden parts of its rule followed to theirs."""
    for read in plan.graph.reads.get(at, ()):
        column = plan.by_name[read.sheet].by_name[read.column]
        if column.step:
            yield from _made_from(plan, read.spot)
        else:
            yield column
