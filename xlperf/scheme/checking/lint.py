"""办法体检: what is odd in the regulation itself, seen from the rule calls that restate it.

The scheme says what the paper says; these checks name what an office should know before it publishes:
bands out of order, steps of nothing, branches that are never reached, bonuses without an end, more places
than units, a last place in a class of two. What the rule calls cannot show is declared under `paper:`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import inf

from xlperf.formula.values import shown
from xlperf.problems import Problem, problem
from xlperf.scheme.checking.bounds import Bounds
from xlperf.scheme.checking.classes import small_class_problems
from xlperf.scheme.checking.figures import Options, adopted_options, computed_columns, figure_of, options_used, resolved
from xlperf.scheme.checking.paper import PAPER
from xlperf.scheme.model import ColumnSpec, Listing, Mapping, Node, Scalar, Scheme, SheetSpec
from xlperf.scheme.reading.nodes import listing, text

Problems = Iterator[Problem]
Figures = list[Fraction]

_LADDERS = {"band": "bands", "award": "places"}  # their limits rise from row to row
_RISING, _FALLING = ("at_least", "above"), ("at_most", "below")


def title_of(column: ColumnSpec) -> str:
    """Return the heading of a column, or its name."""
    return text(column.attributes, "title", column.name)


# ---- bands, steps, limits ---------------------------------------------------------------------------


def band_problems(scheme: Scheme) -> Problems:
    """Want limits that rise from band to band, and values that do not turn round on the way."""
    for column in computed_columns(scheme):
        name = _LADDERS.get(column.rule)
        for options in options_used(scheme, column.arguments) if name else ():
            yield from _bands(scheme, column, str(name), options)


def _bands(scheme: Scheme, column: ColumnSpec, name: str, options: Options) -> Problems:
    limits, values = _pairs(scheme, column, name, options)
    title = title_of(column)
    if limits is not None and any(a >= b for a, b in pairwise(limits)):
        yield problem("BAND_LIMITS", column.at, column=title, found=_list(limits))
    elif column.rule == "band" and values is not None and not (_rises(values) or _rises(values[::-1])):
        yield problem("BAND_TURNS", column.at, column=title, found=_list(values))


def rank_point_problems(scheme: Scheme) -> Problems:
    """Want the places that are given points to follow one another from the first, and from the last."""
    for column in computed_columns(scheme):
        for name in ("top", "bottom") if column.rule == "rank_points" else ():
            for options in options_used(scheme, column.arguments):
                places, _ = _pairs(scheme, column, name, options)
                if places is not None and places != [Fraction(i) for i in range(1, len(places) + 1)]:
                    yield problem("PLACES_GAP", column.at, column=title_of(column), found=_list(places))


def _pairs(scheme: Scheme, column: ColumnSpec, name: str, options: Options) -> tuple[Figures | None, Figures | None]:
    """Return limits and values of a list of pairs, None where one is known only row by row."""
    bands = resolved(column.arguments.get(Scalar(name)), options)
    pairs = [pair for pair in bands if isinstance(pair, Listing) and len(pair) == 2] if isinstance(bands, list) else []
    limits, values = ([figure_of(scheme, pair[i], options) for pair in pairs] for i in (0, 1))
    return _known(limits), _known(values)


def _known(figures: Iterable[Fraction | None]) -> Figures | None:
    found = list(figures)
    return None if None in found else [f for f in found if f is not None]


def _rises(figures: Figures) -> bool:
    return all(a <= b for a, b in pairwise(figures))


def _list(figures: Figures) -> str:
    return "、".join(shown(f, 6) for f in figures)


def figure_problems(scheme: Scheme) -> Problems:
    """Want steps above 0, shares between 0 and 1, a cap that is not negative, a floor below its cap."""
    for column in computed_columns(scheme):
        for options in options_used(scheme, column.arguments):
            for name, code, odd in _ODD.get(column.rule, ()):
                found = figure_of(scheme, column.arguments.get(Scalar(name)), options)
                if found is not None and odd(found):
                    yield problem(code, column.at, column=title_of(column), name=name, found=shown(found, 6))
            if column.rule == "limited":
                yield from _crossed(scheme, column, options)


_ODD: dict[str, tuple[tuple[str, str, Callable[[Fraction], bool]], ...]] = {
    "steps": (("step", "STEP_NOT_POSITIVE", lambda x: x <= 0), ("cap", "CAP_NEGATIVE", lambda x: x < 0)),
    "increment_and_rate": (("alpha", "SHARE_OUT_OF_RANGE", lambda x: not 0 <= x <= 1),),
    "quota": (("share", "SHARE_OUT_OF_RANGE", lambda x: not 0 <= x <= 1),),
}


def _crossed(scheme: Scheme, column: ColumnSpec, options: Options) -> Problems:
    low, high = (figure_of(scheme, column.arguments.get(Scalar(n)), options) for n in ("low", "high"))
    if low is not None and high is not None and low > high:
        yield problem("LIMITS_CROSSED", column.at, column=title_of(column), low=shown(low, 6), high=shown(high, 6))


def branch_problems(scheme: Scheme) -> Problems:
    """Name a branch that is never reached because one before it takes all its cases."""
    for column in computed_columns(scheme):
        if column.rule == "choose":
            for options in options_used(scheme, column.arguments):
                yield from _never(scheme, column, options)


def _never(scheme: Scheme, column: ColumnSpec, options: Options) -> Problems:
    before: list[tuple[str, str, Fraction]] = []
    for branch in listing(column.arguments, "branches"):
        test = _single(scheme, branch, options)
        if test is None:
            continue
        if any(_covers(earlier, test) for earlier in before):
            yield problem("BRANCH_NEVER", column.at, column=title_of(column), found=shown(test[2], 6))
        before.append(test)


def _single(scheme: Scheme, branch: Node, options: Options) -> tuple[str, str, Fraction] | None:
    """Return (column, comparison, figure) of a branch that has one condition on a figure."""
    when = listing(branch, "when") if isinstance(branch, Mapping) else Listing()
    if len(when) != 1 or not isinstance(when[0], Mapping):
        return None
    for word in (*_RISING, *_FALLING):
        figure = figure_of(scheme, when[0].get(Scalar(word)), options)
        if figure is not None:
            return text(when[0], "column"), word, figure
    return None


def _covers(earlier: tuple[str, str, Fraction], later: tuple[str, str, Fraction]) -> bool:
    """Tell whether every case of the later test has been taken by the earlier one."""
    (name, word, figure), (other, their_word, their_figure) = earlier, later
    for family in (_RISING, _FALLING):
        if name == other and word in family and their_word in family:
            if figure == their_figure:
                return not (word == family[1] and their_word == family[0])
            return figure < their_figure if family is _RISING else figure > their_figure
    return False


# ---- bonus and base ------------------------------------------------------------------------------------


def bonus_problems(scheme: Scheme) -> Problems:
    """Hold the most that bonuses can add to a ranked score against the most that it is made of."""
    bounds = Bounds(scheme, adopted_options(scheme))
    for ranking in scheme.rankings:
        sheet = bounds.sheets.get(ranking.sheet)
        for column in _behind(sheet, ranking.score) if sheet else ():
            if sheet and column.rule == "adjusted" and listing(column.arguments, "bonus"):
                yield from _bonus(bounds, sheet, column)


def _bonus(bounds: Bounds, sheet: SheetSpec, column: ColumnSpec) -> Problems:
    for row in bounds.rows(sheet):
        base = bounds.of(sheet, column.arguments.get(Scalar("score")), row)
        given = [bounds.of(sheet, node, row) for node in listing(column.arguments, "bonus")]
        most_base = shown(base, 6) if isinstance(base, Fraction) else "？"
        told = {"sheet": sheet.title, "column": title_of(column), "base": most_base}
        if inf in given:
            yield problem("BONUS_UNLIMITED", column.at, **told)
            return
        most = sum((x for x in given if isinstance(x, Fraction)), Fraction(0))
        if isinstance(base, Fraction) and None not in given and most > base:
            yield problem("BONUS_EXCEEDS_BASE", column.at, **told, most=shown(most, 6))
            return


def _behind(sheet: SheetSpec, name: str) -> Iterator[ColumnSpec]:
    """Visit a column and the columns of its sheet that it is made of."""
    columns = {c.name: c for c in sheet.columns}
    seen, wanted = set[str](), [name]
    while wanted:
        at = wanted.pop()
        if at in columns and at not in seen:
            seen.add(at)
            yield columns[at]
            wanted += _words(columns[at].arguments)


def _words(node: Node) -> list[str]:
    if isinstance(node, Mapping):
        return [word for key, value in node.items() for word in (str(key), *_words(value))]
    return [word for item in node for word in _words(item)] if isinstance(node, list) else [str(node)]


LINT: tuple[Callable[[Scheme], Iterable[Problem]], ...] = (
    band_problems,
    rank_point_problems,
    figure_problems,
    branch_problems,
    bonus_problems,
    small_class_problems,
    *PAPER,
)

OF_CLASSES = (bonus_problems, small_class_problems)  # these look at rows
