"""The index of rooms, docs/rooms.md: every file of the package with the first sentence it says of itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAD = """\
# Every room, in its own words

What each file of `xlperf/` says of itself, by folder. By what you want to change: [map.md](map.md).
Made by `PYTHONPATH=.:tests .venv/bin/python -m kit.rooms > docs/rooms.md`; a test holds it to the tree.
"""
_LINES = {".py", ".mjs", ".css", ".html"}
TEXTS = {  # tables cannot speak for themselves
    "click.csv": "What the library of the command line says by itself, in Chinese",
    "desk.csv": "The words of the clerk's page",
    "examples.csv": "The worked example of every worksheet function, as 函数示例 shows it",
    "help.csv": "The help of every command and option",
    "instructions.txt": "使用说明 of a release for a plain PC",
    "keys.yaml": "An example of every key of a scheme, as docs/keys.md shows it",
    "letters.csv": "What a unit reads of each problem of its return, in the letter that goes back",
    "problems.csv": "Every problem: how bad, what is wrong, what to do; as the office reads it",
    "remedies.csv": "What to do about a problem at the page, where the terminal has a command",
    "rules.csv": "The title and help of every rule and argument, in docs, worksheet functions and Excel",
    "words.csv": "Every other word that people read, Chinese to English",
}


def rooms_page() -> str:
    """Return the page: a heading for each folder, a line for each file that says something of itself."""
    return HEAD + "".join(_folder(folder) for folder in sorted({f.parent for f in _files()}))


def _files() -> list[Path]:
    return sorted(
        f
        for f in (ROOT / "xlperf").rglob("*")
        if f.is_file() and (f.suffix in _LINES or f.parent.name == "texts") and "__pycache__" not in f.parts
    )


def _folder(folder: Path) -> str:
    lines = [f"- `{f.name}` {said}\n" for f in _files() if f.parent == folder if (said := _said(f))]
    return f"\n## `{folder.relative_to(ROOT).as_posix()}/`\n\n{''.join(lines)}" if lines else ""


def _said(file: Path) -> str:
    """Return the first sentence of a file about itself; "" where it says none."""
    if file.parent.name == "texts":
        return TEXTS[file.name]
    text = file.read_text("utf-8")
    if file.suffix == ".py":
        return _sentence(ast.get_docstring(ast.parse(text)) or "")
    return _sentence(" ".join(_comment(text)))


def _comment(text: str) -> Iterator[str]:
    """List the lines of the comment at the head of a file in another language, unmarked."""
    for line in text.splitlines():
        bare = line.strip()
        if not bare.startswith(("//", "#", "/*", "<!--")) or bare.startswith("# yaml-language-server"):
            return
        yield bare.strip("/*#<!-> ")


def _sentence(text: str) -> str:
    head = text.strip().partition("\n\n")[0]
    return " ".join(head.partition(". ")[0].split()).rstrip(".")


if __name__ == "__main__":
    sys.stdout.write(rooms_page())
