"""A published round on paper: one page wide, every letter there; sums that hold; one decision that moves few sheets.

`make papers` does the same over every demonstration.
"""

import shutil
from fractions import Fraction

import openpyxl
import pytest
from kit.papers import edges_inked, figures_of, off_sum, on_paper, without_glyph
from kit.printed import pages
from kit.programs import need
from kit.published import ready_round


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory):
    need("soffice", "pdftohtml", "pdftoppm", "fc-list")
    round_ = ready_round(tmp_path_factory.mktemp("papers") / "round")
    return figures_of(round_.folder, "three-units"), round_.out / "发布"


def test_every_figure_of_publishing_holds(looked_at):
    figures, _ = looked_at
    assert figures.wrong == ()
    assert (figures.units, figures.differences, figures.sheets) == (3, 0, 3)
    assert figures.pages >= 10
    assert 1 <= figures.changed < figures.sheets


def test_what_is_not_on_the_page_is_seen(looked_at, tmp_path):
    pdf = looked_at[1] / "公开" / "公示.pdf"
    book = shutil.copy(looked_at[1] / "公开" / "公示.xlsx", tmp_path / "book.xlsx")
    changed = openpyxl.load_workbook(book)
    changed.active["A1"] = "另一个标题：驫"
    changed.active.row_breaks.append(openpyxl.worksheet.pagebreak.Break(2))
    changed.save(book)
    said = "；".join(on_paper(book, pdf, pages(pdf)))
    assert "the title is not whole" in said
    assert "驫" in said
    assert "not one page wide" in said
    assert edges_inked(pdf) == []


def test_a_letter_that_no_font_has_is_seen():
    need("fc-list")
    assert without_glyph(["考评"]) == ""
    assert without_glyph(["考\U000f1234"]) == "\U000f1234"


def test_a_sum_that_does_not_hold_is_seen(looked_at, monkeypatch, tmp_path):
    from dataclasses import replace

    import kit.papers

    scores = ready_round(tmp_path / "round").scores()
    true = kit.papers.breakdowns
    off = lambda *given: (replace(b, rest=b.rest + Fraction(1, 1000)) for b in true(*given))  # noqa: E731
    assert off_sum(scores) == (3, [])
    monkeypatch.setattr(kit.papers, "breakdowns", off)
    assert len(off_sum(scores)[1]) == 3
