"""Tables judged and taken column by column come to what they come to cell by cell, problems in the same order."""

import pickle
import random
import re
from dataclasses import replace

import openpyxl
import pytest
from kit.begun import issued
from kit.bookedits import EDITS
from kit.programs import need
from kit.resaves import saved_again
from kit.rounds import send

from xlperf.entries import entry as judging
from xlperf.problems import Problem
from xlperf.rounds.collecting import examine
from xlperf.rounds.collecting.collect import Desk
from xlperf.rounds.collecting.open import open_books
from xlperf.workbook.back import around, read, second
from xlperf.workbook.back.read import read_book
from xlperf.workbook.back.returned import PlainTable, ReadCells, parts_of
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.pack import unpacked

TYPED = [
    "约5", "95%", " 12 ", "１２", "=1+1", True, 0.95, 1e20, -3, "不适用", "#N/A", "5", 5.123456789, 0, 7, "x" * 33_000,
    12345678901234567890, "  ", "是", 1, 10, 1 / 3, None, None,
]  # fmt: skip


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    return issued(tmp_path_factory.mktemp("together") / "round")


def opened(round_, file):
    ((found),) = open_books([(file, file.name)], round_.records)
    return found


def told(round_, book):
    """Return all that is said of a book."""
    receipt = Desk(round_, round_.state()).decided("d", ["x.xlsx"], book)
    return receipt.decision, receipt.problems, [*receipt.cells], receipt.seen, receipt.words, receipt.named


def in_parts(book):
    """Return a book none of whose tables are columns."""
    parts = [tuple(p.cells()) if isinstance(p, PlainTable) else p for p in parts_of(book.cells)]
    return replace(book, cells=ReadCells(parts))


def same(round_, file):
    """Hold what is taken by columns against what is taken cell by cell; return what is said and the plain tables."""
    book = opened(round_, file)
    if isinstance(book, Problem):
        return book.code, []
    found = told(round_, in_parts(book))
    assert told(round_, book) == found
    return found, [p.plan_sheet for p in parts_of(book.cells) if isinstance(p, PlainTable)]


def changed(file, to, change):
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(to)
    return to


def test_an_honest_book_is_taken_by_columns(round_, monkeypatch):
    book = opened(round_, send(round_, "unit", "U22"))
    monkeypatch.setattr(examine.Examiner, "_entry", None)  # no cell is looked at by itself
    decision, problems, cells, *_ = told(round_, book)
    assert (decision, [p.code for p in problems]) == ("accepted", ["RENAMED"])
    assert len(cells) > 10


def test_whatever_is_typed_is_judged_alike(round_, tmp_path):
    draw, file, codes, plain = random.Random(4), send(round_, "unit", "U22"), set(), 0
    spots = [(c.sheet, c.cell) for c in read_book(file, round_.records).cells if c.role == "input"]
    for _ in range(60):

        def change(book):
            for title, cell in draw.sample(spots, draw.choice((1, 1, 2, 5))):
                book[title][cell].value = draw.choice(TYPED)
                book[title][cell].number_format = draw.choice(("General", "General", "0%", "@"))

        found, tables = same(round_, changed(file, tmp_path / "x.xlsx", change))
        codes |= {p.code for p in found[1]}
        plain += "marks" in tables
    assert {"MISSING", "READ_AS", "OUT_OF_RANGE", "FORMULA_IN_INPUT", "PRECISION", "ROW_UNFINISHED"} <= codes
    assert plain > 20


def test_a_cell_that_is_looked_at_by_itself_keeps_its_place_among_the_problems(round_, tmp_path, monkeypatch):
    file = send(round_, "unit", "U22")
    wrong = [
        c for c in read_book(file, round_.records).cells if c.role == "input" and isinstance(c.value, int | float)
    ][1::2][:4]

    def change(book):
        for cell in wrong:
            book[cell.sheet][cell.cell].value = -1

    apart = []
    monkeypatch.setattr(examine, "judge_entries", lambda *a: apart.extend(judging.judge_entries(*a)) or apart)
    (decision, problems, cells, *_), tables = same(round_, changed(file, tmp_path / "x.xlsx", change))
    assert ("marks" in tables, decision, cells, len(apart)) == (True, "held", [], len(wrong))
    assert [p.where.cell for p in problems if p.code == "OUT_OF_RANGE"] == [c.cell for c in wrong]


def test_edits_of_a_book_are_told_alike(round_, tmp_path):
    draw, file = random.Random(2), send(round_, "unit", "U44")
    for edit in EDITS.values():
        same(round_, changed(file, tmp_path / "x.xlsx", lambda book, edit=edit: edit(draw, book)))


def test_books_of_scorers_and_of_libreoffice_are_told_alike(round_, tmp_path):
    need("soffice")
    files = [send(round_, "unit", "U01"), send(round_, "scorer", "市政府绩效办")]
    for file in [*files, *saved_again(files, "xlsx", tmp_path / "again")]:
        assert same(round_, file)[0][0] == "accepted"


# ---- as they are read -------------------------------------------------------------------------------


def test_a_plain_table_holds_the_cells_that_are_read_one_by_one(round_, monkeypatch):
    data = send(round_, "unit", "U22").read_bytes()
    book = read_book(data, round_.records, brief=True)
    assert all(isinstance(p, PlainTable) for p in parts_of(book.cells))
    monkeypatch.setattr(read, "_plain_table", lambda _: None)
    slowly = read_book(data, round_.records, brief=True)
    assert not any(isinstance(p, PlainTable) for p in parts_of(slowly.cells))
    assert book == slowly == in_parts(slowly)
    assert [*pickle.loads(pickle.dumps(book)).cells] == [*pickle.loads(pickle.dumps(slowly)).cells] == [*slowly.cells]


@pytest.mark.parametrize("seen", [2.0, True, "", "1"])
def test_a_number_that_the_second_reader_reads_otherwise_is_named(round_, tmp_path, monkeypatch, seen):
    """seen: what it reads where 1 stands, in one cell alone."""
    file = send(round_, "unit", "U22")
    cell = next(c for c in read_book(file, round_.records).cells if c.role == "input" and c.value is not None)
    to = changed(file, tmp_path / "x.xlsx", lambda book: setattr(book[cell.sheet][cell.cell], "value", 1))
    book = read_book(to, round_.records, brief=True)
    assert second.compared(book, to.read_bytes()) is book
    areas = second._Second._area

    def other(self, title):
        top, left, lines = areas(self, title)
        row, column = row_and_column(cell.cell)
        assert lines[row - 1 - top][column - 1 - left] in (1, seen)
        lines[row - 1 - top][column - 1 - left] = seen
        return top, left, lines

    monkeypatch.setattr(second._Second, "_area", other)
    found = {c.cell: c.other for c in second.compared(in_sheet(book, cell.sheet), to.read_bytes()).cells if c.other}
    assert found == ({cell.cell: str(seen)} if seen != "" else {})
    assert any(c.other is not None for c in second.compared(in_sheet(book, cell.sheet), to.read_bytes()).cells)


def in_sheet(book, title):
    """Return a book with the tables of one worksheet alone."""
    parts = [p for p in parts_of(book.cells) if p.sheet == title]
    assert len(parts) == 1
    return replace(book, cells=ReadCells(parts))


@pytest.mark.parametrize("way", ["locked and full", "locked and empty"])
def test_a_locked_cell_that_says_something_else_is_read_one_by_one(round_, tmp_path, way):
    file = send(round_, "unit", "U22")
    full = way == "locked and full"
    cells = [*read_book(file, round_.records).cells][3:]
    cell = next(c for c in cells if c.role == "locked" and (c.value is not None) is full)
    to = changed(file, tmp_path / "x.xlsx", lambda book: setattr(book[cell.sheet][cell.cell], "value", "else"))
    (decision, problems, *_), tables = same(round_, to)
    assert cell.plan_sheet not in tables
    assert (decision, [(p.code, p.where.cell) for p in problems][:1]) == ("held", [("LOCKED_CHANGED", cell.cell)])


@pytest.mark.parametrize(
    "spelt",
    [
        "<t>=%s</t>",
        "<t>&#61;%s</t>",
        "<t><![CDATA[=]]>%s</t>",
        "<r><t></t></r><r><t>=%s</t></r>",
        "<r><t/></r><r><t>=%s</t></r>",
    ],
)
def test_a_text_that_looks_like_the_formula_in_its_place_is_none(round_, spelt):
    parts = dict(unpacked(send(round_, "unit", "U22").read_bytes()))
    book = read.lean_book(parts)
    identity, _ = read.read_identity(book, ())
    record, _ = read.read_record(round_.records / read.record_name(identity.serial))
    for title, kept in record.cells.items():
        assert around.unlike(book[title], kept) == set()
    part, title = "xl/worksheets/sheet1.xml", book.sheetnames[0]
    (at,) = [spot for spot, was in record.cells[title].items() if str(was).startswith("=")][:1]
    old = re.search(rb'<c r="%s"[^>]*><f>([^<]*)</f>.*?</c>' % book[title].heads[at].at.encode(), parts[part])
    texts = parts["xl/sharedStrings.xml"]
    number = texts.count(b"<si>")
    new = re.sub(rb"><f>.*", b' t="s"><v>%d</v></c>' % number, re.sub(rb' t="[a-z]+"', b"", old[0]))
    parts[part] = parts[part].replace(old[0], new)
    parts["xl/sharedStrings.xml"] = texts.replace(
        b"</sst>", b"<si>%s</si></sst>" % spelt.encode().replace(b"%s", old[1])
    )
    forged = read.lean_book(parts)
    assert forged[title].said[at] == book[title].said[at]
    assert around.unlike(forged[title], record.cells[title]) == {at}


def test_what_stands_as_issued_is_found_all_at_once_as_one_by_one(round_, tmp_path, monkeypatch):
    """A text that looks like the formula of its cell, a truth value for a number, and cells that are other or gone."""
    file = send(round_, "unit", "U22")
    record, _ = read.read_record(round_.records / read.record_name(read_book(file, round_.records).identity.serial))
    plain = 0
    for turn, value in enumerate(["as it is", "text", True, None, 1, "=1", " ", "x"]):

        def change(book, turn=turn, value=value):
            for title, kept in record.cells.items():
                formulas = [spot for spot, was in kept.items() if str(was).startswith("=")]
                some = formulas if value == "text" else [*kept]
                for row, column in random.Random(turn).sample(some, min(3, len(some))) if turn else ():
                    cell = book[title].cell(row, column)
                    cell.value, text = (cell.value if value == "text" else value), value == "text"
                    cell.data_type = "s" if text else cell.data_type

        made = read._loaded(changed(file, tmp_path / "x.xlsx", change).read_bytes())[0]
        for title, kept in record.cells.items():
            fast = around.unlike(made[title], kept)
            plain += made[title].is_plain
            monkeypatch.setattr(made[title], "is_plain", False)
            assert around.unlike(made[title], kept) == fast == one_by_one(made[title], kept)
            assert bool(fast) == bool(turn) or value is None
    assert plain > 5


def one_by_one(sheet, kept):
    cells = {spot: sheet.cell(*spot) for spot in kept}
    said = {spot: (cell.value, cell.data_type == "f") for spot, cell in cells.items()}
    return {spot for spot, was in kept.items() if not around.is_still(was, said[spot][0], formula=said[spot][1])}
