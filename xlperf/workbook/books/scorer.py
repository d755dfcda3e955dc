"""打分表: what one scorer gives points for, one sheet an indicator, all the units it scores below one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Sheet
from xlperf.engine.score import Scores
from xlperf.scheme.model import Scheme
from xlperf.workbook.book import Book
from xlperf.workbook.books.choice import columns_shown, limiting, offered_by, offers_of, reference_views, units_in
from xlperf.workbook.books.guide import TITLE_OF_SHEET, Cover, write_guide
from xlperf.workbook.books.unit import write_signature
from xlperf.workbook.layout import UNIT_NAME, Layout, Shown, View
from xlperf.workbook.seal import Identity, carriers, keywords, printed
from xlperf.workbook.selfcheck import checked, write_check
from xlperf.workbook.table import CHECKED, FOR_REFERENCE, Dress, write_table

SCORES, SINGLE = "打分表", "专项指标"
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
) -> None:
    """Write the book of one scorer.

    office: the scorer of the rows that name none. scheme, deadline: see `write_unit_book`.
    """
    plan = scores.plan
    book = Book(f"{plan.title}{SCORES}", plan.issuer, keywords(identity))
    guide = book.title(TITLE_OF_SHEET)
    told = list(scorer_views(book, scores, scorer, office))
    views = [view for view, _ in told]
    references = reference_views(book, scores, views, units_in(scores, views))
    layout = Layout(scores, [*views, *references])
    offers, offered = offers_of(references), offered_by(scores, references)
    states = [(view, checked(layout, view, offered).text()) for view in views]
    facts = [("打分单位", scorer), ("依据", plan.document), ("报送单位", plan.issuer)]
    facts += [("报送期限", deadline or "以通知为准"), ("本表编码", printed(identity))]
    write_guide(book, guide, Cover(f"{plan.title}打分说明", facts, states, plan.year, plan.caution), scheme)
    names = dict(scores.unit_names)
    for view, subject in told:
        under = f"{subject}　　打分单位（盖章）：{scorer}　　{printed(identity)}"
        sheet = write_table(book, layout, view, Dress(f"{plan.title}{SCORES}", under, CHECKED, names, offers))
        write_check(book, sheet, layout, view, offers, offered)
        write_signature(book, sheet, view, view.last + 1, SIGNED)
    for view in references:
        write_table(book, layout, view, Dress(f"{plan.title}{view.title}", FOR_REFERENCE, printed=False))
    carriers(book, identity)
    book.save(file)


def scorer_views(book: Book, scores: Scores, scorer: str, office: str) -> Iterator[tuple[View, str]]:
    """Visit the tables of a scorer's book, each with the line that says what it is about."""
    for sheet in scores.plan.sheets:
        if sheet.grows:
            continue
        if sheet.inputs(LEAD):
            yield from _led(book, scores, sheet, scorer, office)
        elif any(_is_own(c, scorer, office) for c in sheet.inputs()):
            rows = tuple(range(len(scores.values[sheet.name][sheet.key.name])))
            if rows:
                yield _of_rows(
                    book, scores, sheet, rows, sheet.title, sheet.title, lambda c: _is_own(c, scorer, office)
                )


def _is_own(column: Column, scorer: str, office: str) -> bool:
    return column.by == scorer or (column.by == OFFICE and scorer == office)


def _led(book: Book, scores: Scores, sheet: Sheet, scorer: str, office: str) -> Iterator[tuple[View, str]]:
    """Share out the rows of a sheet with leads: a sheet for every indicator that several units have."""
    values = scores.values[sheet.name]
    size = len(values[sheet.key.name])
    leads = [values[sheet.scorer][i] or office for i in range(size)] if sheet.scorer else [office] * size
    mine = [i for i in range(size) if leads[i] == scorer]
    by_indicator: dict[object, list[int]] = {}
    column = indicator_column(sheet)
    for i in mine:
        by_indicator.setdefault(values[column][i] if column else i, []).append(i)
    shared = {name: rows for name, rows in by_indicator.items() if _units(scores, sheet, rows) > 1}
    single = [i for rows in by_indicator.values() if _units(scores, sheet, rows) <= 1 for i in rows]

    def fills(c: Column) -> bool:
        return c.by == LEAD or _is_own(c, scorer, office)

    for name, rows in shared.items():
        yield _of_rows(book, scores, sheet, tuple(rows), str(name), f"指标：{name}", fills, without=column)
    if single:
        yield _of_rows(book, scores, sheet, tuple(sorted(single)), SINGLE, SINGLE, fills)
    others = tuple(i for i in range(size) if leads[i] != scorer)
    if others and any(_is_own(c, scorer, office) for c in sheet.inputs()):
        title = f"{sheet.title}（他方打分）"
        yield _of_rows(book, scores, sheet, others, title, title, lambda c: _is_own(c, scorer, office))


def _units(scores: Scores, sheet: Sheet, rows: list[int]) -> int:
    return len({scores.values[sheet.name][sheet.unit][i] for i in rows}) if sheet.unit else len(rows)


def indicator_column(sheet: Sheet) -> str:
    """Return the column that words the indicator, "" where the sheet has none or somebody types it."""
    return sheet.label.name if sheet.label is not None and sheet.label.kind == "fact" else ""


def _of_rows(
    book: Book, scores: Scores, sheet: Sheet, rows: tuple[int, ...], title: str, subject: str,
    fills: Callable[[Column], bool], without: str = "",
) -> tuple[View, str]:  # fmt: skip
    chosen = columns_shown(
        scores, sheet, rows, fills, reference=lambda c: c.by == UNIT, without={sheet.scorer, without, *sheet.where},
        name_units=bool(sheet.unit),
    )  # fmt: skip
    keep = {sheet.key.name, indicator_column(sheet), UNIT_NAME}
    if scores.plan.is_home(sheet):
        limits = limiting(sheet, fills)
        chosen = tuple(s for s in chosen if s.open or s.name in keep or s.name in limits)
    key_hidden = sheet.unit and not scores.plan.is_home(sheet)
    hidden = {sheet.key.name, sheet.unit} if key_hidden else set()
    chosen = tuple(Shown(s.name, s.open, hidden=s.name in hidden) for s in chosen)
    return View(sheet, book.title(title), chosen, rows), subject
