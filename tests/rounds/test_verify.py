"""A round held against itself: green as it stands, and red, by name, after anything in it was changed."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from kit.begun import scored
from kit.forger import forged, row_gone
from kit.rounds import reopened, send

from xlperf.problems import errors
from xlperf.publish.results import publish_scores
from xlperf.publish.verify import verified
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.lifted import lift
from xlperf.rounds.journal import alone, entries, head_file
from xlperf.rounds.publication import anchor_of
from xlperf.rounds.undo import undo
from xlperf.rounds.versions import choose, versions
from xlperf.workbook.back.read import read_book


@pytest.fixture
def folder(tmp_path):
    return scored(tmp_path / "round").folder


def codes(folder, anchor=""):
    return [p.code for p in errors(verified(folder, anchor)[1])]


def rewritten(folder, change, keep=None, key=b""):
    """Edit the ledger and chain it anew, as somebody would who knows how but has another key, or this one."""
    file = folder / "ledger.sqlite"
    there = [(e.at, e.kind, e.body) for e in entries(file)]
    for name in folder.glob("ledger.*"):
        name.unlink()
    if key:
        (folder / "round.key").write_text(key.hex())
    change(there)
    with alone(file) as pen:
        for _, kind, body in there[:keep]:
            pen.put(kind, body)


def worse(there):
    body = next(b for _, k, b in there if k == "received" and b["kind"] == "scorer" and b["cells"])
    body["cells"][0][3] = "1"


def test_a_round_as_it_stands_is_green(folder):
    count, problems = verified(folder, anchor_of(folder / "ledger.sqlite"))
    assert (problems, count > 10) == ([], True)
    (folder / "holidays.csv").write_text("day,says\n2027-02-06,班\n", "utf-8")
    assert codes(folder) == [], "the office's own list of days belongs to the round"
    (folder / "out" / "总表.重算.xlsx").write_bytes(b"?")
    found = verified(folder)[1]
    assert [(p.code, p.severity) for p in found] == [("OUTPUT_COPY", "note")], "what recalc wrote alarms nobody"


def test_every_change_is_named(folder, tmp_path):
    kept = next((folder / "received").iterdir())
    issued = next((folder / "issued").rglob("*市环保局.xlsx"))
    record = next((folder / "records").iterdir())

    def sql(text):
        with closing(sqlite3.connect(folder / "ledger.sqlite")) as db, db:
            db.executescript("DROP TRIGGER entries_last; DROP TRIGGER entries_stay;" + text)

    changes = {
        "a kept file swapped": (lambda: kept.write_bytes(b"?"), "KEPT_ALTERED"),
        "a kept file deleted": (kept.unlink, "KEPT_GONE"),
        "a record changed": (lambda: record.write_bytes(b"?"), "RECORD_GONE"),
        "an issued book changed": (lambda: issued.write_bytes(b"?"), "ISSUED_CHANGED"),
        "the key replaced": (lambda: (folder / "round.key").write_text("ab" * 32), "KEY_REPLACED"),
        "an entry edited": (lambda: sql("UPDATE entries SET body = body || ' ' WHERE number = 6"), "LEDGER_ALTERED"),
        "the end cut off": (lambda: sql("DELETE FROM entries WHERE number > 8"), "LEDGER_CUT"),
        "the head gone": (head_file(folder / "ledger.sqlite").unlink, "HEAD_GONE"),
        "the head edited": (lambda: head_file(folder / "ledger.sqlite").write_text("8 00 00\n"), "HEAD_ALTERED"),
        "another ranking": (lambda: (folder / "out" / "排名.csv").write_bytes(b"1"), "RANKING_DIFFERS"),
        "chained anew with another key": (lambda: rewritten(folder, worse, key=b"x" * 32), "KEY_REPLACED"),
        "chained anew with the key": (lambda: rewritten(folder, worse), "CELL_NOT_SENT"),
    }  # fmt: skip
    shutil.copytree(folder, tmp_path / "whole")
    for what, (change, code) in changes.items():
        change()
        assert code in codes(folder), what
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "whole", folder)
    assert codes(folder) == []


def test_a_ledger_rewritten_by_who_has_the_key_is_caught_by_what_was_printed(folder):
    printed = (folder / "out" / "排名.csv").read_text("utf-8-sig").splitlines()[-1].split(",")[-1].strip('"')
    rewritten(folder, lambda there: None, keep=-1)
    publish_scores(reopened(folder))
    assert codes(folder) == []
    assert codes(folder, printed) == ["ANCHOR_UNKNOWN"]


def test_what_was_undone_counts_no_more_and_may_be_chosen_again(folder):
    round_ = reopened(folder)
    first = round_.state().current["unit", "U22"]
    second = send(round_, "unit", "U22", {("marks", "U22-01", "self"): 3}, name="市环保局 二.xlsx")
    collect(round_)
    assert [v.counts for v in versions(round_) if v.party == ("unit", "U22")] == [False, True]
    done, problems = undo(round_)
    assert (done.file, problems) == (second.name, [])
    assert reopened(folder).state().current["unit", "U22"].sha256 == first.sha256
    assert collect(reopened(folder)).new == 0
    assert choose(round_, second.name) == []
    digest = hashlib.sha256(second.read_bytes()).hexdigest()
    assert reopened(folder).state().current["unit", "U22"].sha256 == digest
    undo(round_)
    assert reopened(folder).state().current["unit", "U22"].sha256 == first.sha256
    assert [p.code for p in choose(round_, "nowhere")] == ["VERSION_UNKNOWN"]
    assert codes(folder) == []
    assert json.dumps([e.kind for e in entries(round_.ledger)][-4:]) == '["received", "undone", "chosen", "undone"]'


def test_what_is_right_in_a_broken_book_is_lifted_into_a_fresh_one(folder):
    round_ = reopened(folder)
    changes = {
        ("marks", "U22-01", "self"): "九十五",
        ("events", "+2", "item"): "市级表彰",
        ("events", "+2", "points"): 1,
    }
    file = send(round_, "unit", "U22", changes, name="市环保局 坏.xlsx")
    forged(file, row_gone("U22-05"))
    collect(round_)
    done, problems = lift(round_, file.name)
    assert problems == []
    assert [p.code for p in done.left].count("NOT_A_NUMBER") == 1
    assert "九十五" in (folder / done.rest).read_text("utf-8")
    cells = {
        (c.plan_sheet, c.row_key, c.column): c.value for c in read_book(folder / done.book).cells if c.role == "input"
    }
    assert cells["marks", "U22-01", "self"] is None
    assert cells["marks", "U22-05", "self"] is None
    assert cells["marks", "U22-02", "self"] is not None
    assert (cells["events", "+2", "item"], cells["events", "+2", "points"]) == ("市级表彰", 1)
    assert done.count > 30
    assert [p.code for p in lift(round_, "nowhere")[1]] == ["NOTHING_TO_LIFT"]


def test_two_versions_at_once_are_named(folder):
    round_ = reopened(folder)
    for number in (1, 2):
        send(round_, "unit", "U22", {("marks", "U22-01", "self"): number}, name=f"市环保局 {number}.xlsx")
    found = [p.code for r in collect(round_).receipts for p in r.problems if p.severity == "warning"]
    assert found.count("VERSIONS_AT_ONCE") == 1
