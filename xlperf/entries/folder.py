"""A round's tables as CSV files in one folder: units.csv, marks.csv, events.csv, people.csv, history.csv and so on.

Facts come from the scheme; the files bring what was filled in. `units.csv`, where it stands, is the
roster. Marks may be wide (the columns of the marks sheet) or long (`unit,indicator,stage,actual,score`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.entries.cell import Asked, is_asked, limit_problems, value_matches
from xlperf.entries.complete import incomplete
from xlperf.formula.expression import LINKS, columns_of, root, walk
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, errors, problem
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.tables import Reads, TableRow, read_table
from xlperf.scheme.words import nearest

Row = dict[str, Value]

UNITS = "units"
STAGES = {  # the long form: stage → where its actual and its score stand in the wide form
    "self": {"actual": "actual", "score": "self"},
    "lead": {"actual": "verified", "score": "lead"},
    "onsite": {"score": "onsite"},
}


def read_data(scheme: Scheme, folder: Path | str) -> tuple[Tables, list[Problem]]:
    """Read a folder of CSV files into the scheme's tables.

    A table without a file is the scheme's own. The tables can be scored even where a problem is an
    error: a cell that cannot be read is blank, and what needs it stays blank.
    """
    plan, problems = compile_scheme(scheme)
    if errors(problems):
        return {}, problems
    at = Path(folder)
    names = list(dict.fromkeys([UNITS, *(s.table for s in plan.sheets)]))
    found = {f.stem: f for f in sorted(at.glob("*.csv"))} if at.is_dir() else {}
    for stray in sorted(found.keys() - set(names)):
        at_file, known = Where(f"{stray}.csv"), "、".join(names)
        problems.append(problem("DATA_UNKNOWN_FILE", at_file, found=at_file.file, nearest=known))
    if not found.keys() & set(names):
        return dict(scheme.tables), [*problems, problem("NO_DATA", Where(str(at)), found=at.name)]
    tables: dict[str, list[Row]] = {name: [dict(r) for r in rows] for name, rows in scheme.tables.items()}
    offered = {c.offers for sheet in plan.sheets for c in sheet.columns}
    for name in sorted((n for n in names if n in found), key=lambda n: (n != UNITS, n not in offered)):
        reader = _Reader(plan, name, tables, problems)
        tables[name] = reader.rows(found[name])
        if name == UNITS:
            _keep_roster(plan, tables)
    return tables, [*problems, *incomplete(scheme, plan, tables)]


def _keep_roster(plan: Plan, tables: dict[str, list[Row]]) -> None:
    """Leave out the scheme's rows of units that are not on the roster."""
    codes = set(_codes(plan, tables))
    for sheet in plan.sheets:
        if sheet.unit and sheet.table in tables and sheet.table != UNITS:
            tables[sheet.table] = [r for r in tables[sheet.table] if r.get(sheet.unit) in codes]


def _codes(plan: Plan, tables: Tables) -> dict[str, str]:
    """Return code → name of the units on the roster."""
    key = next((s.key.name for s in plan.unit_sheets()), "code")
    return {value_text(r.get(key)): str(r.get("name") or "") for r in tables.get(UNITS, [])}


@dataclass
class _Reader:
    """Reads one table's file; problems are added as they are met."""

    plan: Plan
    table: str
    tables: Tables
    problems: list[Problem]
    lines: dict[str, TableRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sheets = [s for s in self.plan.sheets if s.table == self.table]
        self.key = self.sheets[0].key.name if self.sheets else "code"
        self.unit = next((s.unit for s in self.sheets if s.unit), "") if self.table != UNITS else ""
        self.given = {c.name: c for s in self.sheets for c in s.columns if c.expr is None}
        self.base = {value_text(r.get(self.key)): dict(r) for r in self.tables.get(self.table, [])}
        codes = _codes(self.plan, self.tables)
        self.needed = {s.name: _needed(self.plan, s) for s in self.sheets}
        self.named: dict[tuple[Value, str, Value], list[str]] = {}
        for key, row in self.base.items():
            for name in ("no", "indicator"):
                self.named.setdefault((row.get(self.unit), name, row.get(name)), []).append(key)
        self.units_known = {row.get(self.unit) for row in self.base.values()}
        self.codes = {**{name: code for code, name in codes.items() if name}, **{code: code for code in codes}}

    def rows(self, file: Path) -> list[Row]:
        shown_as = file.name
        read, told = read_table(file, self._readable(), shown_as)
        self.problems += told
        unread = {(p.where.line, p.where.path) for p in told}
        rows = [r for r in read if isinstance(r, TableRow)]
        for row in rows:
            self._named(row)
        grows = any(s.grows for s in self.sheets)
        made: dict[str, Row] = {} if self.table == UNITS else {k: dict(v) for k, v in self.base.items()}
        for at, row in enumerate(rows, 1):
            self._put(made, row, f"{len(self.base) + at}" if grows else "")
        for key, line in self.lines.items():
            self._adrift(made[key], line)
            self._judge(made[key], line, unread)
        self._undocumented(rows)
        self._absent(made, shown_as)
        return list(made.values())

    def _readable(self) -> dict[str, Reads]:
        columns = {name: Reads("text") for row in self.base.values() for name in row}
        columns |= {name: Reads("text") for s in self.sheets for name in s.where}
        columns |= {c.name: Reads(c.holds, c.exempt, percent=c.kind != "input") for c in self.given.values()}
        if any(s.scorer for s in self.sheets):
            columns |= {"stage": Reads("text"), "score": Reads("number", exempt=True, percent=False)}
        return columns

    def _named(self, row: TableRow) -> None:
        """Replace a unit's name by its code; an unknown unit is told."""
        if not self.unit or row.get(self.unit) is None:
            return
        code = self.codes.get(str(row[self.unit]))
        if code is None:
            near = nearest(str(row[self.unit]), self.codes)
            self.problems.append(problem("UNKNOWN_UNIT", _at(row, self.unit), found=row[self.unit], nearest=near))
        row[self.unit] = code or row[self.unit]

    # ---- rows ----------------------------------------------------------------------------------

    def _put(self, made: dict[str, Row], row: TableRow, spare: str) -> None:
        """Put a line into the row it means; spare is the key of a new row that brings none."""
        cells = self._wide(row)
        key = value_text(row.get(self.key)) or self._key_of(row) or spare
        if not key:
            told = [name for name in (self.unit, "no", "indicator") if row.get(name) is not None]
            found = "，".join(f"{name}＝{value_text(row[name])}" for name in told)
            self.problems.append(problem("DATA_NO_KEY", _at(row, self.key), key=self.key, found=found))
            return
        if cells is None:
            return
        if key in self.lines and not self._adds(made[key], cells):
            line = self.lines[key].at.line
            self.problems.append(problem("DATA_REPEATED", _at(row, self.key), found=key, line=line))
            return
        self._facts(key, row, cells)
        known = made.get(key) or dict(self.base.get(key, {}))
        typed_key = known.get(self.key, row.get(self.key)) or key
        made[key] = {**known, **{k: v for k, v in cells.items() if v is not None}, self.key: typed_key}
        self.lines.setdefault(key, row)

    def _adds(self, old: Row, cells: Row) -> bool:
        """Tell whether a second line of the long form only adds another stage."""
        stages = {name for columns in STAGES.values() for name in columns.values()} & cells.keys()
        return bool(stages) and all(old.get(name) is None for name in stages if cells[name] is not None)

    def _wide(self, row: TableRow) -> Row | None:
        """Return a line's cells under the names of the wide form; None where its stage is unknown."""
        if "stage" not in row:
            return {k: v for k, v in row.items() if k != "score"}
        moved = STAGES.get(str(row["stage"]))
        if moved is None:
            self.problems.append(problem("DATA_STAGE", _at(row, "stage"), found=value_text(row["stage"]) or "空"))
            return None
        kept = {k: v for k, v in row.items() if k not in ("stage", "actual", "score")}
        asked = {to: row.get(name) for name, to in moved.items() if to in self.given}
        known = self.base.get(value_text(row.get(self.key)) or self._key_of(row), {})
        return kept | {to: v for to, v in asked.items() if v is not None or is_asked(self.given[to], known)}

    def _key_of(self, row: TableRow) -> str:
        """Find the row of the scheme that a line means by its unit and number or indicator."""
        if not self.unit or any(s.grows for s in self.sheets):
            return ""
        for name in ("no", "indicator"):
            if row.get(name) is not None:
                if row.get(self.unit) not in self.units_known:
                    return f"{row.get(self.unit)}-{value_text(row[name])}"
                same = self.named.get((row.get(self.unit), name, row[name]), [])
                return same[0] if len(same) == 1 else ""
        return "" if row.get(self.unit) in self.units_known else f"{row.get(self.unit)}-{row.at.line}"

    def _facts(self, key: str, row: TableRow, cells: Row) -> None:
        """Hold the facts of a line against the scheme's; a new row must bring its own."""
        base = self.base.get(key)
        for column in (c for c in self.given.values() if c.kind == "fact" and self._reads(c, cells)):
            if base is None or self.table == UNITS:
                continue
            was, now = base.get(column.name), cells.get(column.name)
            if now is not None and now != was and not value_matches(now, was):
                found = {"title": column.title, "was": value_text(was) or "空", "now": value_text(now)}
                self.problems.append(problem("DATA_FACT_DIFFERS", _at(row, column.name), **found))
            cells.pop(column.name, None)
        if base is None and self.table != UNITS:
            for column in self._read_in(cells):
                if column.kind == "fact" and column.name == "full" and cells.get(column.name) is None:
                    self.problems.append(problem("DATA_FACT_MISSING", _at(row, column.name), title=column.title))
                    # nothing is scored on a row without its full mark
                    cells.update({c.name: None for c in self.given.values() if c.kind == "input"})

    def _read_in(self, row: Row) -> Collection[Column]:
        """Return the columns of the sheets that take a row."""
        return {c.name: c for s in self._taking(row) for c in s.columns}.values()

    def _taking(self, row: Row) -> list[Sheet]:
        return [s for s in self.sheets if s.takes(row)]

    def _reads(self, column: Column, cells: Row) -> bool:
        return column.name in cells and column.name != self.unit

    # ---- cells ---------------------------------------------------------------------------------

    def _judge(self, row: Row, line: TableRow, unread: set[tuple[int, str]]) -> None:
        """Hold the inputs of a row against limits and choices; what may not stand there becomes blank."""
        for sheet in self._taking(row):
            facts = {c.name: row.get(c.name, c.default) for c in sheet.columns if c.expr is None}
            facts |= {c.name: c.default for c in sheet.columns if c.default is not None and facts[c.name] is None}
            for column in (c for c in sheet.columns if c.kind == "input" or (c.kind == "fact" and c.name in line)):
                at = _at(line, column.name)
                if (at.line, column.name) in unread or (at.line, _long_name(line, column)) in unread:
                    continue
                asked = Asked(column, facts, at, self._offered(column))
                told = _cell_problems(asked, row.get(column.name), self._required(sheet, line))
                self.problems += told
                if errors(told):
                    row[column.name] = None

    def _required(self, sheet: Sheet, line: TableRow) -> Collection[str]:
        """List the columns that may not be empty in this line: what is computed with; of a new entry everything given.

        A column that the whole file lacks is told once, by `_undocumented`.
        """
        return {*self.needed[sheet.name], *line} if sheet.grows else self.needed[sheet.name]

    def _offered(self, column: Column) -> Collection[str]:
        """List the keys that a cell may name; units are looked up when the line is read."""
        sheet = next((s for s in self.plan.sheets if s.table == column.offers), None)
        if sheet is None or column.offers == UNITS:
            return ()
        return [value_text(row.get(sheet.key.name)) for row in self.tables.get(sheet.table, [])]

    def _adrift(self, row: Row, line: TableRow) -> None:
        """Tell of a row that no sheet reads, and of a unit that belongs to no class and so is ranked nowhere."""
        split = [s for s in self.sheets if s.where]
        taken = self._taking(row)
        if self.table == UNITS:
            self._unranked(row, line, [s for s in split if s in taken] if split else taken, split)
        elif split and not taken:
            name = next(iter(split[0].where))
            words = dict.fromkeys(value_text(s.where[name]) for s in split if name in s.where)
            found = value_text(row.get(name)) or "空"
            near = "、".join(words)
            self.problems.append(problem("ROW_IN_NO_SHEET", _at(line, name), name=name, found=found, nearest=near))

    def _unranked(self, row: Row, line: TableRow, taken: list[Sheet], split: list[Sheet]) -> None:
        groups = {r.group for r in self.plan.rankings for s in taken if s.name == r.sheet}
        facts = {c.name for s in taken for c in s.columns if c.kind == "fact"}
        lacking = groups & facts if taken else {name for s in split for name in s.where}
        unit = value_text(row.get(self.key))
        for name in sorted(n for n in lacking if row.get(n) is None):
            self.problems.append(problem("UNIT_WITHOUT_GROUP", _at(line, name), unit=unit, name=name))
        for name in sorted(n for n in lacking if not taken and row.get(n) is not None):
            found = value_text(row[name])
            self.problems.append(problem("UNIT_IN_NO_SHEET", _at(line, name), unit=unit, name=name, found=found))

    def _undocumented(self, rows: list[TableRow]) -> None:
        """Tell once which required columns of a ledger the file does not have at all."""
        for sheet in (s for s in self.sheets if s.grows):
            here = [r for r in rows if sheet.takes(r)]
            for column in sheet.inputs() if here else ():
                if column.required and column.name not in here[0] and column.name not in self.needed[sheet.name]:
                    at = Where(here[0].at.file, 1, path=column.name)
                    told = {"name": column.name, "title": column.title, "sheet": sheet.title, "count": len(here)}
                    self.problems.append(problem("DATA_COLUMN_ABSENT", at, **told))

    def _absent(self, made: dict[str, Row], file: str) -> None:
        """Tell which of the scheme's rows no line spoke of, one problem a unit."""
        missing: dict[str, int] = {}
        for key in made.keys() - self.lines.keys():
            if self.unit and any(s.scorer for s in self.sheets):
                unit = value_text(made[key].get(self.unit))
                missing[unit] = missing.get(unit, 0) + 1
        for unit, count in sorted(missing.items()):
            self.problems.append(problem("DATA_NOT_REPORTED", Where(file, path=unit), titles=f"{unit}的{count}行"))


def _cell_problems(asked: Asked, value: Value, needed: Collection[str]) -> list[Problem]:
    column = asked.column
    if value is None:
        blank = column.required and column.name in needed and is_asked(column, asked.row)
        return [asked.tell("MISSING")] if blank else []
    if isinstance(value, str):
        choices = column.choices or tuple(asked.offered)
        wrong = choices and value not in choices
        return [asked.tell("NOT_A_CHOICE", found=value, choices="、".join(choices))] if wrong else []
    return limit_problems(asked, value) if column.holds == "number" else []


def _needed(plan: Plan, sheet: Sheet) -> set[str]:
    """List the columns of a sheet that some computed column looks at."""
    found: set[str] = set()
    for other, column in plan.computed():
        if column.expr is None:
            continue
        if other.name == sheet.name:
            found |= columns_of(column.expr)
        for e in walk(root(column.expr)):
            if e.op in LINKS:
                found |= {arg for arg in e.args[:3] if isinstance(arg, str) and sheet.name in e.args}
    return found


def _long_name(line: TableRow, column: Column) -> str:
    """Return the column of the long form that a line gives for a column of the wide form."""
    moved = STAGES.get(str(line.get("stage")), {})
    return next((name for name, to in moved.items() if to == column.name), "")


def _at(row: TableRow, name: str) -> Where:
    """Return the place of a cell of a line."""
    names = list(row)
    return Where(row.at.file, row.at.line, names.index(name) + 1 if name in names else 1, name)
