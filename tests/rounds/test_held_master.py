"""What is said of a 总表 that is held: never that nothing was filled in, and how to go on with it."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from kit.begun import claimed, issued
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.publish.ready import not_ready
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book

ROW = {"unit": "U44", "kind": "察访核验扣分", "item": "台账缺失", "points": "四", "status": "通过"}
BAD = {("events", "+1", name): value for name, value in ROW.items()}
FULL = ("marks", "U22-01", "full")


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    return claimed(tmp_path / "round", 2)


def book(round_: Round) -> Path:
    return round_.out / "总表.xlsx"


def codes(problems) -> list[str]:
    return [p.code for p in problems]


def test_a_held_book_is_not_told_as_one_in_which_nothing_was_filled(round_: Round):
    """Said of this scoring by MASTER_HELD; of one that is held still by who does not take it in."""
    fill_book(book(round_), book(round_), BAD)
    published = publish_scores(reopened(round_.folder))
    now = reopened(round_.folder)
    assert "MASTER_HELD" in codes(published.problems)
    assert {"MASTER_NOT_IN", "MASTER_WAITS"}.isdisjoint(codes(unsettled(now, published.scores, published.problems)))
    (told,) = [p for p in unsettled(now, published.scores) if p.code.startswith("MASTER")]
    assert (told.code, told.where.file) == ("MASTER_WAITS", "总表.xlsx")
    done = CliRunner().invoke(main, ["score", str(round_.folder)], env={"XLPERF_LANG": "zh"})
    assert ("MASTER_HELD" in done.stderr, "MASTER_NOT_IN" in done.stderr) == (True, False)
    assert codes(not_ready(now, published.scores, ""))[:1] == ["PUBLISH_LACKS"]


def test_a_locked_cell_of_the_office_s_own_book_names_no_book_that_nobody_issued(round_: Round):
    fields = read_book(book(round_)).cells
    at = next(c for c in fields if (c.plan_sheet, c.row_key, c.column) == FULL)
    opened = openpyxl.load_workbook(book(round_))
    opened[at.sheet][at.cell].value = 50
    opened.save(book(round_))
    told = next(p for p in publish_scores(reopened(round_.folder)).problems if p.code != "MASTER_HELD")
    assert told.code == "MASTER_LOCKED"
    assert ("发下" in told.remedy("zh"), "out/历次/" in told.remedy("zh")) == (False, True)
    assert ("issued" in told.remedy("en"), "out/历次/" in told.remedy("en")) == (False, True)
    book(round_).rename(round_.folder / "别处.xlsx")  # as the remedy says: written anew, the typed copy stands
    publish_scores(reopened(round_.folder))
    (full,) = [c.value for c in read_book(book(round_)).cells if (c.plan_sheet, c.row_key, c.column) == FULL]
    assert (full, len(list((round_.out / "历次").glob("*.xlsx")))) == (at.value, 1)


def test_status_names_the_held_book_once_and_its_file_though_it_was_deleted(tmp_path: Path):
    round_ = issued(tmp_path / "round")
    fill_book(round_.folder / "issued" / "总表.xlsx", round_.inbox / "交来的.xlsx", BAD)
    collect(reopened(round_.folder))
    (round_.inbox / "交来的.xlsx").unlink()
    done = CliRunner().invoke(main, ["status", str(round_.folder)], env={"XLPERF_LANG": "zh"})
    line = next(text for text in done.stdout.splitlines() if "交来的.xlsx" in text)
    assert line.split() == ["总表", "交来的.xlsx"]
