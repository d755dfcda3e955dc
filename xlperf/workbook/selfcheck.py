"""The self-check cell: “可以报送”, or which rows still lack something or hold something that may not stand there.

Four hidden columns beside the table count and collect row by row, because no function that joins texts
exists everywhere. The cell's cached text is worked out here the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column
from xlperf.entries.entry import looks_at
from xlperf.formula.excel import constant_text, formula
from xlperf.formula.expression import columns_of
from xlperf.formula.values import Value
from xlperf.workbook import style
from xlperf.workbook.book import Book
from xlperf.workbook.layout import Layout, View
from xlperf.workbook.limits import acceptable, is_acceptable, within
from xlperf.workbook.table import is_asked, used
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import BODY, STATE

READY = "可以报送"
LONGEST_LIST = 60  # characters of row numbers that are shown


@dataclass(frozen=True)
class Checked:
    """What the check of a table found: the rows (as the program numbers them) with their counts."""

    missing: tuple[tuple[int, int], ...]
    wrong: tuple[tuple[int, int], ...]

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
    missing, wrong, filled = [], [], _filled(views)
    for position in range(len(views[0].rows)):
        lacks = bad = 0
        for view, column, limited in filled:
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
    return Checked(tuple(missing), tuple(wrong))


def _filled(views: Sequence[View]) -> list[tuple[View, Column, Column]]:
    """List the columns to fill, each also with no more than the limits that its table can tell."""
    filled = [(view, view.sheet.by_name[s.name]) for view in views for s in view.shown if s.open]
    return [(view, column, within(column, view.at)) for view, column in filled]


def write_check(
    book: Book, sheet: Worksheet, layout: Layout, views: Sequence[View], offers: Mapping[str, str],
    offered: Mapping[str, frozenset[Value]], others: Sequence[tuple[View, str]] = (),
) -> str:  # fmt: skip
    """Write the hidden columns and the cell; return the text it shows.

    views: the table, or the tables that stand side by side on the worksheet.
    others: further tables that must be ready too, each with the text of its cell.
    """
    view, first = views[0], views[-1].end + 1
    look = book.look(style.BASE)
    found, filled = checked(layout, views, offered), _filled(views)
    counts, lists = {"missing": dict(found.missing), "wrong": dict(found.wrong)}, {"missing": "", "wrong": ""}
    for position in range(len(view.rows) + view.spare):
        row = BODY + position
        for i, (name, terms) in enumerate(_terms(layout, filled, view, position, offers).items()):
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
    for other, _ in reversed(others):
        cell = state_cell(other)
        rest = f'IF({cell}="{READY}",{rest},{constant_text(f"{other.title}：")}&{cell})'
    for other, present in others:
        shown = shown if shown != READY or present == READY else f"{other.title}：{present}"
    own = f"{letters(first)}{STATE + 1}"
    text = f'=IF({own}="{READY}",{rest},{own})'
    sheet.write_formula(STATE, view.first, text, book.look(style.STATE_LOOK), shown)
    sheet.set_row(STATE, 38)
    return shown


def _terms(
    layout: Layout, filled: Sequence[tuple[View, Column, Column]], first: View, position: int, offers: Mapping[str, str]
) -> dict[str, str]:
    """Write for a row how many cells are missing, and how many hold what may not stand there."""
    missing, wrong = ["0"], ["0"]
    for view, column, limited in filled:
        if view.is_hole(position):
            continue
        at = layout.row(view, position)
        empty = f'TRIM({at.cell(column.name)})=""'
        asks, condition = _asks(layout, view, column, position), acceptable(limited, at, offers)
        if column.required and asks != "FALSE":
            missing.append(f"({empty})" if asks == "TRUE" else f"IF({asks},IF({empty},1,0),0)")
        if asks == "FALSE":
            wrong.append(f"IF({empty},0,1)")
        elif condition or asks != "TRUE":
            right = f"IF({condition},0,1)" if condition else "0"
            wrong.append(f"IF({empty},0,{right if asks == 'TRUE' else f'IF({asks},{right},1)'})")
    terms = {"missing": "+".join(missing), "wrong": "+".join(wrong)}
    if position >= len(first.rows):
        terms["missing"] = f"IF({used(layout.row(first, position), first)}=0,0,{terms['missing']})"
    return terms


def _asks(layout: Layout, view: View, column: Column, position: int) -> str:
    """Write the condition under which a row asks for a cell; TRUE or FALSE where the scheme settles it."""
    looked_at = columns_of(column.asked) if column.asked is not None else frozenset()
    settled = all(c.kind in ("key", "fact") for c in view.sheet.columns if c.name in looked_at)
    if column.asked is None or settled:
        return "TRUE" if is_asked(layout, view, column, position) else "FALSE"
    return f"({formula(column.asked, layout.row(view, position))})=TRUE"


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
