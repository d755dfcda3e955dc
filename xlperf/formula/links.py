"""A look at other rows as one record: which sheet, which column, which rows.

The expression of a look holds this record and nothing else (`formula.expression` builds it, `link_of` returns it), so
that every face and every reader asks for a field by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from xlperf.formula.expression import Expr

Kind = Literal["via", "pick", "total", "count", "tally", "mean", "rank"]
Order = Literal["gt", "ge", "lt", "le", "differs"]  # how a column there stands to a value of this row
Match = Sequence[tuple[str, "Expr"]]  # column there → what it must equal, as an expression over this row
LINKS: frozenset[str] = frozenset(get_args(Kind))


@dataclass(frozen=True, slots=True)
class Side:
    """What stands on the left of a limit where a rule names it: a column there, or a step of that sheet."""

    column: str | Expr
    order: Order


@dataclass(frozen=True, slots=True)
class Limit:
    """A column there that must be above, below … a value of this row; blank and 不适用 never are."""

    column: str
    order: Order
    value: Expr


@dataclass(frozen=True, slots=True)
class Link:
    """A look at other rows.

    sheet: the sheet looked at, "" where it is the column's own (rank). column: what is taken from it, the
    ranked key of a rank, "" for count. key: the column of this row that names the other (via), else "". match:
    what the rows taken must equal. limits: what they must be above or below. blanks: of a total; order, ties: of a
    rank. Until a rule's steps are laid (`engine.laid`) a column may also be a step of the sheet that is looked at.
    """

    kind: Kind
    sheet: str
    column: str
    key: str = ""
    match: tuple[tuple[str, Expr], ...] = ()
    limits: tuple[Limit, ...] = ()
    blanks: str = ""
    order: str = ""
    ties: str = ""

    @property
    def counts(self) -> bool:
        """Return whether it counts rows or says a place: a whole number whatever it looks at."""
        return self.kind in ("count", "tally", "rank")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns there that must equal something, in order."""
        return tuple(name for name, _ in self.match)

    @property
    def wanted(self) -> tuple[Expr, ...]:
        """Return what these columns must equal, as expressions over this row."""
        return tuple(value for _, value in self.match)

    @property
    def against(self) -> tuple[Expr, ...]:
        """Return what the limits compare with, as expressions over this row."""
        return tuple(limit.value for limit in self.limits)
