"""A real browser without a window: Chromium, driven as a person would use the page."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from kit.programs import need
from xlperf.parallel import _cpu_seconds

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
        if (window.__cut === 0) throw new DOMException("refused", window.__why);
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
  window.__cut = -1; // how many files may be written before the disk refuses
  window.__why = "QuotaExceededError";
  window.__written = [];
  window.__root = new D("desk");
  const within = (d, name) => d.get(name, "directory", { create: true }, () => new D(name));
  const folder = (parts) => parts.reduce(within, window.__root);
  window.__lay = (path, text, time) => {
    const parts = path.split("/");
    const name = parts.pop();
    const file = new F(name, Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
    file.time = time ?? file.time;
    folder(parts).all.set(name, file);
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
  window.__file = (path) => path.split("/").reduce((d, name) => d.all.get(name), window.__root);
  window.__digests = async (under) => {
    const found = {};
    const walk = async (d, path) => { for (const [name, x] of d.all) {
      if (x.kind === "directory") await walk(x, `${path}${name}/`);
      else if (`${path}${name}`.startsWith(under)) {
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", x.data));
        found[`${path}${name}`.slice(under.length)] = [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
      }
    } };
    await walk(window.__root, "");
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
const place = (list) => (typeof given === "string" ? [...list.options].findIndex((o) => o.value === given) : given);
if (!field || (kind === "select" && !field.options[place(field)])) return false;
if (kind === "select") field.selectedIndex = place(field);
else field.value = given;
field.dispatchEvent(new Event("change", { bubbles: true }));
return true;
"""

# the worker of the engine is made from a text of the page, beside which another can stand
_BESIDE = """
window.PlainBlob ??= window.Blob;  // said for every page that opens, by each test anew: the last one holds
window.Blob = class extends window.PlainBlob {
  constructor(parts, how) {
    super(how?.type === "text/javascript" ? [...parts, TEXT] : parts, how);
  }
};
"""
_STILL = "Date.now = () => {} + (performance.now() % 1000);"  # files need parts of a second
_INSIDE = (
    "const begin = answers.start; answers.start = async (given) => { await begin(given); python.runPython(TEXT); };"
)


class Browser:
    """A page in Chromium; every wait is for what is to be seen, not for a time."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        """Go to an address."""
        self.driver.get(address)

    def until(self, question: Callable[[], object], what: str, patience: float = PATIENCE) -> object:
        """Wait until there is an answer."""
        end = time.monotonic() + patience
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

    def press(self, words: str, css: str = "button", patience: float = PATIENCE) -> None:
        """Press the button that says something, once it is there and nothing is going on."""

        def there() -> WebElement | None:
            if self.driver.find_elements(By.CSS_SELECTOR, "#said .busy"):
                return None
            found = self.driver.find_elements(By.CSS_SELECTOR, css)
            return next((b for b in found if b.is_displayed() and b.text.split("\n")[0].strip() == words), None)

        self.until(
            lambda: (b := there()) and (self.driver.execute_script("arguments[0].click()", b), True),
            f"no {words!r}",
            patience,
        )

    def put(self, words: str, text: str) -> None:
        """Type into the field of the panel whose label says something."""
        self.until(lambda: self.driver.execute_script(_PUT, words, "input", text), f"no field {words!r}")

    def choose(self, words: str, which: int | str) -> None:
        """Choose an entry of the list whose label says something, by its place from 0 or by its value."""
        self.until(lambda: self.driver.execute_script(_PUT, words, "select", which), f"no list {words!r}")

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
                self.lay_file(file, f"{under}{file.relative_to(folder).as_posix()}")

    def lay_file(self, file: Path, name: str) -> None:
        """Lay one file there, as old as it is."""
        data = base64.b64encode(file.read_bytes()).decode()
        time_ = file.stat().st_mtime_ns // 1_000_000
        self.driver.execute_script("window.__lay(arguments[0], arguments[1], arguments[2])", name, data, time_)

    def files(self) -> dict[str, bytes]:
        """Return every file of that folder as it stands."""
        return {n: base64.b64decode(t) for n, t in self.driver.execute_script("return window.__all()").items()}

    def file(self, name: str) -> bytes:
        """Return one file of it."""
        script = "return btoa(Array.from(window.__file(arguments[0]).data, (c) => String.fromCharCode(c)).join(''))"
        return base64.b64decode(self.driver.execute_script(script, name))

    def digests(self, under: str = "") -> dict[str, str]:
        """Return the sha256 of every file below a folder of it."""
        return self.driver.execute_async_script("window.__digests(arguments[0]).then(arguments[1])", under)

    def stand_still(self, moment: datetime) -> None:
        """Let the engine's clock stand still, in pages that are opened from now on."""
        self.beside_engine(_STILL.format(int(moment.timestamp() * 1000)))

    def inside_engine(self, python: str) -> Callable[[], object]:
        """Let Python do something in the engine once it has begun, in pages opened later; returns what ends this."""
        return self.beside_engine(_INSIDE.replace("TEXT", json.dumps(python)))

    def beside_engine(self, script: str) -> Callable[[], object]:
        """Let the engine's worker do something more, in pages opened later; returns what ends this."""
        source = {"source": _BESIDE.replace("TEXT", json.dumps(script))}
        made = self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
        return lambda: self.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)

    def memory(self) -> int:
        """Return the most bytes that a process which shows pages ever had in memory."""
        return max(_most(pid) for pid in self._showing())

    def seconds(self) -> float:
        """Return the seconds of processor that the processes which show pages have used."""
        return sum(_cpu_seconds(pid) for pid in self._showing())

    def _showing(self) -> list[int]:
        """List the processes that show pages: a worker of a page lives in one as well."""
        return [pid for pid in _below(self.driver.service.process.pid) if _renders(pid)]


def _below(process: int) -> list[int]:
    """List the processes that a process began, and theirs."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(
                int(status.parent.name)
            )
    found = [process]
    for each in found:
        found += parents.get(each, [])
    return found


def _renders(process: int) -> bool:
    return b"--type=renderer" in Path(f"/proc/{process}/cmdline").read_bytes()[:4096]


def _most(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


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
