"""LibreOffice recalculates every kind of book and agrees with the engine in every cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from kit.differences import differences
from kit.guannan_county import County
from kit.libreoffice import converted
from kit.masters import laid_out, made_up, master_of
from kit.programs import need
from kit.schemes import LARGEST, LONG_RUN
from kit.simulated import simulated
from kit.small_plan import PLAN, identity, rows, scored

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import Scores, score
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.books.master import write_master
from xlperf.workbook.books.scorer import write_scorer_book
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.seal import is_genuine, read_identity
from xlperf.workbook.selfcheck import READY
from xlperf.xlsx.cached import formulas_of

pytestmark = pytest.mark.libreoffice
SCHEMES = Path(__file__).parents[2] / "schemes"
FALSE = 987654.321
COUNTY: Any = {"size": (6, 2, 12), "members": 2}


@dataclass(frozen=True)
class Answered:
    """A book as written and as LibreOffice saved it after recalculating."""

    scores: Scores
    issued: Path
    file: Path


def small_books(folder: Path) -> dict[str, Scores]:
    """Write every kind of book of the small plan."""
    scores = scored()
    write_master(scores, folder / "master.xlsx", identity=identity())
    write_unit_book(scores, "U2", folder / "unit.xlsx", identity("unit", "U2"))
    write_scorer_book(scores, "统计局", folder / "lead.xlsx", identity("scorer", "统计局"), "示例办")
    write_scorer_book(scores, "示例办", folder / "office.xlsx", identity("scorer", "示例办"), "示例办")
    found = dict.fromkeys(("master", "unit", "lead", "office"), scores)
    for seed in (1, 2, 3):
        found[f"random{seed}"] = score(PLAN, simulated(PLAN, rows(), seed, blanks=0.15))
        write_master(found[f"random{seed}"], folder / f"random{seed}.xlsx", identity=identity())
    return found


def dashiqiao_books(folder: Path) -> dict[str, Scores]:
    """Write Dashiqiao under its readings and under others, its units shared out to all three classes."""
    scheme, _ = laid_out("dashiqiao-2017")
    units = [{**row, "class": "AABC"[i % 4]} for i, row in enumerate(scheme.tables["units"])]
    found = {}
    for seed, readings in enumerate(({}, {"rank_on": "shown"}, {"park_rank": "apart", "quota_cut": "relative"})):
        plan, problems = compile_scheme(scheme, readings)
        assert problems == []
        name = f"dashiqiao{seed}"
        found[name] = score(plan, simulated(plan, {**scheme.tables, "units": units}, seed, blanks=0.004))
        write_master(found[name], folder / f"{name}.xlsx", identity=identity(), scheme=scheme)
    name = "dashiqiao-unit"
    found[name] = found["dashiqiao0"]
    write_unit_book(found[name], "U22", folder / f"{name}.xlsx", identity("unit", "U22"), scheme=scheme)
    return found


def other_books(folder: Path) -> dict[str, Scores]:
    """Write the office's book of every scheme over a round that is made up; of the largest over a drawn county."""
    for name in LONG_RUN:
        master_of(name, folder / f"{name}.xlsx")
    found = {name: made_up(name) for name in LONG_RUN}
    if LARGEST not in found:
        scheme, plan = laid_out(LARGEST)
        found[LARGEST] = score(plan, County(scheme, 7, **COUNTY).tables())
        write_master(found[LARGEST], folder / f"{LARGEST}.xlsx", identity=identity(), scheme=scheme)
    return found


def self_checks(folder: Path) -> None:
    """Write a unit's book three times: as issued, half filled, and filled with one cell out of its limits."""
    scores = score(PLAN, {**rows(), "marks": [{**r, "self": None, "actual": None} for r in rows()["marks"]]})
    empty = folder / "check-empty.xlsx"
    write_unit_book(scores, "U1", empty, identity("unit", "U1"))
    marks = {("marks", "U1-1", "actual"): 2, ("marks", "U1-1", "self"): 9.5}
    fill_book(empty, folder / "check-half.xlsx", marks)
    full = {**marks, ("marks", "U1-2", "self"): 20}
    fill_book(empty, folder / "check-full.xlsx", full)
    fill_book(
        empty, folder / "check-wrong.xlsx", {**full, ("marks", "U1-1", "self"): 10.5, ("marks", "U1-2", "self"): "满分"}
    )
    fill_book(
        empty, folder / "check-claim.xlsx", {**full, ("events", "+3", "item"): "甲", ("events", "+4", "kind"): "未列"}
    )


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answered]:
    """Every book, recalculated in one run of LibreOffice."""
    need("soffice")
    folder = tmp_path_factory.mktemp("books")
    found = {**small_books(folder), **dashiqiao_books(folder), **other_books(folder)}
    self_checks(folder)
    _spoil(folder / "master.xlsx", folder / "spoilt.xlsx")
    files = sorted(folder.glob("*.xlsx"))
    made = converted(files, folder / "answered")
    return {f.stem: Answered(found.get(f.stem, scored()), f, m) for f, m in zip(files, made, strict=True)}


def _spoil(file: Path, to: Path) -> None:
    """Save a copy in which one formula adds one, one is misspelt and one mark was overwritten."""
    book = openpyxl.load_workbook(file)
    units, marks = book["单位"], book["指标／得分"]
    units["G7"].value += "+1"
    units["H8"].value = "=AVERAGGE(1)"
    marks["M7"].value = 1
    book.save(to)


NAMES = ("master", "unit", "lead", "office", "random1", "random2", "random3")
NAMES_SCHEMES = tuple(file.parent.name for file in sorted(SCHEMES.glob("*/scheme.yaml")))
NAMES_DASHIQIAO = ("dashiqiao0", "dashiqiao1", "dashiqiao2", "dashiqiao-unit")


@pytest.mark.parametrize("name", [*NAMES, *NAMES_DASHIQIAO, *NAMES_SCHEMES])
def test_every_formula_says_what_the_engine_says(answered, name):
    book = answered[name]
    assert differences(book.scores, book.file, book.issued) == []
    assert formulas_of(book.file)


def test_a_wrong_formula_is_found(answered):
    book = answered["spoilt"]
    told = {d.cell: d for d in differences(book.scores, book.file) if d.sheet == "单位"}
    assert told["G7"].found == "18"
    assert told["G7"].wanted == "17"
    assert "#NAME?" in told["H8"].found
    wrong = openpyxl.load_workbook(book.file, data_only=True)["对账"]["B2"].value
    assert wrong.startswith("有")
    assert "处不一致（数据已改动，请重新计算）" in wrong


def test_the_books_agree_with_themselves(answered):
    for name in ("master", "dashiqiao0"):
        book = openpyxl.load_workbook(answered[name].file, data_only=True)
        assert book["对账"]["B2"].value == "一致"


SELF_CHECKS = {
    "check-empty": "还差3项：第7、8行",
    "check-half": "还差1项：第8行",
    "check-full": READY,
    "check-wrong": "填错2处：第7、8行",
    "check-claim": "加减分申报：还差4项：第9、10行；填错1处：第10行",
}


@pytest.mark.parametrize("name", SELF_CHECKS)
def test_the_self_check_says_what_is_missing(answered, name):
    book = openpyxl.load_workbook(answered[name].file, data_only=True)
    assert book["自评表"]["B3"].value == SELF_CHECKS[name]


def test_the_self_check_was_right_before_anybody_calculated(answered):
    book = openpyxl.load_workbook(answered["check-empty"].issued, data_only=True)
    assert book["自评表"]["B3"].value == SELF_CHECKS["check-empty"]


@pytest.mark.parametrize("name", ["master", "unit", "lead"])
def test_identity_survives_a_save_by_libreoffice(answered, name):
    kinds = {"master": ("master", ""), "unit": ("unit", "U2"), "lead": ("scorer", "统计局")}
    before = openpyxl.load_workbook(answered[name].issued)
    after = openpyxl.load_workbook(answered[name].file)
    assert read_identity(before) == (identity(*kinds[name]), [])
    found, disagreements = read_identity(after)
    assert found == identity(*kinds[name])
    assert disagreements == []
    assert is_genuine(found, b"the office's key")
    assert not is_genuine(found, b"another")
