"""An office's own book calculated without a spreadsheet: which engine, what it is given, what it could not value.

Both engines get the same functions from here: every XP_ function, and the native ones of `native`. An error
is its text (`#N/A`) on the way in and out; an engine turns it into its own kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, cast

from xlperf.addin.cells import CellError
from xlperf.addin.functions import functions
from xlperf.addin.headless.native import NATIVE
from xlperf.formula.values import ERRORS
from xlperf.problems import Problem, Where, problem
from xlperf.xlsx.cached import Place, formulas_of, write_values

ENGINES = ("formulas", "formualizer")
# `formulas` needs about 4 ms a formula to load and 2 to calculate, and more the larger the book is; beyond 50
# units × 30 formulas a person waits. Below it is preferred: it names whole columns and circles itself.
MOST_FOR_FORMULAS = 1_500
CIRCLE = "#CIRC!"
_HOME = __name__.rpartition(".")[0]
_MISSING = object()
_CALLED = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\(")
_QUOTED = re.compile(r'"[^"]*"')
_WHOLE = re.compile(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}(?![0-9])")


class Engine(Protocol):
    """What a module `…_engine` offers."""

    def valued(self, book: Path) -> Mapping[Place, Any]:
        """Calculate a book; worksheet names in capitals, errors as text, nothing where there is no value."""

    def knows(self, name: str) -> bool:
        """Tell whether a function of this name (in capitals) can be calculated."""


def engine_for(formula_cells: int) -> str:
    """Choose the engine for a book of so many formula cells."""
    return ENGINES[formula_cells > MOST_FOR_FORMULAS]


def recalculated(book: Path, out: Path, engine: str | None = None) -> tuple[int, list[Problem]]:
    """Write a copy of a workbook with true cached values; return how many, and what has none.

    A cell that could not be valued keeps what it had. engine: None to choose by size.
    """
    texts = formulas_of(book)
    name = engine or engine_for(len(texts))
    if find_spec(name) is None:
        return 0, [problem("RECALC_NO_ENGINE", None, found=name)]
    chosen = cast("Engine", import_module(f"{_HOME}.{name}_engine"))  # slow to import, and only the one needed
    found = chosen.valued(book)
    values, problems = {}, []
    for (sheet, cell), text in texts.items():
        value = found.get((sheet.upper(), cell), _MISSING)
        why = _why_not(value, text, chosen)
        if why is None:
            values[sheet, cell] = value
        else:
            problems.append(problem(why, Where(file=book.name, sheet=sheet, cell=cell), found=f"={text}"))
    write_values(book, out, values)
    return len(values), problems


def _why_not(value: Any, text: str, engine: Engine) -> str | None:
    """Return the problem of a cell without a value; None where it has one."""
    if value == CIRCLE:
        return "RECALC_CIRCLE"
    bare = _QUOTED.sub("", text)
    if value == "#NAME?" and not all(engine.knows(n.upper()) for n in _CALLED.findall(bare)):
        return "RECALC_UNKNOWN_FUNCTION"
    if value is _MISSING or (value in ERRORS and "XP_" in bare.upper()):
        if _WHOLE.search(bare):
            return "RECALC_WHOLE_COLUMN"
        return "RECALC_NO_VALUE" if value is _MISSING else None
    return None


# ---- the adapter -------------------------------------------------------------------------------------------


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
