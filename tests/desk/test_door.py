"""The door of the page: every action through JSON, as the page asks for it, and what it refuses."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from kit.rounds import send_all

from xlperf.desk import looks
from xlperf.desk.asked import Cancelled, Desk
from xlperf.desk.deeds import lay_in
from xlperf.desk.door import ACTIONS, answer, answer_text
from xlperf.desk.page_files import page_texts
from xlperf.problems import Problem, at_the_page, catalogue, page_remedies
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round, open_round
from xlperf.scheme.load import find_scheme

ROUND = "一轮"
SAID_ELSEWHERE = {"复核后更正", "corrected on appeal", "允许", "allow"}  # an example; the browser's button


def asked(home: Path, action: str, **words: object) -> dict:
    """Ask as the page does: JSON in, JSON out."""
    text = json.dumps({"action": action, "words": {"round": ROUND, **words}})
    return json.loads(answer_text(Desk(home), text))


def done(home: Path, action: str, **words: object) -> dict:
    found = asked(home, action, **words)
    assert not found["failed"], found["problems"]
    return found["data"]


def codes(found: dict) -> list[str]:
    return [p["code"] for p in found["problems"]]


def test_steps_score_a_round_again_only_where_something_was_added(home: Path, monkeypatch: pytest.MonkeyPatch):
    before, scored = done(home, "steps"), []
    monkeypatch.setattr(looks, "ranked_lists", lambda scores: scored.append(1) or [])
    assert done(home, "steps") == before
    assert scored == []
    done(home, "undo")
    assert next(s for s in done(home, "steps")["steps"] if s["id"] == "ranking")["of"] == 0
    assert scored == [1]


def test_home_names_rounds_and_schemes(home: Path):
    found = done(home, "home")
    assert (found["is_round"], found["rounds"]) == (False, [ROUND])
    assert {"three-units", "dashiqiao-2017"} <= {s["id"] for s in found["schemes"]}
    assert done(home / ROUND, "home", round="")["is_round"]


def test_steps_say_what_is_done(home: Path):
    found = done(home, "steps")
    assert [(s["id"], s["done"], s["of"]) for s in found["steps"]] == [
        ("check", 1, 1), ("issue", 6, 6), ("receive", 3, 3), ("marks", 2, 2), ("ranking", 3, 3), ("papers", 0, 3)
    ]  # fmt: skip


def test_a_new_round_goes_through_every_step(home: Path):
    made = done(home, "new", scheme="three-units", name="新一轮", year="2027", deadline="2027-12-31", contact="张三")
    assert made == {"round": "新一轮"}
    where = {"round": "新一轮"}
    assert done(home, "steps", **where)["next"] == "issue"
    assert len(done(home, "distribute", **where)["written"]) == 6
    assert done(home, "steps", **where)["next"] == "receive"
    assert "NOT_RETURNED" in codes(asked(home, "score", **where))
    assert codes(asked(home, "new", scheme="three-units", name="新一轮")) == ["FOLDER_NOT_EMPTY"]


def test_a_dropped_file_is_taken_in_and_taken_back(home: Path):
    book = next((home / ROUND / "issued" / "自评表").glob("*.xlsx"))
    data = base64.b64encode(book.read_bytes()).decode()
    file = done(home, "drop", name="空的.xlsx", data=data)["file"]
    got = done(home, "collect")
    mine = next(f for f in got["files"] if f["file"].endswith(file))
    assert mine["decision"] == "held"
    assert {p["code"] for p in mine["problems"]} == {"MISSING"}
    shown = done(home, "form", file=mine["file"])["sheets"]
    wrong = [c for s in shown for r in s["rows"] for c in r["cells"] if c["wrong"]]
    assert len(wrong) == len(mine["problems"])
    told = next(b for b in done(home, "status")["books"] if b["problems"])
    assert "空的.xlsx" in done(home, "letter", file=told["letter"])["text"]
    assert done(home, "undo")["kind"]


def test_what_the_office_types_is_counted(home: Path):
    cells = done(home, "cells", sheet="events")["cells"]
    cell = next(c for c in cells if c["choices"] and c["text"] == "通过")
    before = {r["key"]: r["points"] for r in done(home, "ranking")["lists"][0]["lines"]}
    found = done(home, "enter", cells=[{**{k: cell[k] for k in ("sheet", "key", "column")}, "text": "未通过"}])
    after = {r["key"]: r["points"] for r in found["lists"][0]["lines"]}
    assert before != after
    again = next(
        c
        for c in done(home, "cells", sheet="events")["cells"]
        if c["key"] == cell["key"] and c["column"] == cell["column"]
    )
    assert again["text"] == "未通过"


def test_what_may_not_stand_in_a_cell_leaves_the_book_alone(home: Path):
    book = home / ROUND / "out" / "总表.xlsx"
    before = book.read_bytes()
    cell = next(c for c in done(home, "cells", sheet="events")["cells"] if c["choices"])
    refused = asked(home, "enter", cells=[{**{k: cell[k] for k in ("sheet", "key", "column")}, "text": "也许"}])
    assert refused["failed"]
    assert refused["problems"]
    assert book.read_bytes() == before
    assert codes(
        asked(home, "enter", cells=[{"sheet": "events", "key": "nobody", "column": cell["column"], "text": "1"}])
    ) == ["DESK_NO_CELL"]


def test_what_the_disk_refuses_to_take_in_is_not_left_in_the_book(home: Path, monkeypatch: pytest.MonkeyPatch):
    book = home / ROUND / "out" / "总表.xlsx"
    before = book.read_bytes()
    cell = done(home, "cells", sheet="events")["cells"][0]

    def refused(*_: object, **__: object) -> str:
        raise PermissionError(13, "denied", "received")

    monkeypatch.setattr("xlperf.rounds.collecting.typed.keep", refused)
    words = {**{k: cell[k] for k in ("sheet", "key", "column")}, "text": "未通过"}
    assert codes(asked(home, "enter", cells=[words])) == ["FILE_DENIED"]
    assert book.read_bytes() == before


def test_a_figure_otherwise_touches_nothing(home: Path):
    figure = done(home, "check")["figures"][0]
    files = {f: f.read_bytes() for f in (home / ROUND).rglob("*") if f.is_file()}
    found = done(home, "trial", figures={figure["name"]: "1"})
    assert found["changes"]
    assert done(home, "trial", figures={figure["name"]: figure["value"]})["changes"] == []
    assert codes(asked(home, "trial", figures={figure["name"]: "一"})) == ["DESK_BAD_FIGURE"]
    assert files == {f: f.read_bytes() for f in (home / ROUND).rglob("*") if f.is_file()}


def test_why_goes_down_to_what_was_typed(home: Path):
    top = done(home, "explain", unit="城关镇")
    assert top["steps"]
    part = next(p for p in top["parts"] if p["parts"])
    deeper = done(home, "explain", unit=f"{part['sheet']}:{part['key']}", column=part["column"])
    assert deeper["value"] == part["value"]


def test_the_ranking_says_who_moved(home: Path):
    file = home / ROUND / "out" / "排名.csv"
    text = file.read_text("utf-8-sig")
    first, second = (next(line for line in text.splitlines() if f'"{n}"' in line) for n in (1, 2))
    swapped = (
        text.replace(first, "@").replace(second, first.replace('"1"', '"2"')).replace("@", second.replace('"2"', '"1"'))
    )
    file.write_text(swapped, "utf-8-sig")
    lines = done(home, "score")["lists"][0]["lines"]
    assert [line["moved"] for line in lines] == [1, -1, 0]


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\\..\\b/..", ".x", "/etc"])
def test_no_round_lies_elsewhere(home: Path, name: str):
    assert codes(asked(home, "steps", round=name)) in (["DESK_BAD_NAME"], ["NOT_A_ROUND"])


@pytest.mark.parametrize("file", ["round.key", "../round.key", "out/../round.key", "/etc/passwd", "ledger.sqlite", ""])
def test_no_other_file_is_read(home: Path, file: str):
    assert codes(asked(home, "letter", file=file)) == ["DESK_NO_FILE"]


def test_a_link_leads_nowhere(home: Path):
    (home / ROUND / "out" / "x.txt").symlink_to(home / ROUND / "round.key")
    assert codes(asked(home, "letter", file="out/x.txt")) == ["DESK_NO_FILE"]


def test_names_of_dropped_files_stay_in_the_inbox(tmp_path: Path):
    for name in ("../../x.xlsx", "..\\x.xlsx", "/etc/x.xlsx", ".hidden", "", "长" * 300 + ".xlsx", "a\0b.xlsx"):
        assert lay_in(tmp_path, name, name.encode()).parent == tmp_path
    assert lay_in(tmp_path, "y.xlsx", b"1") == lay_in(tmp_path, "y.xlsx", b"1")
    assert lay_in(tmp_path, "y.xlsx", b"2").name == "y (2).xlsx"


def test_what_the_page_does_not_know_is_told(home: Path):
    assert codes(asked(home, "delete")) == ["DESK_UNKNOWN"]
    assert codes(asked(home, "steps", round=7)) == ["DESK_BAD_WORD"]
    assert codes(asked(home, "new", scheme="three", name="x"))[0] == "UNKNOWN_SCHEME"


def test_a_stopped_step_goes_on_where_it_stopped(home: Path):
    def stop(done: int, total: int, text: str) -> None:
        if done < total:
            raise Cancelled

    for number, book in enumerate((home / ROUND / "issued" / "自评表").glob("*.xlsx")):
        (home / ROUND / "inbox" / f"又一份{number}.xlsx").write_bytes(book.read_bytes())
    before = len(open_round(home / ROUND)[0].state().receipts)
    found = answer(Desk(home, "zh", stop), "collect", {"round": ROUND})
    assert [p["code"] for p in found["problems"]] == ["DESK_CANCELLED"]
    assert len(open_round(home / ROUND)[0].state().receipts) == before + 1
    done(home, "collect")
    assert len(open_round(home / ROUND)[0].state().receipts) == before + 3


def test_a_full_disk_is_a_sentence(home: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr("xlperf.desk.deeds.write_whole", full)
    assert codes(asked(home, "drop", name="a.xlsx", data="")) == ["DISK_FULL"]


def test_every_word_of_the_page_is_in_both_languages():
    from importlib.resources import files

    page = files("xlperf.desk").joinpath("page")
    used = set()
    for part in page.iterdir():
        used |= set(re.findall(r'say\("(\w+)"', part.read_text("utf-8")))
    assert used <= set(page_texts("zh"))
    assert set(page_texts("zh")) == set(page_texts("en"))
    assert all(page_texts("zh").values()), "no word is empty"
    assert all(page_texts("en").values())


def test_an_appeal_is_recorded_weighed_and_decided(home: Path):
    unit = done(home, "appeals", unit="")["units"][0]["key"]
    items = done(home, "appeals", unit=unit)["items"]
    item = next(i["item"] for i in items)
    where = {
        "unit": unit,
        "item": item,
        "reason": "有证明",
        "received": "2026-03-02",
        "filed": "2026-03-03",
        "days": "3",
    }
    made = done(home, "appeal", **where)
    assert (made["number"], made["due"]) == (1, "2026-03-05")
    assert codes(asked(home, "appeal", **where)) == ["APPEAL_AGAIN"]
    look = done(home, "weigh", number="1", text="", column="")
    assert look["outcomes"][0] == {"text": "", "changes": []}
    cell = look["cells"][0]
    assert cell["title"] == "核定完成值"
    assert [o["text"] for o in look["outcomes"]] == ["", "121"], "what the unit reported, not points"
    other = next(t for t in (*cell["choices"], "0", "1") if t not in ("", cell["text"]))
    [_, tried] = done(home, "weigh", number="1", text=other, column=cell["column"])["outcomes"]
    decided = {"text": other, "column": cell["column"], "opinion": "属实", "by": "复核小组", "day": "2026-03-06"}
    ruled = done(home, "decide", number="1", **decided)
    assert ruled["changes"] == tried["changes"] != []
    assert ruled["files"]
    assert all((home / ROUND / f).is_file() for f in ruled["files"])
    [listed] = done(home, "appeals", unit="")["appeals"]
    assert (listed["reason"], listed["ruling"]["by"]) == ("有证明", "复核小组")
    assert codes(asked(home, "decide", number="1", **decided)) == ["APPEAL_DECIDED"]


@pytest.mark.parametrize(
    ("action", "words", "code"),
    [
        ("decide", {"number": "x", "text": ""}, "APPEAL_UNKNOWN"),
        ("weigh", {"number": "7"}, "APPEAL_UNKNOWN"),
        ("appeal", {"unit": "没有", "item": "x", "received": "2026-03-02"}, "UNKNOWN_UNIT"),
        ("appeal", {"unit": "城关镇", "item": "没有", "received": "2026-03-02"}, "APPEAL_NO_ITEM"),
        ("appeal", {"unit": "城关镇", "item": "x", "received": "yesterday"}, "DESK_BAD_WORD"),
        ("appeal", {"unit": "城关镇", "item": "x", "received": "2026-03-02", "days": "99"}, "DESK_BAD_WORD"),
    ],
)
def test_what_is_wrong_with_an_appeal_is_told(home: Path, action: str, words: dict, code: str):
    assert codes(asked(home, action, **words))[0] == code


def test_what_a_disk_refused_is_a_sentence(home: Path):
    told = asked(home, "refused", code="DESK_FILE_OPEN", file=f"{ROUND}/out/总表.xlsx", lock="~$总表.xlsx", cause="")
    assert told["failed"]
    assert "~$总表.xlsx" in told["problems"][0]["remedy"]
    for code in ("DISK_FULL", "DESK_NOT_ALLOWED", "FILE_DENIED", "FILE_GONE", "FILE_FAULT", "LEDGER_BUSY"):
        [problem] = asked(home, "refused", code=code, file="x/y", lock="", cause="because")["problems"]
        assert "{" not in problem["message"] + problem["remedy"]


def test_every_action_has_its_function():
    from importlib import import_module

    for where in ACTIONS.values():
        module, _, name = where.partition(":")
        assert callable(getattr(import_module(f"xlperf.desk.{module}"), name))


def test_results_go_out_and_every_sheet_has_its_code(home: Path):
    look = done(home, "papers", day="2026-01-08", appeal_days="2")
    assert (look["ready"], look["lacking"], look["sheets"]) == (True, [], [])
    assert (look["due"], look["notice_due"]) == ("2026-01-12", "2026-01-15")
    made = done(home, "publish", day="2026-01-08", appeal_days="2")
    kinds = [s["kind"] for s in made["sheets"]]
    assert kinds.count("反馈单") == 3
    assert {"公示", "奖惩名单", "图表"} <= set(kinds)
    assert all(s["code"] for s in made["sheets"] if s["kind"] != "图表")
    for sheet in made["sheets"]:
        assert sheet["files"]
        assert all((home / ROUND / f).is_file() for f in sheet["files"])
    assert (home / ROUND / "out" / "发布" / "公开" / "结果.html").is_file()
    assert done(home, "papers")["sheets"] == made["sheets"]
    assert next(s for s in done(home, "steps")["steps"] if s["id"] == "papers")["ready"]


def test_a_round_that_lacks_something_goes_out_only_with_a_reason(home: Path):
    done(home, "new", scheme="three-units", name="缺")
    done(home, "distribute", round="缺")
    look = done(home, "papers", round="缺", day="2026-01-08")
    assert not look["ready"]
    assert "NOT_RETURNED" in [p["code"] for p in look["lacking"]]
    assert {p["where"].get("file", "") for p in look["lacking"] if p["code"] == "PUBLISH_LACKS"} == {"缺"}
    assert "PUBLISH_LACKS" in codes(asked(home, "publish", round="缺", day="2026-01-08"))
    assert not (home / "缺" / "out" / "发布").exists()
    assert done(home, "publish", round="缺", day="2026-01-08", incomplete="先行试发")["files"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"day": "8.1.2026"}, "DESK_BAD_WORD"),
        ({"day": "2026-01-08", "appeal_days": "two"}, "DESK_BAD_WORD"),
        ({"day": "2026-01-08", "notice_days": "-1"}, "DESK_BAD_WORD"),
        ({"day": "2031-01-08"}, "NO_CALENDAR"),
    ],
)
def test_wrong_days_publish_nothing(home: Path, words: dict, code: str):
    assert codes(asked(home, "publish", **words)) == [code]
    assert not (home / ROUND / "out" / "发布").exists()


COMMAND = r"xlperf [a-z]|--[a-z]|运行 ?[a-z]|再运行|\brun [a-z]"


def test_no_remedy_of_the_page_is_a_command():
    """The page has buttons; whoever reads it may have no command line at all."""
    with at_the_page():
        told = {code: [Problem(code).data(zh_or_en)["remedy"] for zh_or_en in ("zh", "en")] for code in catalogue()}
    assert {code for code, texts in told.items() if any(re.search(COMMAND, str(text)) for text in texts)} == set()
    assert set(page_remedies()) <= set(catalogue())


def test_buttons_that_remedies_name_are_on_the_page():
    words = {language: set(page_texts(language).values()) for language in ("zh", "en")}
    for number, language in enumerate(("zh", "en")):
        quoted = {q for texts in page_remedies().values() for q in re.findall("“([^”{}]+)”", texts[number])}
        unknown = {q for q in quoted - SAID_ELSEWHERE if not any(word.startswith(q) for word in words[language])}
        assert unknown == set()


def test_what_to_do_is_said_for_the_page_and_for_the_terminal(home: Path):
    told = next(p for p in asked(home, "steps", round="nowhere")["problems"])
    assert "开始一轮" in told["remedy"]
    assert "xlperf new" in Problem(told["code"]).data()["remedy"]


def test_a_round_in_which_the_office_fills_nothing_itself_lacks_nothing(tmp_path: Path):
    """Nobody is asked to fill a 总表 that has no cell to fill, and places are said below the folder that was picked."""
    round_, problems = new_round(find_scheme("three-units")[0], tmp_path / ROUND)
    assert round_ is not None, problems
    distribute(round_)
    send_all(round_)
    asked(tmp_path, "collect")
    assert asked(tmp_path, "cells")["data"]["sheets"] == []
    assert "MASTER_NOT_IN" not in codes(asked(tmp_path, "score"))
    assert asked(tmp_path, "papers")["data"]["lacking"] == []
    (tmp_path / "又一轮").mkdir()
    (tmp_path / "又一轮" / "x").write_text("mine")
    taken = asked(tmp_path, "new", round="", scheme="three-units", name="又一轮", year="2026")
    assert [p["where"].get("file") for p in taken["problems"]] == ["又一轮"]
