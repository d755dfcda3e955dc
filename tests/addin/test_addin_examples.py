"""函数示例.xlsx: every function has an example of a regulation; the page in the repository shows the true values."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from kit.office import open_office

from xlperf.addin.examples import Example, examples
from xlperf.addin.functions import functions
from xlperf.cli.addin import page_lines
from xlperf.workbook.books.functions import write_function_page

PAGE = Path(__file__).parents[2] / "workbooks" / "函数示例.xlsx"


def test_every_function_has_one():
    assert [e.function.name for e in examples()] == list(functions())


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.function.name)
def test_it_gives_what_the_regulation_says(example: Example):
    answer = example.answer()
    assert (f"{answer:.10g}" if isinstance(answer, float) else answer) == example.gives
    assert "#" not in str(example.explained())


def test_the_page_in_the_repository_is_this_one(tmp_path: Path):
    write_function_page(tmp_path / "page.xlsx", page_lines())
    assert (tmp_path / "page.xlsx").read_bytes() == PAGE.read_bytes(), (
        "run: xlperf addin examples --out workbooks/函数示例.xlsx"
    )


@pytest.mark.libreoffice
def test_libreoffice_says_the_same(tmp_path_factory: pytest.TempPathFactory):
    office = open_office(tmp_path_factory.mktemp("office"))
    copy = office.folder / "page.xlsx"
    copy.write_bytes(PAGE.read_bytes())
    shown = openpyxl.load_workbook(office.recalculated(copy), data_only=True).active
    stored = openpyxl.load_workbook(PAGE, data_only=True).active
    wrong = []
    for row in range(4, stored.max_row + 1):
        for column in (7, 8):
            found, wanted = (s.cell(row, column).value for s in (shown, stored))
            if isinstance(wanted, float | int) and not isinstance(found, str) and found is not None:
                found, wanted = round(found, 9), round(wanted, 9)
            if found != wanted:
                wrong.append((stored.cell(row, 6).value, found, wanted))
    assert wrong == []
