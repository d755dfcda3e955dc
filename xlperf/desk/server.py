"""The page on this machine: served on 127.0.0.1 alone, on a free port, to whoever has the link with its token.

One request at a time writes. A request that does not name this machine as its host, comes from another page or lacks
the token is refused, so that no page elsewhere can reach a round through the browser.
"""

from __future__ import annotations

import hmac
import json
import mimetypes
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from xlperf.desk.asked import Cancelled, Desk, Refused
from xlperf.desk.deeds import lay_in
from xlperf.desk.door import answer
from xlperf.desk.looks import inside
from xlperf.desk.page_files import PAGE, imports, page_text
from xlperf.problems import Language, at_the_page, problem
from xlperf.rounds.faults import fault_problems

HOST = "127.0.0.1"
LARGEST = 64 * 1024**2  # bytes of one request: a book of 64 MB is larger than any that is taken in
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SERVED = ("issued", "out")  # folders of a round whose files the page may offer


class DeskServer(ThreadingHTTPServer):
    """The server of one folder. token: part of the link; without it nothing is answered."""

    daemon_threads = True

    def __init__(self, home: Path, port: int = 0, token: str = "") -> None:
        super().__init__((HOST, port), _Handler)
        self.home, self.token = home, token or secrets.token_urlsafe(24)
        self._one = threading.Lock()
        self._running: set[str] = set()
        self._ended: set[str] = set()

    @property
    def link(self) -> str:
        """Return the address to open."""
        return f"http://{self.host}/{self.token}/"

    @property
    def host(self) -> str:
        """Return host and port as a browser names them."""
        return f"{HOST}:{self.server_address[1]}"

    @contextmanager
    def turn(self, number: str) -> Iterator[Callable[[], bool]]:
        """Wait for the turn of a request; yield a question: was it ended meanwhile."""
        with self._one:
            self._running.add(number)
            try:
                yield lambda: number in self._ended
            finally:
                self._running.discard(number)
                self._ended.discard(number)

    def end(self, number: str) -> None:
        """End a running request at its next step."""
        if number in self._running:
            self._ended.add(number)


class _Handler(BaseHTTPRequestHandler):
    """One request. Answers of actions are lines of JSON: {"at": …} while it goes on, then {"answer": …}."""

    server: DeskServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "xlperf", ""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Write no log: the link holds the token, and a log would keep it."""

    def do_GET(self) -> None:
        """Return the page, its parts, or a file of the round."""
        path = self._path()
        if path is None:
            return
        if path == "":
            nonce = secrets.token_urlsafe(16)
            self._send(page_text(imports("page/"), nonce).encode(), "text/html; charset=utf-8", nonce=nonce)
        elif path.startswith("page/") and path.removeprefix("page/") in PAGE:
            name = path.removeprefix("page/")
            kind = {"mjs": "text/javascript", "css": "text/css"}[name.rpartition(".")[2]]
            self._send(files("xlperf.desk").joinpath("page", name).read_bytes(), f"{kind}; charset=utf-8")
        elif path == "file":
            self._file()
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Run an action, take a file in, or end an action."""
        path = self._path()
        if path is None:
            return
        origin = self.headers.get("Origin")
        if origin != f"http://{self.server.host}":
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length)
        if path == "do":
            self._do(body)
        elif path == "drop":
            self._drop(body)
        elif path == "end":
            self.server.end(self._asked("number"))
            self._send(b"{}", "application/json")
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    # ---- what is asked ---------------------------------------------------------------------------

    def _path(self) -> str | None:
        """Return what is asked for below the token; None where the request was refused."""
        token, _, rest = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        own = self.headers.get("Host") == self.server.host
        if not own or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(HTTPStatus.FORBIDDEN)
            return None
        return rest

    def _asked(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def _desk(self) -> Desk:
        language: Language = "en" if self._asked("lang") == "en" else "zh"
        return Desk(self.server.home, language)

    def _do(self, body: bytes) -> None:
        try:
            asked = json.loads(body)
            action, words, number = str(asked["action"]), dict(asked.get("words") or {}), str(asked.get("number", ""))
        except (ValueError, KeyError, TypeError):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        self.send_response(HTTPStatus.OK)
        self._headers("application/x-ndjson")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        with self.server.turn(number) as ended:
            desk = self._desk()
            found = answer(Desk(desk.home, desk.language, partial(self._at, ended)), action, words)
        self._line({"answer": found})

    def _at(self, ended: Callable[[], bool], done: int, total: int, text: str) -> None:
        if ended() and done < total:
            raise Cancelled
        self._line({"at": [done, total, text]})

    def _line(self, data: object) -> None:
        self.wfile.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
        self.wfile.flush()

    def _drop(self, body: bytes) -> None:
        desk = self._desk()
        try:
            with self.server.turn(""):
                file = lay_in(desk.round(self._asked("round")).inbox, self._asked("name"), body)
            found: object = {"data": {"file": file.name}, "failed": False, "problems": []}
        except (Refused, OSError) as fault:
            problems = fault.problems if isinstance(fault, Refused) else fault_problems(fault)
            with at_the_page():
                said = [p.data(desk.language) for p in problems or [problem("DESK_NO_FILE", found=self._asked("name"))]]
            found = {"data": None, "failed": True, "problems": said}
        self._send(json.dumps(found, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _file(self) -> None:
        desk = self._desk()
        try:
            file = inside(desk.round(self._asked("round")), self._asked("name"), *SERVED)
            data = file.read_bytes()
        except (Refused, OSError):
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._send(data, kind, attached=True)

    # ---- what is sent ----------------------------------------------------------------------------

    def _headers(self, kind: str, nonce: str = "") -> None:
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY.format(nonce=nonce or "-"))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")

    def _send(self, data: bytes, kind: str, *, attached: bool = False, nonce: str = "") -> None:
        self.send_response(HTTPStatus.OK)
        self._headers(kind, nonce)
        if attached:
            self.send_header("Content-Disposition", "attachment")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self.send_error(status)
