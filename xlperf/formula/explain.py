"""The reason face: why a number is what it is, in the words of the rule and with the row's numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xlperf.formula.comparisons import SAID
from xlperf.formula.evaluate import awaited, of_row, taken
from xlperf.formula.expression import Expr, columns_of, link_of, needs, root
from xlperf.formula.links import Limit
from xlperf.formula.values import EXEMPT, Value, shown
from xlperf.formula.words import own, reworded, said

_SIGNS = {"add": "＋", "sub": "－", "mul": "×", "div": "÷"}
_COMPARES = {"gt": "＞", "ge": "≥", "lt": "＜", "le": "≤", "same": "＝"}
_NAMES = {
    "floor": "取整数部分", "ceiling": "向上取整", "least": "取小", "greatest": "取大",
    "both": "并且", "either": "或者", "negate": "非", "is_blank": "为空", "is_number": "是数字", "is_exempt": "不适用",
    "year": "年份", "month": "月份", "day": "日", "months_later": "若干月后",
    "in_words": "大写", "as_text": "写作文字", "joined": "连写",
}  # fmt: skip
_LINKED = {
    "via": "取自“{sheet}”的“{title}”",
    "pick": "取自“{sheet}”中各项都相符的一行的“{title}”",
    "total": "“{sheet}”中本行各条“{title}”之和（不适用的不计）",
    "count": "“{sheet}”中符合条件的条数",
    "tally": "“{sheet}”中同类有“{title}”的个数",
    "mean": "“{sheet}”中同类“{title}”的平均值",
}
_TIGHT = {"add": 1, "sub": 1, "mul": 2, "div": 2, "neg": 3}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one cell holds what it holds: the branches taken, and the arithmetic with its numbers.

    taken: the column whose value a choice hands on as it is, "" where none. stated: whether a condition met chose it.
    """

    because: tuple[str, ...]
    working: str
    taken: str = ""
    stated: bool = False

    def sentence(self) -> str:
        """Join the reason into one line."""
        return "；".join([*self.because, *([self.working] if self.working else [])])


def explain(e: Expr, row: Mapping[str, Value], titles: Mapping[str, str]) -> Reason:
    """Explain a cell from its row.

    row: column name → value of this row. titles: column name → heading, for links and conditions.
    """
    needed = awaited(e, row)
    for name in needed:
        if row.get(name) == EXEMPT:
            return Reason((f"“{titles.get(name, name)}”{EXEMPT}",), "")
    missing = [titles.get(name, name) for name in needed if row.get(name) is None]
    if missing:
        return Reason((own("还缺：{names}", names="、".join(missing)),), "")
    because: list[str] = []
    working = _working(e, row, titles, because)
    column, stated = handed_on(e, row)
    return Reason(tuple(filter(None, because)), working, column, stated)  # an inner choice may go without words


def handed_on(e: Expr, row: Mapping[str, Value]) -> tuple[str, bool]:
    """Return the column that the choices of a cell end in, "" where they end in anything else or nothing is chosen.

    Beside it whether a condition that the row meets chose it, and not that no other one is met.
    """
    chosen = stated = False
    bare = root(e)
    while bare.op in ("cases", "first"):
        if bare.op == "cases":
            given, _ = taken(bare, row)
            stated = stated or given is not bare.args[1][0]
        else:
            given = next((x for x in bare.args if of_row(x, row) is not None), bare.args[-1])
        chosen, bare = True, root(given)
    return (bare.args[0], stated) if chosen and bare.op == "col" else ("", stated)


def not_taken(e: Expr, row: Mapping[str, Value]) -> frozenset[str]:
    """Return the columns that only branches look at which the row does not take; none while a condition is open."""
    bare = root(e)
    if bare.op != "cases" or any(row.get(name) is None for name in needs(e)):
        return frozenset()
    branches, otherwise = bare.args
    given, _ = taken(bare, row)
    used = columns_of(given).union(*(columns_of(when) for when, _, _ in branches))
    others = (then for then in (*(then for _, then, _ in branches), otherwise[0]) if then is not given)
    return frozenset().union(*map(columns_of, others)) - used | not_taken(given, row)


def _working(e: Expr, row: Mapping[str, Value], titles: Mapping[str, str], because: list[str], outer: int = 0) -> str:
    def inside(x: Expr, tight: int = 0) -> str:
        return _working(x, row, titles, because, tight)

    match e.op, e.args:
        case "const", (value,):
            return own("空") if value is None else shown(value, 6)
        case "col", (name,):
            value = shown(row.get(name), 6)
            return f"{titles[name]} {value}" if name in titles else value
        case (("call" | "alone"), _):
            return inside(root(e), outer)
        case "cases", _:
            given, why = taken(e, row)
            because.append(_said(why, row))
            return inside(given, outer)
        case "first", xs:
            chosen = next((x for x in xs if of_row(x, row) is not None), xs[-1])
            return inside(chosen, outer)
        case "rounded", (x, n):
            return own("四舍五入({number}，{digits}位小数)", number=inside(x), digits=inside(n))
    return _link_words(e, row, titles) or _operation(e, inside, outer)


def _operation(e: Expr, write: Callable[..., str], outer: int) -> str:
    if e.op in _SIGNS:
        tight = _TIGHT[e.op]
        right = tight + (1 if e.op in ("sub", "div") else 0)
        text = f"{write(e.args[0], tight)}{_SIGNS[e.op]}{write(e.args[1], right)}"
        return f"（{text}）" if tight < outer else text
    if e.op == "neg":
        return f"－{write(e.args[0], _TIGHT['neg'])}"
    if e.op in _COMPARES:
        return f"{write(e.args[0])}{_COMPARES[e.op]}{write(e.args[1])}"
    return f"{own(_NAMES[e.op])}（{'，'.join(str(write(a)) for a in e.args)}）"


def _said(reason: Expr, row: Mapping[str, Value]) -> str:
    template, values = reason.args[:2]
    return said(str(template), **{name: _value_said(of_row(value, row)) for name, value in values})


def _value_said(value: Value) -> str:
    return reworded(value) if isinstance(value, str) else shown(value)


def _link_words(e: Expr, row: Mapping[str, Value], titles: Mapping[str, str]) -> str | None:
    link = link_of(e)
    if link is None:
        return None
    named = {
        "sheet": titles.get(link.sheet, link.sheet),
        "title": titles.get(f"{link.sheet}.{link.column}" if link.sheet else link.column, link.column),
    }
    if link.kind != "rank":
        limits = (_limit_words(link.sheet, limit, row, titles) for limit in link.limits)
        return own(_LINKED[link.kind], **named) + "".join(limits)
    way = own("从高到低") if link.order == "high" else own("从低到高")
    ties = own("并列的名次相同") if link.ties == "same" else own("并列的按名单顺序")
    return own("组内按“{title}”{way}排列，{ties}", way=way, ties=ties, **named)


def _limit_words(sheet: str, limit: Limit, row: Mapping[str, Value], titles: Mapping[str, str]) -> str:
    """Write what the rows looked at are held against: a column of this row by its heading."""
    value = limit.value
    mine = titles.get(value.args[0], value.args[0]) if value.op == "col" else shown(of_row(value, row), 6)
    there = titles.get(f"{sheet}.{limit.column}", limit.column)
    return own("，只看“{there}”{compares}本行“{mine}”的", there=there, compares=own(SAID[limit.order]), mine=mine)
