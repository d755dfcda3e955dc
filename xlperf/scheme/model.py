"""The records of a scheme, as written: text with its place, before any word is bound to a column.

`Scalar`, `Mapping` and `Listing` are plain str, dict and list that remember where they stood, so that
a problem found much later can still name file, line and column.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from xlperf.formula.values import Value
from xlperf.problems import NOWHERE, Where
from xlperf.scheme.forms import AnnexForm
from xlperf.scheme.made import MadeRows


class Scalar(str):
    """Text of a scheme and where it stood. Every YAML scalar is read as text."""

    at: Where

    def __new__(cls, text: str, at: Where | None = None) -> Scalar:
        """Keep the place beside the text."""
        made = super().__new__(cls, text)
        made.at = at or NOWHERE
        return made


class Mapping(dict[Scalar, Any]):
    """A mapping of a scheme; keys are Scalars with their own places."""

    def __init__(self, items: Any = (), at: Where | None = None) -> None:
        super().__init__(items)
        self.at = at or NOWHERE


class Listing(list[Any]):
    """A list of a scheme."""

    def __init__(self, items: Any = (), at: Where | None = None) -> None:
        super().__init__(items)
        self.at = at or NOWHERE


Node = Scalar | Mapping | Listing
Time = tuple[int, str]  # how many years back (0 is this year), and the period


def place_of(node: object) -> Where:
    """Return where a node stood."""
    return getattr(node, "at", NOWHERE)


@dataclass(frozen=True)
class Reading:
    """口径: a question the regulation leaves open, the options, and the one adopted.

    settled: it is no question: the round itself says which, as it does of the period.
    """

    id: str
    question: str
    basis: str
    options: dict[str, str]
    adopted: str
    by: str = ""
    rule: str = ""
    at: Where = field(default_factory=Where)
    settled: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure of the regulation that several columns use; `assumed` says why, where the text gives none.

    of_round: whether it is the year of the round, whatever year the scheme was written for.
    """

    name: str
    value: Fraction
    title: str
    basis: str
    assumed: str = ""
    of_round: bool = False
    at: Where = field(default_factory=Where)


@dataclass(frozen=True)
class ColumnSpec:
    """A column as written: its attributes, and one rule with its arguments where it is computed.

    attributes: `is`, `holds`, `title`, `basis`, `by`, `low`, `high` … as nodes. rule: the rule's word,
    "" for keys, facts and inputs.
    """

    name: str
    attributes: Mapping
    rule: str = ""
    arguments: Mapping = field(default_factory=Mapping)
    before: str = ""
    at: Where = field(default_factory=Where)


@dataclass(frozen=True)
class SheetSpec:
    """A sheet as written; `like` has already been followed, so `columns` is complete and in order.

    claims: what a row that a unit adds itself starts with (column → text); None where units add none. made: how its
    rows are made from other tables; None where they are given. of: the table of objects that `unit` names, "" for the
    outermost. private: columns that only the office reads. periods: those in which its inputs are filled, none for
    every one. continues: what entries of earlier rounds of the year must say to be rows here; None where none are.
    book: `each` where every object has a book of its own for the rows.
    """

    name: str
    title: str
    rows: str
    columns: tuple[ColumnSpec, ...]
    where: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    scorer: str = ""
    grows: int = 0
    basis: str = ""
    claims: dict[str, str] | None = None
    made: MadeRows | None = None
    of: str = ""
    private: tuple[str, ...] = ()
    at: Where = field(default_factory=Where)
    periods: tuple[str, ...] = ()
    continues: dict[str, str] | None = None
    book: str = ""


@dataclass(frozen=True)
class RankingSpec:
    """A ranked list: the sheet and the columns that say group, score, place and seat."""

    sheet: str
    group: str
    score: str
    place: str
    seat: str
    title: str
    at: Where = field(default_factory=Where)

    @property
    def roles(self) -> dict[str, str]:
        """Return what the columns it names are to a reader: column → role; the score before its place and group."""
        return {self.group: "group", self.seat: "seat", self.place: "place", self.score: "composite"}


@dataclass(frozen=True)
class Stated:
    """A number the regulation itself states, to be held against the tables.

    sum: `table.column` to add, or "" to count the rows of `count`. by: group the rows by this column
    and compare with `equals`, `table.column` of the row whose key it is.
    """

    says: str
    basis: str
    count: str
    sum: str
    where: dict[str, str]
    by: str
    equals: str
    at: Where = field(default_factory=Where)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What is printed of a sheet: groups, columns, sums and who signs; a page of the 总表 or a book of its own.

    needs: rows in which one of these is empty are left out, and the sums say so. blank: headings of columns left empty
    for writing. apart: whether every group begins a page.
    each: whether every group has a book of its own as well. reader: whom it is for, "" for everybody.
    """

    title: str
    basis: str
    columns: tuple[str, ...]
    by: str = ""
    order: str = ""
    blank: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()
    apart: bool = False
    book: bool = False
    each: bool = False
    reader: str = ""


@dataclass(frozen=True, kw_only=True)
class PrintSpec(Printed):
    """The same as it is written. rows: the sheet. where: conditions on its rows, as text."""

    id: str
    rows: str
    where: dict[str, str] = field(default_factory=dict)
    at: Where = field(default_factory=Where)


@dataclass(frozen=True)
class PublishSpec:
    """How results are published, where the scheme says it; None: as is usual.

    columns: of the public notice beside place and unit, by name; scores: whether it shows the scores. notice_days:
    working days that it stands. near: how close to a limit is close, in points.
    """

    columns: tuple[Scalar, ...] = ()
    scores: bool = True
    notice_days: int | None = None
    near: Fraction | None = None


@dataclass(frozen=True)
class MustSpec:
    """A rule that data must keep, as written; exactly one of unique, given, holds and sum is said.

    unique, stops: `sheet.column`. rows: the sheet of `holds`. when: conditions on the rows that the rule is about.
    """

    says: str
    basis: str
    unique: tuple[Scalar, ...] = ()
    given: Scalar = field(default_factory=lambda: Scalar(""))
    rows: Scalar = field(default_factory=lambda: Scalar(""))
    holds: Listing = field(default_factory=Listing)
    sum: Scalar = field(default_factory=lambda: Scalar(""))
    by: str = ""
    equals: Scalar = field(default_factory=lambda: Scalar(""))
    when: Listing = field(default_factory=Listing)
    stops: tuple[Scalar, ...] = ()
    at: Where = field(default_factory=Where)


@dataclass(frozen=True)
class Example:
    """算例: a worked example: either calls of one rule, or a small round with the cells it must give.

    rows: argument mappings with `gives`. tables: table → rows of text. given: sheet → row key → column → text of a
    cell that is taken as it is, computed or not. gives: the same of cells that must come out. readings: reading →
    option for this example. alternatives: (readings, gives or rows) under other options. guide: its steps are printed
    for those who fill the books in; what is only a test is not.
    """

    id: str
    basis: str
    steps: str
    rule: str = ""
    rows: Listing = field(default_factory=Listing)
    tables: Mapping = field(default_factory=Mapping)
    gives: Mapping = field(default_factory=Mapping)
    readings: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    alternatives: Listing = field(default_factory=Listing)
    at: Where = field(default_factory=Where)
    guide: bool = False
    given: Mapping = field(default_factory=Mapping)


@dataclass(frozen=True)
class ObjectSpec:
    """考核对象 as written: the table of units, of people; see `engine.plan.Subject`."""

    table: str
    title: str
    name: str = ""
    aliases: str = ""
    within: str = ""
    by: str = ""
    book: str = ""
    sees: str = ""
    at: Where = field(default_factory=Where)


@dataclass(frozen=True)
class PeriodSpec:
    """一期: a part of the year that is a round of its own.

    after: the period it follows, "" for the first. fills: the sheets that alone are filled in it, none for all: such a
    round (a month) works no total out, and the rounds after it have what it froze. until: the month it ends. kind: what
    it is one of several of (m of m1 … m12), "" for one that comes once.
    """

    id: str
    title: str
    after: str = ""
    at: Where = field(default_factory=Where)
    fills: tuple[str, ...] = ()
    until: int = 12
    kind: str = ""


@dataclass(frozen=True)
class EarlierSpec:
    """前期结果 as written: what is read from rounds that were frozen before, as a sheet of this name.

    times: of which years (back, 0 is this year) and periods ("" where a year has only one), the nearest year first.
    sheets: whose rows are taken. columns: name here → (name there, when). needed: whether no round begins without it.
    periods: in which it is taken; none for every one. stacked: whether the rows of months stand below one another.
    """

    name: str
    title: str
    times: tuple[Time, ...]
    sheets: tuple[str, ...]
    columns: dict[str, tuple[str, Time]]
    where: dict[str, str] = field(default_factory=dict)
    needed: bool = False
    at: Where = field(default_factory=Where)
    periods: tuple[str, ...] = ()
    stacked: bool = False


@dataclass(frozen=True)
class Scorer:
    """考核主体: who scores, and the clause that says so."""

    name: str
    basis: str


@dataclass(frozen=True)
class Scheme:
    """A scheme file with its tables, read and structurally sound.

    tables: table → rows, typed by the columns that read them. year: what is appraised; a round sets its own, and
    `year-12-31` in the file is a day of it. written_for: the year the file says, and so do its examples.
    paper: what is declared about the paper itself, as nodes. file: where it was
    read from. digest: sha256 of the files it was read from. table_files: table → name of its file. origins: sheet of
    earlier results → when → where they come from, in words; a round says it.
    """

    id: str
    title: str
    issuer: str
    document: str
    year: int
    office: str
    scorers: tuple[Scorer, ...]
    sheets: tuple[SheetSpec, ...]
    rankings: tuple[RankingSpec, ...]
    readings: dict[str, Reading]
    figures: dict[str, Figure]
    stated: tuple[Stated, ...]
    examples: tuple[Example, ...]
    tables: dict[str, list[dict[str, Value]]]
    file: str = ""
    paper: Mapping = field(default_factory=Mapping)
    written_for: int = 0
    objects: tuple[ObjectSpec, ...] = ()
    digest: str = ""
    table_files: dict[str, str] = field(default_factory=dict)
    musts: tuple[MustSpec, ...] = ()
    prints: tuple[PrintSpec, ...] = ()
    forms: tuple[AnnexForm, ...] = ()
    publish: PublishSpec = PublishSpec()
    periods: tuple[PeriodSpec, ...] = ()
    earlier: tuple[EarlierSpec, ...] = ()
    origins: dict[str, dict[Time, str]] = field(default_factory=dict)

    def in_year(self, year: int) -> Scheme:
        """Return the scheme as a round of another year uses it, that year in its title; itself for its own."""
        if year == self.year:
            return self
        figures = {n: replace(f, value=Fraction(year)) if f.of_round else f for n, f in self.figures.items()}
        title = self.title.replace(f"{self.year}年", f"{year}年")
        return replace(self, year=year, title=title, figures=figures)

    @property
    def open_readings(self) -> dict[str, Reading]:
        """Return the readings that somebody decides; not what the round itself settles."""
        return {name: r for name, r in self.readings.items() if not r.settled}

    @property
    def home(self) -> str:
        """Return the table of the units, which get books of their own; "" where nobody is appraised."""
        return next((o.table for o in self.objects if not o.within), "")

    @property
    def made(self) -> dict[str, MadeRows]:
        """Return the tables whose rows are made, and how."""
        return {s.rows: s.made for s in self.sheets if s.made}

    def named_by(self, sheet: SheetSpec) -> tuple[str, str, str]:
        """Return the column that says whose row of a sheet it is, the table of objects it names, and their heading."""
        by_table = {o.table: o for o in self.objects}
        column, table, own = sheet.unit, sheet.of or self.home, by_table.get(sheet.rows)
        if own is not None and own.within:
            column, table = own.by if own.by in {c.name for c in sheet.columns} else "", own.within
        if not column:
            return "", "", ""
        return column, table, by_table[table].title if table in by_table and table != self.home else "单位"
