"""Run by LibreOffice's own Python: open a 总表, press the button through dispatch, type, press again, undo.

Usage: uno_press.py PIPE STEPS.json; prints what every step saw as JSON. Steps: ["open", path], ["press", command],
["told", command] (the same without the menu: what it says), ["put", sheet, cell, value], ["unprotect", sheet],
["rows", sheet], ["remove", sheet], ["save", path], ["save", path, password], ["unlock", path, password] (whether it
opened); for a book with VBA ["macros", path] (open it, macros allowed) and ["call", module.function, argument, …],
which sees None where a module does not compile.
"""

import json
import os
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue


def connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(150):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.2)
    raise SystemExit("LibreOffice did not answer")


def option(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def rows(sheet):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow).getDataArray()


def step(desktop, context, document, what, *words):
    if what == "open":
        hidden = () if len(words) > 1 else (option("Hidden", True),)
        return desktop.loadComponentFromURL(Path(words[0]).as_uri(), "_blank", 0, hidden), None
    if what == "unlock":
        words_ = option("Hidden", True), option("Password", words[1])
        try:
            document = desktop.loadComponentFromURL(Path(words[0]).as_uri(), "_blank", 0, words_)
        except Exception:  # of another password
            return None, False
        return document, document is not None
    if what == "macros":
        allowed = option("Hidden", True), option("MacroExecutionMode", 4)  # ALWAYS_EXECUTE_NO_WARN
        return desktop.loadComponentFromURL(Path(words[0]).as_uri(), "_blank", 0, allowed), None
    if what == "call":
        name = f"vnd.sun.star.script:VBAProject.{words[0]}?language=Basic&location=document"
        return document, document.getScriptProvider().getScript(name).invoke(tuple(words[1:]), (), ())[0]
    if what == "press":
        start = time.perf_counter()
        frame = document.CurrentController.Frame
        helper = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
        helper.executeDispatch(frame, f"service:org.xlperf.Command?{words[0]}", "_self", 0, ())
        return document, time.perf_counter() - start
    if what == "told":
        from xlperf.addin.libreoffice.document import COMMANDS, Document  # as the extension has them

        return document, COMMANDS[words[0]](Document(document), "8:00").lines
    if what == "put":
        document.Sheets.getByName(words[0]).getCellRangeByName(words[1]).setDataArray(((words[2],),))
    if what == "unprotect":
        document.Sheets.getByName(words[0]).unprotect("")
    if what == "rows":
        there = document.Sheets.hasByName(words[0])
        return document, rows(document.Sheets.getByName(words[0])) if there else None
    if what == "remove":
        document.Sheets.removeByName(words[0])
    if what == "save":
        kinds = [option("FilterName", "Calc MS Excel 2007 XML"), *(option("Password", word) for word in words[1:])]
        document.storeToURL(Path(words[0]).as_uri(), tuple(kinds))
    return document, None


def main():
    context = connected(sys.argv[1])
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    seen, document = [], None
    for words in json.loads(Path(sys.argv[2]).read_text("utf-8")):
        document, found = step(desktop, context, document, *words)
        seen.append(found)
    print(json.dumps(seen, ensure_ascii=False), flush=True)
    # Whoever started LibreOffice ends it. To close it from here would race with its own end, and the bridge may then
    # take this process with it; what was seen is out already.
    os._exit(0)


if __name__ == "__main__":
    main()
