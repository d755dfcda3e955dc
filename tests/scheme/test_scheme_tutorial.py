"""The tutorial of docs/schemes.md: its listings, put together as they come, are a scheme that checks without a word."""

import re
import textwrap
from fractions import Fraction
from pathlib import Path

import pytest

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.scheme.keys_page import keys_page
from xlperf.scheme.load import folder_source, load_scheme, written_out

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "schemes.md").read_text("utf-8")
TUTORIAL = PAGE[PAGE.index("## From an annex") : PAGE.index("## The sections of the file")]
BLOCK = re.compile(r"^```(yaml|csv|text)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write the files of the tutorial."""
    to = tmp_path_factory.mktemp("county")
    for table in re.finditer(r"^`(\w+\.csv)`[^\n]*\n\n```csv\n(.*?)^```$", TUTORIAL, re.M | re.S):
        (to / table[1]).write_text(table[2], "utf-8")
    (to / "scheme.yaml").write_text("".join(text for kind, text in BLOCK.findall(TUTORIAL) if kind == "yaml"), "utf-8")
    return to


def test_the_scheme_of_the_tutorial_checks_without_a_word(folder):
    assert sorted(f.name for f in folder.iterdir()) == ["levels.csv", "marks.csv", "scheme.yaml", "units.csv"]
    assert [p.text() for p in check_source(folder_source(folder))[1]] == []


def test_every_clause_of_the_paper_is_the_basis_of_something(folder):
    text = (folder / "scheme.yaml").read_text("utf-8")
    stated = set(re.findall(r"(第[一二三四五六七八九十]条) ", TUTORIAL.partition("**1 ")[0]))
    assert len(stated) == 10
    assert {clause for clause in stated if clause not in text} == {"第十条"}  # 由县绩效办解释


def test_what_the_page_shows_of_the_parts_is_what_they_become(folder):
    (shown,) = [text for kind, text in BLOCK.findall(TUTORIAL) if kind == "text"]
    assert textwrap.indent(shown, "      ") in written_out(folder_source(folder))[0]


def test_it_is_scored_as_the_paper_says(folder):
    scheme, _ = load_scheme(folder)
    plan, _ = compile_scheme(scheme)
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for n, row in enumerate(tables["marks"]):
        row["lead" if row["target"] is None else "verified"] = (
            Fraction(60 - n) if row["target"] is None else row["target"]
        )
    tables["events"] = [{"no": 1, "type": "否决", "unit": "U1", "status": "通过"}]
    scores = score(plan, tables)
    assert scores.column("totals", "composite") == [100, 98, 96, 94, 92, 90]
    assert scores.column("totals", "last") == ["否", "否", "是", "否", "否", "是"]
    assert scores.column("totals", "money") == [0, 0, 0, 20000, 0, 0]  # the first of 经济组 is vetoed


def test_the_page_of_keys_is_what_the_vocabulary_says_and_every_key_has_an_example():
    page = (DOCS / "keys.md").read_text("utf-8")
    assert page == keys_page()
    assert re.findall(r"^\| (\S+) .*\|  \|$", page, re.M) == []
