"""What no reader is given: too much of anything, Strict books, macros under any name, something beside the zip."""

import io
import zipfile

import pytest

from xlperf.workbook.back import complexity
from xlperf.workbook.back.guard import guard_problems
from xlperf.xlsx import parts

TYPES = '<Types><Override PartName="/xl/workbook.xml" ContentType="application/xml"/></Types>'
SHEET = "xl/worksheets/sheet1.xml"


def book(**parts):
    """Return a zip that looks like a workbook. parts: names with `/` as `__` and without their ending."""
    made = io.BytesIO()
    parts = {"xl/workbook": "<workbook/>", "[Content_Types]": TYPES, **parts}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in parts.items():
            out.writestr(f"{name.replace('__', '/')}.xml", text)
    return made.getvalue()


def cells(count, text='<c r="A1"/>'):
    return "<sheetData>" + "".join(f"{text}{i}" for i in range(count)) + "</sheetData>"


STRICT = '<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
BAD = {
    "too many cells": (book(xl__worksheets__sheet1=cells(400, '<c r="A1"/>')), "TOO_COMPLEX"),
    "too many styles": (book(xl__styles=cells(400, '<xf a="">')), "TOO_COMPLEX"),
    "too many names": (book(**{"xl/workbook": cells(400, '<definedName name="a">')}), "TOO_COMPLEX"),
    "too many merges": (book(xl__worksheets__sheet1=cells(400, '<mergeCell ref="A1:A2"/>')), "TOO_COMPLEX"),
    "a tall merge": (book(xl__worksheets__sheet1='<mergeCell ref="A1:A900000"/>'), "TOO_COMPLEX"),
    "below the grid": (book(xl__worksheets__sheet1='<c r="A1048577"/>'), "TOO_COMPLEX"),
    "beside the grid": (book(xl__worksheets__sheet1='<c r="XFE1"/>'), "TOO_COMPLEX"),
    "a count that lies": (book(xl__sharedStrings='<sst uniqueCount="900000000"/>'), "TOO_COMPLEX"),
    "strict": (book(**{"xl/workbook": STRICT}), "STRICT"),
    "macros by type": (book(**{"[Content_Types]": "application/vnd.ms-office.vbaProject"}), "MACRO"),
    "a macro book": (book(**{"[Content_Types]": "application/vnd.ms-excel.sheet.macroEnabled.main+xml"}), "MACRO"),
    "two archives": (book() + book(), "UNSAFE_ZIP"),
    "something before": (b"PK\x03\x04junk" + book(), "UNSAFE_ZIP"),
    "something behind": (book() + b"x" * 9, "UNSAFE_ZIP"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_is_too_much_is_refused_by_name(what, monkeypatch):
    small = {kind: tuple((token, 300, words) for token, _, words in all_) for kind, all_ in complexity.MOST.items()}
    monkeypatch.setattr(complexity, "MOST", small)
    data, code = BAD[what]
    assert [p.code for p in guard_problems(data, "a.xlsx")] == [code]


def test_the_last_cell_of_the_grid_is_on_it():
    data = book(xl__worksheets__sheet1='<c r="XFD1048576"/><c r="A1048576"/><c r="XEZ9"/>')
    assert guard_problems(data, "a.xlsx") == []


@pytest.mark.parametrize("marks", [0, 1, 99, 100, 101, 250])
def test_a_definition_is_found_behind_however_many_exclamation_marks(marks):
    text = b"a!" * marks
    assert [parts.may_define(t) for t in (text, text + b"<a!", b"!<" + text, b"")] == [False] * 4
    assert all(parts.may_define(t) for t in (text + b"<!", b"<!" + text, text + b"<!" + text))
    data = book(xl__worksheets__sheet1=f"{text.decode()}<!DocType a>")
    assert [p.code for p in guard_problems(data, "a.xlsx")] == ["DTD"]


def test_counting_does_not_depend_on_where_chunks_end():
    text = b'<mergeCell ref="A1:A2"/>' * 20_001
    weighing = complexity.Weighing(SHEET, len(text))
    found = [weighing.too_much(text[i : i + 7]) for i in range(0, len(text), 7)]
    assert [f is None for f in found].count(False) >= 1
    assert found[: 20_000 * 24 // 7] == [None] * (20_000 * 24 // 7)
