"""自评表: what one unit fills in about itself, and the bonus it claims."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import UNIT, Column, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import Value
from xlperf.scheme.model import Scheme
from xlperf.workbook import style
from xlperf.workbook.book import Book
from xlperf.workbook.books.choice import columns_shown, offered_by, offers_of, reference_views
from xlperf.workbook.books.guide import TITLE_OF_SHEET, Cover, write_guide
from xlperf.workbook.layout import Layout, Shown, View
from xlperf.workbook.record import Record, sent_out
from xlperf.workbook.seal import Identity, keywords, printed
from xlperf.workbook.selfcheck import checked, write_check
from xlperf.workbook.table import CHECKED, FOR_REFERENCE, Dress, across, band, headed, write_table

SELF, CLAIMS = "自评表", "加减分申报"
CLAIM_ROWS = 15
SPACE = "\N{NO-BREAK SPACE}"  # a date to fill in stays on one line
SIGNED = ("单位负责人（签字）", "填表人", "联系电话")


def write_unit_book(
    scores: Scores, unit_key: Value, file: Path, identity: Identity, *, scheme: Scheme | None = None, deadline: str = ""
) -> Record:
    """Write the book of one unit and return the record of it.

    scheme: gives the guide its worked examples. deadline: as the notice words it, "" leaves a line to write on.
    """
    plan = scores.plan
    name = scores.unit_names.get(unit_key, str(unit_key))
    book = Book(f"{plan.title}{SELF}", plan.issuer, keywords(identity))
    guide = book.title(TITLE_OF_SHEET)
    views = unit_views(book, scores, unit_key)
    references = reference_views(book, scores, views, {unit_key})
    layout = Layout(scores, [*views, *references])
    offers, offered = offers_of(references), offered_by(scores, references)
    views = [headed(layout, view) for view in views]
    states = [checked(layout, [view], offered).text() for view in views]
    facts = [("填报单位", name), ("依据", plan.document), ("报送单位", plan.issuer)]
    facts += [("报送期限", deadline or "以通知为准"), ("本表编码", printed(identity))]
    cover = Cover(f"{plan.title}填报说明", facts, list(zip(views, states, strict=True)), plan.year, plan.caution)
    write_guide(book, guide, cover, scheme)
    several = sum(not v.spare for v in views) > 1
    for number, view in enumerate(views):
        heading = f"{plan.title}{view.title}{SELF if several and not view.spare else ''}"
        under = f"填报单位（盖章）：{name}　　{_unit_line(view)}　　{printed(identity)}"
        sheet = write_table(book, layout, view, Dress(heading, under, CHECKED, offers=offers))
        others = list(zip(views[1:], states[1:], strict=True)) if not number else []
        write_check(book, sheet, layout, [view], offers, offered, others)
        below = view.last + 1
        if not view.spare:
            below = write_totals(book, sheet, layout, view, below)
        write_signature(book, sheet, across(layout, view), view.end, below, SIGNED)
    for view in references:
        write_table(book, layout, view, Dress(f"{plan.title}{view.title}", FOR_REFERENCE, printed=False))
    return sent_out(book, identity, file)


def _unit_line(view: View) -> str:
    claims = view.sheet.claims
    if view.spare and claims:
        decided = {c.name for c in view.sheet.of_role("decision")}
        offered = [v for n, v in claims.items() if n in view.sheet.by_name and n not in view.at and n not in decided]
        return f"申报类别：{'、'.join(offered)}" if offered else ""
    return "单位：分" if totalled(view.sheet) else ""


def unit_views(book: Book, scores: Scores, unit_key: Value) -> list[View]:
    """Return the tables of a unit's book: its own rows wherever it fills something, then its claims."""
    found: list[View] = []
    own = [(s, rows) for s in scores.plan.sheets if (rows := _own_rows(scores, s, unit_key))]
    for sheet, rows in own:
        chosen = columns_shown(scores, sheet, rows, _fills, without={sheet.unit, sheet.scorer, *sheet.where})
        code = sheet.key.name if sheet.naming != sheet.key else ""
        chosen = tuple(Shown(s.name, s.open, hidden=s.name == code) for s in chosen)
        found.append(View(sheet, book.title(SELF if len(own) == 1 else sheet.title), chosen, rows))
    ledgers = [s for s in scores.plan.sheets if s.claims is not None and s.inputs(UNIT)]
    for sheet in ledgers:
        chosen = tuple(Shown(c.name, open=True) for c in sheet.inputs(UNIT))
        title = CLAIMS if len(ledgers) == 1 else f"{sheet.title}申报"
        found.append(View(sheet, book.title(title), chosen, (), CLAIM_ROWS))
    return found


def _own_rows(scores: Scores, sheet: Sheet, unit_key: Value) -> tuple[int, ...]:
    """Return the rows of a unit where it fills something."""
    owner = scores.plan.unit_column(sheet)
    if sheet.grows or not owner or not sheet.inputs(UNIT):
        return ()
    return tuple(i for i, code in enumerate(scores.values[sheet.name][owner]) if code == unit_key)


def _fills(column: Column) -> bool:
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
        look = book.look({**bold, "num_format": "0.##" if any(v.denominator > 1 for v in numbers) else "General"})
        sheet.write_formula(row, i, text, look, float(sum(numbers)) if numbers else "")
    sheet.write_string(row, view.at[visible[0].name], "合计", book.look(bold))
    sheet.set_row(row, 24)
    return row + 1


def write_signature(
    book: Book, sheet: Worksheet, columns: tuple[int, int], end: int, row: int, who: Sequence[str]
) -> None:
    """Write the line to sign on, unlocked for those who type it, and let the printed page end with it.

    columns: the first and the last one of the line. end: the last column of the table; all counted from 0.
    """
    text = "".join(f"{label}：{'　' * 6}" for label in who) + f"日期：{SPACE * 6}年{SPACE * 4}月{SPACE * 4}日"
    band(book, sheet, row, columns, text, {**style.BASE, "align": "left", "text_wrap": True, "locked": False}, 36)
    sheet.print_area(0, 1, row, end)
