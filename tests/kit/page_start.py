"""How soon the page with the engine inside can be used: `python -m kit.page_start xlperf.html [times]`.

Two moments, from the opening of the file: the folder can be picked; the engine answers. Medians, in seconds; on a
machine that does other things they say little.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from kit.browser import open_browser

_WAIT = """
const done = arguments[0];
const look = () => {
  const engine = performance.getEntriesByName("engine")[0];
  engine && window.__picked ? done([window.__picked, engine.startTime]) : setTimeout(look, 20);
};
look();
"""
_PICKED = """
new MutationObserver(() => {
  if (!window.__picked && document.querySelector("main button")) window.__picked = performance.now();
}).observe(document, { childList: true, subtree: true });
"""


def started(page: Path, times: int) -> list[tuple[float, float]]:
    """Open the page so many times, each in a browser of its own; return both moments of each, in seconds."""
    found = []
    for _ in range(times):
        with open_browser() as browser:
            browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _PICKED})
            browser.open(page.resolve().as_uri())
            browser.driver.set_script_timeout(120)
            picked, engine = browser.driver.execute_async_script(_WAIT)
            found.append((picked / 1000, engine / 1000))
    return found


if __name__ == "__main__":
    moments = started(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    picked, engine = (median(some) for some in zip(*moments, strict=True))
    print(f"folder can be picked {picked:.1f} s, engine answers {engine:.1f} s")
