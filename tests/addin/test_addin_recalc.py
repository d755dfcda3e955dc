"""An office's own book calculated without a spreadsheet: XP_ and native formulas, true cached values, nothing lost."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from kit.faces import RowAddresses
from kit.judge import FALSE_CACHE, Formula, Judge, _write, agrees, open_judge
from kit.libreoffice import converted
from kit.masters import master_of
from kit.rule_cases import CASES

from xlperf.addin.headless import formualizer_engine, formulas_engine
from xlperf.addin.headless import recalculate as headless
from xlperf.addin.headless.engines import Answer
from xlperf.addin.headless.recalculate import ENGINES, MOST_FOR_FORMULAS, engines_for, recalculated
from xlperf.cli import main
from xlperf.formula.excel import formula
from xlperf.formula.values import EXEMPT
from xlperf.xlsx.cached import formulas_of, shows_alike, write_values

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
    file = master_of("three-units", tmp_path / "总表.xlsx", native=native)
    slow, fast = (BY_NAME[name].valued(file) for name in ENGINES)
    places = [(sheet.upper(), cell) for sheet, cell in formulas_of(file)]
    assert len(places) > 100
    assert [(p, slow.get(p), fast.get(p)) for p in places if not shows_alike(slow.get(p), fast.get(p))] == []
    found = recalculated(file, tmp_path / "out.xlsx")
    assert (found.written, found.problems, found.changes) == (len(places), (), ())


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
    assert [(t, v, DECIMALS[t]) for t, v in shown.items() if not shows_alike(v, DECIMALS[t])] == []


@pytest.mark.libreoffice
def test_libreoffice_rounds_and_compares_alike(judge: Judge):
    shown = judge({"a": [[Formula("0.1+0.2"), 0.3, None], *([Formula(text)] for text in DECIMALS)]})["a"]
    got = dict(zip(DECIMALS, (row[0] for row in shown[1:]), strict=True))
    errors = {text for text, value in DECIMALS.items() if value == "#DIV/0!"}
    assert {text for text in errors if not str(got[text]).startswith("#")} == set()  # it names some otherwise
    assert [(t, v, DECIMALS[t]) for t, v in got.items() if t not in errors and not shows_alike(v, DECIMALS[t])] == []


def test_both_engines_calculate_what_is_not_too_large():
    assert [engines_for(n) for n in (0, MOST_FOR_FORMULAS, MOST_FOR_FORMULAS + 1)] == [ENGINES, ENGINES, ENGINES[1:]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_package_is_named(engine: str, own_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(headless, "find_spec", lambda name: None)
    found = recalculated(own_book, tmp_path / "out.xlsx", engine)
    told = [(p.code, dict(p.values)["found"]) for p in found.problems]
    assert (found.written, told) == (0, [("RECALC_NO_ENGINE", engine)])


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


@pytest.mark.parametrize("engine", [*ENGINES, None])
def test_true_values_are_written_and_the_rest_reported(own_book: Path, tmp_path: Path, engine: str | None):
    out = tmp_path / "out.xlsx"
    found = recalculated(own_book, out, engine)
    sheet = openpyxl.load_workbook(out, data_only=True).active
    assert [[c.value for c in row[2:4]] for row in sheet["A1:D3"]] == [[15, 16], [0, "不加"], ["#VALUE!", -1]]
    assert sheet["D4"].value == 115
    assert (found.written, {(p.code, p.where.cell) for p in found.problems}) == (
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


# ---- two engines, each checking the other --------------------------------------------------------------------

RANKED = "SUMPRODUCT((N$2:N$6>N2)/COUNTIF(N$2:N$6,N$2:N$6))+1"  # 中国式排名: ties share a place, none is left out
DOUBTFUL = {
    "P1": "WORKDAY(45353,5)",  # from a Saturday
    "P2": RANKED,
    "P3": "SUM(N2:N6)",
    "P4": "IFERROR(P1,0)+1",
    "P5": 'IF(N2>1,"是","否")',
}


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """A book in which the engines differ; every formula says something false."""
    numbers = [90, 85, 85, 70, 60]
    grid: list[list[object]] = [[None] * 16 for _ in range(6)]
    for row, number in enumerate(numbers, 1):
        grid[row][13] = number
    for at, text in DOUBTFUL.items():
        grid[int(at[1:]) - 1][15] = Formula(text)
    _write(tmp_path / "doubtful.xlsx", {"a": grid})
    return tmp_path / "doubtful.xlsx"


def test_a_cell_on_which_the_engines_differ_is_told_and_keeps_its_value(doubtful: Path, tmp_path: Path):
    single = {name: BY_NAME[name].valued(doubtful) for name in ENGINES}
    differing = {at for at in DOUBTFUL if not shows_alike(*(single[name].get(("A", at)) for name in ENGINES))}
    assert {"P1"} <= differing
    out = tmp_path / "out.xlsx"
    found = recalculated(doubtful, out)
    told = {p.where.cell: p for p in found.problems}
    assert {at: p.code for at, p in told.items()} == dict.fromkeys(differing, "RECALC_ENGINES_DIFFER")
    for at, p in told.items():
        for name in ENGINES:
            assert f"{name} " in p.text()
        assert DOUBTFUL[at] in p.text()
    shown = openpyxl.load_workbook(out, data_only=True).active
    assert {at: shown[at].value for at in differing} == dict.fromkeys(differing, FALSE_CACHE)
    assert {c.cell for c in found.changes} == set(DOUBTFUL) - differing


@pytest.mark.libreoffice
def test_what_is_written_is_what_libreoffice_says(doubtful: Path, tmp_path: Path):
    open_judge(tmp_path / "judge")
    out = tmp_path / "out.xlsx"
    found = recalculated(doubtful, out)
    judged = openpyxl.load_workbook(converted([doubtful], tmp_path / "office")[0], data_only=True).active
    shown = openpyxl.load_workbook(out, data_only=True).active
    told = {p.where.cell for p in found.problems}
    assert {at: shown[at].value for at in DOUBTFUL if at not in told} == {
        at: judged[at].value for at in DOUBTFUL if at not in told
    }


WHOLE = {
    "SUM(甲!A:A)": 30,
    "SUM(甲!$A:$B)": 66,
    'COUNTIF(甲!A:A,">5")': 3,
    "SUM(甲!2:2)": 24,
    "VLOOKUP(12,甲!A:B,2,FALSE)": 12,
    "RANK(甲!A2,甲!A:A)": 1,
    "XP_TOTAL(甲!A:A,,甲!A:A,12)": 12,
    "MAX('乙 表'!B:B)+SUM(B:B)": 10,
    'IF(A1="A:A",1,2)': 2,
}
UNSURE = ["ROWS(甲!A:A)", "COUNTBLANK(甲!A:A)", 'COUNTIF(甲!A:A,"<>12")']


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    formulas = [[Formula(text)] for text in (*WHOLE, *UNSURE)]
    formulas[0] += [5]
    _write(tmp_path / "whole.xlsx", {"甲": [[8, 11], [12, 12], [10, 13]], "乙 表": formulas})
    return tmp_path / "whole.xlsx"


def test_a_whole_column_costs_its_used_part_and_where_the_rest_counts_it_is_told(whole: Path, tmp_path: Path):
    found = recalculated(whole, tmp_path / "out.xlsx")
    shown = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)["乙 表"]
    assert {text: shown.cell(i, 1).value for i, text in enumerate(WHOLE, 1)} == WHOLE
    told = {p.where.cell: p.code for p in found.problems}
    assert told == {f"A{len(WHOLE) + i}": "RECALC_WHOLE_COLUMN" for i in range(1, len(UNSURE) + 1)}
    assert shown.cell(len(WHOLE) + 1, 1).value == FALSE_CACHE


@pytest.mark.libreoffice
def test_libreoffice_says_the_same_of_whole_columns(whole: Path, tmp_path: Path):
    open_judge(tmp_path / "judge")
    native = {text: value for text, value in WHOLE.items() if "XP_" not in text}
    judged = openpyxl.load_workbook(converted([whole], tmp_path / "office")[0], data_only=True)["乙 表"]
    assert {text: judged.cell(i, 1).value for i, text in enumerate(WHOLE, 1) if text in native} == native


def test_what_changes_at_every_calculation_is_named_once(tmp_path: Path):
    texts = ["RAND()", "NOW()", "SUM(1,2)", "randbetween(1,1000000000)"]
    _write(tmp_path / "chance.xlsx", {"a": [[Formula(text)] for text in texts]})
    found = recalculated(tmp_path / "chance.xlsx", tmp_path / "out.xlsx")
    assert [(p.code, p.where.cell, dict(p.values)["count"]) for p in found.problems] == [("RECALC_VOLATILE", "A1", "3")]
    shown = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True).active
    assert [c.value for c in shown["A"]] == [FALSE_CACHE, FALSE_CACHE, 3, FALSE_CACHE]


ELSEWHERE = {
    "A1": ("'[年报.xlsx]汇总'!B2", 7),
    "A2": ("[1]汇总!$B$2+1", 8),
    "A3": ("A1+A2", 15),  # follows from what was stored
    "A4": ("RAND()", 0.25),
    "A5": ("A4*4", 1),
    "A6": ('SUM(1,2)&"[x]a!"', "3[x]a!"),  # words, no look elsewhere
    "A7": ("WORKDAY(45353,5)", 45359),
}


def test_a_look_into_another_book_stops_no_engine_and_what_follows_from_it_is_calculated(tmp_path: Path):
    grid = [[Formula(text)] for text, _ in ELSEWHERE.values()]
    _write(tmp_path / "made.xlsx", {"a": grid})
    kept = {("a", at): value for at, (_, value) in ELSEWHERE.items() if at in ("A1", "A2", "A4")}
    book, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    write_values(tmp_path / "made.xlsx", book, kept)
    found = recalculated(book, out)
    told = {(p.code, p.where.cell, dict(p.values).get("count")) for p in found.problems}
    assert told == {
        ("RECALC_OTHER_BOOK", "A1", "2"),
        ("RECALC_VOLATILE", "A4", "1"),
        ("RECALC_ENGINES_DIFFER", "A7", None),
    }
    shown = openpyxl.load_workbook(out, data_only=True).active
    assert {at: shown[at].value for at in ELSEWHERE} == {at: v for at, (_, v) in ELSEWHERE.items()} | {
        "A7": FALSE_CACHE
    }
    assert formulas_of(out) == formulas_of(book)


def test_an_error_that_only_one_engine_could_look_at_is_told(doubtful: Path, tmp_path: Path, monkeypatch):
    """From a Saturday on, `formulas` has no next working day: alone, its error is nobody's value."""
    monkeypatch.setattr(headless, "find_spec", lambda name: None if name == "formualizer" else name)
    found = recalculated(doubtful, tmp_path / "out.xlsx")
    assert {(p.code, p.where.cell) for p in found.problems} == {("RECALC_ONE_ENGINE", ""), ("RECALC_ERROR_ALONE", "P1")}
    assert openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True).active["P1"].value == FALSE_CACHE


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_alone_puts_no_error_in_the_place_of_a_value(doubtful: Path, tmp_path: Path, engine: str):
    """Whichever a person asks for: what one engine cannot do is told, and the number that stood there stays."""
    book, out = tmp_path / "stored.xlsx", tmp_path / "out.xlsx"
    write_values(doubtful, book, {("a", at): 7 for at in DOUBTFUL})
    alone = {at: BY_NAME[engine].valued(book).get(("A", at)) for at in DOUBTFUL}
    failed = {at for at, value in alone.items() if isinstance(value, str) and value.startswith("#")}
    assert failed
    found = recalculated(book, out, engine)
    assert {p.where.cell for p in found.problems if p.code == "RECALC_ERROR_ALONE"} == failed
    shown = openpyxl.load_workbook(out, data_only=True).active
    assert {at: shown[at].value for at in failed} == dict.fromkeys(failed, 7)


def test_a_circle_leaves_nothing_of_python_on_the_screen(own_book: Path):
    done = subprocess.run(
        [sys.executable, "-m", "xlperf", "recalc", str(own_book)], check=False, capture_output=True, text=True
    )
    assert "RECALC_CIRCLE" in done.stderr
    assert "Warning:" not in done.stderr


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seconds", ["nan", "-1", "0", "inf"])
def test_a_time_that_is_none_is_refused(own_book: Path, seconds: str, language: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XLPERF_LANG", language)
    done = CliRunner().invoke(main, ["recalc", str(own_book), f"--seconds={seconds}"])
    assert done.exit_code == 2
    assert {"zh": "要大于0的秒数", "en": "a number of seconds above 0"}[language] in done.output


def test_time_that_is_up_is_told_and_nothing_is_written(doubtful: Path, tmp_path: Path):
    out = tmp_path / "out.xlsx"
    found = recalculated(doubtful, out, seconds=0.01)
    assert ([p.code for p in found.problems], found.written, out.exists()) == (["RECALC_TOO_LONG"], 0, False)


def test_an_engine_that_is_not_there_leaves_a_warning(doubtful: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(headless, "find_spec", lambda name: None if name == "formulas" else name)
    found = recalculated(doubtful, tmp_path / "out.xlsx")
    told = {(p.code, p.where.cell) for p in found.problems}
    assert told == {("RECALC_ONE_ENGINE", ""), ("RECALC_ERROR_ALONE", "P2")}  # its own #DIV/0! for 中国式排名
    assert found.written == len(DOUBTFUL) - 1


def test_an_engine_that_fails_is_named(doubtful: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(headless, "answers", lambda jobs, *_: [Answer(fault="broken") for _ in jobs])
    found = recalculated(doubtful, tmp_path / "out.xlsx")
    assert {p.code for p in found.problems} == {"RECALC_ENGINE_FAILED"}
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("engine", [*ENGINES, None])
def test_a_book_that_cannot_be_read_is_named(tmp_path: Path, own_book: Path, engine: str | None):
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(own_book) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[: 300 if name.endswith("sheet1.xml") else None])
    found = recalculated(broken, tmp_path / "out.xlsx", engine)
    assert [p.code for p in found.problems] == ["RECALC_UNREADABLE"]
    assert not (tmp_path / "out.xlsx").exists()
