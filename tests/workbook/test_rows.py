"""Rows that are written alike, taken whole: the cells that reading one by one finds, and its refusals."""

from __future__ import annotations

import random

import pytest

from xlperf.xlsx import flat
from xlperf.xlsx.columns import FlatColumn, Irregular
from xlperf.xlsx.flat import columns_of, cut_columns
from xlperf.xlsx.rows import Alike, cut_rows

ROWS, COLUMNS = 260, "ABCDEFGH"
FORMULAS = "DEH"
WANTED = {"all": "", "some": "ABCF", "with formulas": "ADG", "the last": "H", "one that is not there": "ABZ"}


def cell(letter: str, row: int) -> str:
    if letter == "A":
        return f'<c r="A{row}" s="7" t="s"><v>{row + 100}</v></c>'
    if letter in FORMULAS:
        return f'<c r="{letter}{row}" s="12"><f>SUM(B{row},C{row})*0.5</f><v>{row}.5</v></c>'
    return f'<c r="{letter}{row}" s="11"><v>{row}.25</v></c>'


def sheet(rows: dict[int, list[str]]) -> bytes:
    written = "".join(f'<row r="{row}" spans="1:8" ht="15">{"".join(cells)}</row>' for row, cells in rows.items())
    return f'<worksheet><cols><col min="1"/></cols><sheetData>{written}</sheetData><f/></worksheet>'.encode()


def plain_rows() -> dict[int, list[str]]:
    head = {row: [f'<c r="{x}{row}" t="s"><v>{row}</v></c>' for x in COLUMNS[:row]] for row in range(1, 7)}
    return head | {row: [cell(letter, row) for letter in COLUMNS] for row in range(7, ROWS)}


CHANGES = {
    "blank": lambda text, row, letter: f'<c r="{letter}{row}" s="11"/>',
    "blank with a space": lambda text, row, letter: f'<c r="{letter}{row}" s="11" />',
    "no format": lambda text, row, letter: f'<c r="{letter}{row}"><v>7</v></c>',
    "a text": lambda text, row, letter: f'<c r="{letter}{row}" s="11" t="s"><v>3</v></c>',
    "a text of its own": lambda text, row, letter: f'<c r="{letter}{row}" t="inlineStr"><is><t>甲</t></is></c>',
    "a text with runs": lambda text, row, letter: f'<c r="{letter}{row}" t="inlineStr"><is><r><t>甲</t></r></is></c>',
    "an empty value": lambda text, row, letter: f'<c r="{letter}{row}" s="11"><v></v></c>',
    "no value": lambda text, row, letter: f'<c r="{letter}{row}" s="11"><v/></c>',
    "spaces kept": lambda text, row, letter: f'<c r="{letter}{row}"><v xml:space="preserve"> 7 </v></c>',
    "a formula": lambda text, row, letter: f'<c r="{letter}{row}" s="11"><f>1+1</f><v>2</v></c>',
    "a formula without a result": lambda text, row, letter: f'<c r="{letter}{row}" s="11"><f>1+1</f></c>',
    "a formula with a switch": lambda text, row, letter: f'<c r="{letter}{row}"><f aca="false">1+1</f><v>2</v></c>',
    "a shared formula": lambda text, row, letter: (
        f'<c r="{letter}{row}"><f t="shared" ref="{letter}{row}:{letter}{row + 1}" si="0">B{row}+1</f><v>2</v></c>'
    ),
    "an array formula": lambda text, row, letter: f'<c r="{letter}{row}"><f t="array" ref="D9">1</f><v>2</v></c>',
    "taken away": lambda text, row, letter: "",
    "twice": lambda text, row, letter: text + text,
    "another row's": lambda text, row, letter: text.replace(f'{letter}{row}"', f'{letter}{row + 1}"'),
    "another column's": lambda text, row, letter: text.replace(f'"{letter}', '"Z'),
    "attributes the other way round": lambda text, row, letter: f'<c s="11" r="{letter}{row}"><v>8</v></c>',
    "no address": lambda text, row, letter: "<c><v>8</v></c>",
    "one more attribute": lambda text, row, letter: text.replace('" s=', '" cm="1" s='),
    "line ends between": lambda text, row, letter: f"\n  {text}\n",
    "broken off": lambda text, row, letter: text[:-5],
    "a prefix": lambda text, row, letter: text.replace("<c ", "<x:c ").replace("</c>", "</x:c>"),
    "a phonetic hint": lambda text, row, letter: text.replace("<c ", '<c ph="1" '),
    "1E3": lambda text, row, letter: f'<c r="{letter}{row}" s="11"><v>1E3</v></c>',
}


def found(data: bytes, letters: str, first: int) -> object:
    try:
        return cut_columns(data, letters, first)
    except Irregular:
        return "irregular"


def one_by_one(data: bytes, letters: str, first: int, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return the same with no row taken whole."""
    with monkeypatch.context() as patched:
        patched.setattr(flat, "cut_rows", lambda rows, letters: [rows])
        return found(data, letters, first)


@pytest.mark.parametrize("letters", WANTED.values(), ids=WANTED)
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_one_cell_is_written_like_every_cell_is_as_read_one_by_one(letters, change, monkeypatch):
    for row, letter in ((3, "B"), (7, "A"), (8, "C"), (9, "F"), (150, "A"), (150, "D"), (151, "F"), (259, "H")):
        rows = plain_rows()
        at = COLUMNS.index(letter)
        if at < len(rows[row]):
            rows[row][at] = CHANGES[change](rows[row][at], row, letter)
        data = sheet(rows)
        assert found(data, letters, 7) == one_by_one(data, letters, 7, monkeypatch), (row, letter)


@pytest.mark.parametrize("seed", range(25))
def test_of_many_changes_too(seed, monkeypatch):
    draw = random.Random(seed)
    kinds = draw.sample([*CHANGES], 3)
    rows = plain_rows()
    if draw.random() < 0.5:  # a table that ends above another beside it
        rows = {row: cells if row < 180 else cells[:5] for row, cells in rows.items()}
    for _ in range(draw.choice((1, 5, 60))):
        row = draw.choice([*rows])
        at = draw.randrange(len(rows[row]))
        rows[row][at] = CHANGES[draw.choice(kinds)](rows[row][at], row, COLUMNS[at])
    if draw.random() < 0.2:
        moved = rows.pop(draw.choice([*rows]))
        rows[ROWS + 5] = moved
    data = sheet(rows)
    for letters in WANTED.values():
        for first in (1, 7, 100):
            assert found(data, letters, first) == one_by_one(data, letters, first, monkeypatch)


@pytest.mark.parametrize("letters", ["", "ADG", "D"])
def test_what_formulas_share_may_stand_far_above(letters, monkeypatch):
    rows = plain_rows()
    rows[20][3] = '<c r="D20" s="12"><f t="shared" ref="D20:D200" si="3">B20*2</f><v>1</v></c>'
    for row in (40, 200):
        rows[row][3] = f'<c r="D{row}" s="12"><f t="shared" si="3"/><v>1</v></c>'
    below = columns_of(sheet(rows), letters, 7)["D"]
    assert below.formulas[below.at[200]] == b"B200*2"
    assert found(sheet(rows), letters, 7) == one_by_one(sheet(rows), letters, 7, monkeypatch)


@pytest.mark.parametrize("letters", WANTED.values(), ids=WANTED)
@pytest.mark.parametrize(
    "between", ["", "\n ", '<row r="12"/>', '<row><c r="B300"><v>9</v></c></row>', '<row\tr="5"></row>']
)
def test_what_stands_between_rows_is_read_as_it_stands(letters, between, monkeypatch):
    data = sheet(plain_rows())
    for data_ in (data.replace(b'</row><row r="20"', b'</row>%s<row r="20"' % between.encode()),
                  data.replace(b"</row>", b"</row>" + between.encode())):  # fmt: skip
        assert found(data_, letters, 7) == one_by_one(data_, letters, 7, monkeypatch)


@pytest.mark.parametrize("letters", ["", "ADH"])
def test_a_column_that_every_row_has_twice_is_not_taken_for_one(letters):
    data = sheet({row: [*cells[:4], *cells[3:]] for row, cells in plain_rows().items()})
    with pytest.raises(Irregular, match="twice"):
        columns_of(data, letters, 7)


@pytest.mark.parametrize("again", [8, 60, ROWS - 1])
def test_a_row_that_stands_there_twice_is_not_passed_over(again):
    rows = plain_rows()
    data = sheet(rows).replace(
        b"</sheetData>", b'<row r="%d"><c r="D%d"><v>5</v></c></row></sheetData>' % (again, again)
    )
    assert data != sheet(rows)
    for letters in ("", "ADG"):
        with pytest.raises(Irregular):
            columns_of(data, letters, 7)


@pytest.mark.parametrize("letters", ["ADG", "AF"])
def test_a_row_within_a_row_is_not_passed_over(letters):
    rows = plain_rows()
    rows[42].append('<row r="999"><c r="F999"><v>5</v></c></row>')
    with pytest.raises(Irregular):
        columns_of(sheet(rows), letters, 7)


def test_a_row_of_many_cells_is_tried_once_where_its_last_cell_is_another():
    """A second way of reading each of forty cells would take for ever."""
    letters = [chr(65 + i // 26 - 1) * (i > 25) + chr(65 + i % 26) for i in range(40)]
    rows = {r: [f'<c r="{x}{r}" s="11"><v>1</v></c>' for x in letters] for r in range(7, ROWS)}
    rows[60][-1] = rows[61][-2] = ""
    assert [len(p.found) for p in cut_rows(sheet(rows), "") if isinstance(p, Alike)] == [60 - 8, ROWS - 62]


def test_rows_are_taken_whole_where_they_are_alike_and_two_shapes_of_them():
    rows = {row: cells if row < 140 else cells[:5] for row, cells in plain_rows().items()}
    taken = {x: [len(p.found) for p in cut_rows(sheet(rows), x) if isinstance(p, Alike)] for x in ("ABCE", "")}
    assert taken == {"ABCE": [1, ROWS - 8], "": [140 - 8, ROWS - 141]}  # one at the head is like the one above it
    assert columns_of(sheet(rows), "C", 8)["C"] == FlatColumn(
        *(tuple(x) for x in zip(*((b"%d" % r, b"11", b"", b"", b"%d.25" % r) for r in range(8, ROWS)), strict=True))
    )


@pytest.mark.parametrize("hidden", ['<!-- <c r="B9" s="11"><v>1</v></c> -->', "<![CDATA[x]]>", '<?x <c r="B9"/>?>'])
def test_what_stands_in_a_comment_is_no_cell(hidden):
    rows = plain_rows()
    rows[9][1] = hidden
    with pytest.raises(Irregular):
        columns_of(sheet(rows), "ABC", 7)
