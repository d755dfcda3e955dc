"""Numbers that are drawn: a table and what is drawn of it, as values; the workbook draws them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["column", "bar", "radar"]
Number = Fraction | None


@dataclass(frozen=True)
class Series:
    """One line of numbers, one a category. name: as the legend shows it."""

    name: str
    values: tuple[Number, ...]


@dataclass(frozen=True)
class Chart:
    """A chart and the table it is drawn from.

    axis: what the categories are. counted: what the numbers are. choose: whether one series is chosen from a list in
    the sheet and drawn against the last one; else all are drawn. percent: whether the numbers are shares.
    """

    title: str
    kind: Kind
    axis: str
    counted: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    choose: bool = False
    percent: bool = False
    notes: tuple[str, ...] = ()
