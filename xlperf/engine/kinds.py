"""Numbers, dates and texts: what a column holds, and what is said where another kind is written or compared.

A text where a number is wanted never gives a result, and a text is never equal to a number: the cells stay
empty without a word. So both are told when the scheme is bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property

from xlperf.formula.expression import Expr
from xlperf.formula.values import EXEMPT
from xlperf.problems import Problem, problem, word
from xlperf.scheme.model import ColumnSpec, Figure, Scalar, SheetSpec, place_of
from xlperf.scheme.reading.nodes import listing, text
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.words import nearest

_NUMBER, _TEXT = word("数"), word("文字")


class Kinds:
    """The kinds of one sheet's columns. figures: what a word may stand for besides a column."""

    def __init__(self, sheet: SheetSpec, figures: Mapping[str, Figure]) -> None:
        self.sheet = sheet
        self._figures = figures

    @cached_property
    def _columns(self) -> dict[str, ColumnSpec]:
        return {c.name: c for c in self.sheet.columns}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Return the heading of every column by its name."""
        return {c.name: str(c.attributes.get(Scalar("title"), c.name)) for c in self.sheet.columns}

    def column(self, name: str) -> str:
        """Return what a column holds: number (dates are) or text; "" where there is no such column."""
        spec = self._columns.get(name)
        return "" if spec is None else "text" if holds_of(spec) == "text" else "number"

    def of(self, e: Expr) -> str:
        """Return what a column, a figure or a written text is; "" where it may be either, as an empty one may."""
        if e.op == "col":
            return self.column(e.args[0])
        value = e.args[0] if e.op == "const" else None
        if isinstance(value, Fraction):
            return "number"
        return "text" if isinstance(value, str) and value != EXEMPT else ""

    def number_wanted(self, name: str, node: object, e: Expr, *, answer: bool = False) -> Iterator[Problem]:
        """List the problems of a text, or a column of texts, where a number is wanted.

        name: of the parameter. answer: the value may be what the column holds, so that the column may be meant wrong.
        """
        if self.of(e) != "text":
            return
        code = "TEXT_COLUMN" if e.op == "col" else "NUMBER_WANTED"
        near = self._numbers_near(str(node))
        if answer:
            near = word("{near}；算出来是文字的列，写 holds: text", near=near)
        yield problem(code, place_of(node), name=name, found=str(node), nearest=near)

    def _numbers_near(self, found: str) -> str:
        """Return the columns and figures of numbers that may be meant, by heading or by name."""
        titles = {text(c.attributes, "title", c.name): c.name for c in self.sheet.columns if holds_of(c) != "text"}
        titles |= {f.title: name for name, f in self._figures.items()}
        if found in titles:
            return titles[found]
        close = get_close_matches(found, titles, 3, 0.4)
        return "、".join(f"{titles[t]}（{t}）" for t in close) or nearest(found, titles.values())

    def compared(
        self, name: str, node: object, e: Expr, *, order: bool, mine: Kinds | None = None
    ) -> Iterator[Problem]:
        """List the problem of a comparison that never holds.

        name: its column. e: the other side, a column of this sheet unless it is `mine`. order: by size.
        """
        here, there = self.column(name), (mine or self).of(e)
        if order and "text" in (here, there):
            found = name if here == "text" else str(node)
            yield problem("TEXT_ORDERED", place_of(node), column=name, found=found)
        elif here and there and here != there:
            kinds = {"here": _said(here), "there": _said(there)}
            yield problem("NEVER_EQUAL", place_of(node), column=name, found=str(node), **kinds)
        elif e.op == "const" and isinstance(e.args[0], str) and (spec := self._columns.get(name)) is not None:
            yield from _unoffered(spec, node, e.args[0])

    def matched(self, other: Kinds, given: Mapping[Scalar, object], bound: Mapping[str, Expr]) -> Iterator[Problem]:
        """List columns that the other sheet lacks, and pairs of columns that can never be equal."""
        for key, node in given.items():
            if key not in other._columns:
                near = nearest(key, other._columns)
                yield problem("UNKNOWN_COLUMN", place_of(key), sheet=other.sheet.title, found=key, nearest=near)
                continue
            here, there = other.column(key), self.of(bound[str(key)])
            if here and there and here != there:
                kinds = {"here": _said(here), "there": _said(there)}
                yield problem("NEVER_EQUAL", place_of(node), column=key, found=str(node), **kinds)


def _said(kind: str) -> str:
    return _TEXT if kind == "text" else _NUMBER


def _unoffered(spec: ColumnSpec, node: object, found: str) -> Iterator[Problem]:
    """List a word that a column with choices never holds."""
    choices = [str(c) for c in listing(spec.attributes, "choices")]
    if choices and found not in (*choices, EXEMPT):
        yield problem("WRONG_WORD", place_of(node), name=spec.name, found=found, words="、".join(choices))
