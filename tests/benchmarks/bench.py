"""Run the benchmarks and print one Markdown table for each: python -m benchmarks.bench [WORK …], from tests/.

WORK: names of modules in tests/benchmarks/works, all of them where none is named. --rounds N: how often each
contestant has its turn. --sizes N,N: other sizes than the work's own. --write PAGE: put the tables between the marks of
a page, those of other works stay there. --list: names.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from benchmarks import works
from benchmarks.frame import Work, measured, versions
from benchmarks.table import put_between, table, told


def modules() -> list[str]:
    """List the modules of works by name, in order."""
    return sorted(m.name for m in iter_modules(works.__path__))


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asked = _asked(words)
    if asked.list:
        print("\n".join(modules()))
        return
    found: dict[str, str] = {"Python": platform.python_version()}
    texts = []
    for name in asked.works or modules():
        for work, text in _each(name, asked.rounds, asked.sizes):
            texts.append(text)
            found |= versions(work)
            print(text, end="\n\n", flush=True)
    closing = _machine(found)
    print(closing)
    if asked.write:
        titles = [w.title for name in modules() for w in import_module(f"{works.__name__}.{name}").WORKS]
        put_between(asked.write, closing, texts, titles)


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bench")
    parser.add_argument("works", nargs="*")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--sizes", type=lambda text: tuple(int(n) for n in text.split(",")))
    parser.add_argument("--write", type=Path)
    parser.add_argument("--list", action="store_true")
    return parser.parse_args(words)


def _each(name: str, rounds: int | None, sizes: tuple[int, ...] | None) -> Iterator[tuple[Work, str]]:
    module = f"{works.__name__}.{name}"
    for number, work in enumerate(import_module(module).WORKS):
        lines = []
        for size in sizes or work.sizes:
            with tempfile.TemporaryDirectory(prefix="xlperf-bench-") as folder:
                lines += measured(module, number, size, Path(folder), rounds)
        load = os.getloadavg()[0]
        yield work, table(work, lines, f"{datetime.now(UTC).date().isoformat()}, load {load:.1f}")


def _machine(found: dict[str, str]) -> str:
    """Say when, where and with what it was measured, and how busy the machine was."""
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    if shutil.which("soffice"):
        said = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False).stdout.split()
        found["LibreOffice"] = said[1] if len(said) > 1 else "?"
    when = datetime.now(UTC).date().isoformat()
    return (
        f"Measured on {when}, {os.cpu_count()} cores ({platform.machine()}), load {load} at the end: trust the ratios, "
        f"not the seconds. {told(found)}."
    )


if __name__ == "__main__":
    main()
