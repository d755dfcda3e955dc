"""The button inside LibreOffice: the open document as `button.Pages`, and the commands of menu and toolbar.

Runs inside LibreOffice only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import uno

from xlperf.addin.button import CAPTION, HEADING, MOVES, REFUSED, Outcome, rank, undo
from xlperf.addin.issued import Row

_ERRORS = {502: "#VALUE!", 503: "#NUM!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}
_CHARACTER = 210  # hundredths of a millimetre that a character of half width takes
_MIDDLE = 2  # com.sun.star.table.CellVertJustify2.CENTER
_BOLD = 150.0  # com.sun.star.awt.FontWeight.BOLD
_FORMULA_ERROR = 4  # com.sun.star.sheet.FormulaResult.ERROR
COMMANDS: dict[str, Callable[..., Outcome]] = {"rank": rank, "undo": undo}


class Document:
    """An open spreadsheet of LibreOffice."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def titles(self) -> Sequence[str]:
        """List the worksheets."""
        return tuple(self._document.Sheets.ElementNames)

    def rows(self, title: str) -> Sequence[Row]:
        """Return what the cells of a worksheet show, from A1 on."""
        sheet = self._document.Sheets.getByName(title)
        used = self._used(sheet)
        found = [[None if c == "" else c for c in row] for row in used.getDataArray()]
        wrong = used.queryFormulaCells(_FORMULA_ERROR)
        for place in wrong.RangeAddresses if wrong is not None else ():
            for r in range(place.StartRow, place.EndRow + 1):
                for c in range(place.StartColumn, place.EndColumn + 1):
                    found[r][c] = _ERRORS.get(sheet.getCellByPosition(c, r).getError(), "#VALUE!")
        return found

    def formulas(self, title: str) -> Sequence[Sequence[str]]:
        """Return the formula of every cell, from A1 on."""
        found: Sequence[Sequence[str]] = self._used(self._document.Sheets.getByName(title)).getFormulaArray()
        return found

    def put(self, title: str, row: int, column: int, value: Any) -> None:
        """Type a value into a cell."""
        cell = self._document.Sheets.getByName(title).getCellRangeByPosition(column, row, column, row)
        cell.setDataArray((("" if value is None else value,),))

    def replace(self, title: str, rows: Sequence[Row], *, hidden: bool = False, widths: Sequence[float] = ()) -> None:
        """Write a worksheet anew, adding it at the end where there is none. widths: in characters, with headings."""
        sheets = self._document.Sheets
        if not sheets.hasByName(title):
            sheets.insertNewByName(title, sheets.Count)
        sheet = sheets.getByName(title)
        sheet.clearContents(7)  # values, dates and texts
        width = max((len(r) for r in rows), default=0)
        if width:
            cells = tuple(tuple("" if v is None else v for v in [*r, *[None] * width][:width]) for r in rows)
            sheet.getCellRangeByPosition(0, 0, width - 1, len(cells) - 1).setDataArray(cells)
        sheet.IsVisible = not hidden
        for column, wide in enumerate(widths):
            sheet.Columns.getByIndex(column).Width = round(wide * _CHARACTER)
        if widths:
            self._dress(sheet, len(widths), len(rows))

    def remove(self, title: str) -> None:
        """Delete a worksheet; nothing where there is none."""
        if self._document.Sheets.hasByName(title):
            self._document.Sheets.removeByName(title)

    def recalculate(self) -> None:
        """Recalculate every formula."""
        self._document.calculateAll()

    @staticmethod
    def _dress(sheet: Any, width: int, height: int) -> None:
        """Let the first row look like headings, and long texts wrap."""
        whole = sheet.getCellRangeByPosition(0, 0, width - 1, max(height, 1) - 1)
        whole.IsTextWrapped, whole.VertJustify = True, _MIDDLE
        head = sheet.getCellRangeByPosition(0, 0, width - 1, 0)
        head.CharWeight, head.CharWeightAsian = _BOLD, _BOLD
        head.CellBackColor = HEADING
        head.HoriJustify = uno.Enum("com.sun.star.table.CellHoriJustify", "CENTER")
        sheet.Rows.OptimalHeight = True

    @staticmethod
    def _used(sheet: Any) -> Any:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)


def press(context: Any, what: str) -> Outcome:
    """Run a command on the document in front, and say in a window what came of it."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.getCurrentComponent() or next(iter(_documents(desktop)), None)
    if document is None or not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
        return Outcome(False, ("没有打开的表格",))
    outcome = COMMANDS[what](Document(document), datetime.now().isoformat(" ", "seconds"))
    controller = document.CurrentController
    if controller is not None:
        if outcome.done and document.Sheets.hasByName(MOVES):
            controller.setActiveSheet(document.Sheets.getByName(MOVES))
            controller.freezeAtPosition(0, 1)
        _tell(context, controller, outcome)
    return outcome


def _documents(desktop: Any) -> Sequence[Any]:
    """List the open documents; without a window there is no current one."""
    found, components = [], desktop.Components.createEnumeration()
    while components.hasMoreElements():
        found.append(components.nextElement())
    return found


def _tell(context: Any, controller: Any, outcome: Outcome) -> None:
    """Show the outcome; without a screen LibreOffice closes the window by itself."""
    toolkit = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context)
    window = controller.Frame.ContainerWindow
    title = CAPTION if outcome.done else REFUSED
    kind = uno.Enum("com.sun.star.awt.MessageBoxType", "INFOBOX" if outcome.done else "WARNINGBOX")
    box = toolkit.createMessageBox(window, kind, 1, title, "\n".join(outcome.lines))
    box.execute()
    box.dispose()
