"""The lean reader gives what openpyxl gives, cell by cell with every fact of tampering, or leaves the book to it."""

import io
import random
import warnings
import zipfile

import openpyxl
import pytest
import xlsxwriter
from kit import bookedits
from kit.begun import issued
from kit.corpus import strange
from kit.programs import need
from kit.resaves import saved_again
from kit.rounds import issued_file, send
from kit.strange_files import mutant
from openpyxl.xml.constants import SHEET_MAIN_NS

from xlperf.workbook.back import formats, read
from xlperf.workbook.back.guard import guard_problems
from xlperf.workbook.back.lean import lean_book
from xlperf.workbook.back.read import read_book
from xlperf.workbook.back.shapes import Unusual
from xlperf.workbook.back.unusual import unusual_book
from xlperf.xlsx.cached import stored_results
from xlperf.xlsx.pack import unpacked


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    return issued(tmp_path_factory.mktemp("lean") / "round")


def slowly(data, records, monkeypatch):
    with monkeypatch.context() as patch:
        whole = openpyxl.load_workbook(io.BytesIO(data))
        patch.setattr(read, "_loaded", lambda *_: (whole, stored_results(io.BytesIO(data))))
        return read_book(data, records)


def by_parsers(data, records, monkeypatch):
    with monkeypatch.context() as patch:
        whole = unusual_book(data)
        patch.setattr(read, "_loaded", lambda *_: (whole, whole.results))
        return read_book(data, records)


def is_lean(data):
    try:
        lean_book(dict(unpacked(data)))
    except Unusual:
        return False
    return True


def same(data, round_, monkeypatch):
    """Check that both read the same of a book, whether by its record or by its own map; return whether it was lean."""
    lean = is_lean(data)
    if lean:
        assert read_book(data, round_.records) == slowly(data, round_.records, monkeypatch)
    return lean


def test_books_as_they_go_out_and_come_back(round_, monkeypatch):
    out = [f for f in round_.issued.rglob("*.xlsx") if f.parent != round_.issued]
    for file in [*out, send(round_, "unit", "U22"), send(round_, "scorer", "市政府绩效办")]:
        assert same(file.read_bytes(), round_, monkeypatch), file.name


def test_books_that_somebody_changed(round_, monkeypatch):
    """A part of the edits of the kit; most are still read lean, so that what was changed is found there."""
    draw, lean = random.Random(1), []
    for edit in [*bookedits.EDITS.values()][::5]:
        book = openpyxl.load_workbook(issued_file(round_, "unit", "U22"))
        edit(draw, book)
        made = io.BytesIO()
        book.save(made)
        lean.append(same(made.getvalue(), round_, monkeypatch))
    assert sum(lean) > len(lean) * 0.8


def test_books_saved_by_libreoffice(round_, monkeypatch, tmp_path):
    need("soffice")
    files = [send(round_, "unit", "U01"), issued_file(round_, "scorer", "市政府绩效办")]
    saved = saved_again(files, "xlsx", tmp_path / "again")
    assert [same(file.read_bytes(), round_, monkeypatch) for file in saved] == [True, True]


def test_strange_books_are_read_alike_or_left_alone(round_, monkeypatch):
    draw = random.Random(5)
    for _ in range(30):
        data = strange(draw)
        if not guard_problems(data, "x"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                same(data, round_, monkeypatch)


def test_unusual_books_are_read_as_openpyxl_reads_them_whole(round_, monkeypatch, tmp_path):
    """Edits, comments, and mutants of a book that openpyxl reads; where it fails ours may read on or fail as well."""
    draw, alike = random.Random(7), 0
    honest = send(round_, "unit", "U44")
    openpyxl.load_workbook(honest).save(honest)
    books = []
    for edit in [*bookedits.EDITS.values()][1::6]:
        book = openpyxl.load_workbook(honest)
        edit(draw, book)
        bookedits.EDITS["comment_added"](draw, book)
        book["自评表"].merge_cells("B8:D9")
        book.save(tmp_path / "edited.xlsx")
        books.append((tmp_path / "edited.xlsx").read_bytes())
    for _ in range(16):
        mutant(honest, draw, tmp_path / "mutant.xlsx")
        books.append((tmp_path / "mutant.xlsx").read_bytes())
    for data in books:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                wanted = slowly(data, round_.records, monkeypatch)
            except Exception:  # in as many ways as there are files
                continue
        assert by_parsers(data, round_.records, monkeypatch) == wanted
        alike += 1
    assert alike > len(books) // 2


def test_what_a_formula_shows_is_read_along():
    """Numbers, texts, truth values, errors, nothing; as `stored_results` reads them."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("甲")
        for row, value in enumerate((1, 0.25, 1e300, -3, "字", "", True, "#N/A", "#DIV/0!")):
            sheet.write_formula(row, 0, "=B1+1", None, value)
    data = parts_with(made, '<c r="A4"><f>B1+1</f><v>-3</v></c>', '<c r="A4"><f>B1+1</f></c>')
    found = unusual_book(data).results
    assert found == stored_results(io.BytesIO(data))
    assert [found["甲", f"A{row}"] for row in (1, 2, 3, 4, 5, 7, 8)] == [1, 0.25, 1e300, None, "字", True, "#N/A"]


def test_merged_cells_as_large_as_a_sheet_hold_nobody_up():
    book = openpyxl.Workbook()
    book.active["B2"], book.active["C3"] = 1, 2
    made = io.BytesIO()
    book.save(made)
    data = parts_with(made, "<pageMargins", '<mergeCells><mergeCell ref="B2:XFD20000"/></mergeCells><pageMargins')
    read = unusual_book(data).worksheets[0]
    assert (read["B2"].value, read["C3"].value) == (1, None)


def parts_with(made, old, new):
    """Return the bytes of a book with something put into its first worksheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(made) as book, zipfile.ZipFile(out, "w") as copy:
        for part in book.namelist():
            text = book.read(part)
            copy.writestr(part, text.replace(old.encode(), new.encode(), 1) if part.endswith("sheet1.xml") else text)
    return out.getvalue()


PARTS = {
    "a text under merged cells": ("sheet2", "</row>", '<c r="D1" t="str"><v>9</v></c></row>'),
    "a cell twice": ("sheet2", '<c r="C1" s="1"/>', '<c r="C1" s="1"><v>1</v></c><c r="C1" s="1"><v>2</v></c>'),
    "a cell in the wrong row": ("sheet2", '<c r="C1"', '<c r="C2"'),
    "a number no program writes": ("sheet2", "<v>8</v>", "<v>1_0</v>"),
    "a text that is not there": ("sheet2", 't="s"><v>4', 't="s"><v>999'),
    "a text from behind": ("sheet2", 't="s"><v>4', 't="s"><v>-4'),
    "a part defined": ("sheet2", "<worksheet ", '<!DOCTYPE a [<!ENTITY x "8">]><worksheet '),
    "another coding": ("sheet2", 'encoding="UTF-8"', 'encoding="cp037"'),
    "another calendar": ("workbook", "<workbookPr ", '<workbookPr date1904="1" '),
    "a link": ("sheet2", "</worksheet>", '<hyperlinks><hyperlink ref="B9" location="A1"/></hyperlinks></worksheet>'),
    "a formula over an area": ("sheet2", "<f>", '<f t="array" ref="B3">'),
}


@pytest.mark.parametrize("what", PARTS)
def test_what_is_unusual_is_left_to_openpyxl(round_, what):
    name, old, new = PARTS[what]
    made = io.BytesIO()
    with zipfile.ZipFile(issued_file(round_, "unit", "U22")) as book, zipfile.ZipFile(made, "w") as copy:
        for part in book.namelist():
            text = book.read(part)
            if part.endswith(f"{name}.xml"):
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            copy.writestr(part, text)
    assert not is_lean(made.getvalue())


def test_a_part_nobody_knows_is_left_to_openpyxl(round_):
    made = io.BytesIO(issued_file(round_, "unit", "U22").read_bytes())
    with zipfile.ZipFile(made, "a") as book:
        book.writestr("xl/comments1.xml", "<comments/>")
    assert not is_lean(made.getvalue())


def test_many_formats_are_not_remembered():
    """A reader goes on to other files, and what it keeps of one must not be what it lacks for them."""
    many = "<cellXfs>" + '<xf numFmtId="9"/>' * 20_000 + "</cellXfs>"
    known = formats._known.cache_info().currsize
    found = formats.looks_of(f'<styleSheet xmlns="{SHEET_MAIN_NS}">{many}</styleSheet>'.encode())
    assert (len(found), found[0].number_format) == (20_000, "0%")
    assert formats._known.cache_info().currsize == known
