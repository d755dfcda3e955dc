"""Two small sheets that look at each other, stacked case below case in one workbook.

Sheet `theirs` has columns id, unit, kind, value, raw; sheet `mine` has id, unit, value, raw and the
result in four forms. Every case has a header row and its own bounded ranges, as a real layout has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kit.judge import Formula
from xlperf.engine.arrays import score_drawn
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.engine.score import score
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr, col, first
from xlperf.formula.links import Match
from xlperf.formula.operations import plain
from xlperf.formula.values import Value

THEIRS, MINE = "theirs", "mine"
LETTERS = {
    THEIRS: {"id": "A", "unit": "B", "kind": "C", "value": "D", "raw": "E"},
    MINE: {"id": "A", "unit": "B", "value": "C", "raw": "D"},
}
RESULTS = 4  # the results start in column E of `mine`

Row = Mapping[str, Value]


@dataclass(frozen=True)
class Link:
    """A link expression for every row of `mine`, and what must come out."""

    name: str
    expr: Expr
    theirs: Sequence[Row]
    mine: Sequence[Row]
    expected: Sequence[Value]
    texts: frozenset[str] = frozenset({"unit", "kind", "id"})
    result_is_text: bool = False

    def rows(self, sheet: str) -> Sequence[Row]:
        return self.theirs if sheet == THEIRS else self.mine

    def holds(self, name: str) -> str:
        return "text" if name in self.texts else "number"

    @property
    def plan(self) -> Plan:
        theirs = self._columns(("id", "unit", "kind"))
        mine = self._columns(("id", "unit"))
        result = Column("result", "结果", "computed", "text" if self.result_is_text else "number", self.expr)
        sheets = (Sheet(THEIRS, THEIRS, THEIRS, theirs), Sheet(MINE, MINE, MINE, (*mine, result)))
        return Plan("links", "", 2024, sheets)

    def _columns(self, facts: Sequence[str]) -> tuple[Column, ...]:
        given = [Column(n, n, "key" if n == "id" else "fact", self.holds(n)) for n in facts]
        raw = Column("raw", "raw", "input", self.holds("value"))
        value = Column("value", "value", "computed", self.holds("value"), first(col("raw")))
        return (*given, raw, value)

    def exact(self) -> list[Value]:
        return list(score(self.plan, self._tables()).column(MINE, "result"))

    def array(self) -> list[object]:
        return list(score_drawn(score(self.plan, self._tables()), {})[MINE]["result"])

    def _tables(self) -> dict[str, list[dict[str, Value]]]:
        return {sheet: [{**row, "raw": row.get("value")} for row in self.rows(sheet)] for sheet in (THEIRS, MINE)}


@dataclass(frozen=True)
class Place:
    """Where one row of `mine` looks; `fixed` knows the roster, `computed` has values in formula cells."""

    link: Link
    tops: Mapping[str, int]
    index: int
    fixed: bool = False
    is_computed: bool = False
    part: tuple[int, int] | None = None  # rows of a block, counted from the first

    def cell(self, name: str) -> str:
        return f"{LETTERS[MINE][name]}{self.tops[MINE] + 1 + self.index}"

    def is_text(self, name: str) -> bool:
        return name in self.link.texts

    def is_clean(self, name: str) -> bool:
        return True

    def is_filled(self, name: str) -> bool:
        return False

    def may_be_exempt(self, name: str) -> bool:
        return name == "value"

    def whole(self, sheet: str, name: str) -> str:
        sheet = sheet or MINE
        start, stop = self.part or (0, len(self.link.rows(sheet)))
        top, letter = self.tops[sheet] + 1, LETTERS[sheet][name]
        return f"{sheet}!${letter}${top + start}:${letter}${top + max(stop, start + 1) - 1}"

    def keys(self, sheet: str) -> str:
        return self.whole(sheet, "id")

    def computed(self, sheet: str, name: str) -> bool:
        return self.is_computed

    def linked(self, key: str, sheet: str, name: str) -> str | None:
        wanted = plain(self.link.mine[self.index][key])
        found = [i for i, row in enumerate(self.link.rows(sheet)) if plain(row["id"]) == wanted]
        if not self.fixed or not found:
            return None
        return f"{sheet}!${LETTERS[sheet][name]}${self.tops[sheet] + 1 + found[0]}"

    def block(self, sheet: str, name: str, match: Match) -> tuple[str, Match, Place] | None:
        if not self.fixed or ("unit", col("unit")) not in match:
            return None
        unit = plain(self.link.mine[self.index]["unit"])
        found = [i for i, row in enumerate(self.link.rows(sheet)) if plain(row["unit"]) == unit]
        if not found or found[-1] - found[0] + 1 != len(found):
            return None
        inner = Place(self.link, self.tops, self.index, self.fixed, self.is_computed, (found[0], found[-1] + 1))
        return inner.whole(sheet, name), tuple(m for m in match if m != ("unit", col("unit"))), inner

    def above(self, name: str) -> str:
        top, letter = self.tops[MINE], LETTERS[MINE][name]
        return f"{MINE}!${letter}${top}:${letter}${top + self.index}"


@dataclass
class Stack:
    """Writes links one below the other and finds their results again."""

    links: Sequence[Link]
    grids: dict[str, list[list[object]]] = field(default_factory=dict)
    starts: list[dict[str, int]] = field(default_factory=list)

    def written(self) -> dict[str, list[list[object]]]:
        """Return the grids of typed and of computed values; forms side by side."""
        self.grids = {THEIRS: [], MINE: []}
        for link in self.links:
            for is_computed in (False, True):
                self._add(link, is_computed)
        return self.grids

    def _add(self, link: Link, is_computed: bool) -> None:
        tops = {sheet: len(grid) + 1 for sheet, grid in self.grids.items()}
        self.starts.append(tops)
        for sheet, grid in self.grids.items():
            grid.append(["id", "unit", *(["kind"] if sheet == THEIRS else []), "value", "raw"])
            for i, row in enumerate(link.rows(sheet)):
                grid.append(self._row(sheet, row, is_computed, len(grid) + 1))
                if sheet == MINE:
                    forms = (Place(link, tops, i, fixed, is_computed) for fixed in (False, True))
                    grid[-1] += [Formula(formula(link.expr, at)) for at in forms]

    @staticmethod
    def _row(sheet: str, row: Row, is_computed: bool, r: int) -> list[object]:
        raw = f"{LETTERS[sheet]['raw']}{r}"
        value = Formula(f'IF({raw}="","",{raw})') if is_computed else row.get("value")
        facts = [row.get("id"), row.get("unit"), *([row.get("kind")] if sheet == THEIRS else [])]
        return [*facts, value, row.get("value")]

    def results(self, shown: Sequence[Sequence[object]]) -> list[list[list[object]]]:
        """Return for each link and each row of `mine` its four results."""
        made = []
        for n, link in enumerate(self.links):
            typed, computed = self.starts[2 * n][MINE], self.starts[2 * n + 1][MINE]
            rows = [[shown[top + i] for top in (typed, computed)] for i in range(len(link.mine))]
            made.append([[r[c] for r in pair for c in (RESULTS, RESULTS + 1)] for pair in rows])
        return made
