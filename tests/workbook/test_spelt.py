"""Cells read by how they are spelt are what a parser makes of them; what is spelt otherwise is not read so."""

import pytest

from xlperf.workbook.back.lean import _parsed, _tree
from xlperf.workbook.back.spelt import Otherwise, follow, gap_of, plain, spelt_texts, split_cells

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS = (
    '<row r="1" spans="1:3" ht="12.5" customHeight="1"/><row r="2"></row>'
    '<row r="3" x14ac:dyDescent="0.25"><c r="A3"/><c r="B3" s="1" t="s"><v>4</v></c><c r="AB3"><v>-1.5e-3</v></c>'
    '<c r="AC3" t="inlineStr"><is><t xml:space="preserve"> 甲&lt;&amp;amp; </t></is></c></row><row r="4"/>'
    '<row r="7" hidden="1"><c r="A7" t="str"><f>IF(A1&gt;"a",1,"")</f><v></v></c><c r="B7"><f>1+1</f><v/></c>'
    '<c r="C7"><f t="shared" ref="C7:C8" si="0">A7</f><v>1</v></c><c r="D7" s="2"></c>'
    '<c r="E7"><f t="shared" si="0"/></c></row><row r="9" ht="3"/>'
)


def part(rows=ROWS):
    said = f'xmlns="{MAIN}" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    head = f'<?xml version="1.0" encoding="UTF-8"?>\r\n<worksheet {said}>'
    return f"{head}<sheetData>{rows}</sheetData></worksheet>".encode()


def parsed(data):
    return [cell for row in _tree(data).find(f"{{{MAIN}}}sheetData") for cell in _parsed(row)]


def spelt_cells(data):
    """Return what stands around the rows, and the cells with their values put back."""
    around, gaps, values = split_cells(data)
    found, last = [], len(gaps) - 1
    for at, gap in enumerate(gaps):
        read = gap_of(gap, is_first=at == 0, is_last=at == last)
        cells = [*read.cells]
        if read.is_open:
            cells[-1] = cells[-1]._replace(value=plain(values[at]))
        found.append((read, cells))
    if not follow([read for read, _ in found]):
        raise Otherwise
    return around, [cell for _, cells in found for cell in cells]


@pytest.mark.parametrize(
    "rows", [ROWS, "", '<row r="5"/>', ROWS.replace("-1.5e-3", "77"), ROWS.replace("-1.5", "a&#10;")]
)
def test_as_a_parser_reads_them(rows):
    around, cells = spelt_cells(part(rows))
    assert cells == parsed(part(rows))
    assert around == part("")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<v>4</v>", "<v>&#52;</v>"),
        ("<v>4</v>", "<v><![CDATA[4]]></v>"),
        ("<v>4</v>", "<v>4</v><!-- -->"),
        ("<v>4</v>", "<v>4\r</v>"),
        ("<v>4</v>", "<v>4]]></v>"),
        ("<v>4</v>", "<v>&nbsp;</v>"),
        ("<v>4</v>", "<v>4</v><v>5</v>"),
        ("<v>4</v>", "<v>4</v><f>1</f>"),
        ('<c r="B3"', '<c r="B4"'),
        ('<c r="B3" s="1" t="s">', '<c r="B3" t="s" s="1">'),
        ('<c r="B3"', '<x:c r="B3"'),
        ('<c r="A3"/>', '</row><c r="A3"/>'),
        ('<c r="AB3"', '<c r="AB4"'),
        ('<c r="B7"', '</row><c r="B7"'),
        ('<c r="C7"', '</row><row r="8"><c r="C7"'),
        ('<row r="7" hidden="1">', '</row><row r="7" hidden="1">'),
        ('<row r="7" hidden="1">', '<row r="7" hidden="1" hidden="1">'),
        ('<row r="7" hidden="1">', '<row r="7" xmlns="x">'),
        ('<f t="shared" si="0"/>', '<f t="shared" si="0" si="1"/>'),
        ("</is></c></row>", "</is></c>"),
        ("xmlns:x14ac", "xmlns:x15ac"),
    ],
)
def test_what_is_spelt_otherwise_is_left(old, new):
    data = part()
    assert old.encode() in data
    with pytest.raises(Otherwise):
        spelt_cells(data.replace(old.encode(), new.encode(), 1))


def test_texts_that_cells_share():
    said = f'<?xml version="1.0"?><sst xmlns="{MAIN}" count="2">'
    looks = '<rPr><b val="true"/><sz val="11"/><color theme="1"/><rFont val="仿宋"/></rPr>'
    runs = f'<si><r>{looks}<t xml:space="preserve">丁 </t></r><r><t>&lt;1</t></r></si>'
    texts = f'<si><t>甲&lt;乙</t></si><si><t xml:space="preserve"> 丙&#10;\n</t></si>{runs}'
    assert spelt_texts(f"{said}{texts}</sst>".encode())[1] == ["甲<乙", " 丙\n\n", "丁 <1"]
    bad = (
        "<si><r><rPr><a><b/></a></rPr><t>丁</t></r></si>",
        "<si><t>丁</t><r><t>丁</t></r></si>",
        "<si><t>&#13;</t></si>",
        "<si/>",
        "<si><t>丁</t></si><x/>",
    )
    for otherwise in bad:
        with pytest.raises(Otherwise):
            spelt_texts(f"{said}{texts}{otherwise}</sst>".encode())
