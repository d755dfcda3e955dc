"""What is kept of books read before never lets one that was changed pass for another: read anew, or by openpyxl."""

import io
import random
import re
import warnings
import zipfile

import pytest
from kit.begun import issued
from kit.programs import need
from kit.resaves import saved_again
from kit.rounds import send
from kit.strange_files import mutant, parts_of
from test_lean import is_lean, slowly

from xlperf.workbook.back import lean_sheet, shapes
from xlperf.workbook.back.guard import guard_problems
from xlperf.workbook.back.read import read_book

MUTANTS = 40
VALUES = (
    "007",
    "-1",
    "1e2",
    "1E+2",
    "0.50",
    "",
    " 5",
    "5 ",
    "&#52;",
    "&amp;",
    "99999",
    "1_0",
    "\uff17",
    "x",
    "TRUE",
    "1e999",
)


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    return issued(tmp_path_factory.mktemp("shapes") / "round")


@pytest.fixture(scope="module")
def honest(round_, tmp_path_factory):
    """Books of one class as they were sent, by our own hand and by LibreOffice; all of them were read before."""
    need("soffice")
    own = [send(round_, "unit", unit) for unit in ("U01", "U22", "U44")]
    files = [*own, *saved_again(own, "xlsx", tmp_path_factory.mktemp("again"))]
    for file in files:
        read_book(file, round_.records)
    return files


def shortened(book):
    """Return the cells of a book that a brief reading lists."""
    rows, found = set(), []
    for cell in book.cells:
        at = cell.plan_sheet, cell.row_key
        if at not in rows or cell.role != "locked" or cell.was is not None:
            found.append(cell)
        rows.add(at)
    return tuple(found)


def alike(data, round_, monkeypatch):
    """Check that a book is read as by openpyxl, and in brief as in full; return whether both read it, ours lean."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if guard_problems(data, "x") or not is_lean(data):
            return False
        try:
            wanted = slowly(data, round_.records, monkeypatch)
        except Exception:  # in as many ways as there are files, where ours may read on: a date of the file, say
            return False
        quick = read_book(data, round_.records)
        assert quick == wanted
        if quick.record:
            brief = read_book(data, round_.records, brief=True)
            assert brief.cells == shortened(quick)
            assert brief.changes == quick.changes
    return True


def test_mutants_of_books_that_were_read_before(round_, honest, monkeypatch, tmp_path):
    draw, lean, changed = random.Random(11), 0, 0
    for file in honest:
        parts, issued_as = parts_of(file), read_book(file, round_.records)
        for _ in range(MUTANTS):
            mutant(file, draw, tmp_path / "mutant.xlsx", parts)
            data = (tmp_path / "mutant.xlsx").read_bytes()
            if alike(data, round_, monkeypatch):
                lean += 1
                changed += read_book(data, round_.records) != issued_as
    assert lean > MUTANTS
    assert changed  # what a forger did is not read over


WAYS = {  # what of one cell or row is changed → what it becomes
    r"<v>[^<]*</v>": lambda draw, _: f"<v>{draw.choice(VALUES)}</v>",
    r' s="\d+"': lambda draw, _: f' s="{draw.randrange(12)}"',
    r' t="\w+"': lambda draw, _: draw.choice(["", *(f' t="{kind}"' for kind in ("n", "s", "str", "b", "e"))]),
    r'<c r="[A-Z]+\d+"': lambda draw, _: f'<c r="{draw.choice("ABCDEFGH")}{draw.randrange(1, 30)}"',
    r'<row r="\d+"': lambda draw, _: f'<row r="{draw.randrange(1, 30)}"',
    r"<f[^>]*>[^<]*</f>": lambda draw, was: draw.choice(("", "<f>1+1</f>", was.replace("0", "1"))),
    r"<c [^>]*>(?:(?!</c>).)*</c>": lambda draw, was: draw.choice(("", was * 2)),
    r"</row>": lambda draw, _: draw.choice(("", '</row><row r="99"></row>')),
}


def tampered(file, draw):
    """Return a book with one cell or row of a worksheet changed, all else as it was."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as book, zipfile.ZipFile(made, "w") as copy:
        part = draw.choice([n for n in book.namelist() if "worksheets/sheet" in n and b"<v>" in book.read(n)])
        for name in book.namelist():
            text = book.read(name).decode()
            pattern = draw.choice([*WAYS])
            found = [*re.finditer(pattern, text)] if name == part else []
            if found:
                one = draw.choice(found)
                text = text[: one.start()] + WAYS[pattern](draw, one[0]) + text[one.end() :]
            copy.writestr(name, text)
    return made.getvalue()


def test_one_cell_is_changed_in_a_shape_that_is_known(round_, honest, monkeypatch):
    draw, lean, changed = random.Random(12), 0, 0
    whole = {file: read_book(file, round_.records) for file in honest}
    for _ in range(8 * MUTANTS):
        file = draw.choice(honest)
        data = tampered(file, draw)
        if alike(data, round_, monkeypatch):
            lean += 1
            changed += read_book(data, round_.records) != whole[file]
    assert lean > 4 * MUTANTS
    assert changed > lean // 6


def with_merged(file, area, stored=None):
    """Return a book in which the cells of an area are made one. stored: what stands in the last of them, if given."""
    made, last = io.BytesIO(), area.partition(":")[2]
    with zipfile.ZipFile(file) as book, zipfile.ZipFile(made, "w") as copy:
        for name in book.namelist():
            text = book.read(name).decode()
            if "worksheets/sheet" in name and "</mergeCells>" in text:
                text = text.replace("</mergeCells>", f'<mergeCell ref="{area}"/></mergeCells>')
                if stored is not None:
                    text = re.sub(rf'(<c r="{last}"[^>]*>)(<v>[^<]*</v>)?', rf"\g<1><v>{stored}</v>", text)
            copy.writestr(name, text)
    return made.getvalue()


def test_cells_are_made_one_in_a_shape_that_is_known(round_, honest, monkeypatch):
    """What was found out of one book is not taken for the areas of the next, nor for what stands under them there."""
    read = []
    for file in honest[2:5]:  # of either hand
        own = [c for c in read_book(file, round_.records).cells if c.role == "input"]
        empty = [to_the_left(c.cell) for c in own if c.value is None][:2]
        for area in (*empty, *empty[:1], "X40:Y41", "X41:Y42"):
            read.append(alike(with_merged(file, area), round_, monkeypatch))
            assert alike(file.read_bytes(), round_, monkeypatch)
        area = to_the_left(next(c.cell for c in own if c.data_type == "n" and c.value is not None))
        said = [is_lean(with_merged(file, area, stored)) for stored in ("", "7", "")]
        assert said in ([True, False, True], [False] * 3)
        read += said
    assert sum(read) > len(read) // 3


def to_the_left(cell):
    """Return the area of a cell and the one to the left of it."""
    return f"{chr(ord(cell[0]) - 1)}{cell[1:]}:{cell}"


def test_what_is_kept_stays_small(round_, honest, monkeypatch):
    """A reader goes on to other files: what is kept of strange ones must not be what it lacks for them."""
    monkeypatch.setattr(shapes, "_LETTERS_MOST", 60_000)
    for known in (shapes._KNOWN, lean_sheet._KNOWN_NUMBERS, lean_sheet._KNOWN_TEXTS):
        known.clear()
    for file in honest:
        assert alike(file.read_bytes(), round_, monkeypatch)
        kept = [one for both in shapes._KNOWN.values() for one in (both.gaps, *both.shapes)]
        assert sum(len(text) for known in kept for text in known) <= 120_000
