"""A table is typed column by column, equal texts once: the same as cell by cell, and problems in the order of lines."""

from __future__ import annotations

import csv
import io
import random

import pytest

from xlperf.problems import Problem, Where
from xlperf.scheme.reading.cells import typed
from xlperf.scheme.reading.tables import Reads, table_of

READS = {"id": Reads("text"), "n": Reads("number"), "day": Reads("date"), "ex": Reads("number", exempt=True)}
WORDS = [
    "1",
    "1.0",
    " 1 ",
    "-3",
    "1e3",
    "95%",
    "九十五",
    "不适用",
    "",
    "  ",
    "\u200b",
    "2017-12-05",
    "2017年12月5日",
    "张三",
]


@pytest.mark.parametrize("seed", range(20))
def test_every_cell_is_what_it_is_alone(seed: int):
    draw = random.Random(seed)
    names = draw.sample(list(READS), draw.randint(1, len(READS)))
    lines = [[draw.choice(WORDS) for _ in names] for _ in range(30)]
    lines = [cells for cells in lines if any(cell.strip() for cell in cells)]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([names, *lines])
    rows, problems = table_of(written.getvalue(), READS, "units.csv")
    wanted = [
        [typed(c, READS[n].holds, Where("units.csv", line, i, n), READS[n].exempt) for i, (n, c) in enumerate(cells, 1)]
        for line, cells in enumerate(([*zip(names, cells, strict=True)] for cells in lines), 2)
    ]
    assert [[*row.values()] for row in rows] == [[None if isinstance(v, Problem) else v for v in r] for r in wanted]
    assert problems == [value for row in wanted for value in row if isinstance(value, Problem)]


def test_a_row_remembers_its_line():
    rows, _ = table_of("id,n\nU1,1\nU2,1\n", READS, "units.csv")
    assert [row.at for row in rows] == [Where("units.csv", 2, 1), Where("units.csv", 3, 1)]
    assert rows[0]["n"] is rows[1]["n"]  # one number for both
