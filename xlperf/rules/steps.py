"""Points by step and by band: so much for every 5 %, so much from this limit on."""

from __future__ import annotations

from functools import reduce
from typing import Literal

from xlperf.formula.expression import (
    Expr,
    blank,
    both,
    cases,
    ceiling,
    either,
    floor,
    greatest,
    least,
    lift,
    negate,
    rounded,
    same,
    say,
)
from xlperf.rules.registry import (
    Bands,
    Limit,
    Most,
    Number,
    Numbers,
    Parts,
    PlaceBands,
    ResultNumber,
    RisingBands,
    Step,
    rule,
)


@rule("XP_STEPS", "每步加减分")
def steps(
    actual: Number,
    target: Number,
    step: Step,
    points: Number,
    cap: Limit | None = None,
    side: Literal["over", "under"] = "over",
    mode: Literal["floor", "ceil", "prorata"] = "floor",
    base: Literal["relative", "points"] = "relative",
) -> Expr:
    """Return points for each step by which the actual exceeds the target, or falls short of it.

    step: size of a step. base: `relative` measures it in shares of the target (5%), `points` in its own
    unit. points: for one step; negative takes off. cap: the most that is given (or taken, where points
    is negative). side: `over` or `under` the target. mode: `floor` counts whole steps, `ceil` a begun
    step as well, `prorata` parts of a step. A target of 0 or less gives no result unless base is `points`.
    """
    far = actual - target if side == "over" else target - actual
    share = far / target if base == "relative" else far
    exact = share / step
    whole = {"floor": floor(exact), "ceil": ceiling(exact), "prorata": exact}[mode]
    given = whole * points
    if cap is not None:
        given = cases(
            (points < 0, greatest(given, -cap), "减分不超过上限"), otherwise=(least(given, cap), "加分不超过上限")
        )
    word = "超过目标" if side == "over" else "距目标差"
    sentence = "目标{target}，完成{actual}，" + word + "{whole}步，每步{points}分"
    none = (far <= 0, lift(0), "未超过目标" if side == "over" else "已达到目标")
    counted = (given, say(sentence, target=target, actual=actual, whole=whole, points=points))
    if base == "points":
        return cases(none, otherwise=counted)
    return cases((target <= 0, blank(), "目标值不大于0，无法按比例计算"), none, otherwise=counted)


@rule("XP_BAND", "分档取值")
def band(
    value: Number,
    bands: RisingBands,
    below: ResultNumber = lift(0),
    edge: Literal["at_least", "above"] = "at_least",
    counts: Literal["band", "marginal"] = "band",
) -> Expr:
    """Take the value of the highest band reached.

    bands: [limit, value] from low to high. below: what stands under the first limit. edge: `at_least`
    (以上) puts the limit into the upper band, `above` (超过) leaves it below. counts: `marginal` prices
    each part of the value at the rate of its own band and adds them up.
    """
    if counts == "marginal":
        return _marginal(value, bands, below)
    rows = [
        (
            value >= limit if edge == "at_least" else value > limit,
            given,
            say(
                "{value}" + ("达到" if edge == "at_least" else "超过") + "{limit}，取{given}",
                value=value,
                limit=limit,
                given=given,
            ),
        )
        for limit, given in reversed(bands)
    ]
    return cases(*rows, otherwise=(below, say("{value}未到最低一档，取{below}", value=value, below=below)))


def _marginal(value: Expr, bands: Bands, below: Expr) -> Expr:
    limits = [limit for limit, _ in bands]
    sums = least(value, limits[0]) * below
    for i, (limit, rate) in enumerate(bands):
        top = value if i + 1 == len(bands) else least(value, limits[i + 1])
        sums = sums + greatest(0, top - limit) * rate
    return sums


@rule("XP_RANKPOINTS", "名次加减分")
def rank_points(
    place: Number,
    field: Number,
    top: PlaceBands = (),
    bottom: PlaceBands = (),
    tied: Number = lift(1),
    shared: Bands = (),
) -> Expr:
    """Return points for places from both ends of a field.

    top: [place, points] from the first; bottom: [place, points] counted from the last. Both ends apply
    where the field is small; a field of one gives 0. tied: how many share this place; shared: [how
    many, points] for a first place that is shared (nothing for a number not listed).
    """
    from_last = field - place + 1
    high = cases(*((same(place, p), given, say("第{p}名", p=p)) for p, given in top), otherwise=(0, "不在前列"))
    low = cases(
        *((same(from_last, p), given, say("倒数第{p}名", p=p)) for p, given in bottom), otherwise=(0, "不在末位")
    )
    both_ends = high + low
    split = cases(
        *((same(tied, n), given, say("{n}家并列第一", n=n)) for n, given in shared), otherwise=(0, "并列情形未规定")
    )
    return cases(
        (field <= 1, lift(0), "参加排名的不足两家，不加减分"),
        (both(same(place, 1), tied > 1), split if shared else both_ends, "并列第一"),
        otherwise=(both_ends, say("{field}家中第{place}名", field=field, place=place)),
    )


@rule("XP_EVENSPLIT", "平均分配")
def even_split(total: Most, tasks: Number, done: Number = lift(1)) -> Expr:
    """Share points evenly over the tasks undertaken: total ÷ tasks × done; nothing where there is no task."""
    return cases(
        (tasks <= 0, blank(), "没有承担任务，本块不计"),
        otherwise=(total / tasks * done, say("{total}分由{tasks}项任务平均分配", total=total, tasks=tasks)),
    )


@rule("XP_PRODUCT", "连乘")
def product(factors: Numbers, digits: Number | None = None) -> Expr:
    """Multiply factors; digits: round half up once, at the end (money: 2)."""
    made = factors[0]
    for factor in factors[1:]:
        made = made * factor
    return made if digits is None else rounded(made, digits)


@rule("XP_COUNTPOINTS", "按个数计分")
def count_points(counts: Parts) -> Expr:
    """Add so many points for each of a count: projects, firms, accidents.

    counts: count and points for one, in turn. A count below 0 or with a fraction gives no result.
    """
    wrong = either(*(either(n < 0, negate(same(n, floor(n)))) for n, _ in counts))
    return cases(
        (wrong, blank(), "个数须为不小于0的整数"),
        otherwise=(reduce(lambda a, b: a + b, (n * points for n, points in counts)), "个数×每个的分值"),
    )
