"""The ledger only grows, and a row changed later is found."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from xlperf.problems import Where, problem
from xlperf.rounds.journal import BrokenChain, append, entries
from xlperf.rounds.ledger import (
    CellText,
    Despite,
    Frozen,
    Issued,
    Reader,
    Receipt,
    UnknownEntry,
    Written,
    record_despite,
    record_frozen,
    record_issued,
    record_receipts,
    record_written,
    state_of,
)


def receipt(sha, who="U1", decision="accepted", text="9"):
    told = (problem("READ_AS", Where("甲 (1).xlsx", sheet="自评", cell="H8"), title="得分", found="９", value="9"),)
    return Receipt(sha, f"{sha}.xlsx", "unit", who, 1, decision, told, (CellText("marks", "U1-1", "self", text),))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ledger.sqlite"


def test_the_state_is_what_the_entries_add_up_to(file):
    record_issued(file, Issued("unit", "U1", 1, "issued/甲.xlsx", "00"))
    record_receipts(file, receipt("a"), receipt("b", decision="held"), receipt("c", text="10"))
    state = state_of(file)
    assert state.issued["unit", "U1"].serial == 1
    assert state.current["unit", "U1"].sha256 == "c"
    assert state.current["unit", "U1"].cells == (CellText("marks", "U1-1", "self", "10"),)
    assert set(state.receipts) == {"a", "b", "c"}
    assert state.receipts["b"].problems == receipt("b").problems
    assert state.receipts["a"].at


def test_an_empty_round_has_an_empty_state(file):
    assert state_of(file).receipts == {}
    assert not file.exists()


@pytest.mark.parametrize("statement", ["UPDATE entries SET body='{}'", "DELETE FROM entries WHERE number=2"])
def test_entries_are_not_changed_or_removed(file, statement):
    record_receipts(file, receipt("a"), receipt("b"), receipt("c"))
    with sqlite3.connect(file) as db, pytest.raises(sqlite3.DatabaseError):
        db.execute(statement)
    with sqlite3.connect(file) as db:  # somebody who takes the guard off is found by the chain
        db.executescript("DROP TRIGGER entries_stay; DROP TRIGGER entries_last;")
        db.execute(statement)
    with pytest.raises(BrokenChain):
        list(entries(file))


def test_several_writers_at_once_lose_nothing(file):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: append(file, "note", {"i": i}), range(40)))
    found = [e.body["i"] for e in entries(file)]
    assert sorted(found) == list(range(40))


def test_a_transaction_that_fails_leaves_nothing(file):
    record_receipts(file, receipt("a"))
    with pytest.raises(TypeError):
        append(file, "note", {"good": 1}, {"bad": object()})
    assert [e.kind for e in entries(file)] == ["received"]


def test_reading_on_gives_what_reading_anew_gives(file):
    reader = Reader(file)
    assert reader.state() == state_of(file)
    seen = []
    for i in range(6):
        record_receipts(file, receipt(f"r{i}", who=f"U{i % 2}", text=str(i)))
        record_written(file, Written("out/总表.xlsx", str(i)))
        seen.append(reader.state())
        assert seen[-1] == state_of(file)
        assert list(seen[-1].current) == list(state_of(file).current)
    assert [len(s.receipts) for s in seen] == [1, 2, 3, 4, 5, 6], "what was returned stays as it was"


def test_an_entry_put_in_the_place_of_one_that_was_read_is_found(file):
    record_receipts(file, receipt("a"), receipt("b"))
    reader = Reader(file)
    reader.state()
    with sqlite3.connect(file) as db:
        db.executescript("DROP TRIGGER entries_stay; DROP TRIGGER entries_last; DELETE FROM entries WHERE number = 2")
    record_receipts(file, receipt("c"), receipt("d"))
    with pytest.raises(BrokenChain):
        reader.state()


# ---- formats -------------------------------------------------------------------------------------


def test_every_entry_says_the_number_of_its_format(file):
    record_issued(file, Issued("unit", "U1", 1, "issued/甲.xlsx", "00"))
    record_receipts(file, receipt("a"))
    record_written(file, Written("out/总表.xlsx", "11"))
    record_despite(file, Despite("领导批准", ("EXAMPLE_FAILED",), "22"))
    record_frozen(file, Frozen("out/结果.csv", "33", "22", "0.1.0"))
    assert [e.body["format"] for e in entries(file)] == [1] * 5
    state = state_of(file)
    assert state.written == {"out/总表.xlsx": Written("out/总表.xlsx", "11")}
    assert state.despite == [Despite("领导批准", ("EXAMPLE_FAILED",), "22")]
    assert state.frozen == [Frozen("out/结果.csv", "33", "22", "0.1.0")]


def test_entries_without_a_number_are_of_the_first_format(file):
    append(file, "issued", {"kind": "unit", "who": "U1", "serial": 1, "file": "f", "sha256": "00"})
    assert state_of(file).issued["unit", "U1"].serial == 1


@pytest.mark.parametrize(
    ("kind", "body", "newer"),
    [
        ("issued", {"format": 2, "kind": "unit"}, True),
        ("issued", {"format": 1, "kind": "unit", "who": "U1", "serial": 1, "file": "f", "sha256": "0", "x": 1}, False),
        ("issued", {"format": 1, "kind": "unit"}, False),
        ("received", {"format": 1, "problems": 3}, False),
        ("praised", {"format": 1}, False),
    ],
)
def test_an_entry_that_cannot_be_read_is_named_with_its_number(file, kind, body, newer):
    record_receipts(file, receipt("a"))
    append(file, kind, body)
    with pytest.raises(UnknownEntry) as raised:
        state_of(file)
    assert (raised.value.number, raised.value.newer) == (2, newer)
