"""An explanation on a terminal: the answer on one screen, and the tree down to what was typed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from xlperf.cli.language import say
from xlperf.cli.page import width
from xlperf.formula.values import shown
from xlperf.report.explanation import Answer, Explanation, Gap, Loss, Step

LINES, ROOM = 40, 110  # of the answer: lines at most, columns of one line
_MOST = {"missing": 8, "losses": 6, "extras": 6, "uncounted": 4, "clauses": 10}  # how many of each are shown


def answer_lines(a: Answer) -> list[str]:
    """Write the answer for one screen: result, place, arithmetic, clauses, what is missing, lost and added."""
    basis = f"  〔{a.tree.basis}〕" if a.tree.basis else ""
    lines = [cut(f"{a.who}　{a.tree.title} ＝ {a.tree.value}{basis}", ROOM)]
    lines += [cut(text, ROOM) for text in a.beside]
    how = [line for step in a.steps for line in _step(step)]
    lines += _section(say("怎么算的", "How"), how, len(how))
    if not a.steps and a.tree.because:
        lines.append(f"  {cut('；'.join(a.tree.because), ROOM - 2)}")
    clauses = "；".join(a.clauses[: _MOST["clauses"]]) + ("……" if len(a.clauses) > _MOST["clauses"] else "")
    lines += _section(say("依据", "Clauses"), [clauses] if clauses else [], 1)
    missing = f"{say('还缺', 'Missing')} {len(a.missing)}"
    lines += _section(missing, [_gap(g) for g in a.missing], _MOST["missing"])
    lines += _section(say("失分最多的", "Most points lost"), [_loss(x) for x in a.losses], _MOST["losses"])
    extras = [f"{x.value}　{x.label}（{x.sheet}）→ {x.title}" for x in a.extras]
    lines += _section(say("计入的台账", "Ledger rows that count"), extras, _MOST["extras"])
    uncounted = [f"{x.label}（{x.sheet}）　{x.why}" for x in a.uncounted]
    lines += _section(say("没有计入的台账", "Ledger rows that count nothing"), uncounted, _MOST["uncounted"])
    return lines[:LINES]


def _section(heading: str, lines: Sequence[str], most: int) -> Iterator[str]:
    """Write a heading and the first of its lines; nothing where there are none."""
    if not lines:
        return
    yield heading
    yield from (f"  {cut(line, ROOM - 2)}" for line in lines[:most])
    if len(lines) > most:
        yield say(f"  ……还有{len(lines) - most}项", f"  … {len(lines) - most} more")


def _step(s: Step) -> Iterator[str]:
    """Write a line of arithmetic with its clause, and go on in a second where it is long: no word is broken."""
    text, room = f"{s.title} ＝ {s.value}　{s.working}" + (f"  〔{s.basis}〕" if s.basis else ""), ROOM - 2
    if width(text) <= room:
        yield text
        return
    kept = cut(text, room)[:-1]
    around = kept[-1] + text[len(kept)]
    if " " in kept and " " not in around and around.isascii():
        kept = kept[: kept.rindex(" ") + 1]
    yield kept.rstrip()
    yield cut(f"    {text[len(kept) :]}", room)


def _loss(x: Loss) -> str:
    points = say(f"（{x.full}分得{x.score}）", f" ({x.score} of {x.full})")
    return f"－{shown(Fraction(x.lost), 2)}　{x.label or x.key}{points}　{x.why}"


def _gap(g: Gap) -> str:
    who = {"unit": say("单位填", "filled by the unit"), "office": say("绩效办填", "filled by the office")}
    filler = who.get(g.who, say(f"{g.who}填", f"filled by {g.who}"))
    return f"{g.sheet}　{g.label or g.key}：{g.title}　{filler}"


def cut(text: str, room: int) -> str:
    """Cut a text to so many columns of a terminal."""
    if width(text) <= room:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > room - 2:
            break
        kept += char
    return kept + "…"


def reason_lines(e: Explanation, depth: int, indent: int = 0) -> list[str]:
    """Write an explanation as an indented tree: title = value [clause], reason, then its parts."""
    pad = "  " * indent
    basis = f"  〔{e.basis}〕" if e.basis and e.working else ""
    whose = f"{e.label or e.key}　" if indent == 0 else ""
    lines = [f"{pad}{whose}{e.title} ＝ {e.value}{basis}"]
    because = [*e.because, *([e.working] if e.working and e.working != e.value else [])]
    if because:
        lines.append(f"{pad}  {'；'.join(because)}")
    if depth > 0:
        for part in e.parts:
            inner = reason_lines(part, depth - 1, indent + 1)
            if part.sheet != e.sheet:
                row = f"{part.key} {part.label}".strip()
                inner[0] = inner[0].replace(part.title, f"{row}：{part.title}", 1)
            lines += inner
    return lines
