"""Where everything stands: the worksheets of a book, and the address of every row and column in them.

Nothing else in the package makes an address. A table on a worksheet has the same skeleton in every
book: title, line under it, line of state, machine names (hidden), clauses, headings, rows; and the
hidden column A with the key of each row, so that a returned book can be read after rows moved.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import cast

from xlperf.engine.plan import Plan, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.calls import ANY_ROW
from xlperf.formula.excel import Addresses, formula
from xlperf.formula.expression import Expr, link_of, root
from xlperf.formula.links import Match
from xlperf.formula.operations import OPERATIONS
from xlperf.formula.ratios import Seen, plain
from xlperf.formula.values import Value, numbers_in, value_text
from xlperf.workbook.text import key_text, measure, quoted
from xlperf.workbook.whole import always_whole, is_whole, units_of
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import BODY, HEAD, NAMES

UNIT_NAME = "@unit"  # not a column of the plan: the name of the unit whose code stands beside it
NARROW, TIGHT = 16, 24  # columns on paper: more than these have narrow headings, fewer decimals
LEADING = 6  # columns among which those that say whose row it is are repeated on every page
HOLE = -1  # the row of a table beside others that has nothing of it
_ABOVE = "\x1f"  # where the number of the row above will stand, see ANY_ROW


@dataclass(frozen=True)
class Shown:
    """One column as it stands on a worksheet.

    name: of a column of the plan, or `UNIT_NAME`. open: whether somebody fills it in this book. later: whether
    it may go to a further page where one page does not hold them all. aside: whether it is for the screen alone, behind
    what is printed. settled: whether it is written as the value that the scheme gives it and not as a formula, which
    would look at rows that the book does not have.
    """

    name: str
    open: bool = False
    hidden: bool = False
    later: bool = False
    aside: bool = False
    settled: bool = False


@dataclass(frozen=True)
class View:
    """A table on a worksheet: which rows and columns of a sheet of the plan it shows.

    title: of the worksheet. rows: positions in the sheet of the plan. spare: rows for new entries. entered:
    where an entry was typed into one of these, its number (from 0) → position in the sheet of the plan.
    left: the column of its keys, where tables stand side by side; `HOLE` is then a row it lacks. over: what
    stands over its columns. top: the column where the lines above begin, 0 for the first.
    """

    sheet: Sheet
    title: str
    shown: tuple[Shown, ...]
    rows: tuple[int, ...]
    spare: int = 0
    entered: Mapping[int, int] = field(default_factory=dict)
    left: int = 0
    over: str = ""
    top: int = 0

    @cached_property
    def at(self) -> dict[str, int]:
        """Return the column (counted from 0) of every name."""
        return {s.name: i for i, s in enumerate(self.shown, self.left + 1)}

    @property
    def first(self) -> int:
        """Return the column that the self-check cell stands in; beside others the first one that shows."""
        if self.left:
            return min(self.at[s.name] for s in self.shown if not s.hidden)
        return self.top or 1

    @property
    def end(self) -> int:
        """Return the last column of the table, counted from 0."""
        return self.left + len(self.shown)

    @property
    def printed(self) -> int:
        """Return the last column that is printed, counted from 0; those behind it are for the screen."""
        return self.end - sum(s.aside for s in self.shown)

    @property
    def size(self) -> int:
        """Return how many rows the table has, spare ones included; never 0, so that every range is one."""
        return max(len(self.rows) + self.spare, 1)

    @property
    def last(self) -> int:
        """Return the last row of the table, counted from 0."""
        return BODY + self.size - 1

    @cached_property
    def narrow(self) -> bool:
        """Return whether headings are to take more lines rather than more room."""
        return sum(not (s.hidden or s.aside) for s in self.shown) > NARROW

    @cached_property
    def tight(self) -> bool:
        """Return whether so many columns stand side by side that each must be narrow."""
        return sum(not (s.hidden or s.aside) for s in self.shown) > TIGHT

    def cell(self, name: str, position: int) -> str:
        """Return the address of a column in a row of the table (position counted from 0)."""
        return f"{letters(self.at[name])}{BODY + position + 1}"

    def range(self, name: str, first: int = 0, last: int | None = None, *, here: bool = False) -> str:
        """Return the absolute range of a column, or of some of its rows; here: without the worksheet."""
        end = self.size - 1 if last is None else last
        letter = letters(self.at[name])
        text = f"${letter}${BODY + first + 1}:${letter}${BODY + end + 1}"
        return text if here else quoted(self.title) + text

    def whole(self) -> str:
        """Return the range of the table: from the corner above the keys to its last cell."""
        first, end = letters(self.left), letters(self.end)
        return f"{quoted(self.title)}${first}${NAMES + 1}:${end}${self.last + 1}"

    def is_hole(self, position: int) -> bool:
        """Return whether a row of the worksheet has nothing of this table."""
        return position < len(self.rows) and self.rows[position] == HOLE


class Layout:
    """The tables of one book, with the values that fix where links lead."""

    def __init__(self, scores: Scores, views: Sequence[View]) -> None:
        self.scores = scores
        self.views = tuple(views)
        self.by_name = {v.sheet.name: v for v in views}
        self._positions: dict[tuple[str, str], dict[Seen, list[int]]] = {}
        self._filled: dict[tuple[str, int, str], bool] = {}
        self._whole, self._long = dict[tuple[str, int, str], bool](), dict[tuple[str, int, str], bool]()
        self._texts: dict[tuple[str, int, Hashable], str | None] = {}  # of any row; None where rows differ in more
        self.asked: dict[tuple[str, int, str], Sequence[bool]] = {}  # rows of a column; see `workbook.table`
        self.widths: dict[object, list[float]] = {}  # of a view, measured once; see `workbook.table`

    def row(self, view: View, position: int) -> RowAddresses:
        """Return the addresses as one row of a table sees them."""
        return RowAddresses(self, view, position)

    def formula(self, view: View, name: str, e: Expr, position: int, *, native: bool) -> str:
        """Return the formula of a column in a row."""
        return self.of_row(view, position, (name, native), lambda row: formula(e, row, native=native))

    def of_row(self, view: View, position: int, what: Hashable, write: Callable[[RowAddresses], str]) -> str:
        """Return what is written of a row; written once where rows differ in their numbers alone. what: is written."""
        at = (view.title, view.left, what)
        if at not in self._texts:
            row = _AnyRow(self, view, position)
            text = write(row)
            self._texts[at] = None if row.looked else text
        known, above = self._texts[at], BODY + position
        if known is None:
            return write(self.row(view, position))
        return known.replace(ANY_ROW, str(above + 1)).replace(_ABOVE, str(above))

    def value(self, view: View, name: str, position: int) -> Value:
        """Return the value that stands in a row of a table; None in a spare row that is empty."""
        spare = position - len(view.rows)
        row = view.rows[position] if spare < 0 else view.entered.get(spare)
        return None if row in (None, HOLE) else self.scores.values[view.sheet.name][name][row]

    def values(self, view: View, name: str) -> list[Value]:
        """Return what stands in a column of a table, row by row, without the spare rows."""
        column = self.scores.values[view.sheet.name][name]
        if not view.left:  # nothing stands beside it: no row is lacking
            return [column[row] for row in view.rows]
        return [None if row == HOLE else column[row] for row in view.rows]

    def names(self, sheet: Sheet) -> dict[str, str]:
        """Return key → name of those whose rows a sheet holds: of units, of people."""
        return self.scores.objects.names(sheet.of)

    def longest_name(self, sheet: Sheet) -> int:
        """Return how wide the longest of these names is, in half-width characters; measured once for all books."""
        known, at = self.scores.kept, ("longest name", sheet.of)
        if at not in known:
            known[at] = max((measure(name) for name in self.names(sheet).values()), default=0)
        return cast("int", known[at])

    def unit_name(self, view: View, position: int) -> str:
        """Return the name of whose row it is, "" where nobody's."""
        if not view.sheet.unit:
            return ""
        return self.names(view.sheet).get(value_text(self.value(view, view.sheet.unit, position)), "")

    def fixed(self, sheet: str, name: str) -> bool:
        """Return whether a column is the same for ever: from the scheme, on a sheet that does not grow."""
        view = self.by_name.get(sheet)
        return view is not None and not view.spare and view.sheet.by_name[name].kind in ("key", "fact")

    def positions(self, sheet: str, name: str) -> dict[Seen, list[int]]:
        """Return for each value of a column where it stands, as comparisons see it."""
        at = (sheet, name)
        if at not in self._positions:
            found: dict[Seen, list[int]] = {}
            view = self.by_name[sheet]
            for position in range(len(view.rows)):
                found.setdefault(plain(self.value(view, name, position)), []).append(position)
            self._positions[at] = found
        return self._positions[at]

    def filled(self, view: View, name: str) -> bool:
        """Return whether a column can never be empty."""
        at = (view.title, view.left, name)
        if at not in self._filled:
            fixed = not view.spare and view.sheet.by_name[name].kind in ("key", "fact")
            self._filled[at] = fixed and all(self.value(view, name, i) is not None for i in range(len(view.rows)))
        return self._filled[at]

    def whole_numbers(self, view: View, name: str) -> bool:
        """Return whether a column can only hold whole numbers, or holds numbers now and all are whole.

        Shares shown in percent are whole where the percents are.
        """
        at = (view.title, view.left, name)
        if at not in self._whole:
            numbers, per = numbers_in(self.values(view, name)), units_of(view.sheet.by_name[name])
            now = any(numbers) and all(is_whole(v, per) for v in numbers)
            self._whole[at] = always_whole(self.scores, view.sheet.name, name, per) or now
        return self._whole[at]

    def long_numbers(self, view: View, name: str) -> bool:
        """Return whether some number of a column has more than two decimals now."""
        at = (view.title, view.left, name)
        if at not in self._long:
            self._long[at] = any(100 % v.denominator for v in numbers_in(self.values(view, name)))
        return self._long[at]


class RowAddresses:
    """`formula.excel.Addresses` for one row of a table."""

    def __init__(self, layout: Layout, view: View, position: int) -> None:
        self._layout, self._view, self._position = layout, view, position

    def _target(self, sheet: str) -> View:
        return self._view if sheet in ("", self._view.sheet.name) else self._layout.by_name[sheet]

    def cell(self, name: str) -> str:
        """Return the address of a column in this row."""
        return self._view.cell(name, self._position)

    def is_text(self, name: str) -> bool:
        """Return whether a column of this sheet holds text."""
        return self._view.sheet.by_name[name].holds == "text"

    def is_clean(self, name: str) -> bool:
        """Return whether a column holds typed values or text, so free of binary noise."""
        return noise_free(self._layout.scores.plan, self._view.sheet.name, name)

    def is_filled(self, name: str) -> bool:
        """Return whether a column of this sheet can never be empty."""
        return self._layout.filled(self._view, name)

    def may_be_exempt(self, name: str) -> bool:
        """Return whether a column of this sheet may hold 不适用."""
        return (self._view.sheet.name, name) in self._layout.scores.plan.exempt

    def whole(self, sheet: str, name: str) -> str:
        """Return the bounded, absolute range of a column."""
        view = self._target(sheet)
        return view.range(name, here=view is self._view)

    def keys(self, sheet: str) -> str:
        """Return the range of a sheet's key column."""
        return self.whole(sheet, self._target(sheet).sheet.key.name)

    def linked(self, key: str, sheet: str, name: str) -> str | None:
        """Return the one cell that `key` of this row leads to, where the roster is fixed."""
        target = self._target(sheet)
        if not self._layout.fixed(self._view.sheet.name, key) or not self._layout.fixed(sheet, target.sheet.key.name):
            return None
        mine = plain(self._value(key))
        found = self._layout.positions(sheet, target.sheet.key.name).get(mine) if mine is not None else None
        if not found:
            return None
        prefix = "" if target is self._view else quoted(target.title)
        return prefix + target.cell(name, found[0])

    def computed(self, sheet: str, name: str) -> bool:
        """Return whether a column holds formulas (an empty one is then "" and not an empty cell)."""
        return self._target(sheet).sheet.by_name[name].expr is not None

    def block(self, sheet: str, name: str, match: Match) -> tuple[str, Match, Addresses] | None:
        """Return the rows of a fixed roster that belong to this row, and what is left to match.

        None where nothing is fixed, or where the rows that belong here do not stand together.
        """
        rows: set[int] | None = None
        rest = []
        for column, value in match:
            mine = self._known(value)
            if mine is None or not self._layout.fixed(sheet, column):
                rest.append((column, value))
                continue
            found = set(self._layout.positions(sheet, column).get(mine, ()))
            rows = found if rows is None else rows & found
        if not rows or max(rows) - min(rows) + 1 != len(rows):
            return None
        target = self._target(sheet)
        some = _Block(self._layout, target, min(rows), max(rows), here=target is self._view)
        return some.whole(sheet, name), tuple(rest), some

    def _known(self, value: Expr) -> Seen:
        match value.op, value.args:
            case "const", (given,):
                return plain(given)
            case "col", (name,) if self._layout.fixed(self._view.sheet.name, name):
                return plain(self._value(name))
        return None

    def _value(self, name: str) -> Value:
        """Return what stands in this row, which may lead each row elsewhere."""
        return self._layout.value(self._view, name, self._position)

    def above(self, name: str) -> str:
        """Return the range from the header down to the row above, for ties by list order."""
        letter = letters(self._view.at[name])
        return f"{letter}${HEAD + 1}:{letter}{BODY + self._position}"


class _AnyRow(RowAddresses):
    """The same addresses with marks for the number of the row. looked: whether it was asked what stands in the row."""

    looked = False

    def cell(self, name: str) -> str:
        """Return the address of a column in a row that will be known."""
        return letters(self._view.at[name]) + ANY_ROW

    def above(self, name: str) -> str:
        """Return the range from the header down to the row above that one."""
        letter = letters(self._view.at[name])
        return f"{letter}${HEAD + 1}:{letter}{_ABOVE}"

    def _value(self, name: str) -> Value:
        self.looked = True
        return super()._value(name)


class _Block(RowAddresses):
    """The same addresses, with ranges cut down to the rows that stand together."""

    def __init__(self, layout: Layout, view: View, first: int, last: int, *, here: bool) -> None:
        super().__init__(layout, view, first)
        self._first, self._last, self._here = first, last, here

    def whole(self, sheet: str, name: str) -> str:
        """Return the part of a column that belongs to the row."""
        return self._view.range(name, self._first, self._last, here=self._here)


def noise_free(plan: Plan, sheet: str, name: str) -> bool:
    """Return whether the numbers of a column are decimals as typed, not results of arithmetic, now or before."""
    column = plan.by_name[sheet].by_name[name]
    if column.expr is None or column.holds != "number":
        return column.holds != "number" or all(_was_typed(plan.by_name[s].by_name[c].expr) for s, c in column.taken)
    link = link_of(column.expr)
    if link is None:
        return _is_clean(plan, sheet, root(column.expr))
    return link.counts or (link.kind in ("via", "pick") and noise_free(plan, link.sheet, link.column))


def _was_typed(e: Expr | None) -> bool:
    """Return whether an earlier round held decimals in a column: typed, or counted."""
    link = link_of(e)
    return e is None or (link is not None and link.counts)


def _is_clean(plan: Plan, sheet: str, e: Expr) -> bool:
    match e.op, e.args:
        case "col", (name,):
            return noise_free(plan, sheet, name)
        case "const", (value,):
            return not isinstance(value, Fraction) or 10**9 % value.denominator == 0
        case (("first" | "least" | "greatest" | "neg"), parts):
            return all(_is_clean(plan, sheet, root(x)) for x in parts)
    return e.op in OPERATIONS and not OPERATIONS[e.op].keeps_noise


def new_number(keys: Iterable[Value], spare: int) -> int:
    """Return the number of a new entry. keys: of the rows that are there. spare: the entry's row, counted from 0."""
    texts = [key_text(key) for key in keys]
    return max([len(texts), *(int(t) for t in texts if t.isascii() and t.isdigit())]) + spare + 1
