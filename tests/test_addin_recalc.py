"""An office's own book calculated without a spreadsheet: XP_ and native formulas, true cached values, nothing lost."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from faces import RowAddresses
from judge import Formula, _write, agrees
from test_rules import CASES

from xlperf.addin.cached import formulas_of, write_values
from xlperf.addin.formulas_engine import recalculated, valued
from xlperf.formula.excel import formula
from xlperf.formula.values import EXEMPT

SOME = CASES[::3]  # the engine takes seconds for all of them


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], object]:
    file = tmp_path_factory.mktemp("formulas") / "cases.xlsx"
    grid = []
    for case in SOME:
        names = list(case.row)
        exempt = frozenset(n for n in names if case.row[n] == EXEMPT)
        at = RowAddresses(names, len(grid) + 1, case.texts, exempt, clean=False)
        texts = [formula(case.expr, at, native=native) for native in (False, True)]
        grid.append([*map(Formula, texts), *case.row.values()])
    _write(file, {"cases": grid})
    return valued(file)


@pytest.mark.parametrize("column", ["A", "B"], ids=["XP_", "native"])
def test_every_third_case(found: dict[tuple[str, str], object], column: str):
    wrong = []
    for r, case in enumerate(SOME, start=1):
        got = found.get(("CASES", f"{column}{r}"))
        if not agrees(got, case.expected):
            wrong.append((case.name, got, case.expected))
    assert wrong == []


@pytest.fixture
def own_book(tmp_path: Path) -> Path:
    """A book of an office: native and XP_ formulas, a circle, a function nobody knows, false cached values."""
    file = tmp_path / "自有.xlsx"
    grid = [
        [115, 100, Formula("XP_STEPS(A1,B1,5%,5)"), Formula("C1+1"), "甲 & 乙"],
        [104, 100, Formula("XP_STEPS(A2,B2,5%,5)"), Formula('IF(C2>0,"加分","不加")')],
        ["无", 100, Formula("XP_STEPS(A3,B3,5%,5)"), Formula("IFERROR(C3,-1)")],
        [Formula("B4"), Formula("A4"), Formula("NOSUCH(1)"), Formula('XP_TOTAL(A1:A2,,E1:E2,"甲 & 乙")')],
    ]
    _write(file, {"得分 表": grid})
    return file


def test_true_values_are_written_and_the_rest_reported(own_book: Path, tmp_path: Path):
    out = tmp_path / "out.xlsx"
    count, problems = recalculated(own_book, out)
    sheet = openpyxl.load_workbook(out, data_only=True).active
    assert [[c.value for c in row[2:4]] for row in sheet["A1:D3"]] == [[15, 16], [0, "不加"], ["#VALUE!", -1]]
    assert sheet["D4"].value == 115
    assert (count, {(p.code, p.where.cell) for p in problems}) == (
        7,
        {("RECALC_CIRCLE", "A4"), ("RECALC_CIRCLE", "B4"), ("RECALC_UNKNOWN_FUNCTION", "C4")},
    )


def test_formulas_and_everything_else_stay_as_they_were(own_book: Path, tmp_path: Path):
    out = tmp_path / "out.xlsx"
    write_values(own_book, out, {("得分 表", "C1"): "a<b", ("得分 表", "D1"): True, ("得分 表", "C2"): "#N/A"})
    assert formulas_of(out) == formulas_of(own_book)
    sheet = openpyxl.load_workbook(out, data_only=True).active
    assert [sheet["C1"].value, sheet["D1"].value, sheet["C2"].value, sheet["E1"].value] == [
        "a<b",
        True,
        "#N/A",
        "甲 & 乙",
    ]
    with zipfile.ZipFile(own_book) as old, zipfile.ZipFile(out) as new:
        same = [name for name in old.namelist() if old.read(name) == new.read(name)]
        assert set(old.namelist()) - set(same) == {"xl/worksheets/sheet1.xml"}
