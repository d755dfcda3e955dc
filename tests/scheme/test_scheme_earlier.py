"""Periods and earlier results in a scheme: every name leads somewhere, and each is taken from one place."""

from __future__ import annotations

import pytest
from kit.halves import SCHEME, halves

from xlperf.scheme.load import read_scheme


def test_an_entry_is_a_sheet_of_facts_with_the_columns_it_takes(tmp_path):
    scheme, problems = read_scheme(halves(tmp_path / "s"))
    assert problems == []
    sheets = {s.name: s for s in scheme.sheets}
    assert [c.name for c in sheets["half"].columns] == ["code", "name", "score", "note"]
    assert [c.name for c in sheets["late"].columns] == ["no", "unit", "points", "item"]
    titles = {c.name: str(c.attributes.get("title")) for c in sheets["history"].columns}
    assert (titles["advanced_1"], titles["advanced_2"]) == ("先进（上年）", "先进（前年）")
    assert (sheets["half"].unit, sheets["late"].unit) == ("code", "unit")
    assert {str(c.attributes["is"]) for s in ("half", "late", "history") for c in sheets[s].columns} == {"key", "fact"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("from: {period: h1}", "from: {period: h3}", "UNKNOWN_PERIOD"),
        ("from: {years: 2}", "from: {years: 2, year: -1}", "EARLIER_FROM"),
        ("from: {year: -1}\n    sheet: totals", "from: {year: 1}\n    sheet: totals", "EARLIER_FROM"),
        ("sheet: events", "sheet: evnts", "UNKNOWN_SHEET"),
        ("take: [result, place]", "take: [result, plaice]", "UNKNOWN_COLUMN"),
        ("    sheet: events\n", "", "EARLIER_SHEET"),
        ("  half:\n    title: 半年结果", "  totals:\n    title: 半年结果", "EARLIER_NAME"),
        ("title: 年度, after: h1", "title: 年度, after: h2", "PERIOD_AFTER"),
        (
            "title: 年度, after: h1",
            "title: 年度, after: h1}\n  - {id: m, title: <n>月, times: 5, fills: [events]",
            "PERIOD_TIMES",
        ),
        ("    grows: 10\n", "    grows: 10\n    continues: {status: 通过}\n", "CONTINUES_WITHOUT_ORIGIN"),
        ("periods: [y]", "periods: [z]", "UNKNOWN_PERIOD"),
        ("where: {status: 结转}", "where: {stand: 结转}", "UNKNOWN_COLUMN"),
        ("from: {year: -1}\n    sheet: events", "from: {years: 2}\n    sheet: events", "EARLIER_LEDGER"),
        (
            "periods:\n",
            "readings:\n  period: {question: 何时, basis: 一, options: {a: 甲, b: 乙}, adopted: a}\nperiods:\n",
            "PERIOD_READING",
        ),
    ],
)
def test_the_check_names_what_leads_nowhere(tmp_path, old, new, code):
    assert old in SCHEME
    folder = halves(tmp_path / "s", scheme=SCHEME.replace(old, new))
    assert code in [p.code for p in read_scheme(folder)[1]]
