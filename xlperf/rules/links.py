"""Looking at other rows: look-ups, sums over a ledger, means and ranks among peers."""

from __future__ import annotations

from typing import Literal

from xlperf.formula import expression as ex
from xlperf.formula.expression import Expr
from xlperf.rules.registry import LookedUp, Match, MatchOr, NameOr, NumberColumn, RankedName, Sheet, Where, rule


@rule("XP_LOOKUP", "查表")
def lookup(*, key: NameOr | None = None, of: LookedUp, where: MatchOr | None = None) -> Expr:
    """Take a column of the row that a key names in another table; exact match only.

    key: the column of this row that names the other, where the other table's key is enough. where: several columns of
    the other table that must be equal, and conditions on its rows: `{class: class, level: post, step: step}`. No such
    row (LOOKUP_NONE) or several of them (LOOKUP_SEVERAL) give nothing, and are told with the row and the values.
    """
    return ex.via(key, *of) if key is not None else ex.pick(*of, where or {})


@rule("XP_TOTAL", "汇总")
def total(of: NumberColumn, where: Where, blanks: Literal["skip", "stop"] = "skip") -> Expr:
    """Add a column over the rows that belong here.

    blanks: `skip` leaves empty rows out, `stop` gives nothing while one of the rows is empty.
    """
    return ex.total(*of, where, blanks)


@rule("XP_COUNT", "计数")
def counted(of: Sheet, where: Where) -> Expr:
    """Count the rows that belong here."""
    return ex.count(of, where)


@rule("XP_NUMBERS", "有数家数")
def numbers_in(of: NumberColumn, where: Where) -> Expr:
    """Count the numbers of a column over the rows that belong here: how many of a class are ranked.

    Rows that are empty or 不适用 (no score yet, nothing to score) are not counted.
    """
    return ex.tally(*of, where)


@rule("XP_MEAN", "同类平均")
def mean_of(of: NumberColumn, where: Where) -> Expr:
    """Average the numbers of a column over the rows that belong here; nothing where there are none."""
    return ex.mean(*of, where)


@rule("XP_RANK", "名次")
def rank(
    by: RankedName,
    within: Match,
    order: Literal["high", "low"] = "high",
    ties: Literal["same", "list"] = "same",
) -> Expr:
    """Place a row among the rows of its group.

    by: a rounded column. order: `high` puts the largest first, `low` the smallest. ties:
    `same` gives 1, 2, 2, 4; `list` lets the order of the list decide.
    """
    return ex.rank(by, within, order, ties)
