"""The LibreOffice component: every worksheet function, and the commands of menu and toolbar.

This file goes into the extension as it is; it runs inside LibreOffice only (`uno`, `org.xlperf` from the
extension's own type library). Names resolve in .xlsx files through `XCompatibilityNames` (25.2 and later).
"""

from __future__ import annotations

import struct
import traceback
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.lang import Locale, XServiceInfo, XServiceName
from com.sun.star.sheet import LocalizedName, ResultEvent, XAddIn, XCompatibilityNames, XVolatileResult
from com.sun.star.task import XJobExecutor
from org.xlperf import XFunctions

from xlperf.addin.functions import OMITTED, CellError, functions
from xlperf.addin.libreoffice.document import press
from xlperf.addin.libreoffice.extension import COMMAND, SERVICE, method_of

ADDIN = "com.sun.star.sheet.AddIn"
FUNCTIONS = {method_of(name): function for name, function in functions().items()}
CODES = {"#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503, "#N/A": 32767}


def error_value(code: str) -> float:
    """Return the number that stands for a cell error: a NaN that carries LibreOffice's own error code."""
    made: float = struct.unpack("<d", struct.pack("<II", CODES.get(code, 519), 0x7FF80000))[0]
    return made


def answered(method: str, *given: Any) -> Any:
    """Call a function.

    One cell is answered as such, because LibreOffice does not find texts that came in a range when it
    compares cells; several go as `Several`.
    """
    function = FUNCTIONS[method]
    cells = list(given[:-1]) + list(given[-1]) if function.repeated else list(given)
    cells = [OMITTED if cell is None else cell for cell in cells]
    while cells and cells[-1] is OMITTED:
        cells.pop()
    try:
        answer = function(*cells)
    except CellError as error:
        return error_value(error.code)
    return Several(answer) if isinstance(answer, list) else answer


class Several(unohelper.Base, XVolatileResult):  # type: ignore[misc]
    """A range as the answer of a function whose type is `any`: the one way to give it the type of a range.

    (Python's own tuples arrive as a sequence of `any`, which shows #VALUE!.)
    """

    def __init__(self, answer: list[list[Any]]) -> None:
        self.answer = tuple(map(tuple, answer))

    def addResultListener(self, listener: Any) -> None:  # noqa: N802 the interface's spelling, here and below
        """Return the answer at once; it never changes."""
        event = ResultEvent()
        event.Source = self
        event.Value = uno.Any("[][]any", self.answer)
        listener.modified(event)

    def removeResultListener(self, listener: Any) -> None:  # noqa: N802
        """Forget nobody: nobody is told twice."""


class Functions(unohelper.Base, XFunctions, XAddIn, XCompatibilityNames, XServiceName, XServiceInfo):  # type: ignore[misc]
    """Every worksheet function: one method each, added below."""

    def __init__(self, context: Any) -> None:
        self.locale = Locale("zh", "CN", "")

    @property
    def language(self) -> Any:
        """Return the language of the help texts: English only where LibreOffice speaks it."""
        return "en" if self.locale.Language == "en" else "zh"

    def getCompatibilityNames(self, method: str) -> Any:  # noqa: N802
        """Return the name that stands in .xlsx files."""
        name = self.getDisplayFunctionName(method)
        return (LocalizedName(Locale("en", "US", ""), name),) if name else ()

    def getProgrammaticFuntionName(self, shown: str) -> str:  # noqa: N802
        """Return the method of a function (the interface really spells it so)."""
        return next((m for m, f in FUNCTIONS.items() if f.name == shown), "")

    def getDisplayFunctionName(self, method: str) -> str:  # noqa: N802
        """Return the name typed into a cell."""
        return FUNCTIONS[method].name if method in FUNCTIONS else ""

    def getFunctionDescription(self, method: str) -> str:  # noqa: N802
        """Return the help of a function."""
        function = FUNCTIONS.get(method)
        return f"{function.zh}：{function.help(self.language)}" if function else ""

    def getDisplayArgumentName(self, method: str, index: int) -> str:  # noqa: N802
        """Return the heading of an argument."""
        found = self._argument(method, index)
        return (found.title if self.language == "zh" else found.name) if found else ""

    def getArgumentDescription(self, method: str, index: int) -> str:  # noqa: N802
        """Return the help of an argument."""
        found = self._argument(method, index)
        return found.help(self.language) if found else ""

    def _argument(self, method: str, index: int) -> Any:
        function = FUNCTIONS.get(method)
        if function is None:
            return None
        fixed, group = function.fixed, function.repeated
        if index < len(fixed):
            return fixed[index]
        return group[(index - len(fixed)) % len(group)] if group else None

    def getProgrammaticCategoryName(self, method: str) -> str:  # noqa: N802
        """Return the category in the function wizard."""
        return "Add-In"

    def getDisplayCategoryName(self, method: str) -> str:  # noqa: N802
        """Return the category in the function wizard."""
        return "Add-In"

    def setLocale(self, locale: Any) -> None:  # noqa: N802
        """Take the language of LibreOffice."""
        self.locale = locale

    def getLocale(self) -> Any:  # noqa: N802
        """Return the language."""
        return self.locale

    def getServiceName(self) -> str:  # noqa: N802
        """Return the name of the service."""
        return SERVICE

    def getImplementationName(self) -> str:  # noqa: N802
        """Return the name of the implementation."""
        return SERVICE

    def supportsService(self, name: str) -> bool:  # noqa: N802
        """Return whether a service is offered."""
        return name in (SERVICE, ADDIN)

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        """List the services."""
        return (SERVICE, ADDIN)


def _method(method: str) -> Any:
    return lambda _, *given: answered(method, *given)


for _name in FUNCTIONS:
    setattr(Functions, _name, _method(_name))


class Command(unohelper.Base, XJobExecutor, XServiceInfo):  # type: ignore[misc]
    """The commands of menu and toolbar, `service:org.xlperf.Command?rank` and the like."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def trigger(self, what: str) -> None:
        """Run a command on the document in front; LibreOffice swallows what a command raises, so log it."""
        try:
            press(self.context, what)
        except Exception:
            log = Path(uno.fileUrlToSystemPath(self._folder())) / "xlperf.log"
            with log.open("a", encoding="utf-8") as file:
                file.write(traceback.format_exc())
            raise

    def _folder(self) -> str:
        paths = self.context.ServiceManager.createInstance("com.sun.star.util.PathSettings")
        return str(paths.Temp)

    def getImplementationName(self) -> str:  # noqa: N802
        """Return the name of the implementation."""
        return COMMAND

    def supportsService(self, name: str) -> bool:  # noqa: N802
        """Return whether a service is offered."""
        return name == COMMAND

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        """List the services."""
        return (COMMAND,)


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 the name LibreOffice looks for
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE, ADDIN))
g_ImplementationHelper.addImplementation(Command, COMMAND, (COMMAND,))
