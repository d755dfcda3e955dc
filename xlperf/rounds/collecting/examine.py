"""Examine one returned workbook: is it ours and whose, was anything locked changed, what do its cells say.

Only the cells that the party was asked to fill are taken; everything else comes from the round's own
record. All problems come at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from xlperf.engine.plan import OFFICE, UNIT, Column, Row, Sheet
from xlperf.engine.roster import MASTER, Party, Roster
from xlperf.entries.cell import agrees, wanted_words
from xlperf.entries.columnwise import Filled
from xlperf.entries.entry import Entry, judge_entries
from xlperf.entries.text import claim_words, value_of
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.collecting.findings import Findings, WhenAsked
from xlperf.rounds.collecting.layout_changes import EMPTY, NAMED, changed_problems, row_name
from xlperf.rounds.collecting.together import Together, plain_tables_of
from xlperf.rounds.ledger import CellText, State
from xlperf.rounds.merge import words_digest
from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.read import ReadBook, ReadCell
from xlperf.workbook.back.returned import PlainTable, parts_of
from xlperf.workbook.layout import new_number
from xlperf.xlsx.skeleton import SPARE

Cells = Mapping[str, ReadCell]


@dataclass
class Examiner:
    """Examines the book of one party.

    file: the name shown in problems. written: the rows a 总表 was written from, where that is known: what stands as
    written there is no change. given: the rows (sheet, key) of the scheme itself, which nobody withdraws. old: whether
    the book is of an earlier state of the scheme, whose facts may differ.
    """

    roster: Roster
    state: State
    party: Party
    file: str
    written: Roster | None = None
    given: Collection[tuple[str, str]] = ()
    old: bool = False
    found: Findings = field(default_factory=Findings)
    waiting: dict[Party, int] = field(default_factory=dict)
    since: list[str] = field(default_factory=list)  # what a 打分表 shows as reported and is reported otherwise now
    entries: list[Entry] = field(default_factory=list)
    rows: dict[int, dict[str, Value]] = field(default_factory=dict)  # id of a row of the record → as this book has it
    new: dict[str, list[dict[str, Value]]] = field(default_factory=dict)  # table → rows that this book adds
    columns: list[Filled] = field(default_factory=list)
    apart: dict[tuple[int, str], Entry] = field(default_factory=dict)  # cells of these that were looked at one by one
    steps: list[Callable[[], None]] = field(default_factory=list)  # what follows once everything is judged

    def examine(self, book: ReadBook) -> Findings:
        """Judge every cell of the book."""
        self.found.problems += changed_problems(book, self.roster, self.party, self.file, self._changed)
        self._walk(book)
        tables = WhenAsked([*self.roster.tables, *self.new], self._table)
        own = partial(self.roster.objects.is_own, self.party)
        apart = judge_entries(self.roster.plan, tables, self.entries, own, self.columns)
        self.apart = {(id(entry.row), entry.column.name): entry for entry in apart}
        for step in self.steps:
            step()
        self._let_go()
        for holder, count in self.waiting.items():
            self._tell("UNIT_NOT_IN", unit=self.roster.title(holder), count=count)
        if self.since:
            some = "；".join(self.since[:NAMED]) + ("……" if len(self.since) > NAMED else "")
            self._tell("REPORTED_SINCE", count=len(self.since), cells=some)
        return self.found

    def _walk(self, book: ReadBook) -> None:
        """Note the cells to be judged, row by row or by whole columns, and what is taken of them afterwards."""
        rows: dict[tuple[str, str], dict[str, ReadCell]] = {}
        parts = parts_of(book.cells)
        whole: dict[tuple[str, str], Together] = {}  # in the place of its rows
        for part, together in zip(parts, plain_tables_of(parts, self.roster, self.party, self.rows), strict=True):
            if together is not None:
                whole[together.sheet.name, ""], rows[together.sheet.name, ""] = together, {}
                continue
            for cell in part.cells() if isinstance(part, PlainTable) else part:
                if cell.plan_sheet in self.roster.plan.by_name:
                    rows.setdefault((cell.plan_sheet, cell.row_key), {})[cell.column] = cell
                if cell.other is not None:
                    self._tell("READERS_DISAGREE", cell, found=_shown(cell.value), other=cell.other or EMPTY)
        keys: dict[str, list[str]] = {}
        for sheet_name, key in rows:
            keys.setdefault(sheet_name, []).append(key)
        for (sheet_name, key), cells in rows.items():
            sheet = self.roster.plan.by_name[sheet_name]
            if (sheet_name, key) in whole:
                self._columns(whole[sheet_name, key])
            elif key.startswith(SPARE):
                self._new_row(sheet, key, cells, keys[sheet_name])
            elif (row := self.roster.rows.get((sheet_name, key))) is not None:
                if self.roster.is_own(self.party, sheet, row):
                    self._row(sheet, key, cells, row)
                else:
                    self._tell("ROW_NOT_YOURS", next(iter(cells.values())), key=key)
            elif self.party != MASTER:
                first = next(iter(cells.values()))
                self._tell("LAYOUT_CHANGED", first, found=word("本轮没有“{found}”这一行", found=key))

    def _let_go(self) -> None:
        """Let go of what leads back here: what a book was judged by goes with it, without a search for circles."""
        self.steps.clear()
        self.entries.clear()
        self.columns.clear()
        self.apart.clear()

    def _table(self, name: str) -> list[dict[str, Value]]:
        """Return a table of the record with the rows as this book has them."""
        gone = {id(self.roster.rows[at]) for at in self.found.withdrawn}
        rows = [self.rows.get(id(r), r) for r in self.roster.tables.get(name, []) if id(r) not in gone]
        return [*rows, *self.new.get(name, [])]

    def _tell(self, code: str, cell: ReadCell | None = None, **values: object) -> None:
        where = Where(self.file) if cell is None else self._at(cell)
        self.found.problems.append(problem(code, where, **values))

    def _at(self, cell: ReadCell) -> Where:
        row = row_name(self.roster, self.party, cell.plan_sheet, cell.row_key)
        return Where(self.file, sheet=cell.sheet, cell=cell.cell, row=row)

    # ---- tables in which nothing is odd --------------------------------------------------------

    def _columns(self, table: Together) -> None:
        self.columns += table.filled(self._at)
        self._then(self._take_all, table)

    def _take_all(self, table: Together) -> None:
        if not any((id(row), column.name) in self.apart for row in table.rows for column, _ in table.columns):
            self.found.cells.join(table.texts())
            return
        for key, name, value, entry in table.each(self.apart):
            if entry is not None:
                self._take(table.sheet, key, entry)
            elif value is not None:
                self.found.cells.append(CellText(table.sheet.name, key, name, value_text(value)))

    # ---- rows ----------------------------------------------------------------------------------

    def _row(self, sheet: Sheet, key: str, cells: Cells, row: Row) -> None:
        claimed = self._claimed(sheet, key, row)
        if not claimed and self._is_own_entry(sheet.name, key) and self._withdrawn(sheet, key, cells, row):
            return
        if sheet.is_continued(row):
            self._continued(sheet, cells, row)
            return
        mine = self.rows.setdefault(id(row), dict(row))
        owners: dict[str, Party] = {}  # who fills a column of this row says its `by` alone
        for column in sheet.columns:
            cell = cells.get(column.name)
            if cell is None:
                continue
            owner = None
            if column.kind == "input":
                owner = owners.get(column.by) or owners.setdefault(column.by, self.roster.owner(sheet, column, row))
            if sheet.grows and self.party == MASTER and column.kind == "input" and not claimed:
                owner = MASTER  # a row the office entered itself
            mine_to_fill = owner == self.party or (owner == MASTER and self.party == ("scorer", self.roster.office))
            if mine_to_fill and (cell.role == "input" or self.party == MASTER):
                self._then(self._take, sheet, key, self._entry(sheet, column, mine, cell))
            elif owner is not None and self.party == MASTER:
                self._others(sheet, key, column, cell, mine, owner)
            elif self.party == MASTER or cell.was is not None or cell.role == "reported":
                self._then(self._locked, sheet, column, cell, row)
        if claimed and self.party == MASTER:
            words = [c for c in sheet.inputs() if c.by != OFFICE]
            self._then(self._seen, sheet, key, {c.name: self._aside(sheet, c, row, cells.get(c.name)) for c in words})

    def _continued(self, sheet: Sheet, cells: Cells, row: Row) -> None:
        """Hold a row of an earlier round against what that round has frozen: it stays as it is."""
        for column in (c for c in sheet.columns if c.name in cells and c.expr is None):
            cell = cells[column.name]
            if not agrees(cell.value, row.get(column.name)) and not self.old:
                was, origin = value_text(row.get(column.name)) or EMPTY, value_text(row[sheet.origin])
                self._tell("CONTINUED_CHANGED", cell, origin=origin, was=was, now=_shown(cell.value))

    def _is_own_entry(self, sheet: str, key: str) -> bool:
        """Return whether the office itself entered this row of a ledger, in a book that was taken in."""
        before = self.state.current.get(MASTER)
        if self.party != MASTER or before is None or (sheet, key) in self.given:
            return False
        return self.roster.plan.by_name[sheet].grows > 0 and any((c.sheet, c.row) == (sheet, key) for c in before.cells)

    def _withdrawn(self, sheet: Sheet, key: str, cells: Cells, row: Row) -> bool:
        """Take an entry back whose row was emptied; False where something still stands there."""
        mine = [cells[c.name] for c in sheet.inputs() if c.name in cells]
        if not mine or any(_typed(cell, sheet.by_name[cell.column]) for cell in mine):
            return False
        was = "；".join(value_text(row.get(c.name)) for c in sheet.inputs() if row.get(c.name) is not None)
        self.found.withdrawn.add((sheet.name, key))
        self._tell("ENTRY_WITHDRAWN", mine[0], key=key, was=was)
        return True

    def _seen(self, sheet: Sheet, key: str, words: Mapping[str, Entry | None]) -> None:
        """Keep what a claim said when the office decided on it."""
        said = {name: None if entry is None else entry.value for name, entry in words.items()}
        self.found.seen[f"{sheet.name}|{key}"] = words_digest(sheet, said)
        self.found.words[f"{sheet.name}|{key}"] = {name: value_text(v) for name, v in said.items()}

    def _claimed(self, sheet: Sheet, key: str, row: Row) -> bool:
        """Return whether a unit entered this row."""
        receipt = self.state.current.get(self.roster.holder(sheet, row))
        return (
            sheet.claims is not None
            and receipt is not None
            and any(c.sheet == sheet.name and c.row == key for c in receipt.cells)
        )

    def _new_row(self, sheet: Sheet, spare: str, cells: Cells, keys: list[str]) -> None:
        """Take a row that somebody added, unless nothing was typed into it."""
        mine = [c for c in sheet.inputs() if c.name in cells and self._may_add(sheet, c, cells[c.name])]
        if not any(_typed(cells[c.name], c) for c in mine):
            return
        key = self.found.entered[sheet.name, spare] = self._key(sheet, spare, keys)
        given: dict[str, Value] = {}
        if self.roster.is_holder(self.party):
            given = {**(sheet.claims or {}), **self.roster.whose_new(sheet, self.party)}
            given_cells = [CellText(sheet.name, key, n, value_text(v)) for n, v in given.items() if n in sheet.by_name]
            self.found.cells.extend(given_cells)
        row = {sheet.key.name: value_of(key, sheet.key), **sheet.where, **given}
        self.new.setdefault(sheet.table, []).append(row)
        for column in mine:
            if column.name not in given:
                self._then(self._take, sheet, key, self._entry(sheet, column, row, cells[column.name]))

    def _may_add(self, sheet: Sheet, column: Column, cell: ReadCell) -> bool:
        """Check whether this party fills a column in rows that it adds itself: rows grow, and the column is its own."""
        if cell.role != "input" or not sheet.grows:
            return False
        if self.roster.is_holder(self.party):
            return column.by == UNIT and sheet.claims is not None
        return self.party == MASTER or self.roster.owner(sheet, column, {}) == self.party

    def _key(self, sheet: Sheet, spare: str, keys: list[str]) -> str:
        """Return the key of a new row: a unit's by its code, the office's by the number that the book shows there."""
        digits = spare.removeprefix(SPARE)
        number = int(digits) if digits.isascii() and digits.isdigit() else 0
        mark = self.roster.mark(sheet)
        if self.roster.is_holder(self.party):
            return f"{self.party[1]}-{mark}{number}"
        there = [k.removeprefix(mark) for k in keys if not k.startswith(SPARE)]
        return f"{mark}{new_number(there, number - 1)}"

    # ---- cells ---------------------------------------------------------------------------------

    def _then(self, step: Callable[..., None], *words: object) -> None:
        self.steps.append(partial(step, *words))

    def _entry(self, sheet: Sheet, column: Column, row: dict[str, Value], cell: ReadCell) -> Entry:
        """Note a cell to be judged with all the others; its value goes into the row."""
        formula = str(cell.value) if cell.formula else ""
        percent = "%" in cell.number_format
        entry = Entry(sheet, column, row, cell.value, partial(self._at, cell), True, cell.data_type, formula, percent)
        self.entries.append(entry)
        return entry

    def _aside(self, sheet: Sheet, column: Column, row: Row, cell: ReadCell | None) -> Entry | None:
        """Note a cell to be judged without a word about it to the rest of its row."""
        return None if cell is None else self._entry(sheet, column, dict(row), cell)

    def _take(self, sheet: Sheet, key: str, entry: Entry) -> None:
        problems = entry.problems
        if problems:
            self._take_problems(sheet, key, entry, problems)
        if entry.value is not None:
            self.found.cells.append(CellText(sheet.name, key, entry.column.name, value_text(entry.value)))

    def _take_problems(self, sheet: Sheet, key: str, entry: Entry, problems: list[Problem]) -> None:
        """Take what is wrong with a cell of one's own into the findings, as far as it need not wait."""
        if not sheet.grows and any(p.code == "MISSING" for p in problems) and self._may_wait(sheet, key, entry.column):
            problems = []
        if self._is_own_entry(sheet.name, key):
            problems = [replace(p, code="ENTRY_EMPTIED_PARTLY") if p.code == "MISSING" else p for p in problems]
        self.found.problems += [_unfinished(entry, p) for p in problems] if sheet.grows else problems

    def _may_wait(self, sheet: Sheet, key: str, column: Column) -> bool:
        """Return whether a blank is no fault.

        The office fills the 总表 over weeks, and nobody can score what was not sent.
        """
        holder = self.roster.holder(sheet, self.roster.rows[sheet.name, key])
        if self.party == MASTER or (column.by == OFFICE and self.party[0] == "scorer"):
            return True
        if self.roster.is_holder(self.party) or holder in self.state.current or holder not in self.state.issued:
            return False
        self.waiting[holder] = self.waiting.get(holder, 0) + 1
        return True

    def _others(
        self, sheet: Sheet, key: str, column: Column, cell: ReadCell, mine: dict[str, Value], owner: Party
    ) -> None:
        """Take what the office entered for somebody who has sent nothing; what was sent stands."""
        if owner not in self.state.current:
            self._then(self._for_another, sheet, key, self._entry(sheet, column, mine, cell))
        else:
            self._then(self._stands, sheet, key, self._aside(sheet, column, mine, cell), cell, owner)

    def _for_another(self, sheet: Sheet, key: str, entry: Entry) -> None:
        self.found.problems += [p for p in entry.problems if p.code != "MISSING"]
        if entry.value is not None:
            self.found.cells.append(CellText(sheet.name, key, entry.column.name, value_text(entry.value)))

    def _stands(self, sheet: Sheet, key: str, entry: Entry, cell: ReadCell, owner: Party) -> None:
        sent = value_text(self.roster.rows[sheet.name, key].get(entry.column.name))
        typed = value_text(entry.value)
        then = None if self.written is None else text_then(self.written, (sheet.name, key, entry.column.name))
        emptied = entry.value is None and is_empty(cell.value) and bool(then)
        if (entry.value is not None or emptied) and typed not in (sent, then):
            was, who, now = sent or EMPTY, self.roster.title(owner), typed or EMPTY
            self._tell("NOT_YOURS", cell, title=entry.column.title, who=who, was=was, now=now)

    def _locked(self, sheet: Sheet, column: Column, cell: ReadCell, row: Row) -> None:
        """Hold a cell nobody should have touched against what went out, and what was reported against what is now."""
        if cell.was is not None:
            self._tell(self._changed, cell, was=cell.was or EMPTY, now=_shown(cell.value))
        elif cell.role == "reported" and not agrees(cell.value, row.get(column.name)):
            what = row_name(self.roster, MASTER, sheet.name, cell.row_key) or cell.row_key
            now = value_text(row.get(column.name)) or EMPTY
            whose = self.roster.whose(sheet, row)
            self.since.append(f"{whose} {what} {column.title} {_shown(cell.value)}→{now}")
        elif self.party == MASTER and not self.old and _is_other(column, cell, row):
            was = value_text(row.get(column.name)) or EMPTY
            self._tell(self._changed, cell, was=was, now=_shown(cell.value))

    @property
    def _changed(self) -> str:
        """Return the code of a locked cell that was changed: nobody was issued the 总表 that a scoring wrote."""
        return "LOCKED_CHANGED" if self.written is None else "MASTER_LOCKED"


def _unfinished(entry: Entry, p: Problem) -> Problem:
    """Return the problem that names the row which lacks a cell, and let it be emptied: nobody must have such a row."""
    row = {name: value_text(value) for name, value in entry.row.items()}
    claim = claim_words(entry.sheet, row)
    if p.code != "MISSING" or not claim:
        return p
    where = replace(p.where, row="")
    return problem("ROW_UNFINISHED", where, claim=claim, title=entry.column.title, todo=wanted_words(entry.column))


def _typed(cell: ReadCell, column: Column) -> bool:
    """Return whether somebody typed something here; what was issued as the default does not count."""
    return not is_empty(cell.value) and not (column.default is not None and agrees(cell.value, column.default))


def _is_other(column: Column, cell: ReadCell, row: Row) -> bool:
    """Check whether a fact in the office's own book says something else than the scheme."""
    return column.kind in ("key", "fact") and not agrees(cell.value, row.get(column.name))


def _shown(raw: object) -> str:
    return EMPTY if is_empty(raw) else str(raw)


def text_then(written: Roster, at: tuple[str, str, str]) -> str | None:
    """Return what stood in a cell when a book was written; None where it had no such row."""
    sheet, key, name = at
    row = written.rows.get((sheet, key))
    if row is None:
        return None
    value = row.get(name)
    return value_text(written.plan.by_name[sheet].by_name[name].default if value is None else value)
