"""A CSV file in which nothing is odd is read without the library of CSV, and comes to the same."""

import csv
from random import Random

import pytest

from xlperf.scheme.reading import tables
from xlperf.scheme.reading.tables import lines_of

SIGNS = (
    "a",
    "b",
    "1",
    "2.5",
    "分",
    " ",
    "\u3000",
    ",",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\r",
    '"',
    '""',
    "\ufeff",
    "\u2028",
    "\x0b",
)
ODD = (
    "", "\n", ",", "a", "a\n", "a\n\n", "a\n1\n\n", "a\n\n1", "a,b", "a,b\n", "a,b\n1,2", "a,b\r\n1,2\r\n",
    "a,b\n1,2\r", "a, a\n1,2", "a,\n1,2", "a,b\n1", "a,b\n1,2,3", "a,b\n,2", "a,b\n ,2", "a,b\n\u3000,2", "a,b\n,",
    'a,b\n"1",2', 'a,b\n"1\n1",2', 'a,b\n1"1,2', '"a,b\n1,2', "\ufeffa,b\n1,2", "a,b\n1,2\n\n\n", " a ,b \n 1 , 2 ",
    "a\r1\r2", "a,b\n" + "1" * 140_000 + ",2",
)  # fmt: skip


def read(text):
    """Return all that is read of a text, as lists."""
    found, problems = lines_of(text, "marks.csv")
    return found.header, found.names, [*found.numbers], [[*c] for c in found.columns], problems


def drawn(draw):
    """Draw a text: most are tables of so many columns, some with a sign that does not belong there."""
    if draw.random() < 0.2:
        return "".join(draw.choices(SIGNS, k=draw.randrange(12)))
    width, end = draw.randrange(1, 4), draw.choice(("\n", "\r\n"))
    cells = ("1", "", " ", "分 ", "-2.5", "x")
    lines = [",".join("abc"[:width]), *(",".join(draw.choices(cells, k=width)) for _ in range(draw.randrange(5)))]
    text = end.join(lines) + draw.choice(("", end, end * 2))
    at = draw.randrange(len(text) + 1)
    return text if draw.random() < 0.7 else text[:at] + draw.choice(SIGNS) + text[at:]


def test_a_plain_text_comes_to_what_the_library_of_csv_says(monkeypatch):
    draw = Random(7)
    texts = [*ODD, *(drawn(draw) for _ in range(4_000))]
    quick = [read(text) for text in texts]
    assert sum(tables._plain_lines(text) is not None for text in texts) > 500
    monkeypatch.setattr(tables, "_plain_lines", lambda text: None)
    for text, found in zip(texts, quick, strict=True):
        assert found == read(text), repr(text[:200])


@pytest.mark.parametrize("text", ["a,b\n" + "1" * 200 + ",2", '"a",b\n1,2'])
def test_what_the_library_refuses_is_refused(text):
    limit = csv.field_size_limit(100)
    try:
        codes = [p.code for p in lines_of(text, "marks.csv")[1]]
    finally:
        csv.field_size_limit(limit)
    assert codes == (["CSV_SYNTAX"] if "1" * 200 in text else [])
