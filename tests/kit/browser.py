"""A real browser without a window: Chromium, driven as a person would use the page."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from kit.programs import need

WORDS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1280,900", "--accept-lang=zh-CN",
)  # fmt: skip
PATIENCE = 120.0  # seconds for anything to appear, on a machine that is busy

# What the page uses of a folder that a person has picked, in memory: the browser's own dialog needs a person.
FOLDER = """
(() => {
  class F {
    constructor(name, data) { this.kind = "file"; this.name = name; this.data = data; this.time = Date.now(); }
    async getFile() { return new File([this.data], this.name, { lastModified: this.time }); }
    async createWritable() {
      const parts = [];
      return { write: async (d) => parts.push(d), abort: async () => {}, close: async () => {
        if (window.__cut === 0) throw new DOMException("full", "QuotaExceededError");
        window.__cut -= 1;
        this.data = new Uint8Array(await new Blob(parts).arrayBuffer());
        this.time = Date.now();
        window.__written.push(this.name);
      } };
    }
  }
  class D {
    constructor(name) { this.kind = "directory"; this.name = name; this.all = new Map(); }
    async *entries() { yield* [...this.all.entries()]; }
    async *keys() { yield* [...this.all.keys()]; }
    async getFileHandle(name, how) { return this.get(name, "file", how, () => new F(name, new Uint8Array())); }
    async getDirectoryHandle(name, how) { return this.get(name, "directory", how, () => new D(name)); }
    get(name, kind, how, made) {
      const found = this.all.get(name);
      if (found?.kind === kind) return found;
      if (found || !how?.create) throw new DOMException(name, "NotFoundError");
      this.all.set(name, made());
      return this.all.get(name);
    }
    async removeEntry(name) { this.all.delete(name); }
  }
  window.__cut = -1;
  window.__written = [];
  window.__root = new D("desk");
  const within = (d, name) => d.get(name, "directory", { create: true }, () => new D(name));
  const folder = (parts) => parts.reduce(within, window.__root);
  window.__lay = (path, text) => {
    const parts = path.split("/");
    const name = parts.pop();
    folder(parts).all.set(name, new F(name, Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));
  };
  window.__all = () => {
    const found = {};
    const walk = (d, path) => { for (const [name, x] of d.all) {
      if (x.kind === "directory") walk(x, path + name + "/");
      else {
        let text = "";
        for (let i = 0; i < x.data.length; i += 32768) text += String.fromCharCode(...x.data.subarray(i, i + 32768));
        found[path + name] = btoa(text);
      }
    } };
    walk(window.__root, "");
    return found;
  };
  window.showDirectoryPicker = async () => window.__root;
})();
"""


# the field or list of a label, filled as a person does, with what follows from it
_PUT = """
const [words, kind, given] = arguments;
const found = [...document.querySelectorAll("main label")].filter((l) => l.textContent.includes(words));
const field = found.map((l) => l.querySelector(kind)).find(Boolean);
if (!field || (kind === "select" && field.options.length <= given)) return false;
if (kind === "select") field.selectedIndex = given;
else field.value = given;
field.dispatchEvent(new Event("change", { bubbles: true }));
return true;
"""


class Browser:
    """A page in Chromium; every wait is for what is to be seen, not for a time."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        """Go to an address."""
        self.driver.get(address)

    def until(self, question: Callable[[], object], what: str) -> object:
        """Wait until there is an answer."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if found := question():
                    return found
            except Exception:  # the page was drawn anew under the question
                if time.monotonic() > end:
                    raise
            assert time.monotonic() < end, f"{what}; the page says: {self.text()[:2000]}; {self.complaints()}"
            time.sleep(0.1)

    def text(self, css: str = "body") -> str:
        """Return what a part of the page says."""
        return self.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def sees(self, words: str, css: str = "body") -> None:
        """Wait until a part of the page says something."""
        self.until(lambda: words in self.text(css), f"{words!r} does not appear in {css}")

    def press(self, words: str, css: str = "button") -> None:
        """Press the button that says something, once it is there and nothing is going on."""

        def there() -> WebElement | None:
            if self.driver.find_elements(By.CSS_SELECTOR, "#said .busy"):
                return None
            found = self.driver.find_elements(By.CSS_SELECTOR, css)
            return next((b for b in found if b.is_displayed() and b.text.split("\n")[0].strip() == words), None)

        self.until(
            lambda: (b := there()) and (self.driver.execute_script("arguments[0].click()", b), True), f"no {words!r}"
        )

    def put(self, words: str, text: str) -> None:
        """Type into the field of the panel whose label says something."""
        self.until(lambda: self.driver.execute_script(_PUT, words, "input", text), f"no field {words!r}")

    def choose(self, words: str, number: int) -> None:
        """Choose an entry of the list whose label says something, by its place from 0."""
        self.until(lambda: self.driver.execute_script(_PUT, words, "select", number), f"no list {words!r}")

    def complaints(self) -> list[str]:
        """List what the browser's console complains of."""
        return [
            f"{line['level']} {line['message']}" for line in self.driver.get_log("browser") if line["level"] != "INFO"
        ]

    def requests(self) -> list[str]:
        """List the addresses that were asked of a network."""
        asked = self.driver.execute_script("return performance.getEntriesByType('resource').map((e) => e.name)")
        return [a for a in asked if not a.startswith(("data:", "blob:"))]

    def lay(self, folder: Path, under: str = "") -> None:
        """Lay a folder into the one that the page will be given."""
        for file in folder.rglob("*"):
            if file.is_file():
                name = f"{under}{file.relative_to(folder).as_posix()}"
                data = base64.b64encode(file.read_bytes()).decode()
                self.driver.execute_script("window.__lay(arguments[0], arguments[1])", name, data)

    def files(self) -> dict[str, bytes]:
        """Return every file of that folder as it stands."""
        return {n: base64.b64decode(t) for n, t in self.driver.execute_script("return window.__all()").items()}


@contextmanager
def open_browser(*, seen: bool = False) -> Iterator[Browser]:
    """Start Chromium; without it skip the test, and in CI fail it. seen: on a screen, with its own folder dialog."""
    need("chromium", "chromedriver")
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for word in WORDS[seen:]:
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    try:
        if not seen:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FOLDER})
        yield Browser(driver)
    finally:
        driver.quit()
