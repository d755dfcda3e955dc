"""Worksheets are written as the library writes them, byte for byte; one that is done leaves nothing to search for."""

import gc
import io
import random

import pytest
import xlsxwriter
from kit.masters import laid_out, made_up
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.worksheet import Worksheet

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.roster import Roster
from xlperf.engine.score import score
from xlperf.scheme.load import schemes_available
from xlperf.workbook.book import as_shared
from xlperf.workbook.page import NUMBER, RESULT, SHARED, Page, SaidTexts
from xlperf.workbook.seal import Identity
from xlperf.workbook.stamp import Stamps
from xlperf.xlsx.pack import unpacked

DRAWS = 60
TEXTS = ("甲", "", " 乙 ", "<丙>&\"'", "一\n二", "_x0041_", "=1+1", "\x07", "长" * 40_000, "#N/A", "{1}")
FORMULAS = ('=A1&"<"', "=SUM(A1:B2)", "=IF(A1>1,\"&\",'表 1'!A1)", "=1")
RESULTS = ("", "#DIV/0!", "文 & <字>", 0, 1.5, -2e-7, 1e20, 3)
NUMBERS = (0, 1, -1.5, 1e-20, 1e300, 123456789.123456789, 2 / 3)


def drawn(draw):
    """List calls that write a worksheet."""
    calls = []
    for _ in range(draw.randrange(120)):
        row, column, look = (
            draw.choice((0, 1, 5, 15, 16, 17, 40)),
            draw.choice((0, 1, 2, 25, 26, 30)),
            draw.randrange(4),
        )
        calls += draw.choice(
            (
                [("write_string", row, column, draw.choice(TEXTS), look)],
                [("write_number", row, column, draw.choice(NUMBERS), look)],
                [("write_blank", row, column, None, look)],
                [("write_formula", row, column, draw.choice(FORMULAS), look, draw.choice(RESULTS))],
                [("set_row", draw.randrange(50), draw.choice((12, 20.5)))],
            )
        )
    calls += [("merge_range", 60 + n, 2, 61 + n, 4, draw.choice(TEXTS[:4]), 1) for n in range(0, draw.randrange(6), 2)]
    return calls


def parts_of(calls, page, said=None):
    """Return the parts of a workbook with one worksheet after some calls; the worksheet too."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    if said is not None:
        book.str_table = SaidTexts(said)
    looks = [None, *(book.add_format(one) for one in ({"bold": True}, {"locked": False}, {"bold": True}))]
    sheet = book.add_worksheet("表", page)
    if said is not None:
        sheet.said = said
    for name, *given in calls:
        at = {"merge_range": 5, "set_row": None}.get(name, 3)
        getattr(sheet, name)(*(looks[v] if i == at else v for i, v in enumerate(given)))
    book.set_properties({"created": 0})
    book.close()
    return {name: part for name, part in unpacked(out.getvalue()) if name != "docProps/core.xml"}, sheet


def test_drawn_worksheets_are_the_library_s():
    draw = random.Random(5)
    for _ in range(DRAWS):
        calls = drawn(draw)
        assert parts_of(calls, Page)[0] == parts_of(calls, Worksheet)[0]


def test_the_places_of_values_are_known():
    draw, kinds = random.Random(6), set()
    for _ in range(DRAWS):
        said = []
        parts, sheet = parts_of(drawn(draw), Page, said)
        text = parts["xl/worksheets/sheet1.xml"].decode()
        assert text.count("<v>") == len(sheet.spots)
        for start, end, at, kind in sheet.spots:
            assert text[:start].endswith("<v>")
            assert text[end:].startswith("</v>")
            shared = list(dict.fromkeys(said))
            assert kind != SHARED or shared[int(text[start:end])] == said[sheet.order[at]]
            kinds.add(kind)
    assert kinds == {SHARED, NUMBER, RESULT}


@pytest.mark.parametrize("path", schemes_available(), ids=lambda p: p.name)
def test_books_are_the_library_s(path, tmp_path, monkeypatch):
    """Of a round that is blank and one that is filled: the books of the appraised and the 总表."""
    scheme, plan = laid_out(path.name)
    holders = [h for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL]

    def written():
        found = []
        for scores in (score(plan, scheme.tables), made_up(path.name)):
            stamps = Stamps(scores, scheme)
            found += [stamps.in_full(w, Identity(k, "r", scheme.id, plan.year, w, 1)).data for k, w in holders[::9]]
        return found

    ours = written()
    monkeypatch.setattr(Page, "_write_rows", Worksheet._write_rows)
    monkeypatch.setattr(Page, "_calculate_spans", Worksheet._calculate_spans)
    assert written() == ours


def test_texts_are_shared_as_the_library_says_them():
    """But for one thing: to the library a text between <r> and </r> is markup."""
    draw, letters = random.Random(7), "甲a <>&\"'_x\n\t\r\x00\x1b\ufffe\uffff\u3000\u2028\x85r/0041"
    for text in ("", "_x0041_", *("".join(draw.choices(letters, k=draw.randrange(1, 9))) for _ in range(3000))):
        maker = SharedStrings()
        maker.fh = io.StringIO()
        maker._write_si(text)
        assert as_shared(text) == maker.fh.getvalue()


def test_a_kind_of_cell_that_is_not_ours_is_told():
    with pytest.raises(TypeError, match="do not write"):
        parts_of([("write_boolean", 0, 0, True, 1)], Page)


def test_a_book_that_is_done_is_given_back_at_once():
    """Nothing of it refers to itself, so that nobody has to search for it."""
    scheme, plan = laid_out("three-units")
    stamps = Stamps(score(plan, scheme.tables), scheme)
    identity = Identity("unit", "r", scheme.id, plan.year, "U1", 1)
    stamps.in_full("U1", identity)
    gc.collect()
    stamps.in_full("U1", identity)
    stamps.book("U1", identity)
    assert gc.collect() == 0
