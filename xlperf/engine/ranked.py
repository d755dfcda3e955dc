"""The ranked lists of a scored plan, in the order people read them."""

from __future__ import annotations

from fractions import Fraction

from xlperf.engine.score import Scores
from xlperf.formula.values import Value, shown
from xlperf.report.ranking import Ranked


def ranked_lists(scores: Scores) -> list[Ranked]:
    """Return every ranked list, one after another: by group, then place, the unranked last, ties in list order."""
    lines: list[tuple[tuple[int, int, Fraction, int], Ranked]] = []
    for number, ranking in enumerate(scores.plan.rankings):
        sheet = scores.plan.by_name[ranking.sheet]
        rows = scores.rows(ranking.sheet)
        groups = list(dict.fromkeys(row[ranking.group] for row in rows))
        for at, row in enumerate(rows):
            place, seat = row[ranking.place], row[ranking.seat]
            made = Ranked(
                ranking.sheet,
                ranking.title,
                str(row[ranking.group] or ""),
                int(place) if isinstance(place, Fraction) else None,
                str(row[sheet.key.name]),
                scores.plan.name_of(sheet, row),
                row[ranking.score],
                published(row[ranking.score], sheet.by_name[ranking.score].shown),
                scores.objects.within(scores.objects.of_row(sheet, row)) if not scores.plan.is_home(sheet) else "",
            )
            order = seat if isinstance(seat, Fraction) else Fraction(len(rows) + 1)
            lines.append(((number, groups.index(row[ranking.group]), order, at), made))
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def published(value: Value, decimals: int | None) -> str:
    """Write a score with as many decimals as the scheme publishes; "" where there is none."""
    if value is None or isinstance(value, str) or not decimals:
        return "" if value is None else shown(value) if decimals is None else shown(value, 0)
    whole, _, rest = shown(value, decimals).partition(".")
    return f"{whole}.{rest:0<{decimals}}"
