"""What the office types into the 总表 in out/ counts, and no version of it is ever lost."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from kit.begun import claimed
from kit.libreoffice import converted
from kit.programs import need
from kit.rounds import A_DAY, reopened

from xlperf.cli import main
from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.status import status_of
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import fill_book, fill_book_anew
from xlperf.workbook.back.read import read_book

ROW = {"unit": "U44", "kind": "察访核验扣分", "item": "台账缺失", "points": 0.4, "status": "通过"}


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    return claimed(tmp_path / "round", 2)


def approve(number: int) -> dict:
    return {("events", f"U22-{number}", "status"): "通过"}


def book(round_: Round) -> Path:
    return round_.out / "总表.xlsx"


def type_in(round_: Round, values: dict, program: str = "") -> bytes:
    """Type into the 总表 of out/ and save it, by a program that writes all of it anew where one is named."""
    (fill_book_anew if program else fill_book)(book(round_), book(round_), values)
    if program == "LibreOffice":
        need("soffice")
        shutil.copyfile(converted([book(round_)], round_.folder.parent / "office")[0], book(round_))
    return book(round_).read_bytes()


def copies(round_: Round) -> list[bytes]:
    return [f.read_bytes() for f in sorted((round_.out / "历次").glob("*.xlsx"))]


def statuses(round_: Round) -> dict:
    return {row["no"]: row["status"] for row in score_round(reopened(round_.folder)).rows("events")}


def codes(problems) -> list[str]:
    return [p.code for p in problems]


@pytest.mark.parametrize("program", ["openpyxl", pytest.param("LibreOffice", marks=pytest.mark.libreoffice)])
def test_an_approval_typed_into_the_scored_book_counts_and_the_book_is_kept(round_: Round, program: str):
    before = score_round(round_).row("A", "U22")["composite"]
    typed = type_in(round_, approve(1), program)
    published = publish_scores(reopened(round_.folder))
    assert codes(published.problems)[0] == "MASTER_KEPT"
    assert published.scores.row("A", "U22")["composite"] == before + Fraction("0.5")
    assert copies(round_) == [typed]
    assert typed in [f.read_bytes() for f in round_.received.iterdir()]


def test_scoring_twice_changes_no_byte_and_keeps_no_copy(round_: Round):
    before = book(round_).read_bytes()
    entries = round_.state()
    assert publish_scores(reopened(round_.folder)).problems == ()
    assert (book(round_).read_bytes(), copies(round_), round_.state()) == (before, [], entries)


def test_what_is_typed_before_every_score_adds_up(round_: Round):
    first = type_in(round_, approve(1))
    publish_scores(reopened(round_.folder))
    second = type_in(round_, {**approve(2), **{("events", "+1", name): value for name, value in ROW.items()}})
    publish_scores(reopened(round_.folder))
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "通过", "3": "通过"}
    assert copies(round_) == [first, second]
    assert publish_scores(reopened(round_.folder)).problems == ()


def test_entries_in_the_book_and_in_a_copy_in_the_inbox_both_stand(round_: Round):
    deduction = {("events", "+1", name): value for name, value in ROW.items()}
    fill_book(book(round_), round_.inbox / "总表.xlsx", {**approve(1), **deduction})
    type_in(round_, {**approve(2), **deduction, ("events", "+1", "unit"): "U01"})
    collect(round_)
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "通过", "3": "通过", "1": "通过"}
    publish_scores(reopened(round_.folder))
    assert set(statuses(round_)) == {"U22-1", "U22-2", "3", "1"}


def test_a_book_that_was_only_saved_again_is_no_entry_of_the_office(round_: Round):
    fill_book(book(round_), round_.inbox / "总表.xlsx", approve(1))
    typed = type_in(round_, {})
    collect(round_)
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "待审"}
    assert codes(publish_scores(reopened(round_.folder)).problems) == ["MASTER_KEPT"]
    assert copies(round_) == [typed]
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "待审"}


def test_an_approval_taken_back_is_taken_back(round_: Round):
    type_in(round_, {**approve(1), **approve(2)})
    publish_scores(reopened(round_.folder))
    type_in(round_, {("events", "U22-1", "status"): None})
    publish_scores(reopened(round_.folder))
    assert statuses(round_) == {"U22-1": "待审", "U22-2": "通过"}


def test_a_wrong_entry_stops_the_writing_and_says_where(round_: Round):
    typed = type_in(round_, {("events", "+1", name): value for name, value in {**ROW, "points": "四"}.items()})
    done = CliRunner().invoke(main, ["score", str(round_.folder)], env={"XLPERF_LANG": "zh"})
    assert done.exit_code == 1, done.output
    for words in ("MASTER_HELD", "out/历次/总表 1.xlsx", "加减分台账!", "“四”"):
        assert words in done.output
    assert (book(round_).read_bytes(), copies(round_)) == (typed, [typed])
    fill_book(book(round_), book(round_), {("events", "+1", "points"): 0.4})
    assert codes(publish_scores(reopened(round_.folder)).problems) == ["MASTER_KEPT"]
    assert statuses(round_)["3"] == "通过"
    assert len(copies(round_)) == 2


def test_a_book_moved_away_is_written_anew(round_: Round):
    before = book(round_).read_bytes()
    book(round_).rename(round_.folder / "别处.xlsx")
    publish_scores(reopened(round_.folder))
    assert book(round_).read_bytes() == before


def place_of(file: Path, sheet: str, key: str, column: str) -> tuple[str, str]:
    cells = read_book(file).cells
    return next((c.sheet, c.cell) for c in cells if (c.plan_sheet, c.row_key, c.column) == (sheet, key, column))


def typed_over(round_: Round, sheet: str, key: str, column: str, value: object) -> tuple[str, str]:
    """Type over a cell of out/总表.xlsx as a person does, whoever it belongs to; return its place."""
    place = place_of(book(round_), sheet, key, column)
    workbook = openpyxl.load_workbook(book(round_))
    workbook[place[0]][place[1]].value = value
    workbook.save(book(round_))
    return place


@pytest.mark.parametrize(("sheet", "key", "column"), [("marks", "U22-01", "self"), ("events", "U22-1", "points")])
def test_a_cell_that_somebody_else_sent_is_told_although_nothing_of_the_office_changed(
    round_: Round, sheet: str, key: str, column: str
):
    before = score_round(round_)
    place = typed_over(round_, sheet, key, column, 0.25)
    collected = collect(reopened(round_.folder)).problems
    found = publish_scores(reopened(round_.folder))
    assert codes(found.problems) == ["MASTER_KEPT", "NOT_YOURS"]
    assert found.problems[0].worded("zh")["count"] == "0"
    told = next(p for p in found.problems if p.code == "NOT_YOURS")
    assert (told.where.sheet, told.where.cell) == place
    assert "0.25" in told.message("zh")
    assert "市环保局" in told.message("zh")
    assert told in collected
    assert found.scores.values == before.values
    assert publish_scores(reopened(round_.folder)).problems == ()


def test_a_formula_typed_over_is_brought_back_and_told_at_every_door(round_: Round):
    before = book(round_).read_bytes()
    place = typed_over(round_, "A", "U22", "composite", 99)
    assert "FORMULA_RESTORED" in codes(collect(reopened(round_.folder)).problems)
    done = CliRunner().invoke(main, ["score", str(round_.folder), "--json"], env={"XLPERF_LANG": "zh"})
    told = next(p for p in json.loads(done.stdout)["problems"] if p["code"] == "FORMULA_RESTORED")
    assert (told["where"]["sheet"], told["where"]["cell"]) == place
    assert "“99”" in told["message"]
    assert book(round_).read_bytes() == before


def test_what_counts_and_what_does_not_are_told_together(round_: Round):
    type_in(round_, approve(1))
    typed_over(round_, "marks", "U22-01", "self", 0.25)
    typed_over(round_, "A", "U22", "composite", 99)
    problems = publish_scores(reopened(round_.folder)).problems
    assert set(codes(problems)) >= {"MASTER_KEPT", "NOT_YOURS", "FORMULA_RESTORED"}
    assert problems[0].worded("zh")["count"] == "1"
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "待审"}


def test_a_formula_typed_over_is_told_together_with_what_holds_the_book(round_: Round):
    place = typed_over(round_, "A", "U22", "composite", 99)
    type_in(round_, {("events", "+1", name): value for name, value in {**ROW, "points": "四"}.items()})
    collected = [p for r in collect(reopened(round_.folder), dry_run=True).receipts for p in r.problems]
    for problems in (collected, publish_scores(reopened(round_.folder)).problems):
        assert any("“四”" in p.message("zh") for p in problems)
        assert [(p.where.sheet, p.where.cell) for p in problems if p.code == "FORMULA_RESTORED"] == [place]


def own(round_: Round, key: str, values: dict) -> bytes:
    return type_in(round_, {("events", key, name): value for name, value in values.items()})


def test_an_emptied_row_of_the_office_is_withdrawn_and_told(round_: Round):
    own(round_, "+1", ROW)
    with_entry = publish_scores(reopened(round_.folder)).scores
    (key,) = {row["no"] for row in with_entry.rows("events")} - {"U22-1", "U22-2"}
    nothing = (None, "\u3000", "\u200b")  # what cannot be seen is nothing, whoever looks
    own(round_, key, {name: nothing[i % len(nothing)] for i, name in enumerate(ROW)})
    found = publish_scores(reopened(round_.folder))
    assert {*codes(found.problems)} >= {"MASTER_KEPT", "ENTRY_WITHDRAWN"}
    assert "MASTER_HELD" not in codes(found.problems)
    told = next(p for p in found.problems if p.code == "ENTRY_WITHDRAWN").message("zh")
    assert "台账缺失" in told
    assert set(statuses(round_)) == {"U22-1", "U22-2"}
    assert any(r.cells for r in round_.state().receipts.values() if r.kind == "master"), "the record keeps what it was"
    assert publish_scores(reopened(round_.folder)).problems == ()


def test_a_partly_emptied_row_names_both_ways_out(round_: Round):
    own(round_, "+1", ROW)
    rows = publish_scores(reopened(round_.folder)).scores.rows("events")
    (key,) = {row["no"] for row in rows} - {"U22-1", "U22-2"}
    own(round_, key, {"points": None, "kind": None})
    found = publish_scores(reopened(round_.folder))
    assert codes(found.problems) == ["MASTER_HELD", "ENTRY_EMPTIED_PARTLY", "ENTRY_EMPTIED_PARTLY"]
    assert "全部清空" in found.problems[1].remedy("zh")
    assert statuses(round_)[key] == "通过"


def test_a_held_book_of_the_office_shows_beside_the_one_that_counts(round_: Round):
    own(round_, "+1", ROW)
    publish_scores(reopened(round_.folder))
    own(round_, "+2", {**ROW, "points": "四"})
    publish_scores(reopened(round_.folder))
    master = next(b for b in status_of(reopened(round_.folder)).books if b.kind == "master")
    assert (master.state, master.again) == ("in", True)
    done = CliRunner().invoke(main, ["status", str(round_.folder)], env={"XLPERF_LANG": "zh"})
    assert "已收，另有一份待处理" in done.output
    assert "“四”" in done.output


# ---- the 总表 that was issued, and one that is taken in more than once ------------------------------


def issued(round_: Round) -> Path:
    return round_.folder / "issued" / "总表.xlsx"


def entry(number: int = 1, **values: object) -> dict:
    return {("events", f"+{number}", name): value for name, value in {**ROW, **values}.items()}


def test_an_entry_collected_twice_counts_once(round_: Round):
    type_in(round_, entry())
    collect(reopened(round_.folder))
    type_in(round_, approve(1))
    collect(reopened(round_.folder))
    type_in(round_, entry(points=0.3))
    collect(reopened(round_.folder))
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "待审", "3": "通过"}
    found = publish_scores(reopened(round_.folder)).scores
    assert found.row("events", "3")["points"] == Fraction("0.3")


def test_an_entry_emptied_in_the_row_it_was_typed_into_is_withdrawn(round_: Round):
    type_in(round_, entry() | approve(1))
    collect(reopened(round_.folder))
    type_in(round_, entry() | dict.fromkeys(entry()) | {("events", "U22-1", "status"): None})
    assert "ENTRY_WITHDRAWN" in codes(collect(reopened(round_.folder)).problems)
    assert statuses(round_) == {"U22-1": "待审", "U22-2": "待审"}


def test_what_is_typed_in_the_issued_book_counts_and_is_kept(round_: Round):
    fill_book(issued(round_), issued(round_), entry())
    assert codes(status_of(reopened(round_.folder)).concerns)[0] == "MASTER_UNSEEN"
    typed = issued(round_).read_bytes()
    type_in(round_, approve(1))
    assert codes(publish_scores(reopened(round_.folder)).problems) == ["MASTER_KEPT", "MASTER_KEPT", "SUPERSEDES"]
    assert "MASTER_UNSEEN" not in codes(status_of(reopened(round_.folder)).concerns)
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "待审", "1": "通过"}
    assert typed in copies(round_)
    fill_book(issued(round_), issued(round_), entry(2, points=0.2))
    publish_scores(reopened(round_.folder))
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "待审", "1": "通过", "2": "通过"}


def copied(round_: Round, source: Path, name: str) -> list[str]:
    """Drop a copy of a 总表, saved again, into the inbox; return what is said of its being a later version."""
    fill_book_anew(source, round_.inbox / name, {})
    found = collect(reopened(round_.folder)).receipts
    return [p.message() for r in found if r.file == name for p in r.problems if p.code.startswith("SUPERSEDES")]


def test_a_copy_of_the_book_in_which_nothing_was_changed_is_told_as_such(round_: Round):
    """What the office typed is recorded alone, a copy holds every cell: defaults and claims of units are no change."""
    type_in(round_, entry() | approve(1))
    collect(reopened(round_.folder))
    assert ["没有一格不同" in said for said in copied(round_, book(round_), "副本1.xlsx")] == [True]
    publish_scores(reopened(round_.folder))
    assert ["没有一格不同" in said for said in copied(round_, book(round_), "副本2.xlsx")] == [True]
    fill_book(book(round_), book(round_), approve(2))
    (said,) = copied(round_, book(round_), "副本3.xlsx")
    assert ("改了1格" in said, "U22-2 审核状态 待审→通过" in said) == (True, True)
    assert statuses(round_) == {"U22-1": "通过", "U22-2": "通过", "3": "通过"}


def test_another_book_in_the_place_of_the_master_is_named_as_such(round_: Round):
    shutil.copyfile(next((round_.folder / "issued" / "自评表").iterdir()), book(round_))
    published = publish_scores(reopened(round_.folder))
    assert codes(published.problems)[:2] == ["MASTER_HELD", "NOT_THE_MASTER"]
    assert not list((round_.out / "退回").glob("*.txt"))


def changed_scheme(round_: Round) -> Round:
    """Change a fact and a title of the round's own scheme, as an office does that mends a mistake."""
    tasks = round_.folder / "scheme" / "tasks.csv"
    text = tasks.read_text("utf-8")
    first = text.splitlines()[1].split(",")[2]
    tasks.write_text(text.replace(first, f"{first}（改）", 1), "utf-8")
    return reopened(round_.folder)


def test_typing_in_the_issued_book_survives_a_changed_scheme(round_: Round):
    fill_book(issued(round_), issued(round_), entry())
    unit = next((round_.folder / "issued" / "自评表").iterdir())
    unit.write_bytes(unit.read_bytes() + b" ")
    typed = [issued(round_).read_bytes(), unit.read_bytes()]
    found = distribute(changed_scheme(round_))
    assert codes(found.problems)[:2] == ["MASTER_KEPT", "OLD_SCHEME_BOOK"]
    assert codes(found.problems).count("ISSUED_KEPT") == (unit in [round_.folder / f for f in found.written])
    assert statuses(round_)["1"] == "通过"
    assert typed[0] in copies(round_)
    assert issued(round_).read_bytes() != typed[0]
    assert distribute(reopened(round_.folder)).problems == ()


def test_what_was_put_right_in_the_issued_book_is_told_once(round_: Round):
    """Nobody writes the issued book anew when scoring; what became of it was said by the first scoring after."""
    at = ("A", "U22", "composite")
    cell = next(c for c in read_book(issued(round_)).cells if (c.plan_sheet, c.row_key, c.column) == at)
    opened = openpyxl.load_workbook(issued(round_))
    opened[cell.sheet][cell.cell] = 99
    opened.save(issued(round_))
    assert "FORMULA_RESTORED" in codes(publish_scores(reopened(round_.folder)).problems)
    assert publish_scores(reopened(round_.folder)).problems == ()


def test_wrong_typing_in_the_issued_book_leaves_it_as_it_is(round_: Round):
    fill_book(issued(round_), issued(round_), entry(points="四"))
    typed = issued(round_).read_bytes()
    done = CliRunner().invoke(main, ["distribute", str(changed_scheme(round_).folder)], env={"XLPERF_LANG": "zh"})
    assert done.exit_code == 1, done.output
    for words in ("MASTER_HELD", "issued/总表.xlsx", "“四”", "out/历次/总表 1.xlsx"):
        assert words in done.output
    assert (issued(round_).read_bytes(), copies(round_)) == (typed, [typed])


def test_a_formula_typed_over_in_a_copy_from_the_inbox_is_told_and_lateness_is_not(round_: Round):
    typed_over(round_, "A", "U22", "composite", 99)
    shutil.move(book(round_), round_.inbox / "总表.xlsx")
    late = replace(reopened(round_.folder), deadline=A_DAY)
    (receipt,) = [r for r in collect(late).receipts if r.file == "总表.xlsx"]
    assert "FORMULA_RESTORED" in codes(receipt.problems)
    assert "LATE" not in codes(receipt.problems)


def test_an_entry_is_recorded_under_the_number_that_its_row_shows(round_: Round):
    cells = {(c.plan_sheet, c.row_key, c.column): c for c in read_book(book(round_)).cells}
    type_in(round_, entry())
    publish_scores(reopened(round_.folder))
    (key,) = statuses(round_).keys() - {"U22-1", "U22-2"}
    assert str(cells["events", "+1", "no"].value).endswith((f',"{key}")', f",{key})"))
