"""What a book holds before any program has touched it: true values, locks, limits, inert text, fixed bytes."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from kit.differences import differences
from kit.masters import made_up, master_of
from kit.small_plan import PLAN, identity, rows, scored

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.scheme.load import load_scheme
from xlperf.workbook.back.read import read_book
from xlperf.workbook.book import Book, put
from xlperf.workbook.books.master import write_master
from xlperf.workbook.books.scorer import write_scorer_book
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.text import inert, lines, measure, worksheet_title
from xlperf.xlsx.addresses import letters

SAFE = frozenset(
    """ABS AND AVERAGE AVERAGEIFS COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS FALSE IF IFERROR INDEX INT ISNUMBER LEFT LEN
    MATCH MAX MIN NOT OR ROUND ROW ROWS SUM SUMIFS SUMPRODUCT TRIM TRUE""".split()  # noqa: SIM905 a list would be long
)
KINDS = ("master", "unit", "lead", "office")


def write(kind: str, file: Path) -> Path:
    match kind:
        case "master":
            write_master(scored(), file, identity=identity())
        case "unit":
            write_unit_book(scored(), "U2", file, identity("unit", "U2"))
        case "lead":
            write_scorer_book(scored(), "统计局", file, identity("scorer", "统计局"), "示例办")
        case "office":
            write_scorer_book(scored(), "示例办", file, identity("scorer", "示例办"), "示例办")
    return file


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    return {kind: write(kind, folder / f"{kind}.xlsx") for kind in KINDS}


@pytest.fixture(scope="module")
def dashiqiao():
    return made_up("dashiqiao-2017"), master_of("dashiqiao-2017")


def formulas(file: Path):
    book = openpyxl.load_workbook(file)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield str(getattr(cell.value, "text", cell.value))
        for validation in sheet.data_validations.dataValidation:
            yield from (f for f in (validation.formula1, validation.formula2) if f)


# ---- values and bytes -------------------------------------------------------------------------------


def test_stored_values_are_the_engine_s(books, dashiqiao):
    for file in books.values():
        assert differences(scored(), file) == []
    assert differences(*dashiqiao) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_input_gives_the_same_bytes(books, tmp_path, kind):
    assert write(kind, tmp_path / "again.xlsx").read_bytes() == books[kind].read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "again.xlsx"]


@pytest.mark.parametrize("kind", KINDS)
def test_only_functions_that_every_program_has(books, kind):
    for text in formulas(books[kind]):
        bare = re.sub(r'"[^"]*"|\'[^\']*\'', "", text)
        assert set(re.findall(r"([A-Z][A-Z0-9.]*)\(", bare)) <= SAFE, text
        assert "[" not in bare, text
        assert not re.search(r"\$?[A-Z]+:\$?[A-Z]+", bare), text
        assert len(text) <= 8_000


def test_formulas_of_a_real_scheme_are_short(dashiqiao):
    assert max(map(len, formulas(dashiqiao[1]))) < 1_000


def test_fixed_rows_are_linked_directly(dashiqiao):
    book = openpyxl.load_workbook(dashiqiao[1])
    sheet = book["市直部门、园区"]
    names = {sheet.cell(4, c).value: c for c in range(1, sheet.max_column + 1)}
    text = sheet.cell(8, names["result_points"]).value
    assert "SUMIFS" not in text
    assert text.count("'指标得分'!") == 2


# ---- locks, limits, inert text ----------------------------------------------------------------------


def unlocked(sheet) -> set[str]:
    return {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}


@pytest.mark.parametrize("kind", KINDS)
def test_every_sheet_is_protected_without_a_password(books, kind):
    for sheet in openpyxl.load_workbook(books[kind]).worksheets:
        assert sheet.protection.sheet, sheet.title
        assert not sheet.protection.password, sheet.title
        if sheet.title != "_xlperf":
            assert sheet.protection.formatColumns is False, sheet.title  # False: not forbidden


def test_open_cells_are_the_unit_s_own(books):
    sheet = openpyxl.load_workbook(books["unit"])["自评表"]
    heads = {sheet.cell(6, c).value: letters(c - 1) for c in range(2, sheet.max_column + 1)}
    open_ = {c for c in unlocked(sheet) if int(re.sub(r"\D", "", c)) in (7, 8)}
    filled = {f"{heads[t]}{r}" for t in ("自评得分", "佐证") for r in (7, 8)} | {f"{heads['完成值']}7"}
    assert open_ == filled  # U2-2 has no target, so its 完成值 is closed


def test_a_unit_sees_nothing_of_others(books):
    book = openpyxl.load_workbook(books["unit"])
    texts = {str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row if c.value is not None}
    assert not [t for t in texts for other in ("第1局", "U1", "U3", "统计局") if other in t]
    assert not {"核定得分", "单位代码", "综合得分"} & texts
    assert {"完成率", "自评得分"} <= texts


def test_limits_stand_on_the_cells(books):
    sheet = openpyxl.load_workbook(books["master"])["指标／得分"]
    heads = {sheet.cell(4, c).value: letters(c - 1) for c in range(2, sheet.max_column + 1)}
    found = {
        letter: v for v in sheet.data_validations.dataValidation for letter in [re.match("[A-Z]+", str(v.sqref))[0]]
    }
    lead, full = heads["lead"], heads["full"]
    most = f"IF(ISNUMBER({full}7),{lead}7<={full}7,TRUE)"
    share = f"OR({lead}7<=0,{lead}7>=1,NOT(ISNUMBER({full}7)),{full}7<100)"
    number = f"AND({lead}7>=0,{most},{share},ROUND({lead}7,2)={lead}7)"
    assert found[lead].formula1 == f'IF(ISNUMBER({lead}7),{number},{lead}7="不适用")'
    assert "0至“分值”之间的数，最多2位小数；不适用的填“不适用”" in found[lead].error
    assert str(found[heads["actual"]].sqref) == f"{heads['actual']}7:{heads['actual']}11"


def test_lists_to_choose_from(books):
    sheet = openpyxl.load_workbook(books["master"])["加分台账"]
    sources = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert sources == {"C7:C14": "'名录'!$A$4:$A$8", "E7:E14": "'加分项目'!$B$7:$B$8", "I7:I14": '"待审,通过"'}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_unit_typed_stays_text(books, kind):
    assert not [t for t in formulas(books[kind]) if "HYPERLINK" in t or "@SUM" in t]
    book = openpyxl.load_workbook(books[kind])
    assert not [c for s in book.worksheets for row in s.iter_rows() for c in row if c.hyperlink or c.data_type == "e"]


def test_spare_rows_are_ready(books):
    book = openpyxl.load_workbook(books["master"], data_only=True)
    sheet = book["加分台账"]
    assert [sheet.cell(r, 1).value for r in range(7, 15)] == ["1", "2", "3", "+1", "+2", "+3", "+4", "+5"]
    assert [sheet.cell(10, c).value for c in (2, 3, 9, 11)] == [None, None, "待审", None]
    text = openpyxl.load_workbook(books["master"])["加分台账"]["B10"].value
    assert text.startswith("=IF(COUNTA(")
    assert text.endswith('"4")')


# ---- paper --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_set_up(books, kind):
    for sheet in openpyxl.load_workbook(books[kind]).worksheets:
        if sheet.sheet_state != "visible":
            continue
        assert sheet.page_setup.fitToWidth in (None, 1)
        fitted = bool(sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage)
        # manual breaks: between its lists, before a heading that would stand last; Excel ignores them on fitted pages
        assert fitted != (sheet.title == "排名") or (
            sheet.title in ("填报说明", "说明") and sheet.page_setup.scale >= 73
        )
        assert "— &P —" in sheet.oddFooter.center.text
        if str(sheet.cell(4, 1).value).startswith("xlperf|"):
            assert sheet.print_title_rows == "$5:$6"
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.freeze_panes.endswith("7")


def test_hidden_places(books):
    book = openpyxl.load_workbook(books["master"])
    assert book["_xlperf"].sheet_state == "veryHidden"
    sheet = book["单位"]
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[4].hidden


def test_the_ranking_is_in_order(books):
    book = openpyxl.load_workbook(books["master"], data_only=True)
    sheet = book["排名"]
    lines_ = [[c for c in row[:4] if c not in (None, "")] for row in sheet.iter_rows(min_row=3, values_only=True)]
    ranked = [line for line in lines_ if len(line) == 3 and line[0] != "名次"]
    assert [line[1] for line in ranked[:3]] == ["第1局", "第5局", "第4局"]
    assert [line[0] for line in ranked[:3]] == [1, 1, 1]
    places = [c for row in sheet.iter_rows(min_row=3) for c in row[:1] if isinstance(c.value, int | float)]
    assert {c.number_format for c in places} == {"General"}, "1 and not 1.00"


def test_the_ranking_names_who_has_no_place_and_ends_with_the_seal(books):
    sheet = openpyxl.load_workbook(books["master"], data_only=True)["排名"]
    lines_ = [[c for c in row[:4] if c not in (None, "")] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert [line for line in lines_ if line and line[0] == "—"] == [
        ["—", "第3局", "不适用", "不参加排名"],
        ["—", "第2局", "资料不全，未计算得分"],
    ]
    assert ["未排名 1 个，列在表末，原因见备注"] in lines_
    assert lines_[-2:] == [["示例办（盖章）"], ["　　　　年　　月　　日"]]
    assert sheet.print_area == f"'排名'!$A$1:$D${sheet.max_row}"


def test_a_scorer_of_one_indicator_or_of_different_ones_has_one_table(books):
    lead, office = (openpyxl.load_workbook(books[k]) for k in ("lead", "office"))
    assert lead.sheetnames == ["填报说明", "打分表", "单位", "_xlperf"]
    assert office.sheetnames == ["填报说明", "打分表", "_xlperf"]
    names = [lead["打分表"].cell(r, c).value for r in range(7, 12) for c in range(1, 6)]
    assert [n for n in names if str(n).endswith("局")] == [f"第{i}局" for i in range(1, 6)]
    evidence = {c.value for row in office["打分表"].iter_rows(min_row=7) for c in row}
    assert "@SUM(1)" in evidence


# ---- text ---------------------------------------------------------------------------------------------

TITLES = [
    ("指标/得分", (), "指标／得分"),
    ("a:b?c/d", (), "a：b？c／d"),
    ("'引号'", (), "引号"),
    ("  ", (), "表"),
    ("长" * 40, (), "长" * 31),
    ("长" * 40, {"长" * 31}, "长" * 28 + "（2）"),
    ("Sheet", {"sheet"}, "Sheet（2）"),
    ("𠮷" * 20, (), "𠮷" * 15),
]


@pytest.mark.parametrize(("text", "taken", "title"), TITLES)
def test_titles_are_ones_that_a_worksheet_may_have(text, taken, title):
    assert worksheet_title(text, taken) == title


def test_text_is_made_inert():
    assert inert("a\x00b\x1b\r\nc\td") == "a␀b␛\nc\td"
    assert inert("长" * 33_000).endswith("〔以下删去1000字〕")


def test_text_is_measured():
    assert [measure("ab"), measure("甲乙"), lines("甲" * 10, 11), lines("a\nb", 30)] == [2, 4, 2, 2]
    assert [letters(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_reading_back_gives_what_was_written(books):
    found = {(c.plan_sheet, c.row_key, c.column): c for c in read_book(books["master"]).cells}
    scores = scored()
    for sheet in PLAN.sheets:
        keys = [str(k) for k in scores.column(sheet.name, sheet.key.name)]
        for column in sheet.columns:
            for key, value in zip(keys, scores.column(sheet.name, column.name), strict=True):
                cell = found[sheet.name, key, column.name]
                assert cell.formula == (column.expr is not None)
                assert cell.role == ("input" if column.kind == "input" else "locked")
                assert (cell.cached in (None, "")) == (value is None)
    assert all(a != b for a, b in pairwise(sorted(found)))


def test_rows_of_the_small_plan_are_apart():
    units = [row["unit"] for row in rows()["marks"]]
    assert units != sorted(units)


def test_fonts_are_the_named_ones(books):
    styles = zipfile.ZipFile(books["master"]).read("xl/styles.xml").decode()
    assert "<scheme" not in styles
    assert 'formatCode=""' not in styles
    assert '<name val="仿宋"/>' in styles
    assert '<name val="宋体"/>' in styles


@pytest.fixture(scope="module")
def hebi():
    return master_of("hebi-2021")


def test_a_unit_has_the_tables_it_chooses_from(books):
    book = openpyxl.load_workbook(books["unit"])
    assert book.sheetnames == ["填报说明", "自评表", "加减分申报", "加分项目", "_xlperf"]
    sources = [v.formula1 for v in book["加减分申报"].data_validations.dataValidation if v.type == "list"]
    assert sources == ["'加分项目'!$B$7:$B$8"]
    assert unlocked(book["加分项目"]) == set()


def test_a_table_too_wide_for_one_page_goes_over_several_and_repeats_the_names(hebi):
    book = openpyxl.load_workbook(hebi)
    sheet = book["街道办事处（园区）"]
    assert not sheet.sheet_properties.pageSetUpPr or not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert len(sheet.col_breaks.brk) >= 1
    assert sheet.print_title_cols == "$B:$C"


# ---- what stands out ----------------------------------------------------------------------------------


def test_the_office_s_tables_filter_and_stand_out(books):
    book = openpyxl.load_workbook(books["master"])
    sheet = book["单位"]
    assert sheet.auto_filter.ref == f"B6:{openpyxl.utils.get_column_letter(sheet.max_column)}11"
    rules = sheet.conditional_formatting
    found = {str(area.sqref): [rule.formula[0] for rule in area.rules] for area in rules}
    names = {c.value: c.column_letter for c in sheet[4] if c.value}
    place, survey, full = names["place"], names["survey"], names["survey_full"]
    assert found[f"{place}7:{place}11"] == [f"AND(ISNUMBER({place}7),{place}7<=3)"]
    missing, wrong = found[f"{survey}7:{survey}11"]
    assert missing == f'AND(TRIM({survey}7)="",COUNTA({survey}7)>0)'
    assert f"{survey}7<=" in wrong
    assert f"{full}7" in wrong
    assert not [f for texts in found.values() for f in texts if "!" in f], "older programs refuse other worksheets"


@pytest.mark.parametrize(("name", "unit"), [("dashiqiao-2017", "U22"), ("hebi-2021", "U02"), ("yiyang-2018", "Q1")])
def test_the_guide_prints_the_examples_meant_for_readers_and_no_test_note(tmp_path, name, unit):
    scheme, _ = load_scheme(Path(__file__).parents[2] / "schemes" / name / "scheme.yaml")
    assert scheme is not None
    plan, _ = compile_scheme(scheme)
    file = tmp_path / "自评表.xlsx"
    write_unit_book(score(plan, scheme.tables), unit, file, identity("unit", unit), scheme=scheme)
    sheet = openpyxl.load_workbook(file)["填报说明"]
    printed = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    meant = [e for e in scheme.examples if e.guide]
    assert meant
    assert [e.id for e in meant if e.steps not in printed] == []
    assert [e.id for e in scheme.examples if not e.guide and e.steps in printed] == []


def test_what_looks_like_markup_of_the_library_stays_a_text():
    """XlsxWriter writes a text from <r> to </r> as it is: what a unit typed would break the book, or be obeyed."""
    book, typed = Book("题", "办"), "<r><t>丙</r>"
    put(book.sheet("甲"), 0, 0, typed, book.look({}))
    assert openpyxl.load_workbook(io.BytesIO(book.data()))["甲"]["A1"].value == typed
