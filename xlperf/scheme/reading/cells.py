"""The text of one cell as what its column holds, or a problem that says what to write instead.

The one reading of typed text: tables of a scheme, worked examples, CSV folders, Python and returned workbooks
all come here. A scheme's own files are read strictly; what a person typed is read a little further by `entries.cell`,
with a note.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from fractions import Fraction

from xlperf.formula.values import EXEMPT, Value, day_of, exactly, iso_day, number, shown
from xlperf.problems import Problem, Where, Word, problem, word
from xlperf.scheme.vocabulary import Holds

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_SEEN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")  # how most cells begin; spares the longer look
_POWER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)e[+-]?\d+\Z", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)\Z", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_DAY = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})\s*[日号]?\Z", re.ASCII)
_LIKE_ZERO = re.compile(r"(?=.*\d)[\dOo]+(\.[\dOo]+)?\Z", re.ASCII)
_CHINESE_POINT = re.compile(r"\d+。\d+\Z", re.ASCII)
_DIGITS = "零一二三四五六七八九"
_SPOKEN = re.compile(  # 三百零五, 三百二十, 九十五, 十五, 九; not 九五 or 二百五, which may mean two numbers
    "(?:(?P<hundreds>[一二三四五六七八九])百(?:零(?P<rest>[一二三四五六七八九]))?)?"
    "(?P<ten>(?P<tens>[一二三四五六七八九])?十)?(?P<ones>[零一二三四五六七八九])?\\Z"
)
_NOTHING = ("/", "-", "—", "——", "无", "－", "／")


def typed(text: str, holds: Holds, at: Where | None = None, exempt: bool = False) -> Value | Problem:
    """Type one cell strictly: an empty cell is None; a cell that does not hold what it should is a problem."""
    if is_empty(text):
        return None
    plain = text.strip()
    if holds == "text" or (exempt and plain == EXEMPT):
        return plain
    found = exactly(plain, holds)
    return unread(plain, holds, at, at.path if at else "") if found is None else found


def is_empty(raw: object) -> bool:
    """Return whether nothing stands in a cell: no value, or a text of which nothing can be seen."""
    return raw is None or (isinstance(raw, str) and not _SEEN.match(raw) and not bare(raw))


def bare(text: str) -> str:
    """Return text without what cannot be seen, full-width signs made narrow."""
    if text.isascii():
        return text.strip()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def day_meant(text: str) -> date | None:
    """Read a date however it is written, 2017年12月5日 or 2017/12/5; None where it is none."""
    written = _DAY.match(bare(text))
    found = iso_day("{:0>4}-{:0>2}-{:0>2}".format(*written.groups())) if written else None
    return None if found is None else day_of(found)


# ---- what could not be read -----------------------------------------------------------------------


def unread(
    text: str, holds: Holds, at: Where | None, title: str, measure: str = "",
    low: Fraction | None = None, high: Fraction | None = None, year: int = 0,
) -> Problem:  # fmt: skip
    """Return why text is not what its column holds, and what to write.

    measure: what the numbers there are counted in. low, high: the limits of the cell, None where there is none.
    year: that a day is shown of, 0 for this one.
    """
    plain = bare(text)
    if holds == "date":
        day = day_meant(text)
        like = day.isoformat() if day else f"{year or date.today().year}-12-31"
        return problem("NOT_A_DATE", at, title=title, found=text, plain=like)
    if plain == EXEMPT:
        return problem("EXEMPT_NOT_ALLOWED", at, title=title, found=EXEMPT)
    if _NOT_FINITE.match(plain) or (_POWER.match(plain) and abs(float(plain)) == float("inf")):
        return problem("NOT_FINITE", at, title=title, found=text)
    if plain.endswith("%") and measure != "%" and number(plain) is not None:
        share = number(plain.removesuffix("%"))
        return problem("PERCENT_AMBIGUOUS", at, title=title, found=text, suggestion=mark_wanted(share, low, high))
    suggestion = _suggestion(plain, plain.removesuffix(measure).strip(), low, high)
    return problem("NOT_A_NUMBER", at, title=title, found=text, suggestion=suggestion)


def mark_wanted(share: Fraction | None, low: Fraction | None, high: Fraction | None) -> Word:
    """Return what to write in place of a percentage: the same figure as a mark only where it may stand there.

    share: in hundredths, 95 for 95 %. low, high: the limits of the cell, None where there is none.
    """
    if high is None:
        return word("填得分，不填百分数")
    if share is not None and share <= high and (low is None or share >= low):
        return word("填得分，不填百分数，如{number}", number=shown(share, 12))
    return word("填得分，不填百分数，最高{most}分", most=shown(high, 12))


def span(low: Fraction | None, high: Fraction | None) -> str:
    """Write limits for a person: 0～100, ≥0, ≤100."""
    if low is None or high is None:
        return f"≥{shown(low, 12)}" if low is not None else f"≤{shown(high, 12)}"
    return f"{shown(low, 12)}～{shown(high, 12)}"


def _suggestion(plain: str, figure: str, low: Fraction | None, high: Fraction | None) -> Word:
    """Return what to do, with a number only where nothing else can have been meant; nothing is read from it."""
    if plain in _NOTHING:
        return word("没有得分的填0；不参评的请与考核办公室联系")
    if plain in ("满分", "全部得分") and high is not None:
        return word("填{number}", number=shown(high, 12))
    meant = _meant(figure)
    if meant is not None and (low is None or meant >= low) and (high is None or meant <= high):
        return word("填{number}", number=shown(meant, 12))
    advice = next((advice for pattern, advice in ADVICE if pattern.search(plain)), "只填一个数，用阿拉伯数字")
    if low is None and high is None:
        return word(advice)
    return word(f"{advice}，范围是{{limits}}", limits=span(low, high))


ADVICE = (  # what to do about a text that may mean more than one number
    (re.compile(r"\d,\d|\d、\d"), "去掉逗号，把整个数连写；小数点用“.”"),
    (re.compile("[万亿千]"), "不写“万”“亿”，按表中的单位换算成完整的数"),
    (re.compile(r"\de[+-]?\d", re.IGNORECASE), "不用科学记数法，写完整的数"),
    (re.compile(r"\d\s*[/÷×*+]\s*\d"), "算出结果，填一个数"),
    (re.compile(r"[(（]"), "只填一个数，说明写在说明栏或附件里"),
)


def _meant(plain: str) -> Fraction | None:
    """Read what can be one number alone: full-width digits, a Chinese numeral, 。for a point, the letter O for 0."""
    spoken = _spoken_number(plain)
    if spoken is not None:
        return Fraction(spoken)
    if PLAIN.match(plain):
        return number(plain)
    if _CHINESE_POINT.match(plain):
        return number(plain.replace("。", "."))
    return number(plain.replace("O", "0").replace("o", "0")) if _LIKE_ZERO.match(plain) else None


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
