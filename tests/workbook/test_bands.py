"""Lines across a worksheet: a title is broken between its parts before its letters become too small."""

from __future__ import annotations

import openpyxl
import pytest

from xlperf.workbook.bands import legend, titled
from xlperf.workbook.book import Book
from xlperf.xlsx.skeleton import STATE

TITLE, OWN = "某县2009年度绩效管理（半年初评）", "超常成果（部门、园区）"


@pytest.mark.parametrize(
    ("width", "text", "shrinks", "height"),
    [
        (138.0, f"{TITLE}{OWN}", True, 34),
        (62.0, f"{TITLE}\n{OWN}", False, 56),
        (40.0, f"{TITLE}{OWN}", False, 84),
        (0.0, f"{TITLE}{OWN}", True, 34),  # nothing is printed
    ],
)
def test_a_title_takes_as_many_lines_as_its_letters_want(width, text, shrinks, height, tmp_path):
    book = Book("表", "办公室")
    page = book.sheet("表")
    titled(book, page, (1, 4), f"{TITLE}{OWN}", width, OWN)
    legend(book, page, (1, 4), "图例：浅黄格由人填写；白格是方案资料或自动计算。", width)
    book.save(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    cell, below = sheet["B1"], sheet.cell(STATE + 1, 2)
    assert (cell.value, bool(cell.alignment.shrink_to_fit)) == (text, shrinks)
    assert sheet.row_dimensions[1].height == pytest.approx(height, abs=1)
    assert bool(below.alignment.wrap_text) == (width == 40.0)
