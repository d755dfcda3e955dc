"""Rules that look at a whole group: a pool shared to the cent, awards by places, the highest counted once.

Their parts that look at other rows are steps: hidden columns that the compiler lays (`engine.laid`). They have no
worksheet function, because one cell cannot hold what they look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from xlperf.formula.expression import (
    Expr,
    alone,
    blank,
    both,
    cases,
    col,
    count,
    either,
    floor,
    lift,
    negate,
    rank,
    refused,
    rounded,
    same,
    say,
    step,
    total,
)
from xlperf.formula.operations import REMAINDERS
from xlperf.formula.ratios import PLACES
from xlperf.formula.words import sentence
from xlperf.rules.registry import (
    Conditions,
    Match,
    NamedPlaces,
    Number,
    NumberColumn,
    NumberName,
    RankedName,
    Result,
    Step,
    TheirNumber,
    Theirs,
    rule,
)


@rule("", "按权重分配")
def shared_out(pool: Number, weight: NumberName, within: Match, unit: Step) -> Expr:
    """Share a pool among the rows of a group by their weights, so that the parts add up to it exactly.

    pool: what is shared, the same in every row of the group. weight: the column of weights; 0 takes no part. within:
    which rows share it, `{group: group}` or `{}` for all. unit: the smallest part (0.01 yuan, 1 place). Each row
    gets its whole units; what is left goes unit by unit to the largest remainders (最大余数法, six decimals), ties by
    the order of the list. Nothing is shared while a weight is blank. Weights that add up to nothing, a negative one
    (SHARE_WEIGHTLESS), or a pool that is no whole number of units (SHARE_NOT_WHOLE) give nothing and are told.
    """
    mine = col(weight)
    weights = step("权重合计", total("", weight, within, "stop"))
    units = pool / unit
    due = step(
        "应得份数", cases((weights <= 0, blank(), ""), otherwise=(rounded(units * mine / weights, REMAINDERS), ""))
    )
    whole = step("先得份数", floor(due))
    seat = step("余数次序", rank(step("余数", rounded(due - whole, REMAINDERS)), within, ties="list"))
    left = step("余下份数", rounded(units, 0) - step("先得份数合计", total("", whole, within)))
    words = "权重{mine}÷合计{weights}，应得{due}份，先得{whole}份；余下{left}份，余数排第{seat}，"
    said = {"mine": mine, "weights": weights, "due": due, "whole": whole, "left": left, "seat": seat}
    given = cases(
        (seat <= left, (whole + 1) * unit, say(words + "再得1份", **said)),
        otherwise=(whole * unit, say(words + "不再得", **said)),
    )
    return cases(
        (either(weights <= 0, mine < 0), blank(), refused("SHARE_WEIGHTLESS", "权重须大于0，现合计为{w}", w=weights)),
        (
            negate(same(units, rounded(units, 0))),
            blank(),
            refused("SHARE_NOT_WHOLE", "总额{pool}不是{unit}的整倍数", pool=pool, unit=unit),
        ),
        otherwise=(alone(given), ""),
    )


@rule("", "按名额定奖")
def awarded(
    by: RankedName,
    within: Match,
    places: NamedPlaces,
    otherwise: Result = blank(),
    barred: Conditions = (),
    least: Number | None = None,
    slots: Literal["refill", "keep"] = "refill",
    ties: Literal["list", "told", "every"] = "list",
    order: Literal["high", "low"] = "high",
) -> Expr:
    """Return the award of a row: so many places for each award, in order, among the rows of its group.

    by: the column that is ranked. order: `high` puts the largest first, `low` the smallest. within: the group. places:
    [award, how many] from the highest award. otherwise: what the others have. barred: conditions; whoever meets one has
    no award. least: the least (with `order: low` the most) that `by` must be. slots: `refill` lets the next take the
    place of whoever is barred or below the least (递补), `keep` leaves that place empty (空缺). ties: where a tie
    stands at the edge of an award, `list` goes by the order of the list, `every` gives it to all, `told` gives it to
    none and says so (AWARD_TIED).
    """
    mine = col(by)
    out = list(barred)
    if least is not None:
        out.append((mine < least if order == "high" else mine > least, sentence("成绩未到最低要求")))
    key = rounded(mine, PLACES)
    if slots == "refill" and out:
        key = cases(*((holds, blank(), "不参评") for holds, _ in out), otherwise=(key, "参评"))
    place = step("参评名次", rank(step("参评成绩", key), within, order, ties="list" if ties == "list" else "same"))
    given = _by_place(place, within, places, otherwise, left_open=ties == "told")
    if not out:
        return given
    refusals = ((holds, otherwise, say("不评：{condition}", condition=said)) for holds, said in out)
    return cases(*refusals, otherwise=(alone(given), ""))


def _by_place(place: Expr, within: Match, places: NamedPlaces, otherwise: Expr, *, left_open: bool) -> Expr:
    """Return the award of a place. left_open: whether a tie at the edge of an award is left to people."""
    tied = step("并列个数", count("", {**within, place: place})) if left_open else lift(1)
    edges, named = [], []
    last: Expr = lift(0)
    for award, many in places:
        last = last + many
        why = {"place": place, "tied": tied, "last": last, "award": award}
        at_edge = both(place <= last, place + tied - 1 > last)
        edges.append((at_edge, blank(), refused("AWARD_TIED", "{tied}个并列第{place}名，{award}只到第{last}名", **why)))
        named.append((place <= last, award, say("参评第{place}名，{award}到第{last}名止", **why)))
    beyond = (otherwise, say("参评第{place}名，在名额之外", place=place))
    return cases(*(edges if left_open else []), *named, otherwise=beyond)


@rule("", "同一事项就高")
def best_of(
    of: NumberColumn,
    where: Match,
    once: Theirs = (),
    by: TheirNumber | None = None,
    order: Literal["high", "low"] = "high",
) -> Expr:
    """Add points of a ledger, of several entries for one matter only the highest; ties by the order of the ledger.

    of: the points. where: which entries belong here, with conditions (passed, within the window): an entry that does
    not meet them takes no part. once: columns of the ledger that say what one matter is; without them one entry counts
    in all. by: the column of the ledger that says which is highest (a level), else the points. order: `low` where 1 is
    the highest level. Nothing comes out while the points of an entry that counts are blank.
    """
    sheet, points = of
    ranked = rounded(col(by or points), PLACES)
    grouped = {name: col(name) for name in once}
    gates: list[Expr] = []
    for left, value in where.items():
        there = left if isinstance(left, Expr) else col(left)
        if value.op == "const":
            gates.append(same(there, value))
        else:
            grouped[left] = there
    key = cases((negate(both(*gates)), blank(), "不在计分范围"), otherwise=(ranked, "")) if gates else ranked
    seat = step("就高次序", rank(step("就高依据", key), grouped, order, ties="list"))
    counted: Mapping[Any, Expr] = {**where, seat: lift(1)}
    return total(sheet, points, counted, "stop")
