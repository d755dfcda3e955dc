"""The plan: a scheme laid out as sheets, each an ordered list of columns, each an input or one expression.

Everything downstream reads the plan and derives nothing again: evaluating it gives the scores,
writing it gives the workbook, reading one row of it gives the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from xlperf.engine.graph import Graph, graph_of
from xlperf.formula.expression import Expr, columns_of, link_of, walk
from xlperf.formula.values import EXEMPT, Value, value_text
from xlperf.scheme.forms import AnnexForm
from xlperf.scheme.made import MadeRows
from xlperf.scheme.model import Printed
from xlperf.scheme.vocabulary import Holds as Holds
from xlperf.terms import IN_POINTS, IN_PROSE, POINTS

Kind = Literal["key", "fact", "input", "computed"]
Row = Mapping[str, Value]
Tables = Mapping[str, list[dict[str, Value]]]

UNIT, LEAD, OFFICE = "unit", "lead", "office"
SCORER, EACH, OWN = "scorer", "each", "own"
UNIT_BOOK = "自评表"  # what the book of an outermost object is called

Role = str  # one of `terms.ROLES`, "" for nothing special


@dataclass(frozen=True)
class Column:
    """One column: what it is called, where its values come from, and what may stand in it.

    kind: `key` names the row, `fact` comes from the scheme, `input` is filled by `by`, `computed`
    holds `expr`. by: `unit`, `office`, `lead` (the scorer that the row's `scorer` column names) or the
    name of one scorer. low, high: limits, both included, as expressions over facts of the row.
    asked: a condition over facts of the row; where it fails the cell is closed and not required.
    exempt: whether 不适用 may stand here. default: what an empty cell means, None for "not reported".
    shown: decimals on paper; it never changes a value. offers: the table whose keys may stand here. role: what
    the column is to whoever reads on from the plan, "" for nothing special. step: a hidden part of a column's rule.
    origin, taken: of an earlier result where it is from, in words and as (sheet, column).
    private: whether only the office and those who see their own may read it. public: whether it may be read although it
    is computed from private columns.
    """

    name: str
    title: str
    kind: Kind
    holds: Holds = "number"
    expr: Expr | None = None
    basis: str = ""
    by: str = ""
    low: Expr | None = None
    high: Expr | None = None
    decimals: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    asked: Expr | None = None
    exempt: bool = False
    default: Value = None
    note: str = ""
    measure: str = ""
    shown: int | None = None
    width: int | None = None
    offers: str = ""
    role: Role = ""
    step: bool = False
    origin: str = ""
    taken: tuple[tuple[str, str], ...] = ()
    private: bool = False
    public: bool = False

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the texts to choose from: the choices, and 不适用 where the column may be exempt."""
        return (*self.choices, EXEMPT) if self.choices and self.exempt else self.choices

    @property
    def counted_in(self) -> str:
        """Return what its numbers are counted in: 分 where the role says points, "" where nobody says."""
        return self.measure or (POINTS if self.role in IN_POINTS else "")

    @property
    def is_prose(self) -> bool:
        """Return whether it holds sentences: they stand left and take the room that is left."""
        return self.holds == "text" and self.role in IN_PROSE


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows of a table, filtered by facts, and its columns; the key column comes first.

    table: where the rows come from (`units`, `marks`, `events`, `people`, `history`, or a table of the
    scheme). where: what the rows of the table have that belong here, typed as the table holds it. unit: the
    column that says whose row it is, "" where the row belongs to nobody; of: the table of the objects it names, and
    whose: the heading over their names.
    grows: how many empty rows the workbook leaves for new entries; 0 for a fixed roster. claims: what a
    row that a unit adds itself starts with; None where units add none. made: how its rows are made from other tables.
    book: `each` where its rows come in a book of their own for every object they are or belong to.
    """

    name: str
    title: str
    table: str
    columns: tuple[Column, ...]
    where: Mapping[str, Value] = field(default_factory=dict)
    unit: str = ""
    scorer: str = ""
    grows: int = 0
    basis: str = ""
    claims: Mapping[str, str] | None = None
    made: MadeRows | None = None
    of: str = ""
    whose: str = "单位"
    book: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Return the columns by name."""
        return {c.name: c for c in self.columns}

    def takes(self, row: Row) -> bool:
        """Return whether a row of the table belongs to this sheet."""
        return not self.where or all(row.get(name) == wanted for name, wanted in self.where.items())

    @property
    def key(self) -> Column:
        """Return the column that names the row."""
        return self.columns[0]

    def of_role(self, *roles: Role) -> tuple[Column, ...]:
        """List the columns with one of these roles, in order."""
        return tuple(c for c in self.columns if c.role in roles)

    @cached_property
    def label(self) -> Column | None:
        """Return the column that says in words what a row is about; None where only its key does."""
        return self.the("label") or self.the("name")

    def the(self, role: Role) -> Column | None:
        """Return the first column with a role; None where there is none."""
        return next(iter(self.of_role(role)), None)

    @cached_property
    def measured_by(self) -> str:
        """Return the column that says what the numbers of a row are counted in; "" where none does."""
        measure = self.the("measure")
        return measure.name if measure is not None else ""

    @cached_property
    def origin(self) -> str:
        """Return the column that says which earlier round a row was entered in; "" where no row is of another round."""
        origin = self.the("origin")
        return origin.name if origin is not None else ""

    def is_continued(self, row: Row) -> bool:
        """Return whether a row was entered in an earlier round: nobody changes it here."""
        return bool(self.origin) and row.get(self.origin) is not None

    @property
    def naming(self) -> Column:
        """Return the column that tells a person which row it is: the label, else the key."""
        return self.label or self.key

    def is_given(self, name: str) -> bool:
        """Return whether a column follows from the facts of its row alone, so that no input can change it."""
        column = self.by_name[name]
        if column.expr is None:
            return column.kind != "input"
        return link_of(column.expr) is None and all(self.is_given(other) for other in columns_of(column.expr))

    def inputs(self, by: str | None = None) -> tuple[Column, ...]:
        """List the columns that somebody fills, or that one party fills."""
        return tuple(c for c in self.columns if c.kind == "input" and by in (None, c.by))


@dataclass(frozen=True)
class Subject:
    """What is appraised 考核对象: a table whose rows are units, people, projects.

    name: the column with the name, "" where the key is all there is. within: the subjects' table that each of
    these belongs to, and `by` the column that says to which; "" for the outermost, which get books of their own.
    book: "" where their rows come in the book of what they are within, `each` where every one has a book, else the
    title of a further book for those within the same. sees: `own` where whoever has the book reads private columns.
    """

    table: str
    title: str
    name: str = ""
    aliases: str = ""
    within: str = ""
    by: str = ""
    book: str = ""
    sees: str = ""


@dataclass(frozen=True)
class Ranking:
    """A ranked list: which sheet, which columns say group, score, place and seat (ties by list order)."""

    sheet: str
    group: str
    score: str
    place: str
    seat: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Print(Printed):
    """What is printed of a sheet. where: conditions on its rows, typed as the sheet holds them."""

    sheet: str
    where: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Must:
    """A rule that data must keep: the column of a sheet that says 是 or 否 of each row, and what a 否 leaves empty."""

    says: str
    basis: str
    sheet: str
    column: str
    stops: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Plan:
    """Every sheet of a scheme under one set of readings.

    office: who runs the appraisal, and scores what nobody else is named for. caution: what every book, list and screen
    made from it must say first; "" where there is nothing to warn of. kept: what the rooms above find out of it once.
    """

    scheme: str
    title: str
    year: int
    sheets: tuple[Sheet, ...]
    rankings: tuple[Ranking, ...] = ()
    issuer: str = ""
    office: str = ""
    document: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[Subject, ...] = ()
    caution: str = ""
    musts: tuple[Must, ...] = ()
    prints: tuple[Print, ...] = ()
    forms: tuple[AnnexForm, ...] = ()
    kept: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def graph(self) -> Graph:
        """Return what reads what."""
        return graph_of(self.sheets)

    @cached_property
    def subject_of(self) -> dict[str, Subject]:
        """Return the subjects by their table."""
        return {s.table: s for s in self.subjects}

    @cached_property
    def units(self) -> Subject | None:
        """Return the subjects that get books of their own; None where nobody is appraised."""
        return next((s for s in self.subjects if not s.within), None)

    @cached_property
    def levels(self) -> dict[str, int]:
        """Return table of objects → how many kinds they are within: 0 for the outermost."""
        found: dict[str, int] = {}
        for subject in self.subjects:
            above, depth = subject, 0
            while above.within in self.subject_of and depth < len(self.subjects):
                above, depth = self.subject_of[above.within], depth + 1
            found[subject.table] = depth
        return found

    def is_home(self, sheet: Sheet) -> bool:
        """Return whether the rows of a sheet are the units themselves."""
        return self.units is not None and sheet.table == self.units.table

    def unit_column(self, sheet: Sheet) -> str:
        """Return the column that says whose row it is: the key where the rows are the units, "" where nobody's."""
        return sheet.key.name if self.is_home(sheet) else sheet.unit

    def subject(self, sheet: Sheet) -> Subject | None:
        """Return what the rows of a sheet are, or whose they are; None where they belong to nobody."""
        return self.subject_of.get(sheet.table) or (self.subject_of.get(sheet.of) if sheet.unit else None)

    def book_kind(self, sheet: Sheet) -> str:
        """Return in which kind of book the rows of a sheet come: `unit`, or the table of objects with books."""
        subject = self.subject(sheet)
        if sheet.book and subject is not None:
            return subject.table
        while subject is not None and subject.within:
            if subject.book:
                return subject.table
            subject = self.subject_of.get(subject.within)
        return UNIT

    def book_title(self, kind: str) -> str:
        """Return what a kind of book for the appraised is called."""
        subject = self.subject_of.get(kind)
        if subject is None or not subject.within:
            return UNIT_BOOK
        return f"{subject.title}表" if self.is_for_each(subject) else subject.book

    def is_for_each(self, subject: Subject) -> bool:
        """Return whether each of some objects has a book of its own: for all of their rows, or those of one sheet."""
        return EACH in (subject.book, *(s.book for s in self.sheets if self.subject(s) is subject))

    @cached_property
    def private(self) -> frozenset[tuple[str, str]]:
        """Return the (sheet, column) pairs that are private, and those computed from them that nobody calls public."""
        columns = {(s.name, c.name): c for s in self.sheets for c in s.columns}
        found = {at for at, c in columns.items() if c.private}
        waiting = list(found)
        while waiting:
            for at in self.graph.readers.get(waiting.pop(), ()):
                if at not in found and not columns[at].public:
                    found.add(at)
                    waiting.append(at)
        return frozenset(found)

    def kept_open(self, sheet: Sheet) -> bool:
        """Return whether whoever has the book that the rows of a sheet come in reads their private columns."""
        subject = self.subject(sheet)
        return subject is not None and subject.sees == OWN

    def kept_from(self, sheet: Sheet, *, holder: bool) -> frozenset[str]:
        """List the columns of a sheet that a book for somebody outside the office must not hold.

        holder: whether it is the book that the rows come in, not a scorer's.
        """
        if holder and self.kept_open(sheet):
            return frozenset()
        return frozenset(name for at, name in self.private if at == sheet.name)

    def name_of(self, sheet: Sheet, row: Row) -> str:
        """Return the name of the subject that a row of its own sheet is; its key where it has no name."""
        subject = self.subject_of.get(sheet.table)
        named = row.get(subject.name) if subject is not None and subject.name else None
        return value_text(named if named is not None else row[sheet.key.name])

    @cached_property
    def by_name(self) -> dict[str, Sheet]:
        """Return the sheets by name."""
        return {s.name: s for s in self.sheets}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Return headings: `sheet` → title and `sheet.column` → heading."""
        found = {s.name: s.title for s in self.sheets}
        found.update({f"{s.name}.{c.name}": c.title for s in self.sheets for c in s.columns})
        return found

    @cached_property
    def exempt(self) -> frozenset[tuple[str, str]]:
        """Return the (sheet, column) pairs that may hold 不适用: inputs that allow it and what follows."""
        found = {(s.name, c.name) for s in self.sheets for c in s.columns if c.exempt}
        grown = True
        while grown:
            grown = False
            for sheet, column in self.computed():
                if (sheet.name, column.name) not in found and self._takes_exempt(sheet, column, found):
                    found.add((sheet.name, column.name))
                    grown = True
        return frozenset(found)

    @cached_property
    def made(self) -> dict[str, MadeRows]:
        """Return the tables whose rows are made, and how."""
        return {s.table: s.made for s in self.sheets if s.made}

    def key_of(self, table: str) -> str:
        """Return the column that names the rows of a table; `code` where no sheet reads it."""
        return next((s.key.name for s in self.sheets if s.table == table), "code")

    def computed(self) -> Iterator[tuple[Sheet, Column]]:
        """List every computed column."""
        return ((s, c) for s in self.sheets for c in s.columns if c.expr is not None)

    def unit_sheets(self) -> tuple[Sheet, ...]:
        """List the sheets that hold one row a unit."""
        return tuple(s for s in self.sheets if self.is_home(s))

    def _takes_exempt(self, sheet: Sheet, column: Column, found: set[tuple[str, str]]) -> bool:
        if column.expr is None or column.holds != "number":
            return False
        link = link_of(column.expr)
        if link is not None:
            return link.kind in ("via", "pick") and (link.sheet or sheet.name, link.column) in found
        if any(e.op == "const" and e.args[0] == EXEMPT for e in walk(column.expr)):
            return True
        return any((sheet.name, name) in found for name in columns_of(column.expr))
