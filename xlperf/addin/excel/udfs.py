"""The worksheet functions as xlwings finds them: one function of this module each, `XP_STEPS` and so on.

Excel on Windows calls them through xlwings' own server; nowhere else can they be called as cells. An
argument always arrives as rows, so that a range of one column keeps its shape. A wrong argument is
answered with `MARK` and the error's name, which the VBA beside it turns into the error itself.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from typing import Any

from xlperf.addin.cells import OMITTED, CellError
from xlperf.addin.excel.names import safe
from xlperf.addin.functions import Function, functions

MARK = "\x01"


def made(function: Function) -> Callable[..., Any]:
    """Make the function that xlwings calls, with the signature that its generator reads."""
    words = [a.slot.takes == "word" for a in function.fixed]
    may_be_left_out = [a.slot.optional for a in function.fixed]

    def call(*cells: Any) -> Any:
        given = list(cells)
        for i, optional in enumerate(may_be_left_out[: len(given)]):
            if function.repeated and optional and (given[i] is None or (words[i] and given[i] == [[None]])):
                given[i] = (
                    OMITTED  # None is what was left out; where a word may stand, an empty cell says nothing either
                )
        try:
            return function(*given)
        except CellError as error:
            return MARK + error.code

    call.__name__ = function.name
    call.__doc__ = f"{function.zh}：{function.help('zh')}"
    call.__signature__ = inspect.Signature(_parameters(function))  # type: ignore[attr-defined]
    return call


def _parameters(function: Function) -> list[inspect.Parameter]:
    """List the arguments; xlwings knows no function with both optional and repeated ones."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    found = []
    for argument in function.fixed:
        left_out = OMITTED if argument.slot.optional and not function.repeated else inspect.Parameter.empty
        found.append(inspect.Parameter(safe(argument.name), kind, default=left_out))
    if function.repeated:
        found.append(inspect.Parameter("more", inspect.Parameter.VAR_POSITIONAL))
    return found


def decorated(function: Function, udfs: Any) -> Callable[..., Any]:
    """Decorate a function with xlwings' own words: help, rows, errors as texts."""
    call = made(function)
    for argument in function.fixed:
        call = udfs.xlarg(safe(argument.name), ndim=2, err_to_str=True, doc=f"{argument.title}：{argument.zh}")(call)
    if function.repeated:
        help_ = "、".join(f"{a.title}（{a.zh}）" for a in function.repeated)
        call = udfs.xlarg("more", ndim=2, err_to_str=True, doc=help_[:255])(call)
    finished: Callable[..., Any] = udfs.xlfunc(category="xlperf", call_in_wizard=False)(call)  # last: xlarg resets it
    return finished


def _published() -> dict[str, Callable[..., Any]]:
    """Return every function; decorated where xlwings can serve them, that is on Windows."""
    if sys.platform != "win32":
        return {name: made(function) for name, function in functions().items()}
    udfs = importlib.import_module("xlwings.udfs")
    return {name: decorated(function, udfs) for name, function in functions().items()}


globals().update(_published())
