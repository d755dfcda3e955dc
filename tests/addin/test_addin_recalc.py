"""An office's own book calculated without a spreadsheet: XP_ and native formulas, true cached values, nothing lost."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from kit.faces import RowAddresses
from kit.judge import Formula, Judge, _write, agrees
from kit.simulated import simulated
from test_rules import CASES

from xlperf.addin.headless import formualizer_engine, formulas_engine
from xlperf.addin.headless import recalculate as headless
from xlperf.addin.headless.recalculate import ENGINES, MOST_FOR_FORMULAS, engine_for, recalculated
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.formula.excel import formula
from xlperf.formula.values import EXEMPT
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.seal import Identity
from xlperf.xlsx.cached import formulas_of, write_values

SOME = CASES[::3]  # the slower engine takes seconds for all of them
BY_NAME = {"formulas": formulas_engine, "formualizer": formualizer_engine}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[str, str], object]]:
    file = tmp_path_factory.mktemp("formulas") / "cases.xlsx"
    grid = []
    for case in SOME:
        names = list(case.row)
        exempt = frozenset(n for n in names if case.row[n] == EXEMPT)
        at = RowAddresses(names, len(grid) + 1, case.texts, exempt, clean=False)
        texts = [formula(case.expr, at, native=native) for native in (False, True)]
        grid.append([*map(Formula, texts), *case.row.values()])
    _write(file, {"cases": grid})
    return {name: engine.valued(file) for name, engine in BY_NAME.items()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("column", ["A", "B"], ids=["XP_", "native"])
def test_every_third_case(found: dict[str, dict[tuple[str, str], object]], column: str, engine: str):
    wrong = []
    for r, case in enumerate(SOME, start=1):
        got = found[engine].get(("CASES", f"{column}{r}"))
        if not agrees(got, case.expected):
            wrong.append((case.name, got, case.expected))
    assert wrong == []


@pytest.mark.parametrize("native", [True, False], ids=["native", "XP_"])
def test_both_engines_agree_on_a_small_master_book(native: bool, tmp_path: Path):
    scheme = load_scheme(find_scheme("three-units")[0])[0]
    plan = compile_scheme(scheme)[0]
    scores = score(plan, simulated(plan, scheme.tables, 7))
    file = tmp_path / "总表.xlsx"
    seal = Identity("master", "r", "three-units", plan.year, "", 1)
    write_master(scores, file, identity=seal, native=native, scheme=scheme)
    slow, fast = (BY_NAME[name].valued(file) for name in ENGINES)
    places = [(sheet.upper(), cell) for sheet, cell in formulas_of(file)]
    assert len(places) > 100
    assert [(p, slow.get(p), fast.get(p)) for p in places if not equal(slow.get(p), fast.get(p))] == []
    assert recalculated(file, tmp_path / "out.xlsx", "formualizer") == (len(places), [])


def equal(a: object, b: object) -> bool:
    """Tell whether two cells show the same; an empty one and one that shows nothing are the same."""
    if isinstance(a, float | int) and isinstance(b, float | int):
        return f"{a:.14g}" == f"{b:.14g}"
    return (a or "") == (b or "")


DECIMALS = {
    "ROUND(1.005,2)": 1.01,
    "ROUND(-1.005,2)": -1.01,
    "ROUND(A1,1)": 0.3,
    "ROUNDUP(0.7/0.1,0)": 7,
    "ROUNDDOWN(0.3/0.1,0)": 3,
    "INT(0.3/0.1)": 3,
    "INT(-2.5)": -3,
    "FLOOR(0.3,0.1)": 0.3,
    "FLOOR(0.7,0.1)": 0.7,
    "CEILING(0.3,0.1)": 0.3,
    "FLOOR(-0.35,-0.1)": -0.3,
    "FLOOR(1,0)": "#DIV/0!",
    "0.1+0.2=0.3": True,
    "0.1+0.2>0.3": False,
    "A1<>B1": False,
    "A1>=B1": True,
    "A1=C1": False,
    "C1=0": True,
    'C1=""': True,
    '"a"="A"': True,
    '"a">1': True,
    "SUMPRODUCT(--(A1:B1=B1))": 2,
    "SUMPRODUCT((A1:B1<=B1)*(A1:B1>0))": 2,
    'IF(1/0=1,"a","b")': "#DIV/0!",
}


@pytest.mark.parametrize("engine", ENGINES)
def test_decimals_are_rounded_and_compared_as_cells_show_them(engine: str, tmp_path: Path):
    file = tmp_path / "decimals.xlsx"
    typed = [[Formula("0.1+0.2"), 0.3, None]]
    _write(file, {"a": [*typed, *([Formula(text)] for text in DECIMALS)]})
    got = BY_NAME[engine].valued(file)
    shown = {text: got["A", f"A{r}"] for r, text in enumerate(DECIMALS, start=2)}
    assert [(t, v, DECIMALS[t]) for t, v in shown.items() if not equal(v, DECIMALS[t])] == []


@pytest.mark.libreoffice
def test_libreoffice_rounds_and_compares_alike(judge: Judge):
    shown = judge({"a": [[Formula("0.1+0.2"), 0.3, None], *([Formula(text)] for text in DECIMALS)]})["a"]
    got = dict(zip(DECIMALS, (row[0] for row in shown[1:]), strict=True))
    errors = {text for text, value in DECIMALS.items() if value == "#DIV/0!"}
    assert {text for text in errors if not str(got[text]).startswith("#")} == set()  # it names some otherwise
    assert [(t, v, DECIMALS[t]) for t, v in got.items() if t not in errors and not equal(v, DECIMALS[t])] == []


def test_the_engine_follows_the_size():
    assert [engine_for(0), engine_for(MOST_FOR_FORMULAS), engine_for(MOST_FOR_FORMULAS + 1)] == [
        "formulas",
        "formulas",
        "formualizer",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_package_is_named(engine: str, own_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(headless, "find_spec", lambda name: None)
    count, problems = recalculated(own_book, tmp_path / "out.xlsx", engine)
    assert (count, [(p.code, dict(p.values)["found"]) for p in problems]) == (0, [("RECALC_NO_ENGINE", engine)])


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


@pytest.mark.parametrize("engine", ENGINES)
def test_true_values_are_written_and_the_rest_reported(own_book: Path, tmp_path: Path, engine: str):
    out = tmp_path / "out.xlsx"
    count, problems = recalculated(own_book, out, engine)
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
