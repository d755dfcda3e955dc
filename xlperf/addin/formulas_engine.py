"""The package `formulas` as an engine for an office's own book: XP_ functions beside the native ones.

A cell that cannot be valued (a circle, a whole column, an unknown function) is named, not lost. `formulas`
is a tool of the developer and of offices without a spreadsheet; nothing else of xlperf needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import formulas
import numpy as np
import schedula
from formulas.functions import Array, Error, XlError
from formulas.tokens.operand import Empty

from xlperf.addin.cached import Place, formulas_of, write_values
from xlperf.addin.cells import OMITTED, CellError, value_of, wrong
from xlperf.addin.functions import functions
from xlperf.formula.values import EXEMPT, half_up
from xlperf.problems import Problem, Where, problem

_MISSING = object()
_CALLED = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\(")
_WHOLE = re.compile(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}(?![0-9])")
_REFERENCE = re.compile(r"'\[[^\]]*\](.*)'!([A-Z]+[0-9]+)(?::[A-Z]+[0-9]+)?")


class _LeftOut(int):
    """An argument that was left out: 0 to native functions, as `formulas` has it, and known to ours."""


def recalculated(book: Path, out: Path) -> tuple[int, list[Problem]]:
    """Write a copy of a workbook with true cached values; return how many, and what has none.

    A cell that could not be valued keeps what it had.
    """
    texts = formulas_of(book)
    found = valued(book)
    values, problems = {}, []
    for (sheet, cell), text in texts.items():
        value = found.get((sheet.upper(), cell), _MISSING)
        why = _why_not(value, text)
        if why is None:
            values[sheet, cell] = _code(value) if isinstance(value, XlError) else value
        else:
            problems.append(problem(why, Where(file=book.name, sheet=sheet, cell=cell), found=f"={text}"))
    write_values(book, out, values)
    return len(values), problems


def valued(book: Path) -> dict[Place, Any]:
    """Calculate a workbook; worksheet names come back in capitals, as `formulas` keeps them."""
    register()
    model = formulas.ExcelModel().loads(str(book)).finish(circular=True)
    return dict(_cells(model.calculate()))


def _why_not(value: Any, text: str) -> str | None:
    """Return the problem of a cell without a value; None where it has one."""
    code = _code(value)
    if code == "#CIRC!":
        return "RECALC_CIRCLE"
    if code == "#NAME?" and any(n.upper() not in formulas.get_functions() for n in _CALLED.findall(text)):
        return "RECALC_UNKNOWN_FUNCTION"
    if value is _MISSING:
        return "RECALC_WHOLE_COLUMN" if _WHOLE.search(text) else "RECALC_NO_VALUE"
    return None


def _code(value: object) -> str:
    """Return the text of an error as a plain text: its own kind is equal to nothing but itself."""
    return "".join(repr(value))


def register() -> None:
    """Make every worksheet function known to `formulas`, and its ROUND round decimals as spreadsheets do."""
    Empty.compile = staticmethod(lambda: _LeftOut(0))
    known = formulas.get_functions()
    for name, function in functions().items():
        known[name] = _adapted(function)
    known["ROUND"] = _adapted(_rounded)


def _cells(solution: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    for name, ranges in solution.items():
        found = _REFERENCE.fullmatch(str(name))
        if found is None or ":" in str(name) or not isinstance(ranges, formulas.ranges.Ranges):
            continue
        yield (found[1], found[2]), _plain(ranges.value[0, 0])


def _rounded(cells: Any, digits: Any) -> Any:
    if isinstance(cells, tuple):
        return [[_rounded(cell, digits) for cell in row] for row in cells]
    number, places = (value_of(v, "ROUND") or Fraction(0) for v in (cells, digits))
    if isinstance(number, str) or isinstance(places, str):
        raise wrong("FN_NOT_A_NUMBER", argument="ROUND", found=EXEMPT)
    return float(half_up(number, int(places)))


def _adapted(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        cells = [_argument(a) for a in given]
        for cell in cells:
            if (held := _first_error(cell)) is not None:
                return held
        try:
            answer = function(*cells)
        except CellError as error:
            return Error.errors.get(error.code, Error.errors["#VALUE!"])
        return np.array(answer, dtype=object).view(Array) if isinstance(answer, list) else answer

    return call


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
        return value
    return value.item() if isinstance(value, np.generic) else value


def _first_error(cell: Any) -> XlError | None:
    rows = cell if isinstance(cell, tuple) else ((cell,),)
    return next((v for row in rows for v in row if isinstance(v, XlError)), None)
