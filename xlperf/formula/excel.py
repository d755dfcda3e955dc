"""The formula face: an expression as Excel text, native functions only unless asked otherwise.

Only functions that exist since Excel 2010 and that WPS and LibreOffice share are written: no LET,
XLOOKUP, MAXIFS, TEXTJOIN, no dynamic arrays, no whole columns. Every formula starts with a guard
that leaves the cell empty while a needed cell is empty, so a half-filled workbook shows no errors.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Protocol

from xlperf.formula.calls import call_text
from xlperf.formula.expression import Expr, exempting, link_of, needs, root
from xlperf.formula.links import LINKS, Limit, Link, Match, Order
from xlperf.formula.operations import ATOM, COMPARE, OPERATIONS
from xlperf.formula.ratios import PLACES
from xlperf.formula.values import EXEMPT, Value, decimal, number

Range = str
ANY_NUMBER = ">=-1E+300"  # a criterion that every number meets and no text or empty cell does
LONGEST_TEXT = 255  # characters that a text in a formula, or a criterion, may have
_WILD = re.compile(r"[~*?]")


class Addresses(Protocol):
    """Where things stand, for one row of one sheet; `workbook.layout` answers."""

    def cell(self, name: str) -> str:
        """Return the address of a column in this row."""
        ...

    def is_text(self, name: str) -> bool:
        """Return whether a column of this sheet holds text."""
        ...

    def is_clean(self, name: str) -> bool:
        """Return whether a column holds typed values or text, so free of binary noise."""
        ...

    def is_filled(self, name: str) -> bool:
        """Return whether a column of this sheet can never be empty."""
        ...

    def may_be_exempt(self, name: str) -> bool:
        """Return whether a column of this sheet may hold 不适用."""
        ...

    def whole(self, sheet: str, name: str) -> Range:
        """Return the bounded, absolute range of a column."""
        ...

    def keys(self, sheet: str) -> Range:
        """Return the range of a sheet's key column."""
        ...

    def linked(self, key: str, sheet: str, name: str) -> str | None:
        """Return the one cell that `key` of this row leads to, where the roster is fixed."""
        ...

    def computed(self, sheet: str, name: str) -> bool:
        """Return whether a column holds formulas (an empty one is then "" and not an empty cell)."""
        ...

    def block(self, sheet: str, name: str, match: Match) -> tuple[Range, Match, Addresses] | None:
        """Return the rows of a fixed roster that belong to this row, and what is left to match."""
        ...

    def above(self, name: str) -> Range:
        """Return the range from the header down to the row above, for ties by list order."""
        ...


def formula(e: Expr, at: Addresses, *, native: bool = True) -> str:
    """Write the formula of a cell, without the leading `=`.

    native: False writes a rule call as `XP_…(…)`, for where the add-in is installed, if it can be written so.
    A look at other rows stays native.
    """
    called = None if native else _called(e, at)
    return _guarded(e, _text(e, at) if called is None else called, at)


def ambiguous(texts: Iterable[str]) -> list[str]:
    """List the texts that SUMIFS, COUNTIFS or MATCH may take for another one, in the order given.

    Keys and groups are compared there as criteria: `*`, `?` and `~` are wild, a leading `<`, `>` or `=`
    is an operator, and texts that read as one number of 15 digits are one (001 and 1, two long
    identity numbers). Nothing in a formula can prevent it, so such texts must not be keys.
    """
    given = list(dict.fromkeys(texts))
    fifteen = Context(prec=15)
    readings: dict[Decimal, list[str]] = defaultdict(list)
    for text in given:
        found = number(unicodedata.normalize("NFKC", text).replace(",", ""))
        if found is not None:
            readings[fifteen.divide(Decimal(found.numerator), Decimal(found.denominator))].append(text)
    alike = {text for same in readings.values() if len(same) > 1 for text in same}
    return [t for t in given if t in alike or _WILD.search(t) or t[:1] in ("<", ">", "=") or len(t) > LONGEST_TEXT]


def constant_text(value: Value) -> str:
    """Write a constant as it stands in a formula."""
    if value is None:
        return '""'
    if isinstance(value, str):
        pieces = [value[i : i + LONGEST_TEXT] for i in range(0, len(value), LONGEST_TEXT)] or [""]
        quoted = "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
        return quoted if len(pieces) == 1 else f"({quoted})"
    text = decimal(value)
    return text if "/" not in text and len(text) <= 16 else f"({value.numerator}/{value.denominator})"


def _guarded(e: Expr, text: str, at: Addresses) -> str:
    needed = [name for name in needs(e) if not at.is_filled(name)]
    texts = [f'{at.cell(n)}=""' for n in needed if at.is_text(n)]
    numbers = [at.cell(n) for n in needed if not at.is_text(n)]
    empty = [*texts, *([f"COUNT({','.join(numbers)})<{len(numbers)}"] if numbers else [])]
    if empty:
        text = f'IF({_any(empty)},"",{text})'
    exempt = [f'{at.cell(n)}="{EXEMPT}"' for n in exempting(e) if at.may_be_exempt(n)]
    if exempt:
        text = f'IF({_any(exempt)},"{EXEMPT}",{text})'
    return text


def _any(conditions: Sequence[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"OR({','.join(conditions)})"


def _text(e: Expr, at: Addresses, outer: int = 0) -> str:
    match e.op, e.args:
        case "const", (value,):
            text = constant_text(value)
            negative = isinstance(value, Fraction) and value < 0
            return f"({text})" if negative and outer else text
        case "col", (name,):
            return at.cell(name)
        case "call", (_, _, body):
            return _text(body, at, outer)
        case "alone", (_, x):
            return _alone_text(x, at)
        case "cases", (branches, (otherwise, _)):
            text = _text(otherwise, at)
            for when, then, _ in reversed(branches):
                text = f"IF({_text(when, at)},{_text(then, at)},{text})"
            return text
        case "first", _:
            return _first_text([_text(a, at) for a in e.args], e.args[-1])
    return _link_text(e.args[0], at) if e.op in LINKS else _operation(e, at, outer)


def _operation(e: Expr, at: Addresses, outer: int) -> str:
    row = OPERATIONS[e.op]
    if row.binds == ATOM:
        inner = [_text(a, at) for a in e.args]
    else:  # a - (b - c), a / (b / c): the right side binds one step tighter
        after = 1 if e.op in ("sub", "div") else 0
        inner = [_text(a, at, row.binds + (after if i else 0)) for i, a in enumerate(e.args)]
    if row.takes_clean:
        raw = [_text(a, at) for a in e.args]
        inner = [t if _is_clean(a, at) else f"ROUND({r},{PLACES})" for a, t, r in zip(e.args, inner, raw, strict=True)]
    text = row.excel.format(*inner, all=",".join(inner))
    return f"({text})" if row.binds < outer else text


def _is_clean(e: Expr, at: Addresses) -> bool:
    match e.op, e.args:
        case "const", (value,):
            return not isinstance(value, Fraction) or 10**PLACES % value.denominator == 0
        case "col", (name,):
            return at.is_clean(name)
        case (("call" | "alone"), _):
            return _is_clean(root(e), at)
        case (("first" | "least" | "greatest" | "neg"), xs):
            return all(_is_clean(x, at) for x in xs)
    return e.op in OPERATIONS and not OPERATIONS[e.op].keeps_noise


def _first_text(texts: list[str], last: Expr) -> str:
    text = texts[-1] if last.op == "const" else f'IF({texts[-1]}="","",{texts[-1]})'
    for choice in reversed(texts[:-1]):
        text = f'IF({choice}="",{text},{choice})'
    return text


def _alone_text(x: Expr, at: Addresses) -> str:
    """Write what a branch gives behind a guard of its own; a cell by itself shows 不适用 as it stands."""
    if x.op == "col":
        cell = at.cell(x.args[0])
        return cell if at.is_filled(x.args[0]) else f'IF({cell}="","",{cell})'
    return _guarded(x, _text(x, at), at)


def _called(e: Expr, at: Addresses) -> str | None:
    """Write a rule call as one function; a cell the guard does not ask about is passed as "" where empty.

    (An empty cell reaches a function as 0 in some programs.)
    """
    if e.op != "call" or link_of(e) is not None:
        return None
    name, bound, _ = e.args
    guarded = frozenset(needs(e))

    def write(x: Expr) -> str:
        text = _text(x, at)
        if x.op != "col" or x.args[0] in guarded or at.is_filled(x.args[0]):
            return text
        return f'IF({text}="","",{text})'

    return call_text(name, bound, write, at.cell)


# ---- links ----------------------------------------------------------------------------------------


def _link_text(link: Link, at: Addresses) -> str:
    match link.kind:
        case "via":
            return _via_text(link, at)
        case "pick":
            return _pick_text(link, at)
        case "total":
            return _total_text(link, at)
        case "rank":
            return _rank_text(link, at)
    criteria = _criteria(link, link.match, at, at)
    if link.kind == "count":  # a ledger has rows nobody used yet
        return f"COUNTIFS({criteria})" if criteria else f'SUMPRODUCT(--({at.keys(link.sheet)}<>""))'
    values = at.whole(link.sheet, link.column)
    if link.kind == "tally":
        return f'COUNTIFS({criteria},{values},"{ANY_NUMBER}")' if criteria else f"COUNT({values})"
    if link.kind == "mean":
        mean = f"AVERAGEIFS({values},{criteria})" if criteria else f"AVERAGE({values})"
        return f'IFERROR({mean},"")'
    raise NotImplementedError(link.kind)


def _via_text(link: Link, at: Addresses) -> str:
    fixed = at.linked(link.key, link.sheet, link.column)
    computed = at.computed(link.sheet, link.column)
    if fixed is not None:
        return fixed if computed else f'IF({fixed}="","",{fixed})'
    key = at.cell(link.key)
    found = f"INDEX({at.whole(link.sheet, link.column)},MATCH({key},{at.keys(link.sheet)},0))"
    text = f'IFERROR({found},"")' if computed else f'IFERROR(IF({found}="","",{found}),"")'
    return text if at.is_filled(link.key) else f'IF({key}="","",{text})'  # MATCH takes an empty cell for 0


def _rows(link: Link, at: Addresses) -> tuple[Range, Match, Addresses, bool]:
    """Return the range a look takes, what is left to match, whose ranges these are, whether all rows stand together."""
    block = at.block(link.sheet, link.column, link.match)
    return (*block, True) if block is not None else (at.whole(link.sheet, link.column), link.match, at, False)


def _pick_text(link: Link, at: Addresses) -> str:
    """Write the cell of the one row that matches: by its position, which SUMPRODUCT adds up where there is one."""
    values, rest, ranges, _ = _rows(link, at)
    computed = at.computed(link.sheet, link.column)
    if not rest and not link.limits and ":" not in values:
        return values if computed else f'IF({values}="","",{values})'
    match_ = rest if rest or link.limits else link.match
    tests = "*".join(
        [f"({ranges.whole(link.sheet, n)}={_text(v, at, COMPARE + 1)})" for n, v in match_]
        + [t for limit in link.limits for t in _limit_tests(ranges.whole(link.sheet, limit.column), limit, at)]
    )
    first = values.partition(":")[0]
    position = f"SUMPRODUCT({tests}*(ROW({values})-ROW({first})+1))"
    found = f"INDEX({values},{position})"
    text = found if computed else f'IF({found}="","",{found})'
    return f'IF(COUNTIFS({_criteria(link, match_, ranges, at)})=1,{text},"")'


SIGNS: dict[Order, str] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "differs": "<>"}


def _criteria(link: Link, match: Match, ranges: Addresses, at: Addresses) -> str:
    """Write what is matched, and the limits of a look, as SUMIFS and COUNTIFS take them."""
    pairs = [(name, _criterion(value, at)) for name, value in match]
    for limit in link.limits:
        pairs.append((limit.column, f'"{SIGNS[limit.order]}"&{_compared(limit.value, at)}'))
        if limit.order == "differs":  # of all that differs neither empty cells nor, among numbers, 不适用
            pairs.append((limit.column, '"?*"' if _is_text(limit.value, at) else f'"{ANY_NUMBER}"'))
    return ",".join(f"{ranges.whole(link.sheet, name)},{text}" for name, text in pairs)


def _limit_tests(range_: Range, limit: Limit, at: Addresses) -> list[str]:
    """Write a limit as products of SUMPRODUCT, which take a text for more than any number."""
    test = f"({range_}{SIGNS[limit.order]}{_compared(limit.value, at)})"
    known = f'({range_}<>"")' if _is_text(limit.value, at) else f"ISNUMBER({range_})"
    return [known, test]


def _compared(value: Expr, at: Addresses) -> str:
    return _text(value, at, COMPARE + 1) if _is_clean(value, at) else f"ROUND({_text(value, at)},{PLACES})"


def _is_text(value: Expr, at: Addresses) -> bool:
    return at.is_text(value.args[0]) if value.op == "col" else isinstance(value.args[0], str)


def _criterion(value: Expr, at: Addresses) -> str:
    """Write what SUMIFS and COUNTIFS compare with; in a constant `>`, `*` and `?` stand for themselves."""
    if value.op == "const" and isinstance(value.args[0], str):
        return constant_text("=" + _WILD.sub(r"~\g<0>", value.args[0]))
    return _text(value, at)


def _total_text(link: Link, at: Addresses) -> str:
    values, rest, ranges, together = _rows(link, at)
    criteria = _criteria(link, rest, ranges, at)
    summed = f"SUMIFS({values},{criteria})" if criteria else f"SUM({values})"
    if link.blanks != "stop":
        return summed
    if criteria:
        empty = f'COUNTIFS({criteria},{values},"")'
    else:  # of all rows only those that are used
        empty = f"COUNTBLANK({values})" if together else f'SUMPRODUCT(({at.keys(link.sheet)}<>"")*({values}=""))'
    return f'IF({empty}>0,"",{summed})'


def _rank_text(link: Link, at: Addresses) -> str:
    key = at.cell(link.column)
    own = [f"ISNUMBER({key})"]
    own += [f"{at.cell(n)}={_text(v, at)}" for n, v in link.match if v != Expr("col", (n,))]
    pairs = [(n, _criterion(v, at)) for n, v in link.match]
    sign = ">" if link.order == "high" else "<"
    better = ",".join([*(f"{at.whole('', n)},{v}" for n, v in pairs), f'{at.whole("", link.column)},"{sign}"&{key}'])
    place = f"1+COUNTIFS({better})"
    if link.ties == "list":
        earlier = ",".join([*(f"{at.above(n)},{v}" for n, v in pairs), f"{at.above(link.column)},{key}"])
        place += f"+COUNTIFS({earlier})"
    condition = own[0] if len(own) == 1 else f"AND({','.join(own)})"
    return f'IF({condition},{place},"")'
