"""自评表 and its like: what a unit, or who else has a book, fills in about itself and those within, and its claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.objects import Party
from xlperf.engine.plan import UNIT, Column, Sheet
from xlperf.engine.score import Scores
from xlperf.files import write_whole
from xlperf.formula.values import Value, value_text
from xlperf.scheme.forms import AnnexForm
from xlperf.scheme.model import Scheme
from xlperf.workbook import style
from xlperf.workbook.bands import band
from xlperf.workbook.book import Book, Titles
from xlperf.workbook.books.annexes import Placed, forms_of, write_annex
from xlperf.workbook.books.choice import columns_shown, for_paper, names_beside, offered_by, offers_of, reference_views
from xlperf.workbook.books.guide import TITLE_OF_SHEET, Cover, write_guide
from xlperf.workbook.layout import UNIT_NAME, Layout, Shown, View
from xlperf.workbook.paper import keep_together
from xlperf.workbook.record import Record, finished
from xlperf.workbook.seal import Identity, keywords, printed
from xlperf.workbook.selfcheck import checked, write_check
from xlperf.workbook.table import CHECKED, FOR_REFERENCE, across, headed, room_across, write_table
from xlperf.workbook.table_rows import Dress
from xlperf.workbook.text import measure
from xlperf.xlsx.pack import packed
from xlperf.xlsx.skeleton import BASIS, BODY, HEAD

CLAIMS = "加减分申报"
CLAIM_ROWS = 15
SPACE = "\N{NO-BREAK SPACE}"  # a date to fill in stays on one line
BESIDE = 3  # rows of the table that stand on the page with its totals and the line to sign on
SIGNED = ("单位负责人（签字）", "填表人", "联系电话")
SIGNED_BY_ONE = ("填报人（签字）", "联系电话")  # where somebody within a unit fills in a book of their own


@dataclass(frozen=True)
class Draft:
    """What the book of a party is to hold, before anything of it is written.

    own: what such a book is called. name: of whom it is for, with what they are within; single: whether that is
    one of several within a unit. views: the tables to fill, references: to choose from.
    forms: of the regulation, each under the title of its worksheet.
    """

    scores: Scores
    party: Party
    own: str
    name: str
    single: bool
    guide: str
    views: tuple[View, ...]
    references: tuple[View, ...]
    forms: tuple[tuple[str, AnnexForm], ...] = ()

    @cached_property
    def annexes(self) -> tuple[Placed, ...]:
        """Return the forms with what stands in them."""
        return tuple(Placed(form, self.scores, title, self.layout) for title, form in self.forms)

    @cached_property
    def layout(self) -> Layout:
        """Return where everything stands."""
        return Layout(self.scores, [*self.views, *self.references])

    @cached_property
    def offered(self) -> dict[str, frozenset[Value]]:
        """Return for each table to choose from the keys that the book offers."""
        return offered_by(self.scores, self.layout.views)


def drafted(scores: Scores, party: Party) -> Draft:
    """Return what the book of a party is to hold. party: a kind of book for the appraised, and whose."""
    plan, titles = scores.plan, Titles()
    bearer = scores.objects.bearer(party)
    name, single = called(scores, party)
    guide = titles.title(TITLE_OF_SHEET)
    views = unit_views(titles, scores, party)
    references = reference_views(titles, scores, views, lambda sheet: scores.rows_within(sheet, bearer))
    forms = [(titles.title(form.title), form) for form in forms_of(scores, party[1])] if party[0] == UNIT else []
    own = plan.book_title(party[0])
    return Draft(scores, party, own, name, single, guide, tuple(views), tuple(references), tuple(forms))


def called(scores: Scores, party: Party) -> tuple[str, bool]:
    """Return what whoever a book is for is called, with what they are within, and whether that is one of several."""
    bearer = scores.objects.bearer(party)
    name = scores.objects.title(bearer) if bearer is not None else party[1]
    if bearer is None or bearer[0] != party[0]:
        return name, False
    above = scores.objects.within(bearer)
    return f"{above}　{name.removeprefix(above)}", True


def write_unit_book(
    scores: Scores, unit_key: Value, file: Path, identity: Identity, *, scheme: Scheme | None = None, deadline: str = ""
) -> Record:
    """Write the book of one unit, or of whoever else has one (`identity` says which kind); return the record of it.

    scheme: gives the guide its worked examples. deadline: as the notice words it, "" leaves a line to write on.
    """
    draft = drafted(scores, (identity.kind, value_text(unit_key)))
    book, record = draft_written(draft, identity, scheme, deadline)
    write_whole(file, packed(book.parts()), lasting=False)
    return record


def draft_written(
    draft: Draft, identity: Identity, scheme: Scheme | None, deadline: str, *, noting: bool = False
) -> tuple[Book, Record]:
    """Write a book in full; return it finished, with the record of it. noting: see `Book`."""
    plan, layout, own, name = draft.scores.plan, draft.layout, draft.own, draft.name
    book = Book(f"{plan.title}{own}", plan.issuer, keywords(identity), noting=noting, caution=plan.caution)
    offers = offers_of(layout.views)
    views = [headed(layout, view) for view in draft.views]
    states = [checked(layout, [view], draft.offered) for view in views]
    who = "填报人" if draft.single else "填报单位"
    facts = [(who, name), ("依据", plan.document), ("报送单位", plan.issuer)]
    facts += [("报送期限", deadline or "以通知为准"), ("本表编码", printed(identity))]
    stated = [(view, state.text()) for view, state in zip(views, states, strict=True)]
    cover = Cover(f"{plan.title}填报说明", facts, stated, plan.year, plan.caution, sheets=plan.by_name)
    write_guide(book, draft.guide, cover, scheme)
    several = sum(not v.spare for v in views) > 1
    for number, (view, state) in enumerate(zip(views, states, strict=True)):
        heading = f"{plan.title}{view.title}{own if several and not view.spare else ''}"
        under = f"{who}{'' if draft.single else '（盖章）'}：{name}　　{_unit_line(view)}　　{printed(identity)}"
        sheet = write_table(
            book, layout, view, Dress(heading, under, CHECKED, offers=offers, directory=names_beside(layout))
        )
        write_check(book, sheet, layout, state, offers, states[1:] if not number else ())
        below = view.last + 1
        if not view.spare:
            below = write_totals(book, sheet, layout, view, below)
        signed = SIGNED_BY_ONE if draft.single else SIGNED
        write_signature(
            book, sheet, across(layout, view), view.printed, (view.last + 1, below), signed, room_across(layout, view)
        )
    for annex in draft.annexes:
        write_annex(book, annex, f"{annex.form.basis}　　{name}　　{printed(identity)}")
    for view in draft.references:
        write_table(book, layout, view, Dress(f"{plan.title}{view.title}", FOR_REFERENCE, printed=False))
    return book, finished(book, identity)


def _unit_line(view: View) -> str:
    claims = view.sheet.claims
    if view.spare and claims:
        decided = {c.name for c in view.sheet.of_role("decision")}
        offered = [v for n, v in claims.items() if n in view.sheet.by_name and n not in view.at and n not in decided]
        return f"申报类别：{'、'.join(offered)}" if offered else ""
    return "单位：分" if totalled(view.sheet) else ""


def unit_views(titles: Titles, scores: Scores, party: Party) -> list[View]:
    """Return the tables of the book of a party: its own rows wherever it fills something, then its claims."""
    found: list[View] = []
    plan = scores.plan
    own = [(s, rows) for s in plan.sheets if (rows := _own_rows(scores, s, party))]
    for sheet, rows in own:
        found.append(_own_view(titles, scores, sheet, rows, party, alone=len(own) == 1))
    kept = {s.name: plan.kept_from(s, holder=True) for s in plan.sheets}
    there = [s for s in plan.sheets if s.claims is not None and plan.book_kind(s) == party[0]]
    ledgers = [s for s in there if any(c.name not in kept[s.name] for c in s.inputs(UNIT))]
    for sheet in ledgers:
        names = [c.name for c in sheet.inputs(UNIT) if c.name not in kept[sheet.name]]
        chosen = tuple(s for n in names for s in (Shown(n, open=True), Shown(UNIT_NAME))[: 1 + (n == sheet.unit)])
        title = CLAIMS if len(ledgers) == 1 else f"{sheet.title}申报"
        found.append(View(sheet, titles.title(title), chosen, (), CLAIM_ROWS))
    return found


def _own_view(
    titles: Titles, scores: Scores, sheet: Sheet, rows: tuple[int, ...], party: Party, *, alone: bool
) -> View:
    """Return the rows of a sheet that come in a book; whose they are is said where they are of several."""
    plan, bearer = scores.plan, scores.objects.bearer(party)
    several = sheet.unit and bearer is not None and sheet.of != bearer[0]
    chosen = columns_shown(
        scores, sheet, rows, fills, without={*(() if several else (sheet.unit,)), sheet.scorer, *sheet.where},
        private=plan.kept_from(sheet, holder=True), name_units=bool(several), whole=not several,
    )  # fmt: skip
    keyed = sheet.naming == sheet.key or (sheet.table in plan.subject_of and not plan.is_home(sheet))
    hidden = {"" if keyed else sheet.key.name, sheet.unit}
    shown = for_paper(sheet, tuple(replace(s, hidden=s.name in hidden) for s in chosen))
    return View(sheet, titles.title(plan.book_title(party[0]) if alone else sheet.title), shown, rows)


def _own_rows(scores: Scores, sheet: Sheet, party: Party) -> tuple[int, ...]:
    """Return the rows that come in a book where it fills something."""
    return () if sheet.grows or not sheet.inputs(UNIT) else scores.rows_held(sheet, party)


def fills(column: Column) -> bool:
    """Return whether the appraised fill a column, in a book of theirs."""
    return column.by == UNIT


def totalled(sheet: Sheet) -> frozenset[str]:
    """Return the columns that a line of totals makes sense for: points given, and the most that can be."""
    return frozenset(c.name for c in sheet.of_role("full", "self", "lead", "onsite"))


def write_totals(book: Book, sheet: Worksheet, layout: Layout, view: View, row: int) -> int:
    """Write the line 合计 below a table and return the row below it."""
    if not totalled(view.sheet) & view.at.keys():
        return row
    bold = {**style.CELL_CENTER, "bold": True}
    visible = [s for s in view.shown if not s.hidden]
    for shown_ in view.shown:
        i = view.at[shown_.name]
        if shown_.name not in totalled(view.sheet):
            sheet.write_blank(row, i, None, book.look(bold))
            continue
        values = [layout.value(view, shown_.name, p) for p in range(len(view.rows))]
        numbers = [v for v in values if v is not None and not isinstance(v, str)]
        area = view.range(shown_.name, here=True)
        text = f'=IF(COUNT({area})=0,"",SUM({area}))'
        look = book.look({**bold, "num_format": "General"})
        sheet.write_formula(row, i, text, look, float(sum(numbers)) if numbers else "")
    sheet.write_string(row, view.at[visible[0].name], "合计", book.look(bold))
    sheet.set_row(row, 24)
    return row + 1


def write_signature(
    book: Book,
    sheet: Worksheet,
    columns: tuple[int, int],
    end: int,
    rows: tuple[int, int],
    who: Sequence[str],
    room: float,
) -> None:
    """Write the line to sign on, unlocked for those who type it, and let the printed page end with it.

    columns: the first and the last one of the line. end: the last column that is printed. rows: the one below the
    table, where its totals may stand, and that of the line; all counted from 0. room: see `_signed`.
    """
    row = rows[1]
    text = _signed(who, room)
    high = max(36.0, (text.count("\n") + 1) * 18.0)
    band(book, sheet, row, columns, text, {**style.BASE, "align": "left", "text_wrap": True, "locked": False}, high)
    sheet.print_area(0, 1, row, end)
    keep_together(sheet, max(rows[0] - BESIDE, BODY + 1), row, (BASIS, HEAD), end)


def _signed(who: Sequence[str], room: float) -> str:
    """Return what is signed, on as many lines as it takes: a label and its blank stand on one of them.

    room: of the columns together, in half-width characters; programs break Chinese between any two letters.
    """
    parts = [f"{label}：{'　' * 6}" for label in who] + [f"日期：{SPACE * 6}年{SPACE * 4}月{SPACE * 4}日"]
    lines = [""]
    for part in parts:
        if lines[-1] and measure(lines[-1] + part) > room - 1:
            lines.append("")
        lines[-1] += part
    return "\n".join([*(line.rstrip("　") for line in lines[:-1]), lines[-1]])
