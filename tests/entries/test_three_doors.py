"""The same bad values through three doors, Python, CSV and a returned workbook: the same problems, by code and cell."""

import csv
import random
import shutil
from collections import Counter

import pytest
from kit.small_plan import identity

import xlperf
from xlperf.engine.compile import compile_scheme
from xlperf.engine.roster import Roster
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.formula.values import decimal, from_float, value_text
from xlperf.problems import errors
from xlperf.rounds.collecting.examine import Examiner
from xlperf.rounds.ledger import State
from xlperf.scheme.find import find_scheme
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book
from xlperf.workbook.books.unit import write_unit_book

ROWS = 480
COLUMNS = ("actual", "account", "self", "extra", "day", "kind", "rate")
MORE = """\
      ceiling: {title: 可得上限, basis: 样板 第三条, limited: {score: full, high: 60}}
      extra: {is: input, by: unit, title: 追加, low: 0, high: half, decimals: 1, exempt: yes}
      half: {title: 一半, basis: 样板 第三条, limited: {score: self, high: 30}}
      day: {is: input, by: unit, holds: date, title: 完成日期, required: yes}
      kind: {is: input, by: unit, holds: text, title: 类别, choices: [甲类, 乙类], required: yes}
      rate: {is: input, by: unit, title: 完成率, measure: '%', low: 0, high: 120}
"""
BEFORE = "      verified: {is: input, by: lead"

NUMBERS = [0, 1, -1, -0.001, 0.5, 0.95, 9.999, 20, 20.01, 59.99, 60, 61, 99.5, 100, 100.01, 120.5, 1800, 1e15, 0.3]
WORDS = [
    "", " ", "\u3000", "0", "12", " 12 ", "12.50", "１２", "12分", "12 分", "12%", "９５％", "95%", "0.95", ".5", "5.",
    "-3", "+3", "1,200", "1，200", "3万", "2000万", "1e1", "1E999", "nan", "∞", "inf", "30/2", "1/3", "九十五",
    "满分", "无", "/", "-", "——", "不适用", " 不适用 ", "N/A", "#REF!", "#N/A", "Err:502", "95。5", "9O", "l0", "约95",
    "95.5（扣0.5）", "95-96", "\u200b95", "\ufeff", "是", "true", "甲类", " 乙类", "丙类", "甲", "2017-12-05",
    "2017年12月5日", "2017.12.05", "2017-02-30", "20171205", "12-05", "去年", "1899-12-31", "2150-01-01", "=1+1",
    "@SUM(1)", "长" * 300, "１２．５分", "十五分", "2017/12/5", "+1+1",
]  # fmt: skip


@pytest.fixture(scope="module")
def scheme(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors") / "scheme"
    source = find_scheme("three-units")[0]
    shutil.copytree(source if source.is_dir() else source.parent, folder)
    text = (folder / "scheme.yaml").read_text("utf-8").partition("\nexamples:")[0] + "\n"
    text = text[: text.index("\nchecks:")] + text[text.index("\nfigures:") :]
    text = text.replace(BEFORE, MORE + BEFORE)
    text = text.replace("title: 自评得分, low: 0, high: full,", "title: 自评得分, low: 0, high: ceiling,")
    (folder / "scheme.yaml").write_text(text, "utf-8")
    with (folder / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "unit", "no", "indicator", "full", "scorer", "target", "direction"])
        for n in range(ROWS):
            full, target = (20, 50, 100, 200)[n % 4], (5, "")[n % 3 == 0]
            out.writerow([f"M{n}", "U1", n, f"指标{n}", full, "", target, "正向" if target else ""])
    return xlperf.load_scheme(folder)


@pytest.fixture(scope="module")
def values():
    """Return what is entered: row key → column → a number or words; every word comes several times."""
    rng = random.Random(20)
    spots = [(f"M{n}", name) for n in range(ROWS) for name in COLUMNS]
    pool = [*WORDS, *NUMBERS]
    chosen = {}
    for at, spot in enumerate(spots):
        raw = pool[at % len(pool)] if at < len(pool) * 3 else rng.choice(pool)
        if rng.random() < 0.3 and spot[1] in ("self", "extra", "rate", "actual"):
            raw = round(rng.uniform(-2, 130), rng.choice((0, 1, 2, 3)))
        if not isinstance(raw, str) and spot[1] == "day":
            raw = "去年"  # a bare number in a cell for dates is a date in a workbook
        if str(raw).startswith("#") and spot[1] in ("account", "kind"):
            raw = "丁类"  # in a workbook an error of a formula, elsewhere words
        chosen.setdefault(spot[0], {})[spot[1]] = raw
    return chosen


def told(problems, keys):
    """Return (row key, column, code) of every error of the marks, counted."""
    found = errors(p for p in problems if p.where.file.startswith("marks") and p.where.path in COLUMNS)
    return Counter((keys[p.where.line], p.where.path, p.code) for p in found)


def written(value):
    """Write a value the way it stands in a CSV file."""
    return value if isinstance(value, str) else decimal(from_float(value))


def kept(rows):
    return {(str(row["id"]), name): value_text(row.get(name)) for row in rows for name in COLUMNS}


@pytest.fixture(scope="module")
def python(scheme, values):
    rows = [{"id": key, **cells} for key, cells in values.items()]
    result = xlperf.score(scheme, {"marks": rows}, problems="return")
    return told(result.problems, dict(enumerate(values, 1))), kept(result.scores.rows("marks"))


@pytest.fixture(scope="module")
def folder(scheme, values, tmp_path_factory):
    to = tmp_path_factory.mktemp("csv")
    with (to / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", *COLUMNS])
        for key, cells in values.items():
            out.writerow(
                [
                    key,
                    *(
                        v if isinstance(v, str) else f"{v:.15g}".replace("1e+15", "1" + "0" * 15)
                        for v in cells.values()
                    ),
                ]
            )
    tables, problems = read_data(scheme, to)
    return told(problems, dict(enumerate(values, 2))), kept(tables["marks"])


@pytest.fixture(scope="module")
def workbook(scheme, values, tmp_path_factory):
    to = tmp_path_factory.mktemp("book")
    plan, _ = compile_scheme(scheme)
    write_unit_book(score(plan, scheme.tables), "U1", to / "issued.xlsx", identity("unit", "U1"))
    spots = {("marks", key, name): v for key, cells in values.items() for name, v in cells.items()}
    fill_book(to / "issued.xlsx", to / "filled.xlsx", spots)
    read = read_book(to / "filled.xlsx")
    roster = Roster(plan, scheme.tables, scheme.office)
    found = Examiner(roster, State(), ("unit", "U1"), "filled.xlsx").examine(read)
    at = {(c.sheet, c.cell): (c.row_key, c.column) for c in read.cells}
    problems = Counter((*at[p.where.sheet, p.where.cell], p.code) for p in errors(found.problems))
    values = {(f"M{n}", name): "" for n in range(ROWS) for name in COLUMNS}
    return problems, values | {(c.row, c.column): c.text for c in found.cells}


def test_there_is_enough_that_is_bad(python):
    found = python[0]
    assert sum(found.values()) >= 2000
    wanted = "MISSING NOT_A_NUMBER PERCENT_AMBIGUOUS CELL_ERROR PRECISION OUT_OF_RANGE NOT_FINITE EXEMPT_NOT_ALLOWED"
    wanted += " NOT_A_CHOICE NOT_A_DATE NOT_ASKED"
    assert {code for _, _, code in found} == set(wanted.split())


def test_csv_and_python_say_the_same(python, folder):
    assert folder[0] == python[0]
    assert {k: v for k, v in folder[1].items() if python[1][k] != v} == {}


def test_workbook_and_python_say_the_same(python, workbook):
    assert workbook[0] == python[0]
    assert {k: (v, python[1][k]) for k, v in workbook[1].items() if python[1][k] != v} == {}
