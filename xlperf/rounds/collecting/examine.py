"""Examine one returned workbook: is it ours and whose, was anything locked changed, what do its cells say.

Only the cells that the party was asked to fill are taken; everything else comes from the round's own
record. All problems come at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from xlperf.engine.plan import OFFICE, Column, Plan, Row, Sheet
from xlperf.engine.roster import MASTER, Party, Roster
from xlperf.entries.cell import Asked, agrees, judge
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.ledger import CellText, State
from xlperf.rounds.merge import words_digest
from xlperf.workbook.back.read import ReadBook, ReadCell

EMPTY = word("空")
SPARE = "+"  # what the key of a row for new entries starts with
_HARMLESS = ("SHEET_RENAMED", "SHEET_ADDED", "MARK_LOST", "COLUMN_MOVED", "ROW_MOVED")

Cells = Mapping[str, ReadCell]
LockedCells = Mapping[tuple[str, str, str], ReadCell]


@dataclass
class Findings:
    """What a book says. seen, words: what stood beside the office's decisions (see `rounds.ledger.Receipt`)."""

    problems: list[Problem] = field(default_factory=list)
    cells: list[CellText] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Examiner:
    """Examines the book of one party.

    issued: the locked cells as they went out, empty where they are not at hand. file: the name shown in problems.
    """

    roster: Roster
    state: State
    party: Party
    file: str
    issued: LockedCells = field(default_factory=dict)
    found: Findings = field(default_factory=Findings)
    waiting: dict[str, int] = field(default_factory=dict)

    def examine(self, book: ReadBook) -> Findings:
        """Judge every cell of the book."""
        self._layout(book)
        rows: dict[tuple[str, str], dict[str, ReadCell]] = {}
        for cell in book.cells:
            if cell.plan_sheet in self.roster.plan.by_name:
                rows.setdefault((cell.plan_sheet, cell.row_key), {})[cell.column] = cell
        keys: dict[str, list[str]] = {}
        for sheet_name, key in rows:
            keys.setdefault(sheet_name, []).append(key)
        for (sheet_name, key), cells in rows.items():
            sheet = self.roster.plan.by_name[sheet_name]
            if key.startswith(SPARE):
                self._new_row(sheet, key, cells, keys[sheet_name])
            elif (sheet_name, key) in self.roster.rows:
                self._row(sheet, key, cells, self.roster.rows[sheet_name, key])
        for unit, count in self.waiting.items():
            self._tell("UNIT_NOT_IN", unit=self.roster.units.get(unit, unit), count=count)
        return self.found

    def _tell(self, code: str, cell: ReadCell | None = None, **values: object) -> None:
        where = Where(self.file) if cell is None else self._at(cell)
        self.found.problems.append(problem(code, where, **values))

    def _at(self, cell: ReadCell) -> Where:
        return Where(self.file, sheet=cell.sheet, cell=cell.cell)

    def _layout(self, book: ReadBook) -> None:
        for change in book.changes:
            if change.what in _HARMLESS:
                continue
            if change.what in ("ROW_LOST", "COLUMN_LOST") and self.party == MASTER:
                continue  # what is not there is not taken; the record keeps what it had
            found = word(LAYOUT.get(change.what, change.what), found=change.found or "", wanted=change.wanted or "")
            where = Where(self.file, sheet=change.sheet, cell=change.cell)
            self.found.problems.append(problem("LAYOUT_CHANGED", where, found=found))

    # ---- rows ----------------------------------------------------------------------------------

    def _row(self, sheet: Sheet, key: str, cells: Cells, row: Row) -> None:
        claimed = self._claimed(sheet, key, row)
        known = self._known(sheet, cells, row)
        for column in sheet.columns:
            cell = cells.get(column.name)
            if cell is None:
                continue
            owner = self.roster.owner(sheet, column, row) if column.kind == "input" else None
            if sheet.grows and self.party == MASTER and column.kind == "input" and not claimed:
                owner = MASTER  # a row the office entered itself
            if owner == self.party or (owner == MASTER and self.party == ("scorer", self.roster.office)):
                self._take(sheet, key, column, cell, known)
            elif owner is not None and self.party == MASTER:
                self._others(sheet, key, column, cell, known, owner)
            else:
                self._locked(column, cell, row)
        if claimed and self.party == MASTER:
            words = {c.name: self._value(c, cells.get(c.name), known) for c in sheet.inputs() if c.by != OFFICE}
            self.found.seen[f"{sheet.name}|{key}"] = words_digest(sheet, words)
            self.found.words[f"{sheet.name}|{key}"] = {name: value_text(v) for name, v in words.items()}

    def _claimed(self, sheet: Sheet, key: str, row: Row) -> bool:
        """Tell whether a unit entered this row."""
        receipt = self.state.current.get(("unit", self.roster.unit_of(sheet, row)))
        return (
            sheet.claims is not None
            and receipt is not None
            and any(c.sheet == sheet.name and c.row == key for c in receipt.cells)
        )

    def _new_row(self, sheet: Sheet, spare: str, cells: Cells, keys: list[str]) -> None:
        """Take a row that somebody added, unless nothing was typed into it."""
        mine = [c for c in sheet.inputs() if c.name in cells and cells[c.name].role == "input"]
        if not any(_typed(cells[c.name], c) for c in mine):
            return
        key = self._key(sheet, spare, keys)
        given: dict[str, Value] = {}
        if self.party[0] == "unit":
            given = {**(sheet.claims or {}), sheet.unit: self.party[1]}
            told = [CellText(sheet.name, key, n, value_text(v)) for n, v in given.items() if n in sheet.by_name]
            self.found.cells += told
        known = self._known(sheet, cells, {**sheet.where, **given})
        for column in mine:
            if column.name not in given:
                self._take(sheet, key, column, cells[column.name], known)

    def _key(self, sheet: Sheet, spare: str, keys: list[str]) -> str:
        """Name a new row: a unit's by its code, the office's by the next number that the book has not used."""
        number = int(spare.removeprefix(SPARE)) if spare.removeprefix(SPARE).isdigit() else 0
        mark = self.roster.mark(sheet)
        if self.party[0] == "unit":
            return f"{self.party[1]}-{mark}{number}"
        there = [k for k in keys if not k.startswith(SPARE)]
        rest = [k.removeprefix(mark) for k in there if k.startswith(mark)]
        numbers = [int(k) for k in rest if k.isascii() and k.isdigit()]
        return f"{mark}{max([*numbers, len(there) + len(there) - len(numbers)]) + number}"

    def _known(self, sheet: Sheet, cells: Cells, row: Row) -> dict[str, Value]:
        """Return what limits may look at: facts, defaults, and the numbers of this very book."""
        known: dict[str, Value] = {}
        for column in (c for c in sheet.columns if c.expr is None):
            value = row.get(column.name)
            cell = cells.get(column.name)
            if column.kind == "input" and cell is not None and cell.role == "input" and not cell.formula:
                raw = cell.value
                number = isinstance(raw, int | float) and not isinstance(raw, bool) and column.holds == "number"
                value = judge(Asked(Column(column.name, "", "input"), {}, Where()), raw)[0] if number else value
            known[column.name] = column.default if value is None else value
        return known

    # ---- cells ---------------------------------------------------------------------------------

    def _asked(self, column: Column, cell: ReadCell, known: Row) -> Asked:
        units = self.roster.units
        names = {name: code for code, name in units.items()} if column.offers == "units" else {}
        offered = units if column.offers == "units" else self._keys(column.offers) if column.offers else ()
        return Asked(column, known, self._at(cell), tuple(offered), names)

    def _keys(self, table: str) -> list[str]:
        names = {s.name for s in self.roster.plan.sheets if s.table == table}
        return [key for sheet, key in self.roster.rows if sheet in names]

    def _judged(self, column: Column, cell: ReadCell, known: Row) -> tuple[Value, list[Problem]]:
        formula = str(cell.value) if cell.formula else ""
        return judge(self._asked(column, cell, known), cell.value, cell.data_type, formula, "%" in cell.number_format)

    def _value(self, column: Column, cell: ReadCell | None, known: Row) -> Value:
        return None if cell is None else self._judged(column, cell, known)[0]

    def _take(self, sheet: Sheet, key: str, column: Column, cell: ReadCell, known: Row) -> None:
        value, told = self._judged(column, cell, known)
        if not sheet.grows and any(p.code == "MISSING" for p in told) and self._may_wait(sheet, key, column):
            told = []
        self.found.problems += told
        if value is not None:
            self.found.cells.append(CellText(sheet.name, key, column.name, value_text(value)))

    def _may_wait(self, sheet: Sheet, key: str, column: Column) -> bool:
        """Tell whether a blank is no fault.

        The office fills the 总表 over weeks, and nobody can score what was not sent.
        """
        unit = self.roster.unit_of(sheet, self.roster.rows[sheet.name, key])
        if self.party == MASTER or (column.by == OFFICE and self.party[0] == "scorer"):
            return True
        if self.party[0] == "unit" or ("unit", unit) in self.state.current or ("unit", unit) not in self.state.issued:
            return False
        self.waiting[unit] = self.waiting.get(unit, 0) + 1
        return True

    def _others(self, sheet: Sheet, key: str, column: Column, cell: ReadCell, known: Row, owner: Party) -> None:
        """Take what the office entered for somebody who has sent nothing; what was sent stands."""
        value, told = self._judged(column, cell, known)
        if owner not in self.state.current:
            self.found.problems += [p for p in told if p.code != "MISSING"]
            if value is not None:
                self.found.cells.append(CellText(sheet.name, key, column.name, value_text(value)))
            return
        sent = self.roster.rows[sheet.name, key].get(column.name)
        if value is not None and value_text(value) != value_text(sent):
            was, who = value_text(sent) or EMPTY, self.roster.title(owner)
            self._tell("NOT_YOURS", cell, title=column.title, who=who, was=was, now=value_text(value))

    def _locked(self, column: Column, cell: ReadCell, row: Row) -> None:
        """Hold a cell nobody should have touched against what went out."""
        went_out = self.issued.get((cell.plan_sheet, cell.row_key, cell.column))
        if went_out is not None:
            if not same_cell(went_out, cell):
                self._tell("LOCKED_CHANGED", cell, was=_shown(went_out.value), now=_shown(cell.value))
        elif column.kind in ("key", "fact") and not agrees(cell.value, row.get(column.name)):
            was = value_text(row.get(column.name)) or EMPTY
            self._tell("LOCKED_CHANGED", cell, was=was, now=_shown(cell.value))


LAYOUT = {
    "TABLE_LOST": "“{wanted}”表不见了",
    "COLUMN_LOST": "“{wanted}”列不见了",
    "ROW_LOST": "“{wanted}”行不见了",
    "ROW_TWICE": "“{found}”行出现了两次",
    "ROW_ADDED": "多出一行{found}",
}


def _typed(cell: ReadCell, column: Column) -> bool:
    """Tell whether somebody typed something here; what was issued as the default does not count."""
    blank = cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())
    return not blank and not (column.default is not None and agrees(cell.value, column.default))


def _shown(raw: object) -> str:
    return EMPTY if raw is None or raw == "" else str(raw)


def same_cell(issued: ReadCell, now: ReadCell) -> bool:
    """Tell whether a locked cell still says the same, whatever program saved the book since."""
    if issued.formula != now.formula:
        return False
    if issued.formula:
        return _normal(str(issued.value)) == _normal(str(now.value))
    value = issued.value
    if isinstance(value, str) or value is None:
        return agrees(now.value, value or None)
    return agrees(now.value, Fraction(repr(value)) if isinstance(value, int | float) else str(value))


_QUOTED = re.compile(r"'((?:[^']|'')+)'!")
_FIGURE = re.compile(r"(?<![A-Z$\d.])\d+\.\d+")


def _normal(formula: str) -> str:
    """Write a formula the one way in which programs that save it may differ."""
    text = _QUOTED.sub(lambda m: f"{m[1]}!", formula).upper()
    text = text.replace("_XLFN.", "").replace("TRUE()", "TRUE").replace("FALSE()", "FALSE")
    text = _FIGURE.sub(lambda m: f"{float(m[0]):.12g}", text)
    return "".join(text.split()).lstrip("=+")


def changed_cells(plan: Plan, before: tuple[CellText, ...], after: tuple[CellText, ...]) -> Iterator[str]:
    """Say which cells a later version of a book changes: row, heading, old and new."""
    old = {(c.sheet, c.row, c.column): c.text for c in before}
    new = {(c.sheet, c.row, c.column): c.text for c in after}
    for at in dict.fromkeys((*old, *new)):
        was, now = old.get(at, "空"), new.get(at, "空")
        if was != now:
            yield f"{at[1]} {plan.by_name[at[0]].by_name[at[2]].title} {was}→{now}"
