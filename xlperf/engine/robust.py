"""稳健性: how often each who is ranked keeps place and awards while the weights move by up to a share of themselves.

Two things of a scheme are weights: the figures of a weighing rule (a parameter with the trait `sum`), and the full
marks of rows that are marked. Every draw multiplies each by a factor of its own and brings them back to the sum they
had; rows worded alike are one indicator and move together. What follows is scored on the array face; what no weight
reaches stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from xlperf.engine.graph import Spot
from xlperf.engine.plan import Column, Plan, Ranking, Sheet
from xlperf.engine.score import Columns, Scores
from xlperf.formula import array
from xlperf.formula.array_links import Codings
from xlperf.formula.decisions import Fold, Guards
from xlperf.formula.expression import Expr, constant, lift, walk
from xlperf.formula.together import worked_out_together
from xlperf.formula.values import value_text
from xlperf.formula.vectors import UNIT, Cells, Numbers, Texts, as_drawn, looked_up, plain_array, to_array, typed
from xlperf.formula.vectors import Column as Vector
from xlperf.rules import RULES

DRAWS = 10_000
_EDGES = (5.0, 95.0)  # per cent of the draws between which a place usually lies
Progress = Callable[[int, int], None]
Moved = dict[Spot, Cells]


@dataclass(frozen=True)
class Kept:
    """One row of a ranked list over all draws.

    place: today's. best, worst: of all draws; low, high: between which nine draws of ten lie. same: the share of draws
    with today's place; award: with today's awards, all of them.
    """

    ranking: Ranking
    position: int
    place: int
    best: int
    worst: int
    low: int
    high: int
    same: Fraction
    award: Fraction


def robustness(
    scores: Scores, by: Fraction, draws: int = DRAWS, seed: int = 1, progress: Progress | None = None
) -> list[Kept]:
    """Return, list by list and in its order, how firmly everybody who has a place stands.

    by: the most that a weight moves, as a share of itself. The same seed gives the same draws. A scheme without
    weights answers that everything is kept.
    """
    moving = _Moving(scores, float(by), seed)
    wanted = [(r.sheet, r.place) for r in scores.plan.rankings] + moving.awards
    places = {r.sheet: np.full((draws, scores.size(r.sheet)), np.nan, np.float32) for r in scores.plan.rankings}
    awards = {r.sheet: np.zeros(scores.size(r.sheet)) for r in scores.plan.rankings}
    for draw in range(draws):
        drawn = moving.drawn()
        found = drawn.of(wanted)
        for ranking in scores.plan.rankings:
            places[ranking.sheet][draw] = plain_array(found[ranking.sheet, ranking.place])
            awards[ranking.sheet] += moving.same_awards(found, ranking)
        moving.keep(drawn)
        if progress is not None:
            progress(draw + 1, draws)
    return [kept for r in scores.plan.rankings for kept in _kept(scores, r, places[r.sheet], awards[r.sheet])]


def _kept(scores: Scores, ranking: Ranking, places: Vector, awards: Vector) -> Iterator[Kept]:
    draws = len(places)
    for at, place in enumerate(scores.column(ranking.sheet, ranking.place)):
        if not isinstance(place, Fraction):
            continue
        drawn = places[:, at]
        low, high = np.percentile(drawn, _EDGES, method="nearest")
        same = Fraction(int((drawn == float(place)).sum()), draws)
        best, worst, low, high = (int(x) for x in (drawn.min(), drawn.max(), low, high))
        yield Kept(ranking, at, int(place), best, worst, low, high, same, Fraction(int(awards[at]), draws))


def weighs(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what counts as a weight: headings of the columns that weigh, titles of the sheets with full marks."""
    behind = plan.graph.behind((r.sheet, r.score) for r in plan.rankings)
    calls = [plan.by_name[s].by_name[c].title for s, c in _weighing(plan, behind)]
    return tuple(dict.fromkeys(calls)), tuple(s.title for s in _marked(plan, behind))


def _weighing(plan: Plan, behind: frozenset[Spot]) -> list[Spot]:
    """List the columns on the way to a ranking in whose expression weights stand."""
    columns = ((s.name, c.name, c.expr) for s in plan.sheets for c in s.columns if c.expr is not None)
    return [(s, c) for s, c, e in columns if (s, c) in behind and any(_parts(node) is not None for node in walk(e))]


def _marked(plan: Plan, behind: frozenset[Spot]) -> list[Sheet]:
    """List the sheets of rows with a score and a full mark on the way to a ranking."""
    return [s for s in plan.sheets if (c := s.the("score")) and s.the("full") and s.unit and (s.name, c.name) in behind]


def _parts(node: Expr) -> tuple[str, str, tuple[tuple[Expr, Fraction], ...]] | None:
    """Return of a weighing call: the word of its rule, the parameter with the parts, the parts. None of any other."""
    if node.op != "call":
        return None
    found = next((r for r in RULES.values() if r.name == node.args[0]), None)
    if found is None or not any("sum" in p.traits for p in found.parameters):
        return None
    name = next(p.name for p in found.parameters if p.takes == "parts")
    pairs = [(part, constant(lift(weight))) for part, weight in dict(node.args[1])[name]]
    return found.word, name, tuple((part, w) for part, w in pairs if isinstance(w, Fraction))


class _Drawn(Columns[Cells]):
    """The columns of one draw. moved: what stands otherwise; varying: weights in the place of constants, by id."""

    def __init__(self, base: _Moving, moved: Mapping[Spot, Cells], varying: Mapping[int, Cells]) -> None:
        super().__init__(base.scores.plan, base.rows)
        self._base, self._moved, self.varying = base, moved, varying
        self.codings, self.guards = Codings(dict(base.codings.kept)), base.guards
        self.constants: dict[int, Cells] = dict(varying)
        self._kept |= moved

    def expr(self, spot: Spot) -> Expr | None:
        """Return how a column is worked out; None where it stands as it was, or moved itself."""
        return self._base.exprs.get(spot) if spot not in self._moved else None

    def _made(self, sheet: str, column: Column) -> Cells:
        e = self.expr((sheet, column.name))
        if e is None:
            return self._base.still((sheet, column.name))
        return array.worked_out(e, Fold(sheet, self, guards=self.guards, constants=self.constants))

    def plain(self, spot: Spot) -> Vector:
        """Return a column as float64, or objects where it holds text."""
        return plain_array(self.column(*spot))

    def of(self, wanted: Sequence[Spot]) -> dict[Spot, Cells]:
        """Return some columns, worked out together."""
        return worked_out_together(self, wanted, self._base.programs, frozenset(self._moved))


class _Moving:
    """What moves in a scored plan, and what follows from it."""

    def __init__(self, scores: Scores, by: float, seed: int) -> None:
        self.scores, self._by = scores, by
        plan = scores.plan
        self.rows = {s.name: scores.rows(s.name) for s in plan.sheets}
        behind = plan.graph.behind((r.sheet, r.score) for r in plan.rankings)
        self._calls = _weighing(plan, behind)
        self._items = [_Items(scores, sheet) for sheet in _marked(plan, behind)]
        moved = [spot for items in self._items for spot in items.spots]
        touched = (plan.graph.touched([*self._calls, *moved]) | set(self._calls)) - set(moved)
        self._written: list[list[Expr]] = []  # kept, so that their ids are
        self._groups: list[tuple[tuple[int, ...], Vector]] = []
        self.exprs = {spot: e for spot in touched if (e := plan.by_name[spot[0]].by_name[spot[1]].expr) is not None}
        self.exprs |= {spot: self._weighed(self.exprs[spot]) for spot in self._calls}
        self.awards = [(r.sheet, c.name) for r in plan.rankings for c in plan.by_name[r.sheet].of_role("award")]
        self.programs: dict[str, object] = {}
        self.guards: Guards = {}
        self._random = np.random.default_rng(seed)
        self._still: Moved = {}
        self.codings = Codings()

    def still(self, spot: Spot) -> Cells:
        """Return a column as it was scored."""
        if spot not in self._still:
            column = self.scores.plan.by_name[spot[0]].by_name[spot[1]]
            self._still[spot] = typed(self.scores.column(*spot), column.holds == "text")
        return self._still[spot]

    def keep(self, drawn: _Drawn) -> None:
        """Keep how rows are matched by columns that no draw moves."""
        if not self.codings.kept:
            self.codings = drawn.codings.only(self._still.values())

    def drawn(self) -> _Drawn:
        """Draw the weights once."""
        moved = {spot: made for items in self._items for spot, made in items.moved(self._factors(items.count)).items()}
        varying: dict[int, Cells] = {}
        for ids, weights in self._groups:
            drawn = weights * self._factors(len(weights))
            drawn *= weights.sum() / drawn.sum()
            varying |= {at: _weight(w) for at, w in zip(ids, drawn.tolist(), strict=True)}
        return _Drawn(self, moved, varying)

    def same_awards(self, found: Mapping[Spot, Cells], ranking: Ranking) -> Vector:
        """Return, row by row, whether every award is as it was."""
        same = np.ones(self.scores.size(ranking.sheet), bool)
        for column in self.scores.plan.by_name[ranking.sheet].of_role("award"):
            spot = (ranking.sheet, column.name)
            before, after = self.still(spot), found[spot]
            if isinstance(before, Texts) and isinstance(after, Texts):
                at = {word: i for i, word in enumerate(before.words)}
                same &= looked_up(np.array([*(at.get(w, -2) for w in after.words), -1]), after.codes) == before.codes
                continue
            was, now = plain_array(before), plain_array(after)
            equal = was == now if was.dtype == object else np.isclose(was, now, rtol=0, equal_nan=True)
            same &= np.asarray(equal, bool)
        return same

    def _factors(self, count: int) -> Vector:
        return 1 + self._random.uniform(-self._by, self._by, count)

    def _weighed(self, e: Expr) -> Expr:
        """Write an expression with weights of its own, whose constants are noted so that every draw puts its own there.

        Weights that are noted stand in the expression as they are: what a rule makes of them would be missed.
        """
        parts = _parts(e)
        if parts is None:
            return Expr(e.op, tuple(self._inside(x) for x in e.args))
        word, name, pairs = parts
        weights = [lift(w) for _, w in pairs]
        self._groups.append((tuple(map(id, weights)), np.array([float(w) for _, w in pairs])))
        rest = {n: v for n, v in dict(e.args[1]).items() if n != name}
        made = RULES[word](**{name: tuple((s, w) for (s, _), w in zip(pairs, weights, strict=True)), **rest})
        if not {id(w) for w in weights} <= {id(node) for node in walk(made)}:
            raise TypeError(f"{word} reckons with its weights before it weighs")
        self._written.append(weights)
        return made

    def _inside(self, x: object) -> object:
        if isinstance(x, Expr):
            return self._weighed(x)
        return tuple(self._inside(y) for y in x) if isinstance(x, tuple) else x


def _weight(w: float) -> Numbers:
    """Return a weight that somebody drew."""
    return Numbers(np.array([w]), True, None, True, abs(w) * UNIT, abs(w), w)


class _Items:
    """The rows of a sheet that are marked: a factor a wording, the full marks of each unit adding up as before."""

    def __init__(self, scores: Scores, sheet: Sheet) -> None:
        points, full = sheet.the("score"), sheet.the("full")
        if points is None or full is None:
            raise TypeError("a marked sheet has a score and a full mark")
        self.spots = ((sheet.name, points.name), (sheet.name, full.name))
        self._values = [to_array(scores.column(*spot), text=False) for spot in self.spots]
        self._alike, self.count = _numbered([value_text(v) for v in scores.column(sheet.name, sheet.naming.name)])
        self._whose, self._units = _numbered([value_text(v) for v in scores.column(sheet.name, sheet.unit)])
        self._full = np.where(np.isfinite(self._values[1]), self._values[1], 0.0)

    def moved(self, factors: Vector) -> Moved:
        """Return score and full mark of every row with its factor."""
        each = factors[self._alike]
        was, now = (np.bincount(self._whose, x, self._units) for x in (self._full, self._full * each))
        with np.errstate(all="ignore"):
            each = each * np.where(now > 0, was / now, 1.0)[self._whose]
        return {spot: as_drawn(values * each) for spot, values in zip(self.spots, self._values, strict=True)}


def _numbered(texts: list[str]) -> tuple[Vector, int]:
    """Return a number for each text, in the order in which they are met, and how many there are."""
    known = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    return np.array([known[text] for text in texts], int), len(known)
