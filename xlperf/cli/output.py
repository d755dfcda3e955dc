"""What a person or a program sees: languages, problems, tables, progress, JSON."""

from __future__ import annotations

import json
import locale
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from xlperf.engine.reason import Explanation
from xlperf.formula.values import Value, decimal
from xlperf.problems import Language, Problem, errors
from xlperf.rules import RULES

DONE, FAILED, FINDINGS = 0, 1, 3


def language() -> Language:
    """Return the language of the command line: XLPERF_LANG, else the locale; Chinese where unsure."""
    wanted = os.environ.get("XLPERF_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not wanted or wanted.upper().startswith(("C.", "POSIX")) or wanted == "C":
        wanted = locale.getlocale()[0] or ""
    return "en" if wanted.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    """Choose the sentence in the language of the command line."""
    return zh if language() == "zh" else en


def prepare_console() -> None:
    """Let a console that cannot show a character show `?` instead of failing (GBK on older Windows)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def show_problems(problems: Iterable[Problem], *, quiet_notes: bool = False) -> None:
    """Print problems to stderr, errors first."""
    order = {"error": 0, "warning": 1, "note": 2}
    marks = {"error": ("错误", "red"), "warning": ("提醒", "yellow"), "note": ("说明", "blue")}
    english = {"error": "error", "warning": "warning", "note": "note"}
    for p in sorted(problems, key=lambda p: order[p.severity]):
        if quiet_notes and p.severity == "note":
            continue
        word, color = marks[p.severity]
        head = word if language() == "zh" else english[p.severity]
        click.echo(f"{click.style(head, fg=color)}  {p.text(language())}", err=True)


def leave(problems: Sequence[Problem]) -> None:
    """End the command with the exit code that the problems call for."""
    if errors(problems):
        raise SystemExit(FAILED)
    if any(p.severity == "warning" for p in problems):
        raise SystemExit(FINDINGS)


def progress(done: int, total: int, text: str) -> None:
    """Show progress on one line of a terminal, and nothing where stderr is a file."""
    if not sys.stderr.isatty():
        return
    end = "\n" if done >= total else ""
    click.echo(f"\r{done}/{total} {text}".ljust(70)[:70] + end, err=True, nl=False)


def table(rows: Iterable[Sequence[object]], heads: Sequence[str]) -> str:
    """Lay rows out in columns; Chinese characters count as two."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max([_width(h), *(_width(row[i]) for row in cells)]) for i, h in enumerate(heads)]
    lines = [heads, ["-" * w for w in widths], *cells]
    return "\n".join(
        "  ".join(text + " " * (w - _width(text)) for text, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def as_json(data: Any) -> str:
    """Write data for programs: exact decimals as text, blank as null."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def exact(value: Value) -> str | None:
    """Write a value for programs: nothing lost."""
    return value if value is None or isinstance(value, str) else decimal(value)


def problem_data(p: Problem) -> dict[str, object]:
    """Write a problem for programs."""
    return {
        "code": p.code,
        "severity": p.severity,
        "where": {k: v for k, v in p.where.__dict__.items() if v},
        "message": p.message(language()),
        "remedy": p.remedy(language()),
        "values": p.told(language()),
    }


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


def rules_page() -> str:
    """Write the reference of every rule as a page; docs/rules.md is this text, held by a test."""
    lines = [
        "# Rules",
        "",
        "One section a rule: the word a scheme uses, the worksheet function, what each parameter takes.",
        "",
    ]
    for rule in RULES.values():
        lines += [
            f"## `{rule.word}` · {rule.zh} · `{rule.name}`",
            "",
            rule.help,
            "",
            "| parameter | takes | may be left out |",
            "|---|---|---|",
        ]
        for p in rule.parameters:
            takes = " / ".join(f"`{w}`" for w in p.words) if p.words else p.takes
            lines.append(f"| `{p.name}` | {takes} | {'yes' if p.optional else ''} |")
        lines.append("")
    return "\n".join(lines)
