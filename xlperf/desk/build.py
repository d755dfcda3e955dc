"""Put the page and the engine into one file that opens from disk: `python -m xlperf.desk.build PYODIDE xlperf.html`.

With `--twice` it is made a second time from nothing that was kept, and refused where a byte of it differs.

PYODIDE: the folder of the unpacked npm package `pyodide`, whose parts must have the digests below. The libraries are
those installed in this environment, which requirements.txt pins by hash. What was made of the same files before lies in
`kept` beside that folder and is taken from there; the page is the same to the byte with it and without.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from codecs import BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np

from xlperf.archive import packed
from xlperf.desk.page_files import MODULES, page_text, page_texts, part

PYODIDE = {  # part → sha256, of version 314.0.7
    "pyodide.mjs": "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
    "pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
    "pyodide-lock.json": "5dc2fc119108bc148c7457dc86e7675b5c87e1cafd420b9c34c1eaef7b36c010",
}
LIBRARIES = ("openpyxl", "et_xmlfile", "xlsxwriter", "ruamel.yaml", "chinese_calendar")
READY = {"memory.bin": "memory.bin", "site.zip": "site.zip", "python_stdlib.zip": "stdlib.zip"}  # part → what is made
KEPT, COMPILED, LAST = "kept", "compiled.zip", 3  # how many engines are kept
LANGUAGES = ("zh", "en")
INSIDE = ("folder", "inside")  # modules that only this page has
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob: data:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
)
LEFT_OUT = ("/addin/", "/_workbooks/", "/__pycache__/", "/cli/", "/desk/page/")


class NotThePinned(Exception):
    """A part of Pyodide is missing or not the one whose digest stands here."""


class NotTheSame(Exception):
    """The page is not made the same to the byte from the same files."""


def build(pyodide: Path, out: Path, kept: Path | None = None) -> int:
    """Write the page with the engine inside; return its size in bytes. Raises NotThePinned.

    kept: the folder of what was made before; beside that of Pyodide where none is named.
    """
    parts = {name: _pinned(pyodide / name, sha) for name, sha in PYODIDE.items()}
    del parts["python_stdlib.zip"]
    parts |= made_ready(pyodide, site(), kept or pyodide.resolve().parent / KEPT)
    parts["worker.mjs"] = part("worker.mjs").encode()
    packed = "\n".join(
        f'<script type="text/plain" data-part="{name}" data-size="{len(small)}">{_written(small)}</script>'
        for name, data in parts.items()
        for small in [gzip.compress(data, 6, mtime=0)]
    )
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    begin = '<script type="module">import { Inside } from "desk/inside"; globalThis.xlperfLine = new Inside();</script>'
    where = {f"desk/{name}": _address(part(f"{name}.mjs")) for name in (*MODULES, *INSIDE)}
    words = json.dumps({each: page_texts(each) for each in LANGUAGES}, ensure_ascii=False).replace("<", "\\u003c")
    spoken = f'<script type="application/json" id="texts">{words}</script>'
    text = page_text(where, style=part("desk.css"), extra=f"{packed}\n{spoken}\n{begin}")
    text = text.replace('<meta name="referrer"', f'{policy}\n<meta name="referrer"', 1)
    out.write_bytes(BOM_UTF16_LE + text.replace('<meta charset="utf-8">\n', "", 1).encode("utf-16-le"))
    return out.stat().st_size


def build_twice(pyodide: Path, out: Path) -> int:
    """Do it once more from nothing that was kept; return the size. Raises NotTheSame where a byte differs."""
    size = build(pyodide, out)
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder, "again.html")
        build(pyodide, again, Path(folder, KEPT))
        if again.read_bytes() != out.read_bytes():
            raise NotTheSame(f"{out} is made another way each time")
    return size


def site() -> bytes:
    """Return the packages of the engine as a zip, the same for the same contents."""
    return packed(sorted(_members()), small=False)


def made_ready(pyodide: Path, sources: bytes, kept: Path) -> dict[str, bytes]:
    """Return the engine as it is once it has begun, and what it reads later, see `page/compile.mjs`; needs node."""
    known = hashlib.sha256(json.dumps(PYODIDE).encode() + part("compile.mjs").encode() + sources).hexdigest()
    if not (kept / known).is_dir():
        node = shutil.which("node")
        if node is None:
            raise NotThePinned("node is not installed: it makes the engine ready for the page")
        kept.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            given, script, made = Path(folder, "given.zip"), Path(folder, "compile.mjs"), Path(folder, known)
            made.mkdir()
            given.write_bytes(sources)
            script.write_text(part("compile.mjs"), "utf-8")
            subprocess.run([node, script, pyodide, given, made, kept / COMPILED], check=True, capture_output=True)  # noqa: S603 - our own
            _put_by(made, kept / known)
    os.utime(kept / known)
    return {name: (kept / known / file).read_bytes() for name, file in READY.items()}


def _put_by(made: Path, place: Path) -> None:
    """Keep an engine in its place, whole, and the last ones of others; another build may have kept the same."""
    with suppress(OSError):
        made.rename(place)
    engines = [f for f in place.parent.iterdir() if len(f.name) == len(place.name)]
    for old in sorted(engines, key=lambda f: f.stat().st_mtime)[:-LAST]:
        shutil.rmtree(old, ignore_errors=True)


def _members() -> Iterator[tuple[str, bytes]]:
    """List the files of the engine: name within the zip, contents."""
    own = Path(__file__).parent.parent
    yield from _below(own, "xlperf")
    schemes = next(f for f in (own / "_schemes", own.parent / "schemes") if f.is_dir())
    yield from _below(schemes, "xlperf/_schemes")
    for library in LIBRARIES:
        spec = importlib.util.find_spec(library)
        if spec is None or spec.origin is None:
            raise NotThePinned(f"{library} is not installed")
        yield from _below(Path(spec.origin).parent, library.replace(".", "/"))


def _below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        path = f"{name}/{file.relative_to(folder).as_posix()}"
        kept = file.suffix in (".py", ".csv", ".yaml", ".json", ".md")
        if file.is_file() and kept and not any(left in path for left in LEFT_OUT):
            yield path, file.read_bytes()


def _written(data: bytes) -> str:
    """Return bytes as a text each of whose characters holds fifteen bits of the sixteen that it takes in the page."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    units = np.zeros((-(-len(bits) // 15), 16), np.uint8)
    units[:, 1:].flat[: len(bits)] = bits
    return (np.packbits(units).view(">u2") + 0x100).astype("<u2").tobytes().decode("utf-16-le")


def _address(text: str) -> str:
    return f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"


def _pinned(file: Path, sha256: str) -> bytes:
    data = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NotThePinned(f"{file} is not the pinned part of Pyodide")
    return data


if __name__ == "__main__":
    make = build_twice if "--twice" in sys.argv else build
    size = make(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(f"{sys.argv[2]}: {size / 1e6:.1f} MB\n")
