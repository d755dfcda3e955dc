"""An explanation on a terminal: the tree from a number down to what was typed in."""

from __future__ import annotations

from xlperf.engine.reason import Explanation


def reason_lines(e: Explanation, depth: int, indent: int = 0) -> list[str]:
    """Write an explanation as an indented tree: title = value [clause], reason, then its parts."""
    pad = "  " * indent
    basis = f"  〔{e.basis}〕" if e.basis and e.working else ""
    whose = f"{e.label or e.key}　" if indent == 0 else ""
    lines = [f"{pad}{whose}{e.title} ＝ {e.value}{basis}"]
    told = [*e.because, *([e.working] if e.working and e.working != e.value else [])]
    if told:
        lines.append(f"{pad}  {'；'.join(told)}")
    if depth > 0:
        for part in e.parts:
            inner = reason_lines(part, depth - 1, indent + 1)
            if part.sheet != e.sheet:
                row = f"{part.key} {part.label}".strip()
                inner[0] = inner[0].replace(part.title, f"{row}：{part.title}", 1)
            lines += inner
    return lines
