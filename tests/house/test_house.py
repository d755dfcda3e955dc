"""The house keeps its floors, sizes and names; read from the source itself."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlperf.rules import RULES, Rule

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "xlperf"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "__pycache__" not in p.parts)
SOURCES = [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
SPREADSHEET_LIBRARIES = {
    "openpyxl": "workbook",
    "xlsxwriter": "workbook",
    "formulas": "addin",
    "formualizer": "addin",
    "xlwings": "addin",
}
BANNED_MODULES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
BANNED_STARTS = ("get_", "calc_", "process_")
OTHER_VERBS = {"Tell", "Tell,", "Visit", "Say", "Name", "Name,", "Give", "Ask"}
CLICK_CALLS = {"get_command"}  # a group of commands must answer to it


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def floors() -> dict[str, int]:
    """Return each package of xlperf with its floor, 0 the highest, as the import contract states them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(c["layers"] for c in settings["contracts"] if c["type"] == "layers")
    return {name.strip(): i for i, layer in enumerate(layers) for name in layer.split("|")}


def floor_of(path: Path) -> str:
    """Return the package of xlperf a file belongs to; "" for `xlperf/__init__.py`."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imports(path: Path) -> Iterator[str]:
    """List the absolute names a file imports."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                assert level == 0, f"{name_of(path)}:{node.lineno} imports relatively"
                yield from ([f"{module}.{alias.name}" for alias in names] if module == "xlperf" else [str(module)])


def test_every_package_has_a_floor():
    assert {floor_of(p) for p in MODULES} - {""} - set(floors()) == set()


def test_imports_go_down_only():
    order = floors()
    wrong = []
    for path in MODULES:
        own = floor_of(path)
        for name in imports(path):
            parts = name.split(".")
            if not own or parts[0] != "xlperf" or len(parts) < 2 or parts[1] == own or parts[1] not in order:
                continue
            if order[parts[1]] <= order[own]:
                wrong.append(f"{name_of(path)} imports {name}")
    assert wrong == []


def test_spreadsheet_libraries_stay_on_their_floor():
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        for name in imports(path)
        if (home := SPREADSHEET_LIBRARIES.get(name.split(".")[0])) and floor_of(path) != home
    ]
    assert wrong == []


_LISTED = ("recording", "program", "together")  # the array face as a list of calls


def test_the_arithmetic_needs_the_standard_library_only():
    """It also runs inside LibreOffice's own Python; what is arrays and nothing else may have numpy."""
    apart = {f"xlperf.formula.{name}" for name in ("array", "array_links", "decisions", "vectors", *_LISTED)}
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if floor_of(path) in ("formula", "rules") and f"xlperf.formula.{path.stem}" not in apart
        for name in imports(path)
        if name.split(".")[0] not in {"xlperf", *sys.stdlib_module_names} or name in apart
    ]
    assert wrong == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_fits_one_sitting(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


def test_a_function_fits_one_screen():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_file_of_tests_has_a_name_of_its_own():
    """The folders of the tests are no packages: of two files of one name only one could be collected."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_names_say_what_things_are():
    modules = [name_of(p) for p in MODULES if {p.stem, p.parent.name} & BANNED_MODULES]
    functions = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and node.name.lstrip("_").startswith(BANNED_STARTS)
        and node.name not in CLICK_CALLS
    ]
    assert modules + functions == []


def test_a_docstring_says_what_comes_back_in_one_word_for_one_thing():
    """Return a value, List several, Check or Write: not Tell, Say, Name, Give, Visit, Ask."""
    wrong = [
        f"{name_of(path)}:{node.lineno} {node.name}: {first}"
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and (first := (ast.get_docstring(node) or "-").split()[0]) in OTHER_VERBS
    ]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path: Path):
    text = ast.get_docstring(tree(path)) or ""
    assert len(text.split()) >= 4


# ---- rules ---------------------------------------------------------------------------------------


def figures(path: Path) -> Iterator[tuple[int, object]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1):
            yield node.lineno, node.value


def test_rules_hold_no_figure_of_a_regulation():
    found = [(name_of(p), *where) for p in MODULES if floor_of(p) == "rules" for where in figures(p)]
    assert found == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.word)
def test_a_rule_can_be_found_and_understood(rule: Rule):
    assert re.fullmatch(r"(XP_[A-Z][A-Z0-9_]{0,40})?", rule.name), "a name that VBA and a cell accept"
    assert not re.fullmatch(r"[A-Z]{1,3}\d+", rule.name), "no cell address"
    assert re.search(r"[\u4e00-\u9fff]", rule.zh)
    first, *_ = rule.help.splitlines()
    assert len(first.split()) >= 5
    assert first.endswith((".", ":", ";")) or len(rule.help.splitlines()) > 1
    assert [p.name for p in rule.parameters if p.words and f"{p.name}:" not in rule.help] == [], "explain the words"
    assert [w for p in rule.parameters for w in p.words[1:] if f"`{w}`" not in rule.help] == [], "explain the words"
    assert (ROOT / "tests" / "cases" / f"{rule.word}.csv").exists()


def test_rules_have_names_of_their_own():
    names = [r.name for r in RULES.values() if r.name]
    assert len(set(names)) == len(names)
    assert len({r.zh for r in RULES.values()}) == len(RULES)
