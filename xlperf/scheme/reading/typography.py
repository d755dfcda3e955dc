"""What a Chinese keyboard and a word processor put into a file that has to be plain: seen in the raw lines.

Each fault is a problem with line and column. The text handed on has the plain character in its place,
so that the rest of the file can be read and every other problem comes in the same go; the faults
themselves stay errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlperf.problems import Problem, Where, problem
from xlperf.scheme.reading.sources import BOM

_WIDE_SPACES = "\u3000\u00a0"
_HIDDEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u202a-\u202e\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_INDENT = re.compile(rf"[ \t{_WIDE_SPACES}]*")
_WIDE_GAP = re.compile(rf"(?:[:：]|^\s*-)[ ]*([{_WIDE_SPACES}]+)")
_KEY = re.compile(r"^\s*(?:(?:- )+(?=[a-z{\[]))?(?:[\[{]\s*)*([A-Za-z_][\w.-]*)\s*：", re.ASCII)
_LINE_END = re.compile(r"\r\n|\r|\n")
_FLOW_KEY = re.compile(r"[{,，]\s*([A-Za-z_][\w.-]*)\s*：", re.ASCII)
_FLOW_COMMA = re.compile(r"，(?=\s*[A-Za-z_][\w.-]*\s*[:：])", re.ASCII)
_BLOCK = re.compile(r"(?:^|[:\-]\s+)[|>][+-]?\d?\s*(?:#.*)?$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_QUOTED = re.compile(r'(?<![^\s\[{,:-])(?:"(?:[^"\\]|\\.)*(?:"|$)|\'[^\']*(?:\'|$))')

_WIDE_FORMS = {ord(c) + 0xFEE0: c for c in "0123456789%.,-+/"} | {0x3000: " "}  # Unicode's full-width block


def narrow(text: str) -> str:
    """Write the full-width digits and signs of a figure as plain ones."""
    return text.translate(_WIDE_FORMS)


def plain_text(text: str, shown_as: str) -> tuple[str, list[Problem]]:
    """Report what is not plain in the raw lines; return the text as it would read when put right."""
    problems: list[Problem] = []
    if text.startswith(BOM):
        problems.append(problem("BOM", Where(shown_as, 1, 1)))
        text = text[1:]
    lines: list[str] = []
    block = -1  # indent of the key whose block text we are in
    for at, line in enumerate(_LINE_END.split(text), 1):
        indent = len(line) - len(line.lstrip())
        if block >= 0 and (indent > block or not line.strip()):
            lines.append(line)
            continue
        fixed, found = _plain_line(line, Where(shown_as, at))
        problems += found
        lines.append(fixed)
        block = indent if _BLOCK.search(_COMMENT.sub("", line)) else -1
    return "\n".join(lines), problems


def _plain_line(line: str, at: Where) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    edits: list[tuple[int, int, str]] = []
    for code, start, end, plain, found in _faults(line):
        edits.append((start, end, plain))
        problems.append(problem(code, Where(at.file, at.line, start + 1), found=found))
    for start, end, plain in sorted(edits, reverse=True):
        line = line[:start] + plain + line[end:]
    return line, problems


def _faults(line: str) -> Iterator[tuple[str, int, int, str, str]]:
    """List faults of a line: code, start, end, plain text, what stands there."""
    live = _COMMENT.sub("", _QUOTED.sub(lambda m: "x" * len(m[0]), line))
    indent = _INDENT.match(line)
    head = indent[0] if indent else ""
    if not live.strip():
        return
    if any(c in head for c in _WIDE_SPACES):
        yield "WIDE_INDENT", 0, len(head), head.translate(_SPACES), _named(head)
    elif "\t" in head:
        yield "TAB", 0, len(head), head.replace("\t", "  "), head.replace("\t", "⇥")
    for tab in re.finditer("\t+", live[len(head) :]):
        yield "TAB", len(head) + tab.start(), len(head) + tab.end(), " ", live.strip().replace("\t", "⇥")
    for hidden in _HIDDEN.finditer(live):
        yield "HIDDEN_CHARACTER", hidden.start(), hidden.end(), "", f"U+{ord(hidden[0]):04X}"
    for gap in _WIDE_GAP.finditer(live):
        if gap.start(1) >= len(head):
            yield "WIDE_INDENT", gap.start(1), gap.end(1), " ", _named(gap[1])
    yield from _wide_marks(live)


def _wide_marks(live: str) -> Iterator[tuple[str, int, int, str, str]]:
    seen: set[int] = set()
    keys = [_KEY.match(live), *(_FLOW_KEY.finditer(live) if "{" in live else ())]
    for key in keys:
        if key and key.end() not in seen:
            seen.add(key.end())
            gap = "" if live[key.end() : key.end() + 1] in (" ", "") else " "
            yield "FULLWIDTH_COLON", key.end() - 1, key.end(), ":" + gap, f"{key[1]}："
    if "{" in live:
        for comma in _FLOW_COMMA.finditer(live, live.index("{")):
            yield "FULLWIDTH_COMMA", comma.start(), comma.end(), ", ", "，"


_SPACES = str.maketrans({"\u3000": "  ", "\u00a0": " ", "\t": "  "})


def _named(spaces: str) -> str:
    return " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(spaces) if c in _WIDE_SPACES)
