"""The expression tree: what a rule builds and every face reads.

An expression is an operation and its arguments. A rule never computes: it is called with
expressions and returns one, so a rule has no `if` on numbers and no loop over rows; it writes
`cases(...)`. Comparison operators are overloaded to build trees; `same(a, b)` is equality, because
`==` stays what Python makes of it (two trees are equal when they are written alike).

Three families:
* cell operations work inside one row (`col`, arithmetic, `cases`, `rounded` …);
* link operations look at other rows (`via`, `total`, `rank`, `peers` …). They stand only at the root
  of a column, so that every look elsewhere is a column a person can see;
* `call` keeps a rule's name and arguments beside its body, so that the formula face may write
  either the native functions or one `XP_…` call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import wraps
from typing import Any, TypeVar

from xlperf.formula.links import LINKS, Kind, Limit, Link, Side
from xlperf.formula.values import Value

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Expr:
    """One operation and its arguments (expressions, names or plain data); of a look at other rows its record."""

    op: str
    args: tuple[Any, ...] = ()
    kept: dict[str, Any] | None = field(default=None, init=False, repr=False, compare=False)  # see `_once`

    def __add__(self, other: Operand) -> Expr:
        return Expr("add", (self, lift(other)))

    def __radd__(self, other: Operand) -> Expr:
        return Expr("add", (lift(other), self))

    def __sub__(self, other: Operand) -> Expr:
        return Expr("sub", (self, lift(other)))

    def __rsub__(self, other: Operand) -> Expr:
        return Expr("sub", (lift(other), self))

    def __mul__(self, other: Operand) -> Expr:
        return Expr("mul", (self, lift(other)))

    def __rmul__(self, other: Operand) -> Expr:
        return Expr("mul", (lift(other), self))

    def __truediv__(self, other: Operand) -> Expr:
        return Expr("div", (self, lift(other)))

    def __rtruediv__(self, other: Operand) -> Expr:
        return Expr("div", (lift(other), self))

    def __neg__(self) -> Expr:
        return Expr("neg", (self,))

    def __gt__(self, other: Operand) -> Expr:
        return Expr("gt", (self, lift(other)))

    def __ge__(self, other: Operand) -> Expr:
        return Expr("ge", (self, lift(other)))

    def __lt__(self, other: Operand) -> Expr:
        return Expr("lt", (self, lift(other)))

    def __le__(self, other: Operand) -> Expr:
        return Expr("le", (self, lift(other)))


Operand = Expr | Fraction | int | str | None


def lift(x: Operand) -> Expr:
    """Make an expression of plain data: numbers as fractions, text as text, None as blank."""
    if isinstance(x, Expr):
        return x
    if isinstance(x, bool):
        raise TypeError("a truth value is not cell data: write 是 or 否")
    if isinstance(x, int):
        return Expr("const", (Fraction(x),))
    return Expr("const", (x,))


# ---- cell operations ---------------------------------------------------------------------------


def col(name: str) -> Expr:
    """Refer to another column of the same row."""
    return Expr("col", (name,))


def blank() -> Expr:
    """Return an empty result."""
    return Expr("const", (None,))


def floor(x: Operand) -> Expr:
    """Round down to a whole number."""
    return Expr("floor", (lift(x),))


def ceiling(x: Operand) -> Expr:
    """Round up to a whole number."""
    return Expr("ceiling", (lift(x),))


def least(*xs: Operand) -> Expr:
    """Take the smallest."""
    return Expr("least", tuple(map(lift, xs)))


def greatest(*xs: Operand) -> Expr:
    """Take the largest."""
    return Expr("greatest", tuple(map(lift, xs)))


def rounded(x: Operand, digits: Operand) -> Expr:
    """Round half up at a number of decimals."""
    return Expr("rounded", (lift(x), lift(digits)))


def apply(operation: str, *xs: Operand) -> Expr:
    """Apply an operation of the table by its name, such as `year` or `in_words`."""
    return Expr(operation, tuple(map(lift, xs)))


def same(a: Operand, b: Operand) -> Expr:
    """Return whether two values are equal (numbers at nine decimals)."""
    return Expr("same", (lift(a), lift(b)))


def both(*xs: Expr) -> Expr:
    """Return whether every condition holds."""
    return Expr("both", xs)


def either(*xs: Expr) -> Expr:
    """Return whether at least one condition holds."""
    return Expr("either", xs)


def negate(x: Expr) -> Expr:
    """Turn a condition round."""
    return Expr("negate", (x,))


def is_blank(x: Expr) -> Expr:
    """Return whether a cell is empty; the only condition that may look at an empty cell."""
    return Expr("is_blank", (x,))


def is_number(x: Expr) -> Expr:
    """Return whether a cell holds a number (neither empty nor text)."""
    return Expr("is_number", (x,))


def first(*xs: Operand) -> Expr:
    """Take the first that is not empty.

    Inside a larger expression the last must be a constant, so that something always stands there;
    at the root of a column all may be empty, and then the column is.
    """
    return Expr("first", tuple(map(lift, xs)))


def is_exempt(x: Expr) -> Expr:
    """Return whether a number cell says 不适用."""
    return Expr("is_exempt", (x,))


def alone(x: Operand, *, spared: bool = True) -> Expr:
    """Let a value wait for its own columns only; written where a rule names what a branch gives.

    Where the branch is taken and one of these columns is blank (不适用), so is the result; where another branch is
    taken, nobody asks for them. spared: False where 不适用 among them makes the result 不适用 whichever is taken.
    """
    value = lift(x)
    return Expr("alone", (spared, value)) if needs(value) else value


def say(template: str, **values: Operand) -> Expr:
    """Write a reason: `{name}` stands for a value of this row."""
    return Expr("say", (template, tuple((k, lift(v)) for k, v in values.items())))


def refused(code: str, template: str, **values: Operand) -> Expr:
    """Write the reason of a branch that gives nothing because something is wrong: a problem of this code."""
    return Expr("say", (template, tuple((k, lift(v)) for k, v in values.items()), code))


Branch = tuple[Expr, Operand, Expr | str]


def cases(*branches: Branch, otherwise: tuple[Operand, Expr | str]) -> Expr:
    """Choose the first branch whose condition holds; each branch carries its reason."""
    worded = tuple((when, lift(then), _said(why)) for when, then, why in branches)
    return Expr("cases", (worded, (lift(otherwise[0]), _said(otherwise[1]))))


def _said(why: Expr | str) -> Expr:
    return why if isinstance(why, Expr) else say(why)


def call(name: str, bound: Mapping[str, Any], body: Expr) -> Expr:
    """Keep a rule call as one node: its name, its arguments and what it amounts to."""
    return Expr("call", (name, tuple(bound.items()), body))


def step(title: str, x: Operand, holds: str = "number") -> Expr:
    """Let part of a rule stand in a hidden column of its own (`engine.laid`): there it may look at other rows.

    title: what the column is called beside the rule's own. holds: `number` or `text`. As the column that a look takes
    or matches, it is a step of the sheet that is looked at, and its columns are that sheet's.
    """
    return Expr("step", (title, lift(x), holds))


# ---- link operations: a look at other rows, only at the root of a column -------------------------


def via(key: str, sheet: str, name: str) -> Expr:
    """Take a column of the row that `key` names on another sheet."""
    return Expr("via", (Link("via", sheet, name, key=key),))


def pick(sheet: str, name: str, match: Mapping[Any, Operand]) -> Expr:
    """Take a column of the one row of `sheet` that matches; empty where none does or several do."""
    return _look("pick", sheet, name, match)


def total(sheet: str, name: Any, match: Mapping[Any, Operand], blanks: str = "skip") -> Expr:
    """Add a column over the rows of `sheet` that match.

    sheet: "" for the own one. name: a column, or a `step` of that sheet. match: column of that sheet (or a step of it)
    → value here that it must equal, or `Side` → value that it must be above, below … blanks: `skip` leaves empty
    cells out, `stop` makes the result empty while any matching row is empty. 不适用 always stays out.
    """
    return _look("total", sheet, name, match, blanks=blanks)


def count(sheet: str, match: Mapping[Any, Operand]) -> Expr:
    """Count the rows of `sheet` that match."""
    return _look("count", sheet, "", match)


def tally(sheet: str, name: str, match: Mapping[Any, Operand]) -> Expr:
    """Count the numbers of a column over the rows that match; empty cells and 不适用 stay out."""
    return _look("tally", sheet, name, match)


def mean(sheet: str, name: str, match: Mapping[Any, Operand]) -> Expr:
    """Average the numbers of a column over the rows that match; empty where there are none."""
    return _look("mean", sheet, name, match)


def rank(key: Any, match: Mapping[Any, Operand], order: str = "high", ties: str = "same") -> Expr:
    """Place this row among the rows of its own sheet that match, by a column of ROUNDed keys.

    key: a column, or a `step`. order: `high` puts the largest first. ties: `same` gives 1, 2, 2, 4; `list` breaks a
    tie by the order of the list.
    """
    return _look("rank", "", key, match, order=order, ties=ties)


def _look(kind: Kind, sheet: str, name: Any, match: Mapping[Any, Operand], **more: str) -> Expr:
    equal = tuple((left, lift(value)) for left, value in match.items() if not isinstance(left, Side))
    limits = (Limit(s.column, s.order, lift(value)) for s, value in match.items() if isinstance(s, Side))  # type: ignore[arg-type]
    return Expr(kind, (Link(kind, sheet, name, match=equal, limits=tuple(limits), **more),))


def link_of(e: Expr | None) -> Link | None:
    """Return the look at other rows that a column is, through rule calls; None where it looks at its own row."""
    if e is None or (bare := root(e)).op not in LINKS:
        return None
    link: Link = bare.args[0]
    return link


# ---- looking at a tree ----------------------------------------------------------------------------


def _once(ask: Callable[[Expr], R]) -> Callable[[Expr], R]:
    """Keep what is found out of an expression with it: a column's is asked for in every row."""

    @wraps(ask)
    def asked(e: Expr) -> R:
        known = e.kept
        if known is None:
            object.__setattr__(e, "kept", known := {})
        if ask.__name__ not in known:
            known[ask.__name__] = ask(e)
        found: R = known[ask.__name__]
        return found

    return asked


def parts(e: Expr) -> tuple[Expr, ...]:
    """List the expressions directly inside one, in order."""
    match e.op, e.args:
        case "cases", (branches, otherwise):
            inner = [x for when, then, why in branches for x in (when, then, why)]
            return (*inner, *otherwise)
        case "call", (_, _, body):
            return (body,)
        case "say", (_, values, *_):
            return tuple(value for _, value in values)
        case _, (Link() as link,):
            return (*link.wanted, *link.against)
    return tuple(a for a in e.args if isinstance(a, Expr))


def walk(e: Expr) -> Iterator[Expr]:
    """List an expression and everything inside it."""
    yield e
    for part in parts(e):
        yield from walk(part)


@_once
def columns_of(e: Expr) -> frozenset[str]:
    """List the same-row columns an expression mentions anywhere."""
    named = {x.args[0] for x in walk(e) if x.op == "col"}
    links = [x.args[0] for x in walk(e) if x.op in LINKS]
    return frozenset(named | {x.key for x in links if x.kind == "via"} | {x.column for x in links if x.kind == "rank"})


_UNASKED = ("is_blank", "is_number", "is_exempt", "say", "first")


@_once
def needs(e: Expr) -> tuple[str, ...]:
    """List the columns that must be filled before the expression has a value, in reading order.

    A column is not needed where only `first`, `is_blank`, `is_number` or `is_exempt` looks at it, nor where only a
    branch does that is `alone`. While one of these is blank the whole column is blank; see `exempting` for 不适用.
    """
    return tuple(dict.fromkeys(_needed(root(e), exempting=False)))


@_once
def exempting(e: Expr) -> tuple[str, ...]:
    """List the columns that make the expression 不适用 while one of them is, whatever else is blank."""
    return tuple(dict.fromkeys(_needed(root(e), exempting=True)))


def _needed(e: Expr, *, exempting: bool) -> Iterator[str]:
    if e.op == "col":
        yield e.args[0]
    if e.op in _UNASKED or (e.op == "alone" and not (exempting and not e.args[0])):
        return
    for part in parts(e):
        yield from _needed(part, exempting=exempting)


def asked_for(e: Expr) -> frozenset[str]:
    """Return the columns that some value is made from, in whichever branch.

    One that only `first`, `is_blank` and their like look at is none: its being blank was thought of.
    """
    if e.op == "col":
        return frozenset(e.args[:1])
    return frozenset().union(*map(asked_for, parts(e))) if e.op not in _UNASKED else frozenset()


def root(e: Expr) -> Expr:
    """Look through rule calls, and through what a branch gives, to the operation a value really is."""
    while e.op in ("call", "alone"):
        e = e.args[-1]
    return e


def constant(e: Expr) -> Value:
    """Return the plain value of a constant; ValueError for anything else."""
    if e.op != "const":
        raise ValueError(f"not a constant: {e.op}")
    value: Value = e.args[0]
    return value
