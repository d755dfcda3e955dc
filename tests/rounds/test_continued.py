"""续登: entries that an earlier round of the year has frozen count in a later one, once, and stay as they are."""

from __future__ import annotations

import shutil
from datetime import date

import openpyxl
import pytest
from kit.differences import differences
from kit.halves import SCHEME, begun, halves, opened, typed
from kit.libreoffice import converted

from xlperf.engine.check import check_source
from xlperf.engine.reason import explain_cell
from xlperf.engine.roles import warned_rows
from xlperf.problems import errors
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.freeze import freeze
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.rounds.recompute import recomputed
from xlperf.rounds.store import new_round
from xlperf.scheme.load import folder_source

DAY = date(2026, 7, 1)
LEDGER = """\
  events:
    sheet: {title: 加分台账, basis: 八}
    columns:
      entry: {part: entry, item: {item: 事项}, continues: {status: 通过, again: 否}, same: {unit: unit, item: item}}
      points: {is: input, by: office, title: 分值}
      status: {is: input, by: office, holds: text, title: 状态, choices: [通过, 结转]}
      counts: {title: 计入, basis: 八, only_if: {points: points, conditions: {status: 通过, again: 否}}}
"""

CONTINUED = SCHEME[: SCHEME.index("  events:\n")] + LEDGER + SCHEME[SCHEME.index("  totals:\n") :]


def entered(round_, *events, scores=("80", "80", "80")):
    """Record what the office typed: scores of A, B, C, and events as number, unit, matter, points, status."""
    typed(round_, dict(zip("ABC", scores, strict=True)))
    names = ("unit", "item", "points", "status")
    cells = tuple(CellText("events", no, n, w) for no, *words in events for n, w in zip(names, words, strict=True))
    marks = opened(round_.folder).state().current["master", ""].cells
    receipt = Receipt("f" * 64, "总表.xlsx", "master", "", 2, "accepted", cells=(*marks, *cells))
    record_receipts(round_.ledger, receipt)
    return opened(round_.folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A half-year with two entries, one of them still open, and a year with two of its own, one entered again."""
    home = tmp_path_factory.mktemp("continued")
    scheme = halves(home / "halves", scheme=CONTINUED)
    half = begun(scheme, home / "h", period="h1")
    freeze(entered(half, ("1", "A", "治水", "3", "通过"), ("2", "B", "修路", "2", "结转")), today=DAY)
    year = begun(scheme, home / "y", after=[home / "h"])
    entered(year, ("1", "A", "造林", "5", "通过"), ("2", "A", "治水", "3", "通过"), ("3", "C", "治水", "1", "通过"))
    return home


def test_the_scheme_is_in_order(made):
    assert errors(check_source(folder_source(made / "halves"))[1]) == []


def test_a_ledger_that_goes_on_must_say_where_its_rows_come_from(tmp_path):
    scheme = halves(tmp_path / "halves", scheme=CONTINUED.replace("points: {is", "more: {is: fact}\n      points: {is"))
    file = scheme / "scheme.yaml"
    words = file.read_text("utf-8").replace(
        "item: {item: 事项}, continues: {status: 通过, again: 否}, same", "item: {item: 事项}, same"
    )
    words = words.replace("title: 加分台账, basis: 八}", "title: 加分台账, basis: 八, continues: {status: 通过}}")
    file.write_text(words.replace(", same: {unit: unit, item: item}", "").replace(", again: 否", ""), "utf-8")
    _, problems = check_source(folder_source(scheme))
    assert "CONTINUES_WITHOUT_ORIGIN" in [p.code for p in problems]


def test_an_entry_of_the_half_year_counts_in_the_year_and_once(made):
    year = opened(made / "y")
    scores = year.scores()
    rows = {r["no"]: (r["points"], r["again"], r["counts"]) for r in scores.rows("events")}
    assert rows == {"h1-1": (3, "否", 3), "1": (5, "否", 5), "2": (3, "是", 0), "3": (1, "否", 1)}
    assert [scores.row("totals", u)["bonus"] for u in "ABC"] == [8, 0, 1]
    assert opened(made / "h").scores().row("totals", "A")["bonus"] == 3
    (told,) = (p for p in warned_rows(scores) if p.code == "ROWS_WARNED")
    assert "撤回" in told.text("zh")


def test_an_entry_says_where_it_comes_from(made):
    year = opened(made / "y")
    digest = year.earlier[0].sha256[:16]
    why = explain_cell(year.scores(), "totals", "A", "bonus", depth=2)
    said = {part.key: " ".join(part.because) for part in why.parts}
    assert digest in said["h1-1"]
    assert digest not in said["1"]


def test_what_was_left_out_is_said_when_the_year_begins(made, tmp_path):
    _, problems = new_round(made / "halves", tmp_path / "y", after=[made / "h"])
    (told,) = (p for p in problems if p.code == "EARLIER_NOT_CONTINUED")
    assert "“加分台账”在2026年上半年有1行不是“状态为通过、前期已经登记为否”" in told.text("zh")


def test_a_year_without_its_half_is_stopped_by_the_ledger_alone(made, tmp_path):
    scheme = halves(
        tmp_path / "halves",
        scheme=CONTINUED.replace("    take: [score, note]\n", "    take: [score, note]\n    needed: no\n"),
    )
    round_, problems = new_round(scheme, tmp_path / "y", period="y")
    assert round_ is None
    assert "加分台账" in next(p for p in problems if p.code == "EARLIER_MISSING").text("zh")


def test_nobody_changes_it_in_the_year(made, tmp_path):
    home = shutil.copytree(made, tmp_path / "home")
    year = opened(home / "y")
    distribute(year)
    file = year.issued / "总表.xlsx"
    book = openpyxl.load_workbook(file)
    sheet = book["加分台账"]
    (cell,) = (c for row in sheet.iter_rows() for c in row if c.value == "治水")
    assert cell.protection.locked
    cell.value = "治沙"
    book.save(year.inbox / "总表.xlsx")
    told = [p for r in collect(year).receipts for p in r.problems if p.code == "CONTINUED_CHANGED"]
    assert len(told) == 1
    assert "治水" in told[0].text("zh")
    assert "重开那一轮" in told[0].text("zh")
    record_receipts(year.ledger, Receipt("e" * 64, "x", "master", "", 3, "accepted",
                                         cells=(CellText("events", "h1-1", "points", "9"),)))  # fmt: skip
    assert opened(home / "y").scores().row("events", "h1-1")["points"] == 3


@pytest.mark.libreoffice
def test_the_book_of_the_year_counts_it_in_its_own_formulas(made, tmp_path):
    home = shutil.copytree(made, tmp_path / "home")
    year = opened(home / "y")
    published = publish_scores(year)
    file = year.folder / published.files[0]
    (answered,) = converted([file], tmp_path / "answered")
    assert differences(published.scores, answered, file) == []
    assert recomputed(file, home / "again.xlsx").changes == ()
