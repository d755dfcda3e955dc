"""A whole round through the page is the program's, byte for byte: issued books, decisions, 总表, ranking, ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit.browser import Browser
from kit.page_rounds import by_the_page, by_the_program, unlike


@pytest.mark.parametrize("scheme", ["three-units", "hebi-2021"])  # the others: `make desk-rounds`
def test_a_round_is_the_same_to_the_byte(browser: Browser, page_file: Path, tmp_path: Path, scheme: str):
    made = by_the_program(scheme, tmp_path)
    by_the_page(browser, page_file, made)
    count, wrong = unlike(browser, made, tmp_path)
    assert wrong == []
    assert count > len(made.steps[-1][1]), "at least what came back, and what was written"
