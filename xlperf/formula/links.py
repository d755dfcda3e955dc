"""A look at other rows, taken apart once: which sheet, which column, which rows.

Links stand only at the root of a column (`formula.expression`); whoever wants to know what one reads
asks here and not the positions of its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from xlperf.formula.expression import LINKS, Expr, Match, root

Kind = Literal["via", "pick", "total", "count", "tally", "mean", "rank"]


@dataclass(frozen=True, slots=True)
class Link:
    """A look at other rows.

    sheet: the sheet looked at, "" where it is the column's own (rank). column: what is taken from it, the
    ranked key of a rank, "" for count. key: the column of this row that names the other (via), else "". match:
    column there → what it must equal, as an expression over this row. blanks: of a total; order, ties: of a rank.
    """

    kind: Kind
    sheet: str
    column: str
    key: str = ""
    match: Match = ()
    blanks: str = ""
    order: str = ""
    ties: str = ""

    @property
    def counts(self) -> bool:
        """Return whether it counts rows or says a place: a whole number whatever it looks at."""
        return self.kind in ("count", "tally", "rank")


def link_of(e: Expr | None) -> Link | None:
    """Return the look at other rows that a column is, through rule calls; None where it looks at its own row."""
    if e is None or (bare := root(e)).op not in LINKS:
        return None
    kind = cast("Kind", bare.op)
    match kind, bare.args:
        case "via", (key, sheet, column):
            return Link(kind, sheet, column, key=key)
        case "total", (sheet, column, match_, blanks):
            return Link(kind, sheet, column, match=match_, blanks=blanks)
        case "count", (sheet, match_):
            return Link(kind, sheet, "", match=match_)
        case (("tally" | "mean" | "pick"), (sheet, column, match_)):
            return Link(kind, sheet, column, match=match_)
        case "rank", (column, match_, order, ties):
            return Link(kind, "", column, match=match_, order=order, ties=ties)
    raise ValueError(f"no such link: {bare.op}")
