"""Very many returned books taken in by the page: `python -m kit.page_thousand xlperf.html [books]`.

In a real browser, from disk. While it goes on, a clock in the page looks how long the page itself did not answer, and
an observer how long nothing of what is said there moved. Printed: seconds, both longest waits, the most memory.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.round_of import with_returns

from kit.browser import Browser, open_browser

ROUND = "round"
LONGEST = 3600.0  # seconds
_WATCH = """
const seen = window.__seen = { still: 0, frozen: 0, told: [] };
const later = window.setTimeout; // the page waits before it says how far it is; some books are taken in by then
window.setTimeout = (what, wait, ...more) => later(what, wait === 150 ? 0 : wait, ...more);
let beat = performance.now(), moved = performance.now();
window.__beating = setInterval(() => {
  const now = performance.now();
  seen.frozen = Math.max(seen.frozen, now - beat);
  beat = now;
}, 20);
new MutationObserver(() => {
  const now = performance.now();
  if (now - moved > seen.still) { seen.still = now - moved; seen.where = document.getElementById("said").innerText; }
  moved = now;
  const told = document.querySelector("#said .busy > span")?.textContent.split(" ")[0];
  if (told && seen.told.at(-1) !== told) seen.told.push(told);
}).observe(document.getElementById("said"), { childList: true, subtree: true, characterData: true, attributes: true });
"""


@dataclass(frozen=True)
class Taken:
    """What it took: seconds, still (nothing moved) and frozen (no answer) at most, what was said then; bytes."""

    books: int
    seconds: float
    still: float
    frozen: float
    where: str
    memory: int
    wrong: list[str]

    def __str__(self) -> str:
        told = f"{self.books} returned books: {self.seconds:.0f} s; nothing moved for {self.still:.1f} s at most"
        told += f" (at “{self.where}”)" if self.still > 1 else ""
        found = f"the page did not answer for {self.frozen:.1f} s at most; memory {self.memory / 1e6:.0f} MB"
        return "\n  ".join([f"{told}; {found}", *self.wrong])


def taken_in(browser: Browser, page: Path, folder: Path, books: int) -> Taken:
    """Let the page take in all that came back in a round's folder."""
    browser.open(page.resolve().as_uri())
    browser.lay(folder, f"{ROUND}/")
    browser.press("选择轮次文件夹", "main button", LONGEST)
    browser.press(ROUND, "main button", LONGEST)
    browser.until(lambda: browser.text("#panel"), "the round", LONGEST)
    browser.press("收件台账", "#steps button", LONGEST)
    browser.until(lambda: browser.text("#panel").startswith("收件台账"), "the list", LONGEST)
    browser.driver.execute_script(_WATCH)
    begun = time.monotonic()
    browser.press("收表", "main button.main", LONGEST)
    browser.until(lambda: "收下" in browser.text("#said p.done"), "all are taken in", LONGEST)
    seconds = time.monotonic() - begun
    seen = browser.driver.execute_script("return window.__seen")
    said = browser.text("#said p.done")
    wrong = [] if f"收下 {books}，" in said else [said]
    wrong += [f"not told: {n}/{books}" for n in range(1, books + 1) if f"{n}/{books}" not in seen["told"]]
    still, frozen = seen["still"] / 1000, seen["frozen"] / 1000
    return Taken(books, seconds, still, frozen, seen.get("where", ""), browser.memory(), wrong)


def figures(page: Path, books: int) -> bool:
    """Make such a round, let the page take it in, print what it took; return whether all is well."""
    with tempfile.TemporaryDirectory() as where, open_browser() as browser:
        round_ = with_returns(Path(where), books)
        taken = taken_in(browser, page, round_.folder, books)
        print(taken, flush=True)
        return not (taken.wrong + browser.complaints()) and max(taken.still, taken.frozen) <= 1


if __name__ == "__main__":
    sys.exit(not figures(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000))
