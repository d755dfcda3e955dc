"""打分表: what one scorer gives points for: the units it scores down, their indicators across."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import Value
from xlperf.formula.values import shown as plain
from xlperf.scheme.model import Scheme
from xlperf.workbook.book import Book
from xlperf.workbook.books.choice import (
    columns_shown,
    for_paper,
    judged_by,
    limiting,
    near,
    offered_by,
    offers_of,
    reference_views,
)
from xlperf.workbook.books.grid import Grid, grids, indicator_column
from xlperf.workbook.books.guide import TITLE_OF_SHEET, Cover, write_guide
from xlperf.workbook.books.unit import write_signature
from xlperf.workbook.layout import HOLE, UNIT_NAME, Layout, View
from xlperf.workbook.matrix import Matrix, side_by_side, write_matrix
from xlperf.workbook.record import Record, sent_out
from xlperf.workbook.seal import Identity, keywords, printed
from xlperf.workbook.selfcheck import checked, write_check
from xlperf.workbook.table import CHECKED, FOR_REFERENCE, across, headed, room_across, write_table
from xlperf.workbook.table_rows import Dress

SCORES, REMARKS, FACTS = "打分表", "完成情况和扣分原因", "指标情况"
_REPORTED = ("self", "actual")  # roles of what the unit itself says, shown where it is known
SIGNED = ("打分单位（盖章）", "负责人（签字）", "打分人", "联系电话")


def write_scorer_book(
    scores: Scores,
    scorer: str,
    file: Path,
    identity: Identity,
    office: str,
    *,
    scheme: Scheme | None = None,
    deadline: str = "",
) -> Record:
    """Write the book of one scorer and return the record of it.

    office: the scorer of the rows that name none. scheme, deadline: see `write_unit_book`.
    """
    plan = scores.plan
    book = Book(f"{plan.title}{SCORES}", plan.issuer, keywords(identity), caution=plan.caution)
    guide = book.title(TITLE_OF_SHEET)
    leaves = list(scorer_leaves(book, scores, scorer, office))
    views = [view for leaf in leaves for view in leaf.views]
    references = reference_views(book, scores, views, near(scores, views))
    layout = Layout(scores, [*views, *references])
    offers, offered = offers_of(layout.views), offered_by(scores, layout.views)
    leaves = [leaf if leaf.units else replace(leaf, views=(headed(layout, leaf.views[0]),)) for leaf in leaves]
    states = [checked(layout, leaf.views, offered) for leaf in leaves]
    stated = [(leaf.views[0], state.text()) for leaf, state in zip(leaves, states, strict=True)]
    facts = [("打分单位", scorer), ("依据", plan.document), ("报送单位", plan.issuer)]
    facts += [("报送期限", deadline or "以通知为准"), ("本表编码", printed(identity))]
    filled = [view for leaf in leaves for view in leaf.views]
    cover = Cover(f"{plan.title}打分说明", facts, stated, plan.year, plan.caution, filled, plan.by_name)
    write_guide(book, guide, cover, scheme)
    for leaf, state in zip(leaves, states, strict=True):
        under = f"{leaf.subject}　　打分单位（盖章）：{scorer}　　{printed(identity)}"
        dress = Dress(f"{plan.title}{SCORES}", under, CHECKED, offers)
        matrix, view = Matrix(leaf.title, leaf.units, leaf.views), leaf.views[0]
        sheet = write_matrix(book, layout, matrix, dress) if leaf.units else write_table(book, layout, view, dress)
        write_check(book, sheet, layout, state, offers)
        _sign(book, sheet, layout, leaf, matrix)
    for view in references:
        write_table(book, layout, view, Dress(f"{plan.title}{view.title}", FOR_REFERENCE, printed=False))
    return sent_out(book, identity, file)


def _sign(book: Book, sheet: Worksheet, layout: Layout, leaf: Leaf, matrix: Matrix) -> None:
    """Write the line to sign on below the last row."""
    view = leaf.views[0]
    columns, end = (matrix.across(layout), matrix.end) if leaf.units else (across(layout, view), view.printed)
    room = matrix.width(layout) if leaf.units else room_across(layout, view)
    write_signature(book, sheet, columns, end, (view.last + 1, view.last + 1), SIGNED, room)


@dataclass(frozen=True)
class Leaf:
    """A worksheet of a scorer's book: one table, or with `units` a matrix of them. subject: what it is about."""

    title: str
    subject: str
    views: tuple[View, ...]
    units: tuple[Value, ...] = ()


def scorer_leaves(book: Book, scores: Scores, scorer: str, office: str) -> Iterator[Leaf]:
    """List the worksheets of a scorer's book."""
    for sheet in scores.plan.sheets:
        if sheet.grows:
            continue
        if sheet.inputs(LEAD):
            yield from _led(book, scores, sheet, scorer, office)
        elif any(_is_own(c, scorer, office) for c in sheet.inputs()):
            rows = tuple(range(len(scores.values[sheet.name][sheet.key.name])))
            if rows:
                yield _of_rows(book, scores, sheet, rows, sheet.title, lambda c: _is_own(c, scorer, office))


def _is_own(column: Column, scorer: str, office: str) -> bool:
    return column.by == scorer or (column.by == OFFICE and scorer == office)


def _led(book: Book, scores: Scores, sheet: Sheet, scorer: str, office: str) -> Iterator[Leaf]:
    """Share out the rows of a sheet with leads: matrices of points, and one table of what belongs to them.

    Where the same indicators are scored for most of the units, the units stand down and the indicators across; what
    does not fit a matrix is one table, the units of an indicator below one another.
    """
    values = scores.values[sheet.name]
    size = len(values[sheet.key.name])
    leads = [values[sheet.scorer][i] or office for i in range(size)] if sheet.scorer else [office] * size
    mine = [i for i in range(size) if leads[i] == scorer]

    def fills(c: Column) -> bool:
        return c.by == LEAD or _is_own(c, scorer, office)

    def counts(c: Column) -> bool:
        return fills(c) and c.holds == "number" and c.required

    def tells(c: Column) -> bool:
        return fills(c) and not counts(c)

    apart = {c.name for c in sheet.inputs() if tells(c)} & limiting(
        scores.plan, sheet, counts
    )  # would stand on another worksheet
    matrix = any(map(counts, sheet.inputs())) and not apart
    together, rest = grids(scores, sheet, mine) if matrix else ([], mine)
    for grid in together:
        homes = {home.title for unit in grid.units if (home := scores.where_is(unit)) is not None}
        title = f"{SCORES}（{homes.pop()}）" if len(together) > 1 and len(homes) == 1 else SCORES
        yield _matrix(book, scores, sheet, grid, title, counts)
    beside = [i for grid in together for rows in grid.rows.values() for i in rows.values()]
    if beside:
        title = REMARKS if any(map(tells, sheet.inputs())) else FACTS
        yield _of_rows(book, scores, sheet, _by_indicator(scores, sheet, beside), title, tells)
    if rest:
        yield _of_rows(book, scores, sheet, _by_indicator(scores, sheet, rest), SCORES, fills)
    others = tuple(i for i in range(size) if leads[i] != scorer)
    if others and any(_is_own(c, scorer, office) for c in sheet.inputs()):
        yield _of_rows(book, scores, sheet, others, f"{sheet.title}（他方打分）", lambda c: _is_own(c, scorer, office))


def _by_indicator(scores: Scores, sheet: Sheet, rows: Sequence[int]) -> tuple[int, ...]:
    """Return rows with those of an indicator together, otherwise in the order of the sheet."""
    column = indicator_column(sheet)
    words = [scores.values[sheet.name][column][i] if column else i for i in rows]
    first = {word: at for at, word in reversed(list(enumerate(words)))}
    return tuple(i for _, i in sorted(zip(words, rows, strict=True), key=lambda pair: (first[pair[0]], pair[1])))


def _matrix(book: Book, scores: Scores, sheet: Sheet, grid: Grid, title: str, fills: Callable[[Column], bool]) -> Leaf:
    """Return the worksheet of a matrix: what is filled, what it is limited and judged by, what the unit reported.

    What is the same for all units of an indicator stands in its heading.
    """
    keep, beside = limiting(scores.plan, sheet, fills), judged_by(scores.plan, sheet, fills)
    title, blocks, measure = book.title(title), [], sheet.the("measure")
    beside |= {measure.name} if measure is not None else set()
    for word, rows in grid.rows.items():
        lines = tuple(rows.get(unit, HOLE) for unit in grid.units)
        there = [i for i in lines if i != HOLE]
        shown, common = [], []
        kept = scores.plan.kept_from(sheet, holder=False)
        for s in columns_shown(scores, sheet, there, fills, reference=lambda c: c.role in _REPORTED, private=kept):
            column, found = sheet.by_name[s.name], {scores.values[sheet.name][s.name][i] for i in there}
            if s.open or column.role in _REPORTED or (s.name in beside and len(found) > 1):
                shown.append(s)
            elif s.name in keep:
                shown.append(replace(s, hidden=len(found) == 1))
            if s.name in beside and len(found) == 1 and None not in found:
                common.append(f"{column.title}：{plain(found.pop())}")
        if any(s.open for s in shown):
            over = f"{word}（{'，'.join(common)}）" if common else str(word)
            blocks.append(View(sheet, title, tuple(shown), lines, over=over))
    subject = f"{sheet.title}：每格一个数，带斜线的不用填"
    return Leaf(title, subject, side_by_side(blocks), grid.units)


def _of_rows(
    book: Book, scores: Scores, sheet: Sheet, rows: tuple[int, ...], title: str, fills: Callable[[Column], bool]
) -> Leaf:
    chosen = columns_shown(
        scores, sheet, rows, fills, reference=lambda c: c.by == UNIT, without={sheet.scorer, *sheet.where},
        private=scores.plan.kept_from(sheet, holder=False), name_units=bool(sheet.unit),
    )  # fmt: skip
    label = indicator_column(sheet)
    keep = {sheet.key.name, label, UNIT_NAME}
    if scores.plan.is_home(sheet):
        keep |= limiting(scores.plan, sheet, fills)
        chosen = tuple(s for s in chosen if s.open or s.name in keep)
    elif sheet.unit:
        first = [s for s in chosen if s.name == label] + [s for s in chosen if s.name == UNIT_NAME]
        chosen = (*first, *(s for s in chosen if s not in first))
    hidden = {sheet.key.name, sheet.unit} if sheet.unit and not scores.plan.is_home(sheet) else set()
    chosen = for_paper(
        sheet, tuple(replace(s, hidden=s.name in hidden) for s in chosen), judged_by(scores.plan, sheet, fills)
    )
    return Leaf(title, title, (View(sheet, book.title(title), chosen, rows),))
