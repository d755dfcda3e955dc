"""附表: a table of a regulation laid out as it was printed: blocks side by side, cells made one, sum and remark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlperf.formula.values import Value
from xlperf.problems import Where


@dataclass(frozen=True)
class Filled:
    """The column of a form in which a unit reads what it entered, "" as title where there is none.

    of: (sheet, column) pairs that are looked at one after another. by: the column of these sheets that says of which
    row of the form a row is; matched: the columns of the form's rows that it is held against.
    """

    title: str = ""
    of: tuple[tuple[str, str], ...] = ()
    by: str = ""
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AnnexForm:
    """A form of the regulation over the rows of a sheet.

    heading: what stands above it. where: conditions on its rows. book: whether the books of units hold it; units:
    conditions on these. titles: headings that are other than those of the sheet. merged: column → the column whose
    equal neighbours make it one cell. side: the column by whose value rows stand in a block of their own, beside the
    one before. lines: the column that says how many lines of the form a row takes. instead: column → what is printed
    where it is empty. sums: columns with a sum.
    """

    id: str
    title: str
    basis: str
    rows: str
    columns: tuple[str, ...]
    heading: str = ""
    where: Mapping[str, Value] = field(default_factory=dict)
    book: bool = False
    units: Mapping[str, Value] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    side: str = ""
    lines: str = ""
    instead: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[str, ...] = ()
    remark: str = ""
    filled: Filled = field(default_factory=Filled)
    at: Where = field(default_factory=Where, compare=False)

    def named(self) -> Iterator[str]:
        """List the columns of its sheet that it names, as they are written."""
        yield from (*self.columns, *self.sums, *self.where, *self.titles, *self.filled.matched)
        for given in (self.merged, self.instead):
            yield from (*given, *given.values())
        yield from filter(None, (self.side, self.lines))
