"""What is read by how it is spelt is what the parser of YAML reads, each word with its line and column."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from xlperf.scheme.reading.typography import plain_text
from xlperf.scheme.reading.yaml_parser import NotYaml, parsed_events
from xlperf.scheme.reading.yaml_spelt import Event, Otherwise, spelt_events
from xlperf.scheme.reading.yaml_subset import parse_yaml

ROOT = Path(__file__).parents[2]
FILES = [f for folder in ("schemes", "xlperf") for f in sorted((ROOT / folder).rglob("*.yaml"))]
SIGNS = (
    "-", "- ", ":", ": ", ",", "[", "]", "{", "}", "'", '"', "#", " #", " ", "  ", "\n", "\n  ", "?", "? ", "&a ", "*a",
    "!x ", "|", "|\n", ">", "%", "@", "`", "---", "\n---\n", "...", "\\", "''", "中", "：", "\u3000", "~", "- - ",
    "key: ", "\n- ", "\n#c\n", "<<: ", "0", "-1", ".5", ":,", ": ,", "{}", "[]", "\u00a0", "\t", "\ufeff", "\x85",
    "\x01",
)  # fmt: skip


def text_of(file: Path) -> str:
    return plain_text(file.read_text("utf-8"), file.name)[0]


def placed(events) -> list[Event]:
    """Return events without the places where something ends, which nobody is told of."""
    return [e if not e.kind.endswith("End") else e._replace(line=0, column=0) for e in events]


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_shipped_file_is_read_by_how_it_is_spelt(file: Path):
    text = text_of(file)
    assert placed(spelt_events(text))[2:-2] == placed(parsed_events(text))[2:-2]


def changed(draw: random.Random, lines: list[str]) -> str:
    """Return some lines of a file with up to three things typed in, taken out or moved in them."""
    first = draw.randrange(len(lines))
    some = lines[first : first + draw.randint(1, 25)]
    indent = min((len(line) - len(line.lstrip(" ")) for line in some if line.strip()), default=0)
    text = "\n".join(line[indent:] for line in some) if draw.random() < 0.7 else "\n".join(some)
    for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
        at, way = draw.randrange(len(text) + 1), draw.random()
        if way < 0.5:
            text = text[:at] + draw.choice(SIGNS) + text[at:]
        elif way < 0.75:
            text = text[:at] + text[at + draw.randint(1, 3) :]
        elif way < 0.9:
            begins = text.rfind("\n", 0, at) + 1
            text = text[:begins] + " " * draw.randint(1, 3) + text[begins:]
        else:
            text = text[:at] + draw.choice(SIGNS) + text[at + 1 :]
    return text


def test_what_is_not_left_to_the_parser_reads_as_it_reads_it():
    """Random slips in real lines: whatever is read by its spelling is YAML, and means the same at the same places."""
    draw, read = random.Random(20), 0
    lines = [text_of(file).split("\n") for file in FILES]
    for _ in range(1500):
        text = changed(draw, draw.choice(lines))
        try:
            spelt = spelt_events(text)
        except Otherwise:
            continue
        read += 1
        try:
            assert placed(spelt)[2:-2] == placed(parsed_events(text))[2:-2], text
        except NotYaml as slip:
            pytest.fail(f"the parser says {slip.found}, the spelling is read: {text!r}")
    assert read > 300


OTHERWISE = {
    "nothing": "# 空\n",
    "no mapping": "- a\n- b\n",
    "a block of text": "a: |\n  甲\nb: 1\n",
    "a value over two lines": "a: 甲\n  乙\n",
    "a value over two lines in brackets": "a: {b: 甲\n  乙}\n",
    "a list under its key": "a:\n- 1\n",
    "an anchor": "a: &x 1\n",
    "an alias": "a: *x\n",
    "a tag": "a: !!int 1\n",
    "a question": "? a\n: 1\n",
    "a second document": "a: 1\n---\nb: 1\n",
    "a directive": "%YAML 1.2\n---\na: 1\n",
    "a tab": "a:\t1\n",
    "two values": "a: b: c\n",
    "an escape": 'a: "\\n"\n',
    "text behind quotes": "a: 'b' c\n",
    "brackets that do not end": "a: {b: 1\n",
    "a comma at the end": "a: [1, 2,]\n",
    "a pair in a list": "a: [b: 1]\n",
    "a key in brackets without a value": "a: {b, c: 1}\n",
    "a line that fits no indent": "a:\n    b: 1\n  c: 1\n",
    "very many brackets": "a: " + "[" * 5000,
    "a very long key": "甲" * 2000 + ": 1\n",
}


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_anything_else_is_left_to_the_parser(text: str):
    with pytest.raises(Otherwise):
        spelt_events(text)


def test_both_ways_give_the_same_nodes_and_problems(monkeypatch: pytest.MonkeyPatch):
    """Faults that the reader tells itself: a key twice, `<<`, a figure in full-width digits."""
    text = "a: １２\nb: {c: 1, c: 2}\n<<: x\nd:\n  - e:\n    f: '是''否'\n  -\n"

    def told(name: str):
        root, problems = parse_yaml(text, name)
        return root, root["d"][0].at.line, [(p.code, p.where.line, p.where.column, p.where.path) for p in problems]

    spelt = told("one.yaml")
    monkeypatch.setattr("xlperf.scheme.reading.yaml_subset.spelt_events", refused)
    assert told("another.yaml") == spelt
    assert [code for code, *_ in spelt[2]] == ["FULLWIDTH_FIGURE", "DUPLICATE_KEY", "YAML_MERGE"]


def refused(_: str):
    raise Otherwise


def test_a_shipped_scheme_is_checked_without_the_library_of_yaml():
    code = (
        "import sys; from click.testing import CliRunner; from xlperf.cli import main;"
        "done = CliRunner().invoke(main, ['check', 'three-units']); print(done.exit_code, 'ruamel.yaml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["0", "False"]
