"""总表: every table of the office with live formulas from raw mark to rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xlperf.engine.plan import Plan, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.expression import link_of
from xlperf.scheme.model import Scheme
from xlperf.workbook import style
from xlperf.workbook.bands import band
from xlperf.workbook.book import Book, protect
from xlperf.workbook.books.annexes import placed_in_master, write_annex
from xlperf.workbook.books.audit import write_audit
from xlperf.workbook.books.choice import arranged, names_beside, somewhere
from xlperf.workbook.books.front import write_front
from xlperf.workbook.books.must import write_musts
from xlperf.workbook.books.prints import write_print
from xlperf.workbook.books.ranking import write_ranking
from xlperf.workbook.highlight import write_highlights
from xlperf.workbook.layout import TIGHT, UNIT_NAME, Layout, Shown, View
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.seal import Identity, carriers, keywords, origin, printed
from xlperf.workbook.table import write_table
from xlperf.workbook.table_rows import Dress
from xlperf.workbook.text import quoted
from xlperf.xlsx.skeleton import ANCHORED, HEAD

FRONT, DIRECTORY = "说明", "名录"
NOT_PRINTED = "供查阅和公式引用，不随本文件打印；要打印的，先清除打印区域。"
LEGEND = "图例：浅黄格由人填写；白格是方案资料或自动计算，已锁定；带斜线的灰格不用填。"


def write_master(
    scores: Scores,
    file: Path,
    *,
    identity: Identity,
    native: bool = True,
    scheme: Scheme | None = None,
    anchor: str = "",
    key: bytes = b"",
) -> None:
    """Write the office's workbook; see `master_book`."""
    master_book(scores, identity=identity, native=native, scheme=scheme, anchor=anchor, key=key).save(file)


def master_book(
    scores: Scores,
    *,
    identity: Identity,
    native: bool = True,
    scheme: Scheme | None = None,
    entered: Mapping[str, Sequence[int]] | None = None,
    anchor: str = "",
    key: bytes = b"",
) -> Book:
    """Make the office's workbook.

    native: False writes rule calls as `XP_…(…)` for machines with the add-in. scheme: gives the front sheet its 口径
    and assumed figures. entered: sheet → the rows for new entries (counted from 0) that hold one; they are the last
    rows of the sheet in the scores, and their formulas stay those of a row for a new entry. anchor: the code of the
    ledger that the page 排名 prints. key: of the round, see `carriers`.
    """
    plan = scores.plan
    book = Book(plan.title, plan.issuer, keywords(identity), caution=plan.caution)
    front = book.title(FRONT)
    layout = Layout(scores, _views(book, scores, entered or {}))
    directory = _directory_ranges(book, len(scores.unit_names)) if scores.unit_names else None
    offers = {v.sheet.table: v.range(v.sheet.key.name) for v in layout.views}
    if directory is not None and plan.units is not None:
        offers[plan.units.table] = directory[0]
    write_front(book, front, scores, scheme, printed(identity))
    dress = Dress("", offers=offers, directory=_directories(layout, directory), native=native)
    for view in (v for v in layout.views if not is_reference(v.sheet)):
        _write_view(book, layout, view, dress, identity)
    write_around(book, layout, identity, anchor)
    for view in (v for v in layout.views if is_reference(v.sheet)):
        _write_view(book, layout, view, dress, identity)
    if directory is not None:
        _write_directory(book, scores)
    carriers(book, identity, origin(scheme.digest, plan.readings) if scheme is not None else None, key)
    return book


def write_around(book: Book, layout: Layout, identity: Identity, anchor: str = "") -> None:
    """Write the sheets that are made from the tables: ranking, prints, annexes, comparison, rules for data."""
    plan = layout.scores.plan
    write_ranking(book, layout, f"{plan.title}排名", _published_by(plan, identity, anchor))
    _write_papers(book, layout, identity)
    write_audit(book, layout, f"{plan.title}对账")
    write_musts(book, layout, f"{plan.title}核对")


def _write_papers(book: Book, layout: Layout, identity: Identity) -> None:
    """Write what the scheme prints, and the annexes of the regulation."""
    plan = layout.scores.plan
    for printed_ in plan.prints:
        write_print(book, layout, printed_, identity)
    for annex in placed_in_master(book, layout.scores):
        write_annex(book, annex, f"依据：{annex.form.basis}　{plan.issuer}　{printed(identity)}")


def _published_by(plan: Plan, identity: Identity, anchor: str) -> str:
    """Return the line under the title of a ranking: who publishes it, the printed code, the code of the ledger."""
    shown = (plan.issuer, printed(identity), f"{ANCHORED}：{anchor}" if anchor else "")
    return "　".join(t for t in shown if t)


def _write_view(book: Book, layout: Layout, view: View, dress: Dress, identity: Identity) -> None:
    """Write one table of the office, to be filtered, with what stands out."""
    printed_, plan = not is_reference(view.sheet), layout.scores.plan
    heading, state = f"{plan.title}{view.sheet.title}", LEGEND if printed_ else NOT_PRINTED
    own = replace(dress, heading=heading, under=_under(view.sheet, identity), state=state, printed=printed_)
    sheet = write_table(book, layout, view, own)
    sheet.autofilter(HEAD, 1, view.last, view.end)
    write_highlights(book, sheet, layout, view)


def _under(sheet: Sheet, identity: Identity) -> str:
    """Return the line under the title of a table: its clause, where earlier results come from, the printed code."""
    origins = "；".join(dict.fromkeys(c.origin for c in sheet.columns if c.origin))
    notes = (f"依据：{sheet.basis}" if sheet.basis else "", f"取自{origins}" if origins else "", printed(identity))
    return "　".join(t for t in notes if t)


def sheets_written(scores: Scores) -> list[Sheet]:
    """Return the sheets that the book needs: with rows or room for them, or looked at by one that has.

    Tables that nobody fills and nothing is worked out in come last.
    """
    plan = scores.plan
    wanted = {s.name for s in plan.sheets if s.grows or scores.values[s.name][s.key.name]}
    wanted |= {other for name in list(wanted) for other in plan.graph.sheets_read(name)}
    live = [s for s in plan.sheets if s.name in wanted]
    return sorted(live, key=is_reference)


def is_reference(sheet: Sheet) -> bool:
    """Return whether a table is there to look things up in: nobody fills it and nothing is worked out in it."""
    return all(c.kind in ("key", "fact") for c in sheet.columns)


def _views(book: Book, scores: Scores, entered: Mapping[str, Sequence[int]]) -> list[View]:
    found = []
    for sheet in sheets_written(scores):
        shown, helpers = [], hidden_columns(scores, sheet)
        for column in sheet.columns:
            shown.append(Shown(column.name, column.kind == "input", column.name in helpers))
            if column.name == sheet.unit and column.name != sheet.key.name:
                shown.append(Shown(UNIT_NAME))
        typed = entered.get(sheet.name, ())
        issued = len(scores.values[sheet.name][sheet.key.name]) - len(typed)
        new = {number: issued + i for i, number in enumerate(typed)}
        found.append(
            View(sheet, book.title(sheet.title), arranged(sheet, shown), tuple(range(issued)), sheet.grows, new)
        )
    return found


def hidden_columns(scores: Scores, sheet: Sheet) -> frozenset[str]:
    """Return the columns that only serve others: rank keys, seats, what no row has or is asked for.

    Codes too, where names say the same on a sheet whose rows are fixed.

    On a sheet too wide for its paper also those that say the same in every row: groups, and full marks
    that are still the default.
    """
    plan: Plan = scores.plan
    values = scores.values[sheet.name]
    hidden = {r.seat for r in plan.rankings if r.sheet == sheet.name} | {c.name for c in sheet.columns if c.step}
    rows = range(0 if sheet.grows else len(values[sheet.key.name]))
    for column in sheet.columns:
        if column.kind == "input" and rows and not somewhere(scores, sheet, column, rows):
            hidden.add(column.name)
        link = link_of(column.expr)
        if link is not None and link.kind == "rank":
            key = sheet.by_name[link.column]
            hidden |= {key.name} if key.kind == "computed" and not key.shown else set()
        if column.kind == "fact" and not any(v is not None for v in values[column.name]):
            hidden.add(column.name)
    if sheet.unit and sheet.label and not sheet.grows:
        hidden |= {sheet.key.name, sheet.unit} - {sheet.label.name}
    if len(sheet.columns) - len(hidden) > TIGHT:
        limits = {c.high.args[0] for c in sheet.columns if c.high is not None and c.high.op == "col"}
        for column in sheet.columns:
            if len(set(values[column.name])) == 1 and len(values[column.name]) > 1:
                word = column.holds == "text" and column.kind in ("fact", "computed") and sheet.is_given(column.name)
                if word or (column.name in limits and column.default in values[column.name]):
                    hidden.add(column.name)
    shown = {r.score for r in plan.rankings if r.sheet == sheet.name}
    return frozenset(hidden - shown)


# ---- 名录 -------------------------------------------------------------------------------------------

_FIRST = 3  # rows above the first unit


def _directories(layout: Layout, units: tuple[str, str] | None) -> dict[str, tuple[str, str]]:
    """Return the ranges of keys and names of each kind of object. units: those of the directory."""
    home = layout.scores.plan.units
    return names_beside(layout) | ({home.table: units} if home is not None and units is not None else {})


def _directory_ranges(book: Book, count: int) -> tuple[str, str]:
    title = quoted(book.title(DIRECTORY))
    codes, names = (f"{title}${letter}${_FIRST + 1}:${letter}${_FIRST + count}" for letter in "AB")
    return codes, names


def _write_directory(book: Book, scores: Scores) -> None:
    """List every unit with its code, for the drop-downs and for the people who type codes."""
    sheet = book.sheet(DIRECTORY)
    for i, width in enumerate((14.0, 36.0, 40.0)):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, 2), "考核对象名录", style.TITLE_LOOK, 34)
    band(book, sheet, 1, (0, 2), scores.plan.title, style.UNDER_LOOK, 20)
    for i, heading in enumerate(("单位代码", "单位", "所在表")):
        sheet.write_string(_FIRST - 1, i, heading, book.look(style.HEAD_LOOK))
    look = book.look(style.CELL_CENTER)
    for number, (code, name) in enumerate(scores.unit_names.items()):
        where = scores.where_is(code)
        for i, text in enumerate((str(code), name, where.title if where is not None else "")):
            sheet.write_string(_FIRST + number, i, text, look)
    print_set_up(sheet, Paper(landscape=False), (_FIRST - 1, _FIRST - 1))
    sheet.freeze_panes(_FIRST, 0)
    protect(sheet)
