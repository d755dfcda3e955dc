"""Amounts of money in words, 人民币大写: 壹仟零伍元叁角整, by the rules for filling in bank notes (支付结算办法).

Written out here and not taken from a library: the exact face runs on the standard library alone, so that it also runs
inside LibreOffice's own Python, and the digits are few. The well-known library for it, cn2an 0.5.24, agrees on all of
20,000 drawn amounts but those with an empty section of 万, where it leaves out the 零 (捌佰亿零叁仟肆佰元), and on -0.
The formula writes each digit with its unit and then strikes out what is not said; the test holds the two against each
other.
"""

from __future__ import annotations

from fractions import Fraction

from xlperf.formula.values import half_up

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_IN_SECTION = "仟佰拾"
_SECTIONS = ("亿", "万", "元")
LARGEST_AMOUNT = 10**12  # what has four digits of 亿 at most
_PLACES = 14  # digits of the largest amount in cents

Section = tuple[int, str]


def in_words(amount: Fraction) -> str | None:
    """Return an amount in words, rounded half up to the cent; None where it is too large to be said."""
    cents = int(half_up(abs(amount), 2) * 100)
    yuan, rest = divmod(cents, 100)
    if yuan >= LARGEST_AMOUNT:
        return None
    sign = "负" if amount < 0 and cents else ""
    return f"{sign}{_yuan(yuan)}{_small(rest, bare=yuan == 0)}" if cents else f"{DIGITS[0]}元整"


def _yuan(yuan: int) -> str:
    """Write the whole part section by section; a gap between two digits is one 零."""
    if yuan == 0:
        return ""
    text, gap = "", False
    for at, unit in zip((8, 4, 0), _SECTIONS, strict=True):
        section = yuan // 10**at % 10**4
        said = _section(section)
        if said:
            text += (DIGITS[0] if text and (gap or section < 10**3) else "") + said + (unit if at else "")
        gap = bool(text) and not said
    return text + _SECTIONS[-1]


def _section(number: int) -> str:
    """Write up to four digits: 伍, 伍拾, 壹仟零伍."""
    text, gap = "", False
    for digit, unit in zip(f"{number:04}", (*_IN_SECTION, ""), strict=True):
        if digit != "0":
            text += (DIGITS[0] if gap and text else "") + DIGITS[int(digit)] + unit
        gap = digit == "0"
    return text


def _small(cents: int, *, bare: bool) -> str:
    """Write 角 and 分, 整 where there is neither; bare: nothing stands before it."""
    tens, ones = divmod(cents, 10)
    if not cents:
        return "整"
    jiao = f"{DIGITS[tens]}角" if tens else ("" if bare else DIGITS[0])
    return jiao + (f"{DIGITS[ones]}分" if ones else "")


def in_words_formula() -> str:
    """Return the Excel text with `{0}` for the amount: every digit with its unit, then what is not said struck out."""
    cents = "ROUND(ABS({0})*100,0)"
    padded = f'RIGHT("{"0" * _PLACES}"&{cents},{_PLACES})'
    units = [*_IN_SECTION, "亿", *_IN_SECTION, "万", *_IN_SECTION, "元", "角", "分"]
    digits = "&".join(f'MID("{DIGITS}",MID({padded},{i},1)+1,1)&"{unit}"' for i, unit in enumerate(units, 1))
    struck = [
        ("零仟", "零"),
        ("零佰", "零"),
        ("零拾", "零"),
        ("零零", "零"),
        ("零零", "零"),
        ("零角零分", "整"),
        ("零分", ""),
    ]
    struck += [
        ("^零亿", "^"),
        ("^零万", "^"),
        ("^零元", "^"),
        ("零角", "零"),
        ("亿零万", "亿零"),
        ("零亿", "亿"),
        ("零万", "万"),
    ]
    struck += [("零零", "零"), ("零元", "元"), ("^零", "^"), ("^", "")]
    text = f'"^"&{digits}'
    for old, new in struck:
        text = f'SUBSTITUTE({text},"{old}","{new}")'
    whole = f'IF({{0}}<0,"负","")&{text}'
    return f'IF({cents}=0,"零元整",IF({cents}>={LARGEST_AMOUNT}00,"",{whole}))'
