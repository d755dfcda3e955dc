"""Rules that look at other rows through steps of their own, on whole small plans: engine, arrays and LibreOffice.

A `Block` is one plan over its rows; every computed column, hidden steps as well, is written as a formula over the
others, and the result stands in column A of its sheet once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kit.faces import letters, plain
from kit.judge import Formula, Judge, agrees, read_cell
from kit.mass_judge import judged
from xlperf.engine.arrays import score_drawn
from xlperf.engine.laid import laid
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.engine.score import score
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr
from xlperf.formula.links import Match
from xlperf.formula.values import Value

MINE, THEIRS = "mine", "theirs"
RESULT = "result"
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Block:
    """A rule for every row of `mine`, and what must come out. texts: the columns that hold text."""

    name: str
    expr: Expr
    mine: Sequence[Row]
    expected: Sequence[Value]
    theirs: Sequence[Row] = ()
    texts: frozenset[str] = frozenset({"id", "unit", "kind", "group"})
    holds: str = "number"

    @cached_property
    def plan(self) -> Plan:
        result = Column(RESULT, "结果", "computed", self.holds, self.expr)
        sheets = (
            Sheet(THEIRS, "台账", THEIRS, self._given(self.theirs)),
            Sheet(MINE, "本表", MINE, (*self._given(self.mine), result)),
        )
        return Plan("blocks", "", 2024, laid(sheets))

    def _given(self, rows: Sequence[Row]) -> tuple[Column, ...]:
        names = list(dict.fromkeys(n for row in rows for n in row)) or ["id"]
        kinds = ("key", *["input"] * len(names))
        return tuple(
            Column(n, n, k, "text" if n in self.texts else "number", exempt=n == "value")
            for n, k in zip(names, kinds, strict=False)
        )

    @property
    def tables(self) -> dict[str, list[Row]]:
        return {MINE: list(self.mine), THEIRS: list(self.theirs)}

    def exact(self) -> list[Value]:
        return list(score(self.plan, self.tables).column(MINE, RESULT))

    def array(self) -> list[Value]:
        return [plain(x) for x in score_drawn(score(self.plan, self.tables), {})[MINE][RESULT]]

    def grids(self, number: int) -> dict[str, list[list[object]]]:
        """Return the two sheets, with their columns from B on."""
        return {f"{name}{number}": self._grid(name, number) for name in (MINE, THEIRS)}

    def _grid(self, name: str, number: int) -> list[list[object]]:
        sheet = self.plan.by_name[name]
        at = Spot(self, name, number)
        written = {c.name: formula(c.expr, at) for c in sheet.columns if c.expr is not None}
        first = f'IF({at.cell(RESULT)}="","",{at.cell(RESULT)})' if name == MINE else '""'
        grid: list[list[object]] = [["", *(c.name for c in sheet.columns)]]
        for r, row in enumerate(self.tables[name], 2):
            cells = [_in_row(written[c.name], r) if c.name in written else row.get(c.name) for c in sheet.columns]
            grid.append([_in_row(first, r), *cells])
        return grid


ANY_ROW = 8888888  # stands for the row's number until a formula is written into its row


def _in_row(text: str, row: int) -> Formula:
    return Formula(text.replace(str(ANY_ROW), str(row)).replace(str(ANY_ROW - 1), str(row - 1)))


def differences(judge: Judge, blocks: Sequence[Block]) -> list[object]:
    """Calculate blocks in LibreOffice; return what differs from what is expected: block, row, wanted, shown."""
    sheets = {name: grid for n, block in enumerate(blocks) for name, grid in block.grids(n).items()}
    shown = judged(judge, sheets, column=0)
    return [
        (block.name, i, wanted, cell)
        for n, block in enumerate(blocks)
        for i, (text, wanted) in enumerate(zip(shown[f"{MINE}{n}"][1:], block.expected, strict=True))
        if not agrees(cell := read_cell(text, wanted), wanted)
    ]


@dataclass(frozen=True)
class Spot:
    """Where any row of a sheet of a block stands."""

    of: Block
    sheet: str
    number: int

    def _letter(self, sheet: str, name: str) -> str:
        return letters([c.name for c in self.of.plan.by_name[sheet].columns].index(name) + 1)

    def cell(self, name: str) -> str:
        return f"{self._letter(self.sheet, name)}{ANY_ROW}"

    def is_text(self, name: str) -> bool:
        return self.of.plan.by_name[self.sheet].by_name[name].holds == "text"

    def is_clean(self, name: str) -> bool:
        return self.is_text(name)

    def is_filled(self, name: str) -> bool:
        return False

    def may_be_exempt(self, name: str) -> bool:
        return (self.sheet, name) in self.of.plan.exempt

    def whole(self, sheet: str, name: str) -> str:
        sheet = sheet or self.sheet
        letter = self._letter(sheet, name)
        return f"{sheet}{self.number}!${letter}$2:${letter}${max(len(self.of.tables[sheet]), 1) + 1}"

    def keys(self, sheet: str) -> str:
        return self.whole(sheet, "id")

    def linked(self, key: str, sheet: str, name: str) -> str | None:
        return None

    def computed(self, sheet: str, name: str) -> bool:
        return self.of.plan.by_name[sheet].by_name[name].expr is not None

    def block(self, sheet: str, name: str, match: Match) -> None:
        return None

    def above(self, name: str) -> str:
        letter = self._letter(self.sheet, name)
        return f"{letter}$1:{letter}{ANY_ROW - 1}"
