"""The package `formualizer` as an engine for a large book of an office.

Its own comparisons are exact on doubles, and an argument left out reaches a function as 0. Formulas are
therefore rewritten before they are calculated: a comparison becomes a call of ours, an argument left out a mark.
The book's own text is not touched. COUNTIF, MATCH and RANK compare as `formualizer` does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import formualizer
from formualizer import ASTNode, ParserError, Workbook

from xlperf.addin.cells import OMITTED
from xlperf.addin.functions import functions
from xlperf.addin.headless.adapter import CIRCLE, answered, callables
from xlperf.addin.headless.native import COMPARED, NATIVE, compared
from xlperf.formula.values import ERRORS
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.cached import Place, formulas_of, with_formulas

_COMPARE = "XP_COMPARED_CELLS"
_LEFT_OUT = "\ue000"  # a character for private use: no cell of an office holds it alone
_KINDS = {
    "Value": "#VALUE!", "Na": "#N/A", "Num": "#NUM!", "Div": "#DIV/0!", "Ref": "#REF!", "Name": "#NAME?",
    "Null": "#NULL!", "Circ": CIRCLE,
}  # fmt: skip
_CODES = {code: kind for kind, code in _KINDS.items()}


def valued(book: Path) -> dict[Place, Any]:
    """Calculate a workbook; worksheet names come back in capitals. What has no value is left out."""
    # rewritten in the file, because each formula that is set in a loaded workbook costs time with the size of the book
    workbook = formualizer.load_workbook_bytes(with_formulas(book, lambda _, text: rewritten(text)))
    workbook.set_temporal_egress("serial")
    _register(workbook)
    places = {place: (place[0], *row_and_column(place[1])) for place in formulas_of(book)}
    workbook.evaluate_all()
    found = {(sheet.upper(), cell): workbook.get_value(*at) for (sheet, cell), at in places.items()}
    return {place: _plain(value) for place, value in found.items() if _is_value(value)}


@cache
def knows(name: str) -> bool:
    """Return whether a function of this name can be calculated."""
    if name in callables():
        return True
    scratch = Workbook()
    scratch.add_sheet("a")
    scratch.set_formula("a", 1, 1, f"={name}()")
    found = scratch.evaluate_cell("a", 1, 1)
    return not isinstance(found, dict) or found["kind"] not in ("Name", "NImpl")


def _register(workbook: Workbook) -> None:
    for name, function in callables().items():
        workbook.register_function(name, _adapted(function), allow_override_builtin=name in NATIVE)
    workbook.register_function(_COMPARE, _compare)


# ---- formulas rewritten --------------------------------------------------------------------------------------


def rewritten(text: str) -> str:
    """Write a formula (without its =) anew so that it compares and leaves out arguments as a spreadsheet does."""
    try:
        return _text(formualizer.parse(f"={text}"))
    except ParserError:
        return text


def _text(node: ASTNode) -> str:
    children = node.children()
    match node.node_type():
        case "Function":
            name = str(node.get_function_name())
            return f"{name}({','.join(_argument(name, c) for c in children)})"
        case "Call":
            return f"{_text(children[0])}({','.join(map(_text, children[1:]))})"
        case "UnaryOp":
            sign = node.get_operator()
            return f"({_text(children[0])}{sign})" if sign in ("%", "#") else f"({sign}{_text(children[0])})"
        case "BinaryOp":
            return _binary(str(node.get_operator()), *children)
    return node.to_formula().removeprefix("=")


def _argument(name: str, node: ASTNode) -> str:
    if node.node_type() == "Omitted":
        return f'"{_LEFT_OUT}"' if name.upper() in functions() else ""
    return _text(node)


def _binary(sign: str, left: ASTNode, right: ASTNode) -> str:
    a, b = _text(left), _text(right)
    if sign in COMPARED and not _is_plain(left) and not _is_plain(right):
        return f'{_COMPARE}("{sign}",{a},{b})'
    return f"({a}{sign}{b})"


def _is_plain(node: ASTNode) -> bool:
    """Return whether a side needs no rounding to be compared: text, truth or 0."""
    if node.node_type() != "Literal":
        return False
    value = node.get_literal_value()
    return isinstance(value, str | bool) or value == 0


# ---- values both ways ----------------------------------------------------------------------------------------


def _adapted(function: Callable[..., Any]) -> Callable[..., Any]:
    return partial(_call, function)


def _call(function: Callable[..., Any], *given: Any) -> Any:
    return _out(answered(function, [_in(a) for a in given]))


def _compare(sign: str, a: Any, b: Any) -> Any:
    return _out(compared(sign, _in(a), _in(b)))


def _in(given: Any) -> Any:
    if given == _LEFT_OUT:
        return OMITTED
    if isinstance(given, list):
        cells = [[_plain(v) for v in row] for row in given]
        return cells[0][0] if len(cells) == 1 and len(cells[0]) == 1 else cells
    return _plain(given)


def _out(answer: Any) -> Any:
    if isinstance(answer, list):
        return [[_out(v) for v in row] for row in answer]
    if isinstance(answer, str) and answer in (*ERRORS, CIRCLE):
        return {"type": "Error", "kind": _CODES[answer]}
    return answer


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _KINDS.get(value["kind"], "#VALUE!")
    return float(value) if type(value) is int else value


def _is_value(value: Any) -> bool:
    """Return whether a cell was valued; an engine's own troubles (not implemented, spilled over) are none."""
    return not isinstance(value, dict) or value["kind"] in _KINDS
