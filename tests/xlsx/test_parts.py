"""Workbooks as other programs write them: prefixes, shared formulas, inline texts, other encodings, hostile parts."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from kit.edits import scored_master
from kit.judge import _write

from xlperf.formula.values import day_number
from xlperf.rounds.recompute import recomputed
from xlperf.xlsx.addresses import moved
from xlperf.xlsx.cached import formulas_of, stored_results, with_formulas, write_values
from xlperf.xlsx.parts import UnsafePart, worksheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def rewritten(book: Path, to: Path, change) -> Path:
    """Copy a workbook, each part as `change(name, data)` makes it."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return to


def prefixed(name: str, data: bytes) -> bytes:
    """Write a part of the spreadsheet with the prefix x: before every element, as some programs do."""
    if not re.match(r"xl/(worksheets/[^/]+|workbook|sharedStrings|styles)\.xml", name):
        return data
    ElementTree.register_namespace("x", MAIN)
    ElementTree.register_namespace("r", RELS)
    return ElementTree.tostring(ElementTree.fromstring(data), "utf-8", xml_declaration=True)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scored_master("three-units", tmp_path_factory.mktemp("master"))[2]


def shown(file: Path) -> dict:
    book = openpyxl.load_workbook(file, data_only=True)
    return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row if c.value is not None}


def test_a_book_with_prefixes_is_recalculated_like_any_other(master: Path, tmp_path: Path):
    book = rewritten(master, tmp_path / "x.xlsx", prefixed)
    assert b"<x:c " in zipfile.ZipFile(book).read("xl/worksheets/sheet2.xml")
    assert formulas_of(book) == formulas_of(master)
    write_values(book, tmp_path / "false.xlsx", dict.fromkeys(formulas_of(book), 987654.321))
    found = recomputed(tmp_path / "false.xlsx", tmp_path / "out.xlsx")
    assert (found.problems, found.written >= len(formulas_of(master))) == ((), True)
    assert shown(tmp_path / "out.xlsx") == shown(master)
    assert formulas_of(tmp_path / "out.xlsx") == formulas_of(master)


def test_a_book_in_another_encoding(master: Path, tmp_path: Path):
    def wide(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return data
        return data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    book = rewritten(master, tmp_path / "w.xlsx", wide)
    assert formulas_of(book) == formulas_of(master)
    place = next(iter(formulas_of(book)))
    write_values(book, tmp_path / "out.xlsx", {place: 7})
    assert shown(tmp_path / "out.xlsx") == {**shown(master), place: 7}


def test_what_stands_beside_the_formulas_is_read_as_openpyxl_reads_it(master: Path):
    values = shown(master)
    found = stored_results(master)
    assert len(found) > 100
    wanted = {at: values.get(at) for at in found}
    wanted = {at: float(day_number(v.date())) if isinstance(v, datetime) else v for at, v in wanted.items()}
    assert found == wanted


SHEET = f"""<?xml version='1.0' encoding='UTF-8'?>
<s:worksheet xmlns:s="{MAIN}"><s:sheetData>
<s:row r="2"><s:c r='A2'><s:f t="shared" ref='A2:B4' si="0">A1*$C$1+SUM(D1:D$2)&amp;"A1"</s:f><s:v>1</s:v></s:c>
<s:c t='str'><s:f si="0" t="shared"/><s:v>x</s:v></s:c></s:row>
<s:row><s:c r="A3" vm="1" t="e"><s:f t="shared" si="0"></s:f><s:v>#VALUE!</s:v></s:c>
<s:c t="inlineStr"><s:is><s:r><s:t>甲</s:t></s:r><s:r><s:t xml:space="preserve"> 乙</s:t></s:r></s:is></s:c>
<s:c r="C3"/><s:c r="D3" s="1" ><s:f>1&gt;0</s:f></s:c></s:row>
</s:sheetData></s:worksheet>"""


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    _write(tmp_path / "plain.xlsx", {"a": [[1]]})
    sheet = "xl/worksheets/sheet1.xml"
    return rewritten(
        tmp_path / "plain.xlsx", tmp_path / "strange.xlsx", lambda name, data: SHEET.encode() if name == sheet else data
    )


def test_shared_formulas_and_cells_without_address(strange: Path):
    assert formulas_of(strange) == {
        ("a", "A2"): 'A1*$C$1+SUM(D1:D$2)&"A1"',
        ("a", "B2"): 'B1*$C$1+SUM(E1:E$2)&"A1"',
        ("a", "A3"): 'A2*$C$1+SUM(D2:D$2)&"A1"',
        ("a", "D3"): "1>0",
    }
    assert stored_results(strange) == {("a", "A2"): 1, ("a", "B2"): "x", ("a", "A3"): "#VALUE!", ("a", "D3"): None}


def test_only_the_cell_itself_is_written_anew(strange: Path, tmp_path: Path):
    values = {("a", "A3"): 5, ("a", "D3"): True, ("a", "B3"): "丙<", ("a", "C3"): None}
    write_values(strange, tmp_path / "out.xlsx", values)
    text = zipfile.ZipFile(tmp_path / "out.xlsx").read("xl/worksheets/sheet1.xml").decode()
    wanted = SHEET.replace(
        '<s:c r="A3" vm="1" t="e"><s:f t="shared" si="0"></s:f><s:v>#VALUE!</s:v></s:c>',
        '<s:c r="A3"><s:f t="shared" si="0"></s:f><s:v>5</s:v></s:c>',
    )
    wanted = wanted.replace(
        '<s:c r="D3" s="1" ><s:f>1&gt;0</s:f></s:c>', '<s:c r="D3" s="1"  t="b"><s:f>1&gt;0</s:f><s:v>1</s:v></s:c>'
    )
    wanted = re.sub(r'<s:c t="inlineStr">.*?</s:c>', '<s:c t="str"><s:v>丙&lt;</s:v></s:c>', wanted, flags=re.S)
    assert text == wanted


def test_formulas_are_rewritten_where_they_stand(strange: Path):
    copy = io.BytesIO(with_formulas(strange, lambda title, text: f"({text})"))
    assert formulas_of(copy)["a", "D3"] == "(1>0)"
    assert formulas_of(copy)["a", "B2"] == '(B1*$C$1+SUM(E1:E$2)&"A1")'


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
def test_a_document_type_definition_is_refused(strange: Path, tmp_path: Path, part: str):
    def hostile(name: str, data: bytes) -> bytes:
        head, sign, rest = data.partition(b"?>")
        return head + sign + b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rest if name == part else data

    with pytest.raises(UnsafePart):
        formulas_of(rewritten(strange, tmp_path / "hostile.xlsx", hostile))


def test_the_workbook_is_found_wherever_it_lies(strange: Path, tmp_path: Path):
    moved_book = tmp_path / "moved.xlsx"
    with zipfile.ZipFile(strange) as old, zipfile.ZipFile(moved_book, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b'"xl/workbook.xml"', b'"/book/main.xml"')
            to = {"xl/workbook.xml": "book/main.xml", "xl/_rels/workbook.xml.rels": "book/_rels/main.xml.rels"}
            data = data.replace(b'"worksheets/', b'"../xl/worksheets/') if name.endswith("workbook.xml.rels") else data
            new.writestr(to.get(name, name), data)
    with zipfile.ZipFile(moved_book) as parts:
        assert worksheets(parts) == {"a": "xl/worksheets/sheet1.xml"}


MOVES = {
    "A1+$A1+A$1+$A$1": "B3+$A3+B$1+$A$1",
    "SUM(A:A,$A:B)+SUM(1:1,$1:2)": "SUM(B:B,$A:C)+SUM(3:3,$1:4)",
    "'A1 表'!A1+表A1!B2&\"A1\"": "'A1 表'!B3+表A1!C4&\"A1\"",
    "LOG10(A1)+XP_A1(B2)+A1_b+_A1": "LOG10(B3)+XP_A1(C4)+A1_b+_A1",
    "Z9:AA10": "AA11:AB12",
}


@pytest.mark.parametrize("formula", MOVES)
def test_a_formula_copied_two_down_and_one_to_the_right(formula: str):
    assert moved(formula, 2, 1) == MOVES[formula]
