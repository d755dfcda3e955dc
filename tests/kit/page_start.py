"""How soon the page with the engine inside can be used: `python -m kit.page_start xlperf.html [times]`.

Two moments, from the opening of the file: the folder can be picked; the engine answers. Medians, in seconds by the
clock, which say little on a machine that does other things; beside them the seconds of processor that all took.
"""

from __future__ import annotations

import sys
from os import getloadavg
from pathlib import Path
from statistics import median

from kit.browser import Browser, open_browser

_WAIT = """
const done = arguments[0];
const look = () => {
  const engine = performance.getEntriesByName("engine")[0];
  engine ? done([window.__picked ?? 0, engine.startTime]) : setTimeout(look, 20);
};
look();
"""
_PICKED = """
new MutationObserver(() => {
  if (!window.__picked && document.querySelector("main button")) window.__picked = performance.now();
}).observe(document, { childList: true, subtree: true });
"""


def engine_answers(browser: Browser) -> tuple[float, float]:
    """Wait until the engine of the page answers; return both moments in seconds since the page was opened."""
    browser.driver.set_script_timeout(120)
    picked, engine = browser.driver.execute_async_script(_WAIT)
    return picked / 1000, engine / 1000


def started(page: Path, times: int) -> list[tuple[float, float, float]]:
    """Open the page so many times, each in a browser of its own; return both moments of each, and processor seconds."""
    found = []
    for _ in range(times):
        with open_browser() as browser:
            browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _PICKED})
            before = browser.seconds()
            browser.open(page.resolve().as_uri())
            found.append((*engine_answers(browser), browser.seconds() - before))
    return found


if __name__ == "__main__":
    moments = started(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    picked, engine, spent = (median(some) for some in zip(*moments, strict=True))
    size = Path(sys.argv[1]).stat().st_size / 1e6
    print(
        f"{size:.1f} MB; folder can be picked {picked:.1f} s, engine answers {engine:.1f} s, "
        f"of processor {spent:.1f} s (load of the machine {getloadavg()[0]:.1f})"
    )
