"""Run by LibreOffice's own Python: use a 总表 in its window with mouse and keyboard, as a person does.

Usage: uno_click.py PIPE STEPS.json; prints what every step saw as JSON. Steps: ["open", path],
["click", role, names, role, names] (what is on the screen under one of these names, until what the click brings is
there too), ["dismiss", role, name, …] (click until it has gone), ["shoot", role, name, …] (into button.png, once that
is on the screen),
["type", sheet, cell, digits], ["until", sheet, rows] (wait for as many rows), ["rows", sheet].
Where a thing stands is asked through accessibility; mouse and keys go through the X server (xdotool).
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from uno_press import connected, rows  # beside this file, where both are copied to

ROLES = {"MENU": 34, "MENU_ITEM": 36, "PUSH_BUTTON": 44}  # com.sun.star.accessibility.AccessibleRole
MNEMONIC = re.compile(r"\([A-Z]\)$")  # 重新计算排名(A)
PATIENCE = 60  # seconds a step may take until the screen shows what it waits for
AGAIN = 8  # seconds after which a click or a key that did nothing was missed


def until(found, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(0.1)
    raise SystemExit(f"waited {PATIENCE} s for {what}")


def xdotool(*words):
    subprocess.run(["xdotool", *map(str, words)], check=True, timeout=PATIENCE)


def shot():
    subprocess.run(["import", "-window", "root", "button.png"], check=True, timeout=PATIENCE)


class Screen:
    """The windows of LibreOffice."""

    def __init__(self, context):
        create = context.ServiceManager.createInstanceWithContext
        self.desktop = create("com.sun.star.frame.Desktop", context)
        self.toolkit = create("com.sun.star.awt.Toolkit", context)
        self.document = None

    def open(self, path):
        self.document = self.desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, ())

    def click(self, role, names, brings, called):
        """Wait until one of the names stands still somewhere, and click its middle until that brings what it should.

        A window that came up just now can miss a click. LibreOffice answers no question while it calculates, so who
        hears that nothing came is not too early; after AGAIN seconds of that the click was missed.
        """
        clicked = 0.0

        def seen():
            nonlocal clicked
            if self._place(ROLES[brings], called):
                return True
            place = time.monotonic() - clicked > AGAIN and self._still(ROLES[role], names)
            if place:
                xdotool("mousemove", *place, "sleep", 0.2, "click", 1)
                clicked = time.monotonic()
            return False

        until(seen, f"{role} {names} to bring {called}")

    def type(self, sheet, cell, text):
        controller = self.document.CurrentController
        there = self.document.Sheets.getByName(sheet)
        controller.setActiveSheet(there)
        typed = 0.0

        def stands():
            nonlocal typed
            if there.getCellRangeByName(cell).FormulaLocal == text:
                return True
            if time.monotonic() - typed > AGAIN:  # a window without the focus yet misses keys
                controller.select(there.getCellRangeByName(cell))
                self._focus(controller)
                xdotool("key", *text, "Return")
                typed = time.monotonic()
            return False

        until(stands, f"{text} in {sheet}!{cell}")

    def _focus(self, controller):
        words = ["xdotool", "search", "--onlyvisible", "--name", "LibreOffice Calc"]
        window = subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)
        xdotool("windowfocus", "--sync", window.stdout.split()[0].decode())
        controller.Frame.ComponentWindow.setFocus()

    def dismiss(self, role, *names):
        until(lambda: self._still(ROLES[role], names), f"{role} {names} on the screen")
        until(lambda: self._gone(role, names), f"{names} to go")

    def shoot(self, role, *names):
        """Shoot the screen into button.png as soon as one of the names stands on it."""
        until(lambda: self._still(ROLES[role], names), f"{role} {names} on the screen")
        shot()

    def until(self, sheet, count):
        until(lambda: len(self.rows(sheet) or ()) >= count, f"{count} rows in {sheet}")

    def rows(self, sheet):
        sheets = self.document.Sheets
        return rows(sheets.getByName(sheet)) if sheets.hasByName(sheet) else None

    def _gone(self, role, names):
        """Tell whether it has gone; click it where it has not."""
        place = self._still(ROLES[role], names)
        if place:
            xdotool("mousemove", *place, "sleep", 0.2, "click", 1)
            time.sleep(0.5)
        return self._place(ROLES[role], names) is None

    def _still(self, role, names):
        """Return the middle of a thing that stands where it stood a moment ago."""
        before = self._place(role, names)
        time.sleep(0.2)
        return before if before and before == self._place(role, names) else None

    def _place(self, role, names):
        windows = [self.toolkit.getTopWindow(i) for i in range(self.toolkit.getTopWindowCount())]
        for window in windows:  # one that was closed stays in the list
            for its_role, name, place in visible(window) if window and window.isVisible() else ():
                if its_role == role and MNEMONIC.sub("", name) in names:
                    return place
        return None


def visible(thing, depth=0):
    """Visit what a window shows: (role, name, its middle). Cells are too many; menus have few entries."""
    context = thing.getAccessibleContext() if thing else None
    if context is None or depth > 6:
        return
    try:
        at, size = context.getLocationOnScreen(), context.getSize()
        if context.getAccessibleName() and size.Width and size.Height:
            middle = at.X + size.Width // 2, at.Y + size.Height // 2
            yield context.getAccessibleRole(), context.getAccessibleName(), middle
        count = context.getAccessibleChildCount()
        for i in range(count if count < 60 else 0):
            yield from visible(context.getAccessibleChild(i), depth + 1)
    except Exception:  # a thing that has gone meanwhile
        return


def main():
    screen = Screen(connected(sys.argv[1]))
    steps = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    try:
        print(json.dumps([getattr(screen, what)(*words) for what, *words in steps], ensure_ascii=False))
    except BaseException:
        shot()
        raise


main()
