"""Which row of a table each line means, whoever brought it: by key, by unit and number, or as a new row.

Facts come from the scheme; lines bring what was filled in. Marks may be wide (the columns of the marks sheet) or long
(`unit,indicator,stage,actual,score`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from xlperf.engine.objects import objects_of
from xlperf.engine.plan import Column, Plan, Row, Sheet, Tables
from xlperf.engine.reason import is_asked
from xlperf.entries.cell import Asked, Raw, as_typed, judge, value_matches
from xlperf.entries.given import Given, Line
from xlperf.entries.plain import Plain, plain_lines
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, errors, problem
from xlperf.scheme.vocabulary import FREE_COLUMNS
from xlperf.scheme.words import nearest, suggester

STAGES = {  # the long form: stage → the roles of the columns that hold its actual and its score in the wide form
    "self": {"actual": "actual", "score": "self"},
    "lead": {"actual": "verified", "score": "lead"},
    "onsite": {"actual": "onsite_actual", "score": "onsite"},
}


@dataclass
class Meant:
    """A row of the table that lines speak of: what stands in it by column, and where that was written.

    line: the first line that speaks of it; at: its place among all. unscored: nothing typed here can be scored.
    """

    row: dict[str, Value]
    line: Line
    raw: dict[str, Raw] = field(default_factory=dict)
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    unscored: bool = False
    at: int = 0


@dataclass
class Lines:
    """Reads one table's lines; problems are added as they are met."""

    plan: Plan
    table: str
    tables: Tables
    given: Given
    problems: list[Problem]
    meant: dict[str, Meant] = field(default_factory=dict)
    doubtful: set[tuple[int, str]] = field(default_factory=set)
    plain: Plain = field(default_factory=Plain)

    def __post_init__(self) -> None:
        """Index the scheme's own rows of the table, by key and by unit with number, label or name."""
        self.sheets = [s for s in self.plan.sheets if s.table == self.table]
        self.key = self.plan.key_of(self.table)
        self.made = self.plan.made.get(self.table)
        self.unit = next((s.unit for s in self.sheets if s.unit), "") if not self.is_roster else ""
        self.columns = {c.name: c for s in reversed(self.sheets) for c in s.columns if c.expr is None}
        loose = {*FREE_COLUMNS, *(n for s in self.sheets for n in s.where)}
        loose = loose.union(*self.tables.get(self.table, []))
        self.loose = loose - self.columns.keys()  # may stand here although no sheet shows them
        self.by_role = {c.role: c.name for c in self.columns.values() if c.role}
        self.naming = [self.by_role[role] for role in ("number", "label", "name") if role in self.by_role]
        self.base: dict[str, Row] = {value_text(r.get(self.key)): r for r in self.tables.get(self.table, [])}
        self.of = next((s.of for s in self.sheets if s.unit), "")
        objects = objects_of(self.plan, self.tables)
        names, self.shared = objects.names(self.of), objects.shared.get(self.of, {})
        self.codes = {n: code for code, n in names.items() if n not in self.shared} | {code: code for code in names}
        self.own_shared = objects.shared.get(self.table, {})
        self.own_names = {name: code for code, name in objects.names(self.table).items() if name not in self.own_shared}
        self.suggest, self.suggest_key = suggester(self.codes), suggester(self.base)

    def rows(self) -> list[dict[str, Value]]:
        """Return the rows of the table with its facts; what was filled in stands in `meant`, still to be judged."""
        self._headings()
        made = {} if self.is_roster else {k: dict(v) for k, v in self.base.items()}
        grows = any(s.grows for s in self.sheets)
        facts = self._facts_of_plain()
        if facts is not None:
            self.plain = plain_lines(self.given, self.base, self.key, facts, {self.unit: self.codes})
            self.plain.rows = [made[key] for key in self.plain.keys]
        lines, plain = self.given.lines, {*self.plain.places}
        for at in [at for at in range(len(lines)) if at not in plain] if len(plain) < len(lines) else ():
            self._put(made, self._with_unit(lines[at]), f"{len(self.base) + at + 1}" if grows else "", at)
        return list(made.values())

    def _headings(self) -> None:
        long = any(s.scorer for s in self.sheets) and "stage" in self.given.names
        known = [*dict.fromkeys((*self.columns, *sorted(self.loose), *(("stage", "score") if long else ())))]
        computed = {c.name: c for s in self.sheets for c in s.columns if c.expr is not None}
        for name in self.given.doubled:
            at = replace(self.given.place(self.given.header, name), path="")
            self.problems.append(problem("TABLE_DUPLICATE_HEADER", at, found=name))
        for name in self.given.names:
            if name in computed and name not in known:
                at = replace(self.given.place(self.given.header, name), path="")
                self.problems.append(problem("DATA_COMPUTED", at, found=name, title=computed[name].title))
            elif name and name not in known:
                near = nearest(name, [n for n in known if not self.given.header or n not in self.given.names])
                at = self.given.place(self.given.header, name)
                self.problems.append(problem("TABLE_UNKNOWN_COLUMN", replace(at, path=""), found=name, nearest=near))

    @cached_property
    def named(self) -> dict[tuple[Value, str, Value], list[str]]:
        """Return unit, naming column and what stands there → the keys of the rows where it does."""
        found: dict[tuple[Value, str, Value], list[str]] = {}
        for key, row in self.base.items():
            for name in self.naming:
                found.setdefault((row.get(self.unit), name, row.get(name)), []).append(key)
        return found

    @cached_property
    def units_known(self) -> set[Value]:
        """Return the units that have rows."""
        return {row.get(self.unit) for row in self.base.values()}

    # ---- plain lines ---------------------------------------------------------------------------

    def _facts_of_plain(self) -> list[Column] | None:
        """List the facts that are given, where lines can be plain at all; None where they cannot."""
        given = [self.columns.get(name) for name in self.given.names]
        odd = self.made or self.is_roster or self.given.doubled or any(s.grows for s in self.sheets)
        if odd or "stage" in self.given.names or self.key not in self.given.names or None in given:
            return None
        return [c for c in given if c is not None and c.kind == "fact"]

    @cached_property
    def _plain_keys(self) -> dict[str, int]:
        return {key: at for at, key in enumerate(self.plain.keys)}

    def of_plain(self, number: int, plain: Plain) -> Meant:
        """Return what a plain line says of its row. number: among some of the plain lines."""
        at = plain.places[number]
        line = self.given.lines[at]
        raw = {name: line.cells[name] for name in self.given.names if self.columns[name].kind == "input"}
        return Meant(plain.rows[number], line, raw, at=at)

    def _known(self, key: str) -> Meant | None:
        """Return what lines said of a row so far."""
        number = self._plain_keys.get(key)
        return self.meant.get(key) if number is None else self.of_plain(number, self.plain)

    # ---- whose row -----------------------------------------------------------------------------

    def value(self, line: Line, name: str) -> Value:
        """Read a cell for what says which row is meant, without judging it: None where it cannot be read."""
        return self._read(line, name)[0]

    def _read(self, line: Line, name: str) -> tuple[Value, list[Problem]]:
        column = self._free.get(name) or Column(name, name, "fact", "text")
        raw = as_typed(line.cells.get(name), column)
        if raw is None or (isinstance(raw, Fraction) and column.holds == "number"):
            return raw, []
        return judge(Asked(column, {}, lambda: self.given.place(line.number, name)), raw)

    @cached_property
    def _free(self) -> dict[str, Column]:
        """Return the columns as far as they can be read without knowing the row."""
        off = {"low": None, "high": None, "asked": None, "required": False, "choices": (), "offers": ""}
        return {name: replace(c, **off) for name, c in self.columns.items()}  # type: ignore[arg-type]

    def _with_unit(self, line: Line) -> Line:
        """Replace a unit's name by its code; an unknown unit is told."""
        found = self.value(line, self.unit) if self.unit else None
        if found is None:
            return line
        code = self.codes.get(value_text(found))
        if code is None:
            self.problems.append(self._nobody(line, value_text(found)))
            self.doubtful.add((line.number, self.unit))
        return Line(line.number, {**line.cells, self.unit: code or value_text(found)})

    def _nobody(self, line: Line, found: str) -> Problem:
        """Return why a line is of nobody: there is none of that name, or there are several."""
        at = self.given.place(line.number, self.unit)
        if found in self.shared:
            return self._several(line, self.unit, self.shared[found])
        if self.plan.units is not None and self.of == self.plan.units.table:
            return problem("UNKNOWN_UNIT", at, found=found, nearest=self.suggest(found))
        whose = self.plan.subject_of[self.of].title if self.of in self.plan.subject_of else self.of
        return problem("UNKNOWN_OBJECT", at, whose=whose, found=found, nearest=self.suggest(found))

    def _several(self, line: Line, column: str, keys: Collection[str]) -> Problem:
        at = self.given.place(line.number, column)
        title, found = self.columns[column].title, value_text(self.value(line, column))
        return problem("NAME_SHARED", at, title=title, found=found, keys="、".join(keys))

    def _put(self, made: dict[str, dict[str, Value]], line: Line, spare: str, at_line: int) -> None:
        """Put a line into the row it means; spare is the key of a new row that brings none."""
        key = value_text(self.value(line, self.key)) or self._key_of(line) or self._key_of_name(line) or spare
        if not key:
            if (shared := self._shared_name(line)) is not None:
                self.problems.append(shared)
                return
            parts = self.made.parts if self.made else (self.unit, *self.naming)
            names = [name for name in parts if line.cells.get(name) is not None]
            found = "，".join(f"{name}＝{line.cells[name]}" for name in names)
            at = self.given.place(line.number, self.key)
            self.problems.append(problem("DATA_NO_KEY", at, key=self.key, found=found))
            return
        if key not in self.base and self._must_be_known(line):
            near, at = self.suggest_key(key), self.given.place(line.number, self.key)
            self.problems.append(problem("DATA_UNKNOWN_KEY", at, found=key, nearest=near))
            return
        cells = self._wide(line, key)
        if cells is None:
            return
        known = self._known(key)
        if known is not None and not self._adds(known, cells):
            at = self.given.place(line.number, self.key)
            self.problems.append(problem("DATA_REPEATED", at, found=key, line=known.line.number))
            return
        self._facts(made, key, line, cells, at_line)

    def _must_be_known(self, line: Line) -> bool:
        """Return whether a line can only mean a row of the scheme: a new one of a fixed list says whose it is."""
        if self.made:
            return True
        fixed = bool(self.base) and bool(self.unit) and not any(s.grows for s in self.sheets)
        return fixed and self.value(line, self.unit) is None

    def _key_of(self, line: Line) -> str:
        """Return the key of the row that a line means by its unit and number, label or name; a made one by its parts.

        Returns "" where it means none.
        """
        if self.made:
            parts = [self.value(line, name) for name in self.made.parts]
            return "" if None in parts else self.made.key_of(parts)
        if not self.unit or any(s.grows for s in self.sheets):
            return ""
        unit = self.value(line, self.unit)
        if unit is None:
            return ""
        for name in self.naming:
            found = self.value(line, name)
            if found is not None:
                if unit not in self.units_known:
                    return f"{value_text(unit)}-{value_text(found)}"
                same = self.named.get((unit, name, found), [])
                return same[0] if len(same) == 1 else ""
        return "" if unit in self.units_known else f"{value_text(unit)}-{line.number}"

    def _name(self, line: Line) -> tuple[str, str]:
        """Return the column with the name of an object that is no unit, and the name a line gives; "" for none."""
        subject = self.plan.subject_of.get(self.table)
        column = subject.name if subject is not None and not self.is_roster and subject.name in self.columns else ""
        return column, value_text(self.value(line, column)) if column else ""

    def _key_of_name(self, line: Line) -> str:
        """Return the key of the one object that bears the name in a line, which says nothing else of whose it is."""
        alone = not self.unit or self.value(line, self.unit) is None
        return self.own_names.get(self._name(line)[1], "") if alone else ""

    def _shared_name(self, line: Line) -> Problem | None:
        """Return that several objects bear the name in a line."""
        column, name = self._name(line)
        return self._several(line, column, self.own_shared[name]) if name in self.own_shared else None

    def _wide(self, line: Line, key: str) -> dict[str, str] | None:
        """Return column → the column of the line in which it is written; None where the stage is unknown."""
        if "stage" not in line.cells:
            return {name: name for name in line.cells if name in self.columns or name in self.loose}
        moved = STAGES.get(value_text(self.value(line, "stage")))
        if moved is None:
            found, at = value_text(self.value(line, "stage")) or "空", self.given.place(line.number, "stage")
            self.problems.append(problem("DATA_STAGE", at, found=found))
            return None
        kept = {
            n: n for n in line.cells if (n in self.columns or n in self.loose) and n not in ("stage", "actual", "score")
        }
        known = self.base.get(key, {})
        wanted = {self.by_role[to]: name for name, to in moved.items() if to in self.by_role and name in line.cells}
        return kept | {
            to: name for to, name in wanted.items() if line.cells[name] is not None or is_asked(self.columns[to], known)
        }

    def _adds(self, known: Meant, cells: Collection[str]) -> bool:
        """Return whether a second line of the long form only adds another stage."""
        roles = {role for columns in STAGES.values() for role in columns.values()}
        stages = {self.by_role[role] for role in roles & self.by_role.keys()} & {*cells}
        return "stage" in self.given.names and bool(stages) and all(known.raw.get(name) is None for name in stages)

    # ---- facts ---------------------------------------------------------------------------------

    def _facts(
        self, made: dict[str, dict[str, Value]], key: str, line: Line, cells: dict[str, str], at_line: int
    ) -> None:
        """Hold the facts of a line against the scheme's, or take those of a new row; keep what was filled in."""
        base = None if self.is_roster else self.base.get(key)
        row = made.setdefault(key, dict(self.base.get(key, {})))
        new = key not in self.meant
        meant = self.meant.setdefault(key, Meant(row, line, at=at_line))
        for name, source in cells.items():
            column = self.columns.get(name)
            if column is None:
                row[name] = row.get(name) if (found := self.value(line, name)) is None else found
                continue
            if column.kind == "key":
                continue
            if column.kind == "fact" and base is not None:
                self._held(column, line, base)
                continue
            if line.cells[source] is not None or name not in meant.raw:
                meant.raw[name], meant.places[name] = line.cells[source], (line.number, source)
            if column.kind == "fact" and (value := self.value(line, source)) is not None:
                row[name] = value
        row.setdefault(self.key, key if (typed := self.value(line, self.key)) is None else typed)
        if new and base is None and not self.is_roster:
            self._whole(meant)

    def _held(self, column: Column, line: Line, base: Row) -> None:
        """List where a line gives another fact than the scheme; what it gives is not taken."""
        now, problems = self._read(line, column.name)
        was = base.get(column.name)
        self.problems += errors(problems)
        doubtful = (line.number, column.name) in self.doubtful
        if now is not None and now != was and not value_matches(now, was) and not doubtful:
            found = {"title": column.title, "was": value_text(was) or "空", "now": value_text(now)}
            at = self.given.place(line.number, column.name)
            self.problems.append(problem("DATA_FACT_DIFFERS", at, **found))

    def _whole(self, meant: Meant) -> None:
        """List where a new row lacks its full mark: nothing is scored on it."""
        full = (c for s in self.taking(meant.row) for c in s.of_role("full") if c.kind == "fact")
        for column in dict.fromkeys(c.name for c in full):
            if meant.row.get(column) is None:
                at = self.given.place(meant.line.number, column)
                self.problems.append(problem("DATA_FACT_MISSING", at, title=self.columns[column].title))
                meant.unscored = True

    @property
    def is_roster(self) -> bool:
        """Return whether the lines are the units themselves, all of them."""
        return self.plan.units is not None and self.table == self.plan.units.table

    def taking(self, row: Row) -> list[Sheet]:
        """List the sheets that take a row."""
        return [s for s in self.sheets if s.takes(row)]

    def place(self, meant: Meant, name: str) -> Where:
        """Return where a column of a row is written, or would be."""
        line, source = meant.places.get(name, (meant.line.number, name))
        return self.given.place(line, source)

    def spoken_of(self) -> list[Meant]:
        """List the rows that lines speak of, in the order of the lines."""
        plain = (self.of_plain(number, self.plain) for number in range(len(self.plain.places)))
        return sorted([*plain, *self.meant.values()], key=lambda meant: meant.at)

    def unsaid(self) -> Collection[str]:
        """Return the rows of the scheme that no line speaks of."""
        return self.base.keys() - self.meant.keys() - self._plain_keys.keys()
