"""Tiers, honours and places, and what they pay."""

from __future__ import annotations

from typing import Literal

from xlperf.formula.expression import Expr, blank, both, cases, greatest, least, lift, negate, same, say
from xlperf.formula.values import NO, YES
from xlperf.rules.registry import AwardBands, Bands, NamedBands, Number, Numbers, Result, Text, rule
from xlperf.rules.steps import product


@rule("XP_TIER", "达到的档")
def tier(done: Numbers, counts: Literal["cumulative", "alone"] = "cumulative") -> Expr:
    """Return the number of the highest tier whose targets are all done; 0 where not even the first is.

    done: for each tier, from the lowest, the share of its targets done (1 = all). counts: `cumulative`
    asks for every tier below as well (在此基础上), `alone` looks at each tier by itself.
    """
    if counts == "alone":
        held = [(share >= 1, i, say("第{tier}档全部完成", tier=i)) for i, share in reversed(list(enumerate(done, 1)))]
        return cases(*held, otherwise=(0, "没有一档全部完成"))
    missed = [(share < 1, i, say("第{tier}档没有全部完成", tier=i + 1)) for i, share in enumerate(done)]
    return cases(*missed, otherwise=(len(done), "各档全部完成"))


@rule("XP_HIGHEST", "就高计分")
def highest(entries: Bands, by: Literal["level", "points"] = "level", share: Number = lift(1)) -> Expr:
    """Count only the highest of several honours for one matter; 0 where there is none.

    entries: [level, points] in any order. by: `level` takes the points of the highest level (most where
    several are of it), `points` the most points. share: what part counts, 50% where they are halved.
    """
    if not entries:
        return lift(0) * share
    points = [given for _, given in entries]
    if by == "points":
        return greatest(*points) * share
    top, low = greatest(*(level for level, _ in entries)), least(*points)
    sentence = "级别{level}最高，可取{given}"
    at_top = [
        cases((same(level, top), given, say(sentence, level=level, given=given)), otherwise=(low, "不是最高级别，不取"))
        for level, given in entries
    ]
    return greatest(*at_top) * share


@rule("XP_AWARD", "按名次定奖")
def award(place: Number, places: AwardBands, otherwise: Result = blank(), eligible: Text = lift(YES)) -> Expr:
    """Return the award (or its money) for a place; `otherwise` beyond the last place or where not eligible.

    places: [last place, award] from the first: [1, 一等奖], [3, 二等奖] gives 二等奖 to places 2 and 3.
    eligible: 是, or anything else where a veto or a punishment stands in the way.
    """
    barred = (negate(same(eligible, YES)), otherwise, "不具备评奖资格")
    named = [(place <= last, given, say("第{place}名，{given}", place=place, given=given)) for last, given in places]
    return cases(barred, *named, otherwise=(otherwise, say("第{place}名，在名额之外", place=place)))


@rule("XP_ATEND", "列入前几名", "text")
def at_end(
    place: Number,
    opposite: Number,
    size: Number,
    places: Number,
    more_than: Number = lift(1),
    seat: Number | None = None,
    small: Literal["nearer", "every"] = "nearer",
    tied: Literal["none", "every"] = "none",
) -> Expr:
    """Return whether a unit is among the first (or the last) so many of its class: 是 or 否.

    place: counted from the end that is asked for; opposite: the place counted from the other end; both give
    ties the same place. size: how many are ranked. places: how many the end takes in. more_than: a class of
    so many or fewer has no ends. seat: the order that fills the places where ties must be broken. small: where
    the two ends of a small class overlap, `nearer` gives a unit to the end it is nearer to (the middle to none),
    `every` to both. tied: whether a class in which all are equal has `every` unit at its ends or `none`.
    """
    reached = place if seat is None else seat
    rows = [
        (
            size <= more_than,
            NO,
            say("本类参加排名的{size}家，不多于{more_than}家，不分前后", size=size, more_than=more_than),
        )
    ]
    if tied == "none":
        rows.append(
            (both(size > 1, same(place, 1), same(opposite, 1)), NO, say("本类{size}家全部并列，不分前后", size=size))
        )
    rows.append((reached > places, NO, say("第{reached}名，不在{places}名之内", reached=reached, places=places)))
    if small == "nearer":
        sentence = say("这头第{place}名，那头第{opposite}名，不靠这一头", place=place, opposite=opposite)
        rows.append((both(place > 1, place >= opposite), NO, sentence))
    return cases(*rows, otherwise=(YES, say("第{reached}名，在{places}名之内", reached=reached, places=places)))


@rule("XP_COEFFICIENT", "系数")
def coefficient(grade: Text, table: NamedBands, addon: Number = lift(0)) -> Expr:
    """Look a grade up in a table of coefficients and add an add-on; nothing where the grade is not listed.

    table: [grade, coefficient] in any order. addon: added to the coefficient, not multiplied.
    """
    sentence = "“{grade}”系数{given}，另加{addon}"
    rows = [
        (same(grade, name), given + addon, say(sentence, grade=grade, given=given, addon=addon))
        for name, given in table
    ]
    return cases(*rows, otherwise=(blank(), say("系数表中没有“{grade}”", grade=grade)))


@rule("XP_PAY", "绩效工资")
def pay(
    base: Number,
    multiple: Number,
    share: Number,
    coefficient: Number,
    digits: Number,
    addon: Number = lift(0),
) -> Expr:
    """Work out pay: base × multiple × share × (coefficient + add-on), rounded half up once, at the end.

    multiple: of the tier. share: of the score, 95% for 95 of 100. digits: decimals kept.
    """
    return product.build(factors=(base, multiple, share, coefficient + addon), digits=digits)
