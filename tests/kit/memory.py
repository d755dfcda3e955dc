"""A book in memory for the button, without any spreadsheet program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlperf.formula.digests import digest_of_lines, digest_of_value
from xlperf.formula.spelling import digest


class Memory:
    """A book of plain rows whose ranking is worked out by a function instead of formulas."""

    def __init__(self) -> None:
        marks = [("U1", "甲局", 90.0), ("U2", "乙局", 80.0), ("U3", "丙局", 70.0), ("U4", "丁局", None)]
        self.sheets: dict[str, list[list[Any]]] = {
            "得分": [
                [],
                [],
                [],
                ["xlperf|A|1", "unit", "name", "mark", "final"],
                [],
                [None, "代码", "单位", "核定得分", "得分"],
            ]
            + [[key, key, name, mark, None] for key, name, mark in marks],
            "排名": [],
            "_xlperf": [
                ["xlperf1|master"],
                ["table", "1", "A", "得分", "'得分'!$A$4:$D$10", "4"],
                ["column", "1", "unit", "B", "locked"],
                ["column", "1", "name", "C", "locked"],
                ["column", "1", "mark", "D", "input"],
                ["column", "1", "final", "E", "locked"],
                *(["row", "1", f"U{i}", str(i + 6)] for i in range(1, 5)),
                ["formulas", "得分", "E", "7", "".join(digest(f'=IF(D{r}="","",D{r})') for r in range(7, 11))],
                ["facts", "得分", "C", "7", "".join(digest_of_value(name) for _, name, _ in marks)],
            ],
        }
        self.seal()
        self.typed = {("得分", r - 1, 4): f'=IF(D{r}="","",D{r})' for r in range(7, 11)}  # formulas as they stand
        self.recalculate()

    def seal(self) -> None:
        """Let the map say what it is now."""
        lines = [line for line in self.sheets["_xlperf"][1:] if line[0] != "whole"]
        count, whole = digest_of_lines(lines)
        self.sheets["_xlperf"][1:] = [*lines, ["whole", str(count), whole]]

    def titles(self) -> Sequence[str]:
        return list(self.sheets)

    def rows(self, title: str) -> Sequence[Sequence[Any]]:
        return [list(row) for row in self.sheets[title]]

    def formulas(self, title: str) -> Sequence[Sequence[str]]:
        rows = self.sheets[title]
        return [[self.typed.get((title, r, c), str(v)) for c, v in enumerate(row)] for r, row in enumerate(rows)]

    def put(self, title: str, row: int, column: int, value: Any) -> None:
        self.sheets[title][row][column] = value
        self.typed.pop((title, row, column), None)

    def replace(self, title: str, rows: Sequence[Sequence[Any]], *, hidden: bool = False, widths: Sequence[float] = ()):
        self.sheets[title] = [list(row) for row in rows]
        assert not widths or all(len(row) == len(widths) for row in rows)

    def remove(self, title: str) -> None:
        self.sheets.pop(title, None)

    def recalculate(self) -> None:
        for r, row in enumerate(self.sheets["得分"][6:], 6):
            row[4] = row[3] if ("得分", r, 4) in self.typed else row[4]
        marks = [(row[4], row[2]) for row in self.sheets["得分"][6:] if isinstance(row[4], float)]
        ranked = sorted(marks, key=lambda m: -m[0])
        places = [float(1 + sum(m > mark for m, _ in marks)) for mark, _ in ranked]
        lines = [[place, name, mark, None] for place, (mark, name) in zip(places, ranked, strict=True)]
        empty = [["", "", "", None]] * (4 - len(lines))
        self.sheets["排名"] = [["排名"], [""], ["各局排名"], ["名次", "单位", "得分", "备注"], *lines, *empty, [""]]
