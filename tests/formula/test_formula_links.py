"""Looks at other rows: exact = array = LibreOffice, in the form for a fixed roster and in the open one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from kit.faces import Arrays, RowAddresses, plain
from kit.judge import Judge, agrees
from kit.link_cases import LINKS
from kit.twosheets import MINE, Link, Stack

from xlperf.formula import array
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr
from xlperf.formula.links import Link as Shown


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


def test_a_look_that_a_face_does_not_know_is_none_of_the_others():
    """A kind added to `Link` alone was taken for a mean in the sheet and for a total in arrays."""
    kind: Any = "median"
    look = Expr("mean", (Shown(kind, "theirs", "value"),))
    with pytest.raises(NotImplementedError):
        array.evaluate(look, MINE, Arrays({"value": [Fraction(1), Fraction(2)]}, rows=2))
    with pytest.raises(NotImplementedError):
        formula(look, There((), 1))


class There(RowAddresses):
    """A row that looks at a sheet of two rows."""

    def whole(self, sheet, name):
        return "B1:B2"
