"""Judge one cell that somebody filled: what stands there becomes a value, or a problem that says why not.

Only what can be meant in one way alone is read, and then with a note; the rest is asked about. Blank, 0 and
不适用 stay three things.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from xlperf.engine.plan import Column, Row
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import columns_of
from xlperf.formula.operations import equal
from xlperf.formula.values import EXEMPT, Value, day_number, decimal, from_float, half_up, number, shown
from xlperf.problems import Problem, Where, Word, problem, word

Raw = str | int | float | bool | date | datetime | None

LONGEST = 32_000  # characters of free text that a spreadsheet cell still takes with room for a mark
_ERRORS = re.compile(r"#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!)|Err:\d+", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_POWER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)e[+-]?\d+\Z", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)\Z", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})\s*[日号]?\Z", re.ASCII)
_POINTS = re.compile(r"[得加减扣评]分(?!率|比)|分[值数]")  # a heading of a column that holds points
_LIKE_ZERO = re.compile(r"(?=.*\d)[\dOo]+(\.[\dOo]+)?\Z", re.ASCII)
_CHINESE_POINT = re.compile(r"\d+。\d+\Z", re.ASCII)
_DIGITS = "零一二三四五六七八九"
_SPOKEN = re.compile(  # 三百零五, 三百二十, 九十五, 十五, 九; not 九五 or 二百五, which may mean two numbers
    "(?:(?P<hundreds>[一二三四五六七八九])百(?:零(?P<rest>[一二三四五六七八九]))?)?"
    "(?P<ten>(?P<tens>[一二三四五六七八九])?十)?(?P<ones>[零一二三四五六七八九])?\\Z"
)
_NOTHING = ("/", "-", "—", "——", "无", "－", "／")
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Asked:
    """A cell to be judged: the column, the facts of its row, the place, and the keys it may offer."""

    column: Column
    row: Row
    where: Where
    offered: Collection[str] = field(default_factory=tuple)
    names: Mapping[str, str] = field(default_factory=dict)

    def tell(self, code: str, **values: object) -> Problem:
        """Make a problem of this cell."""
        return problem(code, self.where, title=self.column.title, **values)


Judged = tuple[Value, list[Problem]]


def judge(asked: Asked, raw: Raw, data_type: str = "", formula: str = "", percent: bool = False) -> Judged:
    """Judge one cell; the value is None where a problem is an error or the cell is empty.

    raw: what the reader gave. data_type: the spreadsheet's type letter (`e` is an error value). formula:
    its text where the cell holds one. percent: whether the cell is formatted as a percentage.
    """
    column = asked.column
    if formula:
        code = "FORMULA_IN_TEXT" if column.holds == "text" else "FORMULA_IN_INPUT"
        code = "PICTURE_IN_CELL" if "DISPIMG" in formula.upper() else code
        return None, [asked.tell(code, found=formula)]
    if data_type == "e" or (column.holds != "text" and isinstance(raw, str) and _ERRORS.match(raw.strip())):
        return None, [asked.tell("CELL_ERROR", found=raw)]
    if raw is None or (isinstance(raw, str) and not _bare(raw)):
        return _empty(asked)
    if not _is_asked(asked):
        return None, [asked.tell("NOT_ASKED", found=raw)]
    if column.holds == "text":
        return _text(asked, raw)
    if isinstance(raw, str) and _bare(raw) == EXEMPT:
        return (EXEMPT, []) if column.exempt else (None, [asked.tell("EXEMPT_NOT_ALLOWED", found=EXEMPT)])
    if column.holds == "date":
        return _date(asked, raw)
    return _number(asked, raw, percent)


def limit_problems(asked: Asked, value: Fraction) -> list[Problem]:
    """Hold a number against the decimals and limits of its column."""
    column = asked.column
    told = []
    if column.decimals is not None and half_up(value, column.decimals) != value:
        told.append(asked.tell("PRECISION", found=shown(value, 12), decimals=column.decimals))
    low, high = limits(column, asked.row)
    if (low is not None and value < low) or (high is not None and value > high):
        told.append(asked.tell("OUT_OF_RANGE", found=shown(value, 12), limits=_span(low, high)))
    return told


def limits(column: Column, row: Row) -> tuple[Fraction | None, Fraction | None]:
    """Return the smallest and largest number that may stand in a row's cell, None where there is no limit."""
    found = []
    for e in (column.low, column.high):
        known = e is not None and all(name in row for name in columns_of(e))
        value = of_row(e, row) if e is not None and known else None
        found.append(value if isinstance(value, Fraction) else None)
    return found[0], found[1]


def is_asked(column: Column, row: Row) -> bool:
    """Tell whether a row asks for this column at all."""
    if column.asked is None:
        return True
    return bool(of_row(column.asked, {name: row.get(name) for name in columns_of(column.asked)}))


def _is_asked(asked: Asked) -> bool:
    return is_asked(asked.column, asked.row)


def _empty(asked: Asked) -> Judged:
    missing = asked.column.required and _is_asked(asked)
    return None, [asked.tell("MISSING")] if missing else []


def _bare(text: str) -> str:
    """Return text without what cannot be seen, full-width signs made narrow."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def _span(low: Fraction | None, high: Fraction | None) -> str:
    if low is None or high is None:
        return f"≥{shown(low, 12)}" if low is not None else f"≤{shown(high, 12)}"
    return f"{shown(low, 12)}～{shown(high, 12)}"


# ---- numbers -----------------------------------------------------------------------------------


def _number(asked: Asked, raw: Raw, percent: bool) -> Judged:
    if isinstance(raw, bool | date):
        return None, [asked.tell("WRONG_TYPE", found=raw, wanted=word("数"))]
    if isinstance(raw, str):
        return _from_text(asked, raw)
    if raw is None or not math.isfinite(raw):
        return None, [asked.tell("NOT_FINITE", found=raw)]
    value = from_float(raw)
    if percent and _measure(asked) == "%":  # 60 % is meant, and 0.6 is stored
        meant = shown(value * 100, 12)
        return _limited(asked, value * 100, [asked.tell("READ_AS", found=f"{meant}%", value=meant)])
    if percent or _like_percent(asked, value):
        found = f"{shown(value * 100, 12)}%" if percent else shown(value, 12)
        return None, [asked.tell("PERCENT_AMBIGUOUS", found=found)]
    return _limited(asked, value, [])


def _measure(asked: Asked) -> str:
    """Return what a number here is counted in: points where points are asked for, else the measure of the row."""
    points = asked.column.high is not None or _POINTS.search(asked.column.title)
    return "分" if points else asked.column.measure or str(asked.row.get("measure") or "")


def _like_percent(asked: Asked, value: Fraction) -> bool:
    """Tell whether a share between 0 and 1 stands where marks up to 100 or more are asked for."""
    high = limits(asked.column, asked.row)[1]
    return high is not None and high >= 100 and 0 < value < 1


def _from_text(asked: Asked, raw: str) -> Judged:
    bare = _bare(raw)
    plain = bare.removesuffix(_measure(asked)).strip()
    if _NOT_FINITE.match(bare) or (_POWER.match(bare) and not math.isfinite(float(bare))):
        return None, [asked.tell("NOT_FINITE", found=raw)]
    if bare.endswith("%") and _measure(asked) != "%":
        return None, [asked.tell("PERCENT_AMBIGUOUS", found=raw)]
    value = number(plain) if _PLAIN.match(plain) else None
    if value is None:
        return None, [asked.tell("NOT_A_NUMBER", found=raw, suggestion=_suggestion(asked, bare))]
    if _like_percent(asked, value):
        return None, [asked.tell("PERCENT_AMBIGUOUS", found=raw)]
    return _limited(asked, value, [asked.tell("READ_AS", found=raw, value=shown(value, 12))])


def _limited(asked: Asked, value: Fraction, notes: list[Problem]) -> Judged:
    told = limit_problems(asked, value)
    return (None, notes + told) if told else (value, notes)


def _suggestion(asked: Asked, bare: str) -> Word:
    """Say what to do, with a number only where nothing else can have been meant; nothing is read from it."""
    low, high = limits(asked.column, asked.row)
    if bare in _NOTHING:
        return word("没有得分的填0；不参评的请与考核办公室联系")
    if bare in ("满分", "全部得分") and high is not None:
        return word("填{number}", number=shown(high, 12))
    meant = _meant(bare.removesuffix(_measure(asked)).strip())
    if meant is not None and (low is None or meant >= low) and (high is None or meant <= high):
        return word("填{number}", number=shown(meant, 12))
    advice = next((advice for pattern, advice in ADVICE if pattern.search(bare)), "只填一个数，用阿拉伯数字")
    if low is None and high is None:
        return word(advice)
    return word(f"{advice}，范围是{{limits}}", limits=_span(low, high))


ADVICE = (  # what to do about a text that may mean more than one number
    (re.compile(r"\d,\d|\d、\d"), "去掉逗号，把整个数连写；小数点用“.”"),
    (re.compile("[万亿千]"), "不写“万”“亿”，按表中的单位换算成完整的数"),
    (re.compile(r"\de[+-]?\d", re.IGNORECASE), "不用科学记数法，写完整的数"),
    (re.compile(r"\d\s*[/÷×*+]\s*\d"), "算出结果，填一个数"),
    (re.compile(r"[(（]"), "只填一个数，说明写在说明栏或附件里"),
)


def _meant(bare: str) -> Fraction | None:
    """Read what can be one number alone: a Chinese numeral, 。for a point, the letter O for 0."""
    spoken = _spoken_number(bare)
    if spoken is not None:
        return Fraction(spoken)
    if _CHINESE_POINT.match(bare):
        return number(bare.replace("。", "."))
    return number(bare.replace("O", "0").replace("o", "0")) if _LIKE_ZERO.match(bare) else None


def _spoken_number(text: str) -> int | None:
    """Read a Chinese numeral up to 999; None where it is none, or may mean two numbers."""
    found = _SPOKEN.match(text.replace("两", "二"))
    if not text or found is None or (found["hundreds"] and found["ones"] and not found["ten"]):
        return None
    if found["rest"] and (found["ten"] or found["ones"]):
        return None
    hundreds, tens, ones = (_DIGITS.index(found[n] or "零") for n in ("hundreds", "tens", "ones"))
    ones += _DIGITS.index(found["rest"] or "零")
    return hundreds * 100 + (tens or (1 if found["ten"] else 0)) * 10 + ones


# ---- text and dates ----------------------------------------------------------------------------


def _text(asked: Asked, raw: Raw) -> Judged:
    column = asked.column
    text = _as_text(raw)
    if column.choices:
        bare = _bare(text)
        if bare in column.choices:
            return bare, []
        return None, [asked.tell("NOT_A_CHOICE", found=text, choices="、".join(column.choices))]
    if column.offers:
        return _offered(asked, _bare(text))
    if len(text) > LONGEST:
        return text[:LONGEST] + "……（过长，已截去）", [asked.tell("TEXT_CUT", found=text[:40], length=len(text))]
    return text, []


def _as_text(raw: Raw) -> str:
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float | int):
        return decimal(from_float(raw)) if math.isfinite(raw) else str(raw)
    return raw.strip() if isinstance(raw, str) else str(raw)


def _offered(asked: Asked, bare: str) -> Judged:
    if bare in asked.offered:
        return bare, []
    if bare in asked.names:
        return asked.names[bare], [asked.tell("READ_AS", found=bare, value=asked.names[bare])]
    few = "、".join(list(asked.offered)[:6])
    return None, [asked.tell("NOT_A_CHOICE", found=bare, choices=f"{few}……" if len(asked.offered) > 6 else few)]


def _date(asked: Asked, raw: Raw) -> Judged:
    if isinstance(raw, date):  # a datetime is one too
        day = raw.date() if isinstance(raw, datetime) else raw
        return _day_judged(asked, day, raw, [])
    written = _DAY.match(_bare(raw)) if isinstance(raw, str) else None
    if written is None:
        return None, [asked.tell("NOT_A_DATE", found=raw)]
    try:
        day = date(*map(int, written.groups()))
    except ValueError:
        return None, [asked.tell("NOT_A_DATE", found=raw)]
    return _day_judged(asked, day, raw, [asked.tell("READ_AS", found=raw, value=day.isoformat())])


def _day_judged(asked: Asked, day: date, raw: Raw, notes: list[Problem]) -> Judged:
    if not _EARLIEST <= day < _LATEST:
        return None, [asked.tell("NOT_A_DATE", found=raw)]
    return day_number(day), notes


def agrees(raw: Raw, value: Value) -> bool:
    """Tell whether what stands in a cell is still the value that was issued."""
    if value is None or raw is None or raw == "":
        return value is None and raw in (None, "")
    if isinstance(raw, datetime | date):
        raw_value: Value = day_number(raw.date() if isinstance(raw, datetime) else raw)
    elif isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        raw_value = from_float(raw)
    else:
        raw_value = str(raw).strip()
    return equal(raw_value, value) or value_matches(raw_value, value)


def value_matches(found: Value, issued: Value) -> bool:
    """Compare text with text, blanks at the ends aside, and a number with its text."""
    if isinstance(found, str) and isinstance(issued, Fraction):
        return number(found) == issued
    if isinstance(found, Fraction) and isinstance(issued, str):
        return number(issued) == found
    return isinstance(found, str) and isinstance(issued, str) and found == issued.strip()
