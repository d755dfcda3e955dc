"""Run by LibreOffice's own Python: open, calculate and read a book, or type into one that stands open, when told to.

Usage: uno_recalculate.py PIPE BOOK SHEET; then a line a turn on stdin, an answer as JSON on stdout:
`load RANGE` opens the book anew, calculates every formula and reads a range; `store FILE RANGE` writes a copy besides;
`edit CELL VALUE RANGE` types into the one that stands open, and reads a range; `stop`. Every program answers from warm:
LibreOffice runs already.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "kit"))
from uno_press import connected, option


def main():
    pipe, book, title = sys.argv[1:]
    context = connected(pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = None
    print("ready", flush=True)
    for line in sys.stdin:
        what, *words = line.split()
        if what == "stop":
            break
        if what in ("load", "store"):
            if document is not None:
                document.close(True)
            document = desktop.loadComponentFromURL(Path(book).as_uri(), "_blank", 0, (option("Hidden", True),))
            if what == "store":
                filter_ = option("FilterName", "Calc MS Excel 2007 XML")
                document.storeToURL(Path(words[0]).as_uri(), (filter_,))
        else:
            document.Sheets.getByName(title).getCellRangeByName(words[0]).setValue(float(words[1]))
        found = document.Sheets.getByName(title).getCellRangeByName(words[-1]).getDataArray()
        print(json.dumps(found), flush=True)


main()
