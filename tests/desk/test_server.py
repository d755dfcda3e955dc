"""The page on this machine: who is answered, who is not, and that files come and go as they are."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from xlperf.desk.server import DeskServer


@pytest.fixture
def server(home: Path) -> Iterator[DeskServer]:
    with DeskServer(home) as made:
        running = threading.Thread(target=made.serve_forever, daemon=True)
        running.start()
        yield made
        made.shutdown()


def sent(server: DeskServer, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=60)
    own = {"Host": server.host, "Origin": f"http://{server.host}", **headers}
    line.request(method, f"/{server.token}/{path}", body, {k: v for k, v in own.items() if v})
    return line.getresponse()


def asked(server: DeskServer, action: str, **words: object) -> list[dict]:
    body = json.dumps({"action": action, "words": {"round": "一轮", **words}, "number": "1"}).encode()
    return [json.loads(line) for line in sent(server, "POST", "do?lang=zh", body).read().splitlines()]


def test_the_page_comes_with_a_policy_that_lets_nothing_out(server: DeskServer):
    found = sent(server, "GET", "")
    text = found.read().decode()
    policy = found.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert text.count(f'nonce="{nonce}"') == 2
    assert "http" not in text.replace("http-equiv", ""), "no address of elsewhere"


@pytest.mark.parametrize("name", ["page/main.mjs", "page/desk.css", "page/panels.mjs"])
def test_parts_of_the_page(server: DeskServer, name: str):
    assert sent(server, "GET", name).status == 200


@pytest.mark.parametrize(
    "name",
    ["page/../server.py", "page/index.html", "page/%2e%2e/door.py", "etc/passwd", "file?round=一轮&name=round.key"],
)
def test_nothing_else_is_given(server: DeskServer, name: str):
    assert sent(server, "GET", quote(name, safe="/?=&%")).status == 404


def test_without_the_token_nobody_is_answered(server: DeskServer):
    line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=60)
    for path in ("/", "/x/", f"/{server.token[:-1]}/", f"/{server.token}x/"):
        line.request("GET", path, headers={"Host": server.host})
        found = line.getresponse()
        found.read()
        assert found.status == 403
        line.close()


def test_another_name_or_page_is_refused(server: DeskServer):
    body = json.dumps({"action": "home", "words": {}}).encode()
    assert sent(server, "GET", "", Host="evil.example").status == 403
    assert sent(server, "POST", "do", body, Origin="http://evil.example").status == 403
    assert sent(server, "POST", "do", body, Origin="").status == 403
    assert sent(server, "POST", "do", b"not json").status == 400


def test_progress_comes_before_the_answer(server: DeskServer):
    lines = asked(server, "score")
    assert [next(iter(line)) for line in lines] == ["at", "at", "answer"]
    assert not lines[-1]["answer"]["failed"]


def test_a_file_goes_in_and_out_unchanged(server: DeskServer, home: Path):
    data = bytes(range(256)) * 100
    found = json.loads(sent(server, "POST", f"drop?round={quote('一轮')}&name={quote('../自评.xlsx')}", data).read())
    assert (home / "一轮" / "inbox" / found["data"]["file"]).read_bytes() == data
    book = (home / "一轮" / "out" / "总表.xlsx").read_bytes()
    assert sent(server, "GET", f"file?round={quote('一轮')}&name={quote('out/总表.xlsx')}").read() == book
    missing = json.loads(sent(server, "POST", "drop?round=none&name=x", b"1").read())
    assert missing["problems"][0]["code"] == "NOT_A_ROUND"


def test_two_questions_at_once_take_turns(server: DeskServer):
    answers: list[list[dict]] = []
    threads = [threading.Thread(target=lambda: answers.append(asked(server, "score"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a[-1]["answer"]["failed"] for a in answers] == [False] * 3
