"""The self-check cell: “可以报送”, or which rows still lack something or hold something that may not stand there.

Four hidden columns beside the table count and collect row by row, because no function that joins texts
exists everywhere. The cell's cached text is worked out here the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column
from xlperf.entries.entry import looks_at
from xlperf.formula.excel import constant_text, formula
from xlperf.formula.expression import Expr, columns_of
from xlperf.formula.values import Value
from xlperf.workbook import style
from xlperf.workbook.book import Book
from xlperf.workbook.layout import Layout, RowAddresses, View
from xlperf.workbook.limits import acceptable, is_acceptable, within
from xlperf.workbook.table_rows import is_asked, used
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import BODY, STATE

READY = "可以报送"
LONGEST_LIST = 60  # characters of row numbers that are shown


# a column to fill; with no more than the limits that its table can tell; under which condition it is asked for, None
# where the scheme alone says in which rows it is
_Filled = tuple[View, Column, Column, Expr | None]


@dataclass(frozen=True)
class Checked:
    """What the check of a table found: the rows (as the program numbers them) with their counts.

    views: that were checked. filled: their columns to fill, see `_Filled`.
    """

    missing: tuple[tuple[int, int], ...]
    wrong: tuple[tuple[int, int], ...]
    views: Sequence[View] = field(compare=False)
    filled: Sequence[_Filled] = field(compare=False)

    def text(self) -> str:
        """Return it in words, as the cell does."""
        if not self.missing and not self.wrong:
            return READY
        parts = [_counted("还差{n}项", self.missing), _counted("填错{n}处", self.wrong)]
        return "；".join(p for p in parts if p)


def _counted(template: str, rows: Sequence[tuple[int, int]]) -> str:
    if not rows:
        return ""
    listed = "、".join(str(row) for row, _ in rows)
    cut = listed if len(listed) <= LONGEST_LIST else listed[:LONGEST_LIST] + "…"
    return f"{template.format(n=sum(n for _, n in rows))}：第{cut}行"


def state_cell(view: View) -> str:
    """Return the address of the self-check cell of a table."""
    return f"{quoted(view.title)}${letters(view.first)}${STATE + 1}"


def checked(layout: Layout, views: Sequence[View], offered: Mapping[str, frozenset[Value]]) -> Checked:
    """Check the values as they are written. views: a table, or tables side by side with the same lines."""
    open_ = [(view, view.sheet.by_name[s.name]) for view in views for s in view.shown if s.open]
    filled = [(v, column, within(column, v.at), _condition(v, column)) for v, column in open_]
    missing, wrong = [], []
    for position in range(len(views[0].rows)):
        lacks = bad = 0
        for view, column, limited, _ in filled:
            if view.is_hole(position):
                continue
            value = layout.value(view, column.name, position)
            if value is None or (isinstance(value, str) and not value.strip(" ")):
                lacks += column.required and is_asked(layout, view, column, position)
                continue
            row = {name: layout.value(view, name, position) for name in looks_at(column) if name in view.sheet.by_name}
            asked = is_asked(layout, view, column, position)
            bad += not asked or not is_acceptable(limited, value, row, offered)
        missing += [(BODY + position + 1, lacks)] if lacks else []
        wrong += [(BODY + position + 1, bad)] if bad else []
    return Checked(tuple(missing), tuple(wrong), views, filled)


def write_check(
    book: Book, sheet: Worksheet, layout: Layout, found: Checked, offers: Mapping[str, str],
    others: Sequence[Checked] = (),
) -> str:  # fmt: skip
    """Write the hidden columns and the cell; return the text it shows.

    found: of the table, or of the tables that stand side by side on the worksheet.
    others: of further tables that must be ready too.
    """
    view, first = found.views[0], found.views[-1].end + 1
    look = book.look(style.BASE)
    counts, lists = {"missing": dict(found.missing), "wrong": dict(found.wrong)}, {"missing": "", "wrong": ""}
    for position in range(len(view.rows) + view.spare):
        row = BODY + position
        for i, (name, terms) in enumerate(_terms(layout, found, position, offers).items()):
            count = counts[name].get(row + 1, 0)
            lists[name] += f"{'、' if lists[name] else ''}{row + 1}" if count else ""
            counter, list_ = letters(first + i), letters(first + 2 + i)
            sheet.write_formula(row, first + i, f"={terms}", look, count)
            before = f"{list_}{row}"
            text = f'=IF({counter}{row + 1}>0,IF({before}="","",{before}&"、")&ROW(),{before}&"")'
            sheet.write_formula(row, first + 2 + i, text, look, lists[name])
    sheet.set_column(first, first + 3, 4, None, {"hidden": True})
    sheet.write_formula(STATE, first, f"={_state(view, first)}", look, found.text())
    shown, rest = found.text(), f'"{READY}"'
    for other in (one.views[0] for one in reversed(others)):
        cell = state_cell(other)
        rest = f'IF({cell}="{READY}",{rest},{constant_text(f"{other.title}：")}&{cell})'
    for one in others:
        shown = shown if shown != READY or one.text() == READY else f"{one.views[0].title}：{one.text()}"
    own = f"{letters(first)}{STATE + 1}"
    text = f'=IF({own}="{READY}",{rest},{own})'
    sheet.write_formula(STATE, view.first, text, book.look(style.STATE_LOOK), shown)
    sheet.set_row(STATE, 38)
    return shown


def _terms(layout: Layout, found: Checked, position: int, offers: Mapping[str, str]) -> dict[str, str]:
    """Write for a row how many cells are missing, and how many hold what may not stand there."""
    missing, wrong, first = ["0"], ["0"], found.views[0]
    for view, column, limited, condition in found.filled:
        if view.is_hole(position):
            continue
        asks = condition if condition is not None else is_asked(layout, view, column, position)
        said = column.name, None if condition is not None else asks
        missing.append(layout.of_row(view, position, ("missing", *said), partial(_missing, column, asks)))
        wrong.append(layout.of_row(view, position, ("wrong", *said), partial(_wrong, column, limited, asks, offers)))
    terms = {"missing": "+".join(filter(None, missing)), "wrong": "+".join(filter(None, wrong))}
    if position >= len(first.rows):
        entered = layout.of_row(first, position, "used", lambda row: used(row, first))
        terms["missing"] = f"IF({entered}=0,0,{terms['missing']})"
    return terms


def _condition(view: View, column: Column) -> Expr | None:
    """Return the condition under which rows ask for a column; None where the scheme alone settles it."""
    looked_at = columns_of(column.asked) if column.asked is not None else frozenset()
    settled = all(c.kind in ("key", "fact") for c in view.sheet.columns if c.name in looked_at)
    return None if settled else column.asked


def _missing(column: Column, asks: bool | Expr, at: RowAddresses) -> str:
    """Write how many cells of a column are missing in a row, "" where none can be."""
    if not column.required or asks is False:
        return ""
    empty = _is_empty(column, at)
    return f"({empty})" if asks is True else f"IF({_asked(asks, at)},IF({empty},1,0),0)"


def _wrong(column: Column, limited: Column, asks: bool | Expr, offers: Mapping[str, str], at: RowAddresses) -> str:
    """Write how many hold what may not stand there, "" where anything may."""
    empty = _is_empty(column, at)
    if asks is False:
        return f"IF({empty},0,1)"
    condition = acceptable(limited, at, offers)
    right = f"IF({condition},0,1)" if condition else "0"
    if asks is True:
        return f"IF({empty},0,{right})" if condition else ""
    return f"IF({empty},0,IF({_asked(asks, at)},{right},1))"


def _is_empty(column: Column, at: RowAddresses) -> str:
    return f'TRIM({at.cell(column.name)})=""'


def _asked(asks: Expr, at: RowAddresses) -> str:
    return f"({formula(asks, at)})=TRUE"


def _state(view: View, first: int) -> str:
    """Write the text of the cell: ready, or what is missing and what is wrong."""
    top, end = BODY + 1, BODY + view.size
    counts = [f"SUM({letters(first + i)}{top}:{letters(first + i)}{end})" for i in (0, 1)]
    rows = [f"{letters(first + 2 + i)}{end}" for i in (0, 1)]
    cut = [f'IF(LEN({r})>{LONGEST_LIST},LEFT({r},{LONGEST_LIST})&"…",{r})' for r in rows]
    missing = f'IF({counts[0]}>0,"还差"&{counts[0]}&"项：第"&{cut[0]}&"行","")'
    wrong = f'IF({counts[1]}>0,"填错"&{counts[1]}&"处：第"&{cut[1]}&"行","")'
    both = f'IF(AND({counts[0]}>0,{counts[1]}>0),"；","")'
    return f'IF({counts[0]}+{counts[1]}=0,"{READY}",{missing}&{both}&{wrong})'
