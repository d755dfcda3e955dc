"""The package `formulas` as an engine for an office's own book: XP_ functions beside the native ones.

`formulas` is a tool of the developer and of offices without a spreadsheet; nothing else of xlperf needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import formulas
import numpy as np
import schedula
from formulas.functions import Array, Error, XlError, operators
from formulas.tokens.operand import Empty

from xlperf.addin.cells import OMITTED
from xlperf.addin.headless.adapter import answered, callables
from xlperf.addin.headless.native import COMPARED, as_shown
from xlperf.xlsx.cached import Place

_REFERENCE = re.compile(r"'\[[^\]]*\](.*)'!([A-Z]+[0-9]+)(?::[A-Z]+[0-9]+)?")


class _LeftOut(int):
    """An argument that was left out: 0 to native functions, as `formulas` has it, and known to ours."""


def valued(book: Path) -> dict[Place, Any]:
    """Calculate a workbook; worksheet names come back in capitals, as `formulas` keeps them."""
    register()
    model = formulas.ExcelModel().loads(str(book)).finish(circular=True)
    return dict(_cells(model.calculate()))


def knows(name: str) -> bool:
    """Return whether a function of this name can be calculated."""
    return name in formulas.get_functions()


def register() -> None:
    """Hand `formulas` every worksheet function, and let it round and compare decimals as spreadsheets do."""
    Empty.compile = staticmethod(lambda: _LeftOut(0))
    known = formulas.get_functions()
    for name, function in callables().items():
        known[name] = _adapted(function)
    for sign, holds in COMPARED.items():
        operators.OPERATORS[sign] = operators.logic_wrap(partial(_compare, holds))
    # `formulas` reads -- as +, and its SUMPRODUCT takes truth for 0: SUMPRODUCT(--(A1:A9=1)) would be 0
    operators.OPERATORS["U+"] = operators.wrap_ufunc(_counted, input_parser=lambda *a: a)


def _counted(value: Any) -> Any:
    return float(value) if isinstance(value, bool | np.bool_) else value


def _compare(holds: Callable[[Any, Any], bool], a: tuple[int, Any], b: tuple[int, Any]) -> bool:
    """Compare two sides as `formulas` hands them: the place of the kind, and the value."""
    return bool(holds(*((kind, as_shown(v) if kind == 0 else v) for kind, v in (a, b))))


def _cells(solution: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for name, ranges in solution.items():
        found = _REFERENCE.fullmatch(str(name))
        if found is None or ":" in str(name) or not isinstance(ranges, formulas.ranges.Ranges):
            continue
        yield (found[1], found[2]), _plain(ranges.value[0, 0])


def _adapted(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: _out(answered(function, [_argument(a) for a in given]))


def _out(answer: Any) -> Any:
    if isinstance(answer, list):
        rows = [[_out(cell) for cell in row] for row in answer]
        return np.array(rows, dtype=object).view(Array)
    return Error.errors.get(answer, answer) if isinstance(answer, str) else answer


def _argument(given: Any) -> Any:
    if isinstance(given, _LeftOut):
        return OMITTED
    cells = np.asarray(given.value if isinstance(given, formulas.ranges.Ranges) else given, dtype=object)
    if cells.size == 1:
        return _plain(cells.ravel()[0])
    return tuple(tuple(_plain(v) for v in row) for row in np.atleast_2d(cells))


def _plain(value: Any) -> Any:
    if value is None or value is schedula.EMPTY:
        return None
    if isinstance(value, XlError):
        return "".join(repr(value))  # a plain text: its own kind is equal to nothing but itself
    return value.item() if isinstance(value, np.generic) else value
