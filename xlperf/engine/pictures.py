"""What charts show of a scored plan: scores by group, how freely scorers give points, a unit against its group."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from statistics import median

from xlperf.engine.plan import Ranking, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import decimal, value_text
from xlperf.report.chart import Chart, Number, Series

BINS = 8  # columns of a distribution, about
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_MANY = 3  # marks that a scorer gives before anything is said of him
Shares = dict[str, list[Fraction]]


def distribution(scores: Scores, ranking: Ranking) -> Chart | None:
    """Count the units of each group by their scores; None where fewer than two have one."""
    found: dict[str, list[Fraction]] = {}
    for row in scores.rows(ranking.sheet):
        if isinstance(value := row[ranking.score], Fraction):
            found.setdefault(value_text(row[ranking.group]), []).append(value)
    values = [v for some in found.values() for v in some]
    if len(values) < 2:
        return None
    wide = (max(values) - min(values)) / BINS
    step = Fraction(next((s for s in _STEPS if s >= wide), _STEPS[-1]))
    first = (min(values) // step) * step
    bins = [first + i * step for i in range(int((max(values) - first) // step) + 1)]
    series = tuple(
        Series(group or ranking.title, tuple(Fraction(sum(b <= v < b + step for v in some)) for b in bins))
        for group, some in found.items()
    )
    names = tuple(f"{decimal(b)}–{decimal(b + step)}" for b in bins)
    return Chart(f"{ranking.title}得分分布", "column", "得分", "单位数", names, series)


def leniency(scores: Scores) -> Chart | None:
    """Return the mean share of the full mark that each scorer gives, and how often the whole of it."""
    found: Shares = {}
    for sheet, at, scorer in _marked(scores):
        found.setdefault(scorer, []).append(_share(scores, sheet, at))
    kept = {name: some for name, some in found.items() if len(some) >= _MANY}
    if not kept:
        return None
    order = sorted(kept, key=lambda name: (-_mean(kept[name]), name))
    series = (
        Series("平均得分率", tuple(_mean(kept[name]) for name in order)),
        Series("给满分的比例", tuple(Fraction(sum(s == 1 for s in kept[name]), len(kept[name])) for name in order)),
    )
    full = [name for name in order if all(s == 1 for s in kept[name])]
    notes = (f"给了每个单位满分的：{'、'.join(full)}",) if full else ()
    return Chart("考核主体打分宽严", "bar", "考核主体", "占分值的比例", tuple(order), series, percent=True, notes=notes)


def against_group(scores: Scores, ranking: Ranking) -> Iterator[Chart]:
    """Return, group by group, the share of points each unit got from each scorer, and the median of its group."""
    home = scores.plan.by_name[ranking.sheet]
    groups: dict[str, dict[str, str]] = {}
    for row in scores.rows(home.name):
        groups.setdefault(value_text(row[ranking.group]), {})[value_text(row[home.key.name])] = scores.plan.name_of(
            home, row
        )
    shares: dict[str, Shares] = {}
    for sheet, at, scorer in _marked(scores):
        thing = scores.things(sheet)[at]
        if thing is not None and thing[0] == home.table:
            shares.setdefault(thing[1], {}).setdefault(scorer, []).append(_share(scores, sheet, at))
    for group, units in groups.items():
        axes = list(dict.fromkeys(scorer for code in units for scorer in shares.get(code, {})))
        if len(axes) < _MANY or len(units) < 2:
            continue
        lines = {name: [_mean_or_none(shares.get(code, {}).get(a, [])) for a in axes] for code, name in units.items()}
        middle = [_median([line[i] for line in lines.values()]) for i in range(len(axes))]
        series = (*(Series(name, tuple(line)) for name, line in lines.items()), Series("本组中位数", tuple(middle)))
        title = f"{group or ranking.title}：单位与本组中位数"
        yield Chart(title, "radar", "考核主体", "得分率", tuple(axes), series, choose=True, percent=True)


def _marked(scores: Scores) -> Iterator[tuple[Sheet, int, str]]:
    """List the marks with a score and a full mark above nothing: sheet, row, and who scored it."""
    for sheet in scores.plan.sheets:
        points, full = sheet.the("score"), sheet.the("full")
        if points is None or full is None or not sheet.scorer:
            continue
        for at, row in enumerate(scores.rows(sheet.name)):
            if isinstance(row[points.name], Fraction) and isinstance(most := row[full.name], Fraction) and most > 0:
                yield sheet, at, value_text(row[sheet.scorer]) or scores.plan.office


def _share(scores: Scores, sheet: Sheet, at: int) -> Fraction:
    row = scores.rows(sheet.name)[at]
    points, full = sheet.the("score"), sheet.the("full")
    earned, most = (row[c.name] if c is not None else None for c in (points, full))
    return earned / most if isinstance(earned, Fraction) and isinstance(most, Fraction) else Fraction(0)


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _mean_or_none(values: list[Fraction]) -> Number:
    return _mean(values) if values else None


def _median(values: list[Number]) -> Number:
    there = [v for v in values if v is not None]
    return median(there) if there else None
