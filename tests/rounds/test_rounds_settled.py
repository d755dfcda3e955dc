"""What stays open in a round and what is settled: lapsed approvals, replies, counts, links, and what a score lacks."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from kit.begun import claim, claimed, issued
from kit.rounds import good_values, reopened, send

from xlperf.cli import main
from xlperf.problems import Problem, catalogue, problem, word, words
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting import layout_changes
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.store import open_round
from xlperf.scheme.reading import cells as judge
from xlperf.workbook.back.fill import fill_book


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "round")


@pytest.fixture
def office_round(tmp_path):
    """A round in which all have sent and one unit claims."""
    return claimed(tmp_path / "claimed")


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    return lambda *said: CliRunner().invoke(main, [str(w) for w in said])


def decide(round_, **cells):
    values = {("events", "U22-1", name): value for name, value in cells.items()}
    fill_book(round_.out / "总表.xlsx", round_.inbox / "总表.xlsx", values)
    return collect(round_)


# ---- approvals -----------------------------------------------------------------------------------


def test_an_approval_in_force_is_not_spoken_of(office_round):
    assert decide(office_round, status="通过").concerns == ()


LAPSES = [
    ({"points": 50}, "APPROVAL_LAPSED", ("市环保局“省级表彰”", "“通过”", "分值 0.5 → 50")),
    ({"item": "国家级表彰"}, "APPROVAL_LAPSED", ("省级表彰 → 国家级表彰",)),
    ({"date": None}, "APPROVAL_LAPSED", ("日期 2017-09-05 → 空",)),
    (None, "CLAIM_WITHDRAWN", ("省级表彰", "“通过”")),
]


@pytest.mark.parametrize(("change", "code", "said"), LAPSES)
def test_an_approval_that_lapses_is_told_every_time(office_round, run, change, code, said):
    decide(office_round, status="通过")
    values = {} if change is None else claim(**change)
    send(office_round, "unit", "U22", values, name="市环保局（改）.xlsx")
    for found in (collect(office_round), collect(office_round)):
        assert [p.code for p in found.concerns] == [code]
        assert all(s in found.concerns[0].message() for s in said)
        assert found.concerns[0] in found.problems
    done = run("collect", office_round.folder)
    assert (done.exit_code, code in done.stdout) == (3 if code == "APPROVAL_LAPSED" else 0, True)
    assert code in run("score", office_round.folder).stderr


def test_an_approval_beside_a_claim_edited_in_the_master_is_told(office_round):
    found = decide(office_round, status="通过", points=5)
    assert [(p.code, "分值 5 → 0.5" in p.message()) for p in found.concerns] == [("APPROVAL_LAPSED", True)]


def test_deciding_anew_settles_it(office_round):
    decide(office_round, status="通过")
    send(office_round, "unit", "U22", claim(points=5), name="市环保局（改）.xlsx")
    collect(office_round)
    publish_scores(office_round)
    values = {("events", "U22-1", "status"): "通过"}
    fill_book(office_round.out / "总表.xlsx", office_round.inbox / "总表（二）.xlsx", values)
    assert collect(office_round).concerns == ()


# ---- what a score lacks --------------------------------------------------------------------------


def test_a_score_says_what_it_lacks(round_, office_round, run):
    expected = (
        (round_, {"NOT_RETURNED": 2, "MASTER_NOT_IN": 1, "UNITS_UNSCORED": 1}),
        (office_round, {"MASTER_NOT_IN": 1, "CLAIMS_PENDING": 1}),
    )
    for one, wanted in expected:
        codes = [p.code for p in unsettled(one, publish_scores(one).scores)]
        assert {c: codes.count(c) for c in codes} == wanted
        done = run("score", one.folder)
        assert (done.exit_code, [c for c in wanted if c not in done.stderr]) == (3, [])
    decide(office_round, status="通过")
    assert unsettled(office_round, publish_scores(office_round).scores) == []
    assert run("score", office_round.folder).exit_code == 0


def test_a_book_that_came_and_is_held_is_not_told_as_never_sent(round_):
    spot = next(at for at in good_values(round_, "unit", "U22") if at[2] == "self")
    send(round_, "unit", "U22", {spot: "九十五"})
    collect(round_)
    told = {p.code: p.message() for p in unsettled(round_, publish_scores(round_).scores)}
    assert told["RETURNED_HELD"] == "待补正 自评表 1份，还没有收下：市环保局"
    assert "市环保局" not in told["NOT_RETURNED"]


def test_the_claims_that_wait_are_named(office_round):
    told = next(p for p in unsettled(office_round, publish_scores(office_round).scores) if p.code == "CLAIMS_PENDING")
    assert told.message() == "1条还是“待审”，没有计分：市环保局“省级表彰”"


def test_a_unit_without_a_score_is_named_with_the_books_that_lack(office_round):
    round_ = office_round
    scores = publish_scores(round_).scores
    values = {name: dict(columns) for name, columns in scores.values.items()}
    at = scores.column("A", "code").index("U22")
    for name in ("shown", "composite", "base", "satisfaction", "leader", "leader_points"):
        cells = list(values["A"][name])
        cells[at] = None
        values["A"][name] = tuple(cells)
    problems = [p for p in unsettled(round_, replace(scores, values=values)) if p.code == "UNITS_UNSCORED"]
    assert [dict(p.values)["names"] for p in problems] == ["市环保局"]
    assert "总表（1）" in problems[0].message()


# ---- counts and replies --------------------------------------------------------------------------


def counts(found):
    return len(found.accepted), len(found.held), len(found.refused), len(found.waiting)


def test_counts_are_of_this_inbox_and_settled_files_do_not_print_again(round_, run):
    stray = round_.inbox / "扫描件.pdf"
    stray.write_bytes(b"%PDF-1.7")
    bad = send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"}, name="市环保局.xlsx")
    assert counts(collect(round_)) == (0, 1, 1, 2)
    send(round_, "unit", "U22", name="市环保局2.xlsx")
    assert counts(collect(round_)) == (1, 0, 1, 1)
    done = run("collect", round_.folder)
    assert (done.exit_code, "九十五" in done.stdout, "共 3 份　收下 1　待补正 0　退回 1　已处理 1" in done.stdout) == (
        3,
        False,
        True,
    )
    assert {"收下 1：市环保局2.xlsx", "已处理 1：市环保局.xlsx"} <= {*done.stdout.splitlines()}
    stray.unlink()
    assert counts(collect(round_)) == (1, 0, 0, 0)
    assert run("collect", round_.folder).exit_code == 0
    bad.rename(round_.inbox / "旧 市环保局.xlsx")
    assert counts(collect(round_)) == (1, 0, 0, 0)


def test_a_file_moved_within_the_inbox_still_counts(round_):
    file = send(round_, "unit", "U22", name="市环保局.xlsx")
    collect(round_)
    (round_.inbox / "已看").mkdir()
    file.rename(round_.inbox / "已看" / "市环保局.xlsx")
    assert counts(collect(round_)) == (1, 0, 0, 0)


def test_replies_are_kept_when_they_are_settled(round_):
    folder = round_.out / "退回"
    for number, wrong in enumerate(("九十五", "满分")):
        send(round_, "unit", "U22", {("marks", "U22-01", "self"): wrong}, name=f"市环保局{number}.xlsx")
        reply = round_.folder / collect(round_).replies[0]
        assert wrong in reply.read_text("utf-8")
        before = reply.stat().st_mtime_ns
        collect(round_)
        assert reply.stat().st_mtime_ns == before
        send(round_, "unit", "U22", {("marks", "U22-01", "self"): 14 + number}, name=f"市环保局好{number}.xlsx")
        assert collect(round_).replies == ()
        assert (list(folder.glob("*.txt")), len(list(folder.glob("已处理/市环保局 *.txt")))) == ([], number + 1)


def test_a_link_is_never_followed(round_, tmp_path):
    secret = tmp_path / "别处.xlsx"
    secret.write_bytes(b"secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.xlsx").write_bytes(b"secret")
    for name, target in {"链接.xlsx": secret, "断的.xlsx": tmp_path / "none", "夹": tmp_path / "folder"}.items():
        (round_.inbox / name).symlink_to(target)
    found = collect(round_)
    assert sorted((r.file, r.decision, r.problems[0].code) for r in found.receipts) == sorted(
        (name, "refused", "INBOX_LINK") for name in ("链接.xlsx", "断的.xlsx", "夹")
    )
    assert list(round_.received.iterdir()) == []
    assert found.replies == ()


def test_who_is_missing_is_told_book_by_book(round_, run):
    told = run("collect", round_.folder).stdout
    assert re.search("未报：.*市环保局.*（自评表）；.*（打分表）；总表", told)


def test_a_failed_blank_announces_nothing(run, tmp_path):
    (tmp_path / "重要.txt").write_text("x")
    done = run("blank", "three-units", tmp_path)
    assert (done.exit_code, done.stdout, "FOLDER_NOT_EMPTY" in done.stderr) == (1, "", True)


# ---- the key -------------------------------------------------------------------------------------


def test_a_round_without_its_key_is_told_apart_and_an_old_key_is_read(round_):
    key = round_.folder / "round.key"
    key.rename(round_.folder / ".key")
    assert reopened(round_.folder).key == round_.key
    (round_.folder / ".key").unlink()
    opened, problems = open_round(round_.folder)
    assert (opened, [p.code for p in problems]) == (None, ["ROUND_KEY_MISSING"])
    assert "round.key" in problems[0].remedy()
    assert "不要新建轮次" in problems[0].remedy()


# ---- words in values -----------------------------------------------------------------------------


def test_words_of_ours_follow_the_language_and_what_was_typed_does_not():
    told = problem("NOT_A_WORKBOOK", found=word("文本（CSV 等）"))
    assert "文本（CSV 等）" in told.message("zh")
    assert "text (CSV, for example)" in told.message("en")
    assert "共5 MB" in problem("BOMB", found=word("共{size} MB", size=5)).message("zh")
    assert "5 MB in all" in problem("BOMB", found=word("共{size} MB", size=5)).message("en")
    assert "“空”" in problem("NOT_A_NUMBER", title="得分", found="空", suggestion="").message("en")
    forged = problem("NOT_A_NUMBER", title="得分", found="\x1e空\x1f{x}", suggestion="")
    assert "空 {x}" in forged.message("en")
    assert isinstance(Problem(told.code, told.where, told.values).text(), str)


def test_every_text_stands_once():
    texts = Path(__file__).parents[2] / "xlperf" / "texts"
    for name, columns in (("problems", ("code",)), ("words", ("zh",)), ("help", ("command", "parameter"))):
        with (texts / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            keys = [tuple(row[c] for c in columns) for row in csv.DictReader(stream)]
        assert [k for k in keys if keys.count(k) > 1] == [], name


def test_every_word_has_its_english():
    root = Path(__file__).parents[2] / "xlperf"
    used = {w for f in root.rglob("*.py") for w in re.findall(r'word\("([^"]+)"', f.read_text("utf-8"))}
    used |= set({*layout_changes.LAYOUT.values(), *layout_changes.WITHOUT_EFFECT.values()})
    used |= {f"{advice}{within}" for _, advice in judge.ADVICE for within in ("", "，范围是{limits}")}
    assert used - set(words()) == set()
    names = re.compile(r"\{(\w+)(?::[^}]*)?\}")  # {count:part|parts} is count
    assert [zh for zh, en in words().items() if set(names.findall(zh)) != set(names.findall(en))] == []
    with (root / "texts" / "problems.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row["code"] for row in csv.DictReader(stream)]
    assert len(rows) == len(set(rows)) == len(catalogue())


def test_cells_that_wait_for_nobody_are_not_called_claims(office_round):
    """An optional choice of the office without a default is no decision that is due."""
    plan = office_round.plan
    free = [c.name for s in plan.sheets if s.grows for c in s.inputs("office") if c.default is None and not c.required]
    problems = [p for p in unsettled(office_round, publish_scores(office_round).scores) if p.code == "CLAIMS_PENDING"]
    assert [dict(p.values)["status"] for p in problems] == ["待审"], free


# ---- the scheme is changed while the round runs -----------------------------------------------------


def rewritten(round_, table, change):
    """Change a table of the round's own scheme, row by row; a row for which `change` returns None is taken out."""
    file = round_.folder / "scheme" / table
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows, names = [change(row) for row in reader], reader.fieldnames
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(row for row in rows if row is not None)
    return reopened(round_.folder)


def test_what_was_accepted_is_judged_again_when_a_limit_changes(office_round):
    before = publish_scores(office_round).scores.row("marks", "U22-01")
    changed = rewritten(office_round, "tasks.csv", lambda r: {**r, "full": "1"} if r["id"] == "U22-01" else r)
    wrong = collect(changed).concerns
    assert {(p.code, p.where.path.split()[0]) for p in wrong} == {("OUT_OF_RANGE", "U22-01")}
    assert changed.tables()["marks"][[r["id"] for r in changed.tables()["marks"]].index("U22-01")]["self"] is None
    assert before["self"] > 1
    assert {p.code for p in unsettled(changed, publish_scores(changed).scores)} >= {"OUT_OF_RANGE"}


def test_a_row_and_a_column_that_are_gone_take_their_cells_along_and_that_is_told(office_round):
    rewritten(office_round, "tasks.csv", lambda r: None if r["id"] == "U22-02" else r)
    scheme = office_round.folder / "scheme" / "scheme.yaml"
    text = scheme.read_text("utf-8")
    assert text.count("own: {part: self_and_lead,") == 1
    scheme.write_text(text.replace("self_and_lead,", "self_and_lead, without: [account],", 1), "utf-8")
    changed = reopened(office_round.folder)
    problems = [p for p in collect(changed).concerns if p.code == "ACCEPTED_NO_PLACE"]
    assert any("U22-02" in p.message() for p in problems)
    assert "U22-02" not in [r["id"] for r in changed.tables()["marks"]]
    send(changed, "unit", "U22", claim(), name="市环保局（再报）.xlsx", source=changed.folder / told_file(changed))
    assert [r.decision for r in collect(changed).receipts if "再报" in r.file] == ["accepted"]


def told_file(round_):
    distribute(round_)
    return next(i.file for p, i in round_.state().issued.items() if p == ("unit", "U22"))


def test_a_renamed_unit_has_one_book_and_its_damaged_file_stays_settled(round_):
    (round_.inbox / "市环保局 报送.xlsx").write_bytes(b"PK\x03\x04 damaged")
    collect(round_)
    send(round_, "unit", "U22", name="市环保局（补）.xlsx")
    assert collect(round_).replies == ()
    changed = rewritten(round_, "units.csv", lambda r: {**r, "name": "市生态局"} if r["code"] == "U22" else r)
    done = distribute(changed)
    assert "ISSUED_TAKEN_AWAY" in [p.code for p in done.problems]
    assert [f.stem.split()[1] for f in sorted((round_.issued / "自评表").iterdir())][1] == "市生态局"
    assert len(list((round_.issued / "自评表").iterdir())) == 3
    for _ in range(2):
        found = collect(reopened(round_.folder))
        assert (found.replies, found.waiting) == ((), ())
    assert distribute(reopened(round_.folder)).problems == ()
