"""Scorers see what units reported: 打分表 that are written again after units sent their books."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from kit.rounds import good_values, issued_file, reopened, send, small_scheme

from xlperf.engine.roster import Roster
from xlperf.rounds import distribute as distributing
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.passwords import password
from xlperf.rounds.store import new_round
from xlperf.workbook.back.read import read_book
from xlperf.workbook.secret import locked, opened
from xlperf.xlsx.pack import unpacked


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Make a round in which U22 has sent its book after the first 打分表 went out; return it with a scorer of U22."""
    folder = tmp_path_factory.mktemp("reported")
    round_, _ = new_round(small_scheme(folder / "scheme"), folder / "round", key=b"k" * 32)
    distribute(round_)
    scorer = next(p.whom for p in parcels_of(round_) if p.kind == "scorer" and _rows_of(round_, p.whom))
    first = issued_file(round_, "scorer", scorer).read_bytes()
    send(round_, "unit", "U22")
    collect(round_)
    return round_.folder, scorer, first


def _rows_of(round_, scorer):
    """List the rows of U22 in the book of a scorer."""
    tables = Roster(round_.plan, round_.scheme.tables, round_.scheme.office)
    return [
        at for at, row in tables.rows.items()
        if tables.unit_of(round_.plan.by_name[at[0]], row) == "U22" and row.get("scorer") == scorer
    ]  # fmt: skip


def _reported_cells(round_, scorer):
    book = read_book(issued_file(round_, "scorer", scorer), round_.records)
    return {(c.plan_sheet, c.row_key, c.column): c.value for c in book.cells if c.role == "reported"}


def test_scorers_get_what_was_reported_and_the_first_book_still_counts(sent, tmp_path):
    folder, scorer, first = sent
    round_ = reopened(folder)
    assert not _reported_cells(round_, scorer)  # nobody had reported anything
    again = distribute(round_)
    assert {f.parent.name for f in again.written} == {"打分表"}
    shown, said = _reported_cells(round_, scorer), good_values(round_, "unit", "U22")
    mine = {at: v for at, v in said.items() if at in shown and v is not None}
    assert mine
    assert {at: shown[at] for at in mine} == pytest.approx(mine)
    assert not distribute(round_).written  # the same again is no new issue

    # the book of the first issue, filled before the second went out, counts all the same
    issued = issued_file(round_, "scorer", scorer)
    now = issued.read_bytes()
    issued.write_bytes(first)
    send(round_, "scorer", scorer, name="first.xlsx")
    issued.write_bytes(now)
    receipt = next(r for r in collect(round_).receipts if r.file == "first.xlsx")
    assert receipt.decision == "accepted"
    assert not {"REPORTED_SINCE", "OLD_ISSUE"} & {p.code for p in receipt.problems}

    # who has sent its book is given no other one while nothing else was reported
    assert not distribute(round_).written

    # U22 reports something else: the scorer's book shows it, with what the scorer gave; the other one is told
    send(round_, "scorer", scorer, name="second.xlsx")
    name, at = "unit 改.xlsx", next(at for at, v in mine.items() if isinstance(v, float))
    send(round_, "unit", "U22", {at: mine[at] - 0.5}, name=name)
    found = {r.file: r for r in collect(round_).receipts}
    assert found[name].decision == "accepted"
    problems = [p for p in found["second.xlsx"].problems if p.code == "REPORTED_SINCE"]
    assert (found["second.xlsx"].decision, ["1 格" in p.text("zh") for p in problems]) == ("accepted", [True])
    assert [f.stem for f in distribute(round_).written].count(scorer) == 1
    book = {(c.plan_sheet, c.row_key, c.column): c for c in read_book(issued_file(round_, "scorer", scorer)).cells}
    given = good_values(round_, "scorer", scorer)
    assert {at: book[at].value for at in given if given[at] is not None} == pytest.approx(
        {at: v for at, v in given.items() if v is not None}
    )
    assert book[at].value == mine[at] - 0.5


@pytest.mark.parametrize("secret", [False, True])
def test_books_that_an_earlier_version_packed_in_another_way_are_no_new_issue(tmp_path, monkeypatch, secret):
    round_, _ = new_round(small_scheme(tmp_path / "scheme"), tmp_path / "round", key=b"k" * 32)
    shared_out = distributing._shared_out
    with monkeypatch.context() as earlier:
        earlier.setattr(
            distributing,
            "_shared_out",
            lambda source, jobs, scheduler: map(_packed_by_zipfile, jobs, shared_out(source, jobs, scheduler)),
        )
        distribute(round_, secret=secret)
    there = {file: file.read_bytes() for file in round_.issued.rglob("*.xlsx")}
    serials = dict(round_.state().serials)
    again = distribute(reopened(round_.folder))
    assert again.written == ()
    assert len(again.unchanged) == len(there)
    assert {file: file.read_bytes() for file in round_.issued.rglob("*.xlsx")} == there
    assert dict(reopened(round_.folder).state().serials) == serials
    # what stands in one is another: that one alone is written anew
    one = next(file for file in there if file.parent.name == "自评表")
    plain = _plain(reopened(round_.folder), one, secret=secret)
    monkeypatch.setattr(distributing, "unpacked", lambda data: [] if data == plain else unpacked(data))
    assert distribute(reopened(round_.folder)).written == (one.relative_to(round_.folder),)


def _plain(round_, file, *, secret):
    """Return a book as it was before it got its password."""
    party = next(party for party, i in round_.state().issued.items() if round_.folder / i.file == file)
    return opened(file.read_bytes(), [password(round_, party)])[1] if secret else file.read_bytes()


def _packed_by_zipfile(job, made):
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=9) as book:
        for name, data in unpacked(made.data):
            book.writestr(name, data)
    data = packed.getvalue()
    return replace(made, data=data, locked=locked(data, job[2]) if job[2] else b"")
