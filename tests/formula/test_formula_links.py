"""Looks at other rows: exact = array = LibreOffice, in the form for a fixed roster and in the open one."""

from __future__ import annotations

import pytest
from kit.faces import plain
from kit.judge import Judge, agrees
from kit.link_cases import LINKS
from kit.twosheets import MINE, Link, Stack


@pytest.mark.parametrize("link", LINKS, ids=lambda x: x.name)
def test_exact_face(link: Link):
    assert link.exact() == link.expected


@pytest.mark.parametrize("link", LINKS, ids=lambda x: x.name)
def test_array_face(link: Link):
    got = link.array()
    assert len(got) == len(link.expected)
    assert [
        (cell, wanted)
        for cell, wanted in zip(got, link.expected, strict=True)
        if not agrees(float(x) if not isinstance(x := plain(cell), str | None) else x, wanted)
    ] == []


@pytest.mark.libreoffice
def test_formula_face(judge: Judge):
    stack = Stack(LINKS)
    written = stack.written()
    shown = judge(written)
    wrong = []
    for n, (link, results) in enumerate(zip(LINKS, stack.results(shown[MINE]), strict=True)):
        for i, (cells, wanted) in enumerate(zip(results, link.expected, strict=True)):
            if not all(agrees(cell, wanted) for cell in cells):
                texts = written[MINE][stack.starts[2 * n][MINE] + i][-2:]
                wrong.append((link.name, i, wanted, cells, texts))
    assert wrong == []
