"""`rows: {each: …, with: …, over: …}` as written, read into how the rows of a sheet are made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from xlperf.formula.comparisons import COMPARE
from xlperf.formula.expression import Expr, blank, both, col, first, is_blank, lift, negate
from xlperf.formula.values import Value, number
from xlperf.problems import Problem, problem
from xlperf.scheme.made import MadeRows, Taken
from xlperf.scheme.model import ColumnSpec, Figure, Listing, Scalar, SheetSpec, place_of
from xlperf.scheme.model import Mapping as Node
from xlperf.scheme.reading.cells import typed
from xlperf.scheme.reading.nodes import mapping, pairs, records, text
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.vocabulary import Holds
from xlperf.scheme.words import nearest

Sheets = tuple[SheetSpec, ...]
_SPAN = re.compile(r"(-?\d{1,6})\.\.(-?\d{1,6})\Z", re.ASCII)
_MOST = 10_000  # values of one list: a slip like 1..202612 must not fill the memory


def made_sheets(sheets: Sheets, root: Node, figures: Mapping[str, Figure]) -> tuple[Sheets, list[Problem]]:
    """Return the sheets, those whose rows are made knowing how; what cannot be made is told and stays without rows."""
    problems: list[Problem] = []
    done = []
    for sheet in sheets:
        node = mapping(mapping(mapping(root, "sheets"), sheet.name), "rows")
        made = _Maker(sheet, sheets, node, figures, problems).made() if node else None
        done.append(replace(sheet, made=made) if made else sheet)
    problems += _taken_names(tuple(done), root)
    return tuple(done), problems


def _taken_names(sheets: Sheets, root: Node) -> Iterator[Problem]:
    """List the made sheets whose name is that of a table which is given, and those that are to grow."""
    given = {*map(str, pairs(root, "tables")), *map(str, mapping(root, "objects"))}
    for sheet in (s for s in sheets if s.made):
        if sheet.name in given:
            yield problem("ROWS_TABLE_TAKEN", sheet.at, found=sheet.name)
        if sheet.grows:
            yield problem("ROWS_GROW", sheet.at, sheet=sheet.title)


@dataclass
class _Maker:
    """Reads the rows of one sheet; problems are added as they are met."""

    sheet: SheetSpec
    sheets: Sheets
    node: Node
    figures: Mapping[str, Figure]
    problems: list[Problem]
    _given: dict[str, dict[str, ColumnSpec]] = field(default_factory=dict)

    def made(self) -> MadeRows | None:
        """Return how the rows are made; None where it cannot be told."""
        before = len(self.problems)
        key = next((c.name for c in self.sheet.columns if text(c.attributes, "is") == "key"), "")
        each, other = self._table("each"), self._table("with")
        if each is None or not key:
            return None
        over = tuple((str(name), self._span(name, node)) for name, node in mapping(self.node, "over").items())
        on = tuple((str(a), str(b)) for a, b in self._joined(each, other))
        made = MadeRows(key, each, other, on, over)
        made = replace(made, facts=tuple(self._facts(made)), condition=self._condition())
        return made if len(self.problems) == before else None

    # ---- tables ---------------------------------------------------------------------------------

    def _table(self, word: str) -> Taken | None:
        """Read `each: {person: people}`: the column and the table, whose key is read off the sheet that shows it."""
        given = pairs(self.node, word)
        if len(given) != 1:
            if word in self.node:
                self._tell("ROWS_ONE_TABLE", self.node[Scalar(word)], name=word)
            return None
        ((column, table),) = given.items()
        shows = next((s for s in self.sheets if s.rows == table), None)
        if shows is None:
            self._tell("UNKNOWN_TABLE", table, found=table, nearest=nearest(table, self._tables()))
            return None
        keys = [c for c in shows.columns if text(c.attributes, "is") == "key"]
        if not keys:
            return None  # told where the sheet stands
        self._part(column, holds_of(keys[0]))
        return Taken(str(column), str(table), keys[0].name)

    def _tables(self) -> list[str]:
        return list(dict.fromkeys(s.rows for s in self.sheets if s.rows and s.name != self.sheet.name))

    def _columns(self, table: str) -> dict[str, ColumnSpec]:
        """Return the columns that the rows of a table bring, whichever sheet shows them."""
        if table not in self._given:
            shown = (s for s in self.sheets if s.rows == table)
            self._given[table] = {c.name: c for s in shown for c in s.columns if not c.rule}
        return self._given[table]

    def _joined(self, each: Taken, other: Taken | None) -> Iterator[tuple[str, str]]:
        for theirs, mine in pairs(self.node, "on").items():
            for name, taken in ((theirs, other), (mine, each)):
                if taken is None:
                    self._tell("ROWS_ON_ALONE", name)
                    return
                known = self._columns(taken.table)
                if name not in known:
                    self._tell("UNKNOWN_COLUMN", name, sheet=taken.table, found=name, nearest=nearest(name, known))
            yield theirs, mine

    # ---- columns --------------------------------------------------------------------------------

    def _part(self, name: str, holds: Holds | None = None) -> ColumnSpec | None:
        """Return the column of the sheet that a part of the key stands in; it must be a fact of the same kind."""
        column = next((c for c in self.sheet.columns if c.name == name), None)
        if column is None or text(column.attributes, "is") != "fact":
            self._tell("ROWS_NO_PART", name, sheet=self.sheet.title, name=name)
            return None
        if holds is not None:
            self._same_kind(column, holds, self.sheet.title)
        return column

    def _same_kind(self, column: ColumnSpec, holds: Holds, other: str) -> None:
        here = holds_of(column)
        if here != holds:
            self._tell("HOLDS_DIFFER", column, found=column.name, here=here, there=holds, other=other)

    def _facts(self, made: MadeRows) -> Iterator[tuple[str, str, str]]:
        """Find every other fact of the sheet in the tables that its rows are made from."""
        whose = {"each": made.each, **({"other": made.other} if made.other else {})}
        take = {str(k): v for k, v in pairs(self.node, "take").items()}
        for column in self.sheet.columns:
            if text(column.attributes, "is") != "fact" or column.name in made.parts:
                continue
            wanted = take.get(column.name, "")
            first, dot, name = wanted.partition(".")
            there = [w for w, t in whose.items() if (not dot or t.column == first)]
            name = (name if dot else wanted) or column.name
            there = [w for w in there if name in self._columns(whose[w].table)]
            if len(there) == 2 and (name, name) not in made.on:
                columns = {"each": made.each.column, "other": made.other.column if made.other else ""}
                self._tell("ROWS_FACT_TWICE", column, sheet=self.sheet.title, found=column.name, **columns)
            elif not there:
                known = [c for t in whose.values() for c in self._columns(t.table)]
                tables = "、".join(t.table for t in whose.values())
                values = {"sheet": self.sheet.title, "tables": tables, "found": wanted or column.name}
                self._tell("ROWS_FACT_NOWHERE", wanted or column, **values, nearest=nearest(name, known))
            else:
                self._same_kind(column, holds_of(self._columns(whose[there[0]].table)[name]), whose[there[0]].table)
                yield column.name, there[0], name

    def _span(self, name: Scalar, node: object) -> tuple[Value, ...]:
        """Read `1..12` or a list of values, each as its column holds it."""
        column = self._part(name)
        holds = holds_of(column) if column else "text"
        ends = _SPAN.match(node) if isinstance(node, str) else None
        if ends and holds == "number" and 0 <= int(ends[2]) - int(ends[1]) < _MOST:
            return tuple(Fraction(n) for n in range(int(ends[1]), int(ends[2]) + 1))
        found = [typed(item, holds, place_of(item)) for item in node] if isinstance(node, Listing) else []
        self.problems += [v for v in found if isinstance(v, Problem)]
        if column and (not found or None in found or len(set(found)) < len(found)):
            self._tell("ROWS_SPAN", name, name=name, found=node if isinstance(node, str) else "[…]")
        return tuple(v for v in found if not isinstance(v, Problem))

    # ---- conditions -----------------------------------------------------------------------------

    def _condition(self) -> Expr | None:
        found = [self._compared(node) for node in records(self.node, "while")]
        return both(*found) if found else None

    def _compared(self, node: Node) -> Expr:
        """Read one condition over facts of the row; where rows stand cannot follow a reading."""
        facts = [c.name for c in self.sheet.columns if text(c.attributes, "is") == "fact"]
        name = text(node, "column")
        if name not in facts:
            at = name or node
            self._tell("UNKNOWN_COLUMN", at, sheet=self.sheet.title, found=name, nearest=nearest(name, facts))
            return is_blank(blank())
        if text(node, "is_given"):
            return negate(is_blank(col(str(name)))) if text(node, "is_given") == "yes" else is_blank(col(str(name)))
        tests = [k for k in node if k in COMPARE]
        cell = first(col(str(name)), self._value(node, "blank", facts)) if "blank" in node else col(str(name))
        if len(tests) != 1:
            words = "、".join([*COMPARE, "is_given"])
            self._tell("WRONG_VALUE", node, name="while", wanted=words, found="、".join(map(str, node)))
            return is_blank(blank())
        return COMPARE[tests[0]][0](cell, self._value(node, tests[0], facts))

    def _value(self, node: Node, key: str, facts: list[str]) -> Expr:
        word = text(node, key)
        if not word:
            self._tell("WRONG_VALUE", node, name=key, wanted="一个数、一列或一段文字", found="{…}")
        if word in facts:
            return col(str(word))
        if word in self.figures:
            return lift(self.figures[word].value)
        figure = number(word)
        return lift(str(word) if figure is None else figure)

    def _tell(self, code: str, at: object, **values: object) -> None:
        self.problems.append(problem(code, place_of(at), **values))
