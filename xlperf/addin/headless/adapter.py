"""What both engines are given: every XP_ function and the native ones of `native`, and how a cell answers.

An error is its text (`#N/A`) on the way in and out; an engine turns it into its own kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xlperf.addin.cells import CellError
from xlperf.addin.functions import functions
from xlperf.addin.headless.native import NATIVE
from xlperf.formula.values import ERRORS

CIRCLE = "#CIRC!"


def callables() -> dict[str, Callable[..., Any]]:
    """Return every function that an engine is given, by name."""
    return {**functions(), **NATIVE}


def answered(function: Callable[..., Any], cells: Sequence[Any]) -> Any:
    """Answer as a cell does: an error among the arguments or of the function is its text."""
    if function not in NATIVE.values():
        for cell in cells:
            if (held := first_error(cell)) is not None:
                return held
    try:
        return function(*cells)
    except CellError as error:
        return error.code
    except TypeError:  # too many arguments, or too few
        return "#VALUE!"


def first_error(cell: Any) -> str | None:
    """Return the first error of a cell or range."""
    rows = cell if isinstance(cell, list | tuple) else ((cell,),)
    return next((v for row in rows for v in row if isinstance(v, str) and v in (*ERRORS, CIRCLE)), None)
