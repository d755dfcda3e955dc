"""A round is a folder: made whole or not at all, issued once, the same when issued again."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from kit.rounds import reopened, send, small_scheme

from xlperf.engine.compile import compile_scheme
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round, open_round
from xlperf.scheme.reading.yaml_subset import read_yaml


@pytest.fixture(scope="module")
def scheme(tmp_path_factory):
    return small_scheme(tmp_path_factory.mktemp("scheme") / "small")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "考核 2017"


def files(folder):
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def codes(problems):
    return [p.code for p in problems if p.severity == "error"]


def test_a_new_round_is_a_folder_of_its_own(scheme, folder):
    made, problems = new_round(scheme, folder, deadline="2017-12-31", readings={"park_rank": "apart"})
    assert (codes(problems), made is not None) == ([], True)
    assert {f.name for f in folder.iterdir()} == {
        "ledger.head",
        "round.yaml",
        "round.key",
        "scheme",
        "issued",
        "records",
        "inbox",
        "received",
        "out",
        "ledger.sqlite",
    } - ({"ledger.sqlite"} if not (folder / "ledger.sqlite").exists() else set())
    root, told = read_yaml(folder / "round.yaml", "round.yaml")
    assert told == []
    assert (root["round"], root["deadline"], root["readings"]["park_rank"]) == ("dashiqiao-2017", "2017-12-31", "apart")
    again = reopened(folder)
    assert (again.readings["park_rank"], again.deadline.isoformat()) == ("apart", "2017-12-31")
    assert len(again.key) == 32


def test_a_round_of_another_year_says_its_own_year(scheme, folder):
    made, _ = new_round(scheme, folder, year=2019)
    again = reopened(folder)
    assert {made.scheme.title, again.scheme.title} == {made.scheme.in_year(2017).title.replace("2017年", "2019年")}
    assert "2019年度" in again.scheme.title
    assert "# deadline: 2019-12-31" in (folder / "round.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"readings": {"park_rank": "maybe"}}, "UNKNOWN_OPTION"),
        ({"readings": {"parking": "x"}}, "UNKNOWN_READING"),
        ({"deadline": "31.12.2017"}, "NOT_A_DATE"),
    ],
)
def test_what_is_wrong_leaves_no_folder(scheme, folder, options, code):
    made, problems = new_round(scheme, folder, **options)
    assert made is None
    assert code in codes(problems)
    assert list(folder.parent.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(scheme, folder):
    folder.mkdir()
    (folder / "重要.txt").write_text("x")
    made, problems = new_round(scheme, folder)
    assert (made, codes(problems)) == (None, ["FOLDER_NOT_EMPTY"])
    assert files(folder) == {"重要.txt": b"x"}


def test_an_empty_folder_may_be_used(scheme, folder):
    folder.mkdir()
    assert new_round(scheme, folder)[0] is not None


def test_something_else_is_not_a_round(tmp_path):
    assert codes(open_round(tmp_path)[1]) == ["NOT_A_ROUND"]
    assert codes(open_round(tmp_path / "nowhere")[1]) == ["NOT_A_ROUND"]


def test_a_changed_scheme_is_noticed(scheme, folder):
    new_round(scheme, folder)
    file = folder / "scheme" / "scheme.yaml"
    file.write_text(file.read_text("utf-8") + "\n# 改过\n", "utf-8")
    assert [p.code for p in open_round(folder)[1]] == ["SCHEME_CHANGED"]


def test_a_round_opened_again_is_understood_once_and_anew_after_a_change(scheme, folder):
    made, _ = new_round(scheme, folder, key=b"k" * 32)
    first, _ = open_round(made.folder)
    again, _ = open_round(made.folder)
    assert (again.scheme is first.scheme, again.plan is first.plan) == (True, True)
    file = made.folder / "scheme" / "scheme.yaml"
    file.write_text(file.read_text("utf-8") + "# 改过\n", "utf-8")
    changed, _ = open_round(made.folder)
    assert (changed.scheme is first.scheme, changed.changed) == (False, True)


def test_distribute_names_every_party_and_is_the_same_again(scheme, folder):
    new_round(scheme, folder, key=b"k" * 32)
    round_ = reopened(folder)
    planned = distribute(round_, dry_run=True)
    assert files(round_.issued) == {}
    first = distribute(round_)
    assert sorted(planned.files) == sorted(first.written)
    names = {f.name for f in first.files}
    assert {"1 市政府办.xlsx", "2 市环保局.xlsx", "3 市信息中心.xlsx", "市信访局.xlsx", "总表.xlsx"} <= names
    before, serials = files(round_.issued), round_.state().issued
    (round_.issued / "总表.xlsx").unlink()
    second = distribute(round_)
    assert [f.name for f in second.written] == ["总表.xlsx"]
    assert files(round_.issued) == before
    assert round_.state().issued == serials
    assert len({i.serial for i in serials.values()}) == len(serials)


def test_everything_kept_is_under_its_own_hash(scheme, folder):
    new_round(scheme, folder)
    round_ = reopened(folder)
    distribute(round_)
    send(round_, "unit", "U44")
    (round_.inbox / "杂.txt").write_bytes(b"?")
    collect(round_)
    kept = files(round_.received)
    assert len(kept) == 2
    assert all(hashlib.sha256(data).hexdigest() == name for name, data in kept.items())


def test_an_altered_ledger_stops_the_round(scheme, folder):
    new_round(scheme, folder)
    round_ = reopened(folder)
    distribute(round_)
    data = round_.ledger.read_bytes()
    assert data.count(b"issued") > 3
    text = b'"serial": 2'
    assert text in data
    round_.ledger.write_bytes(data.replace(text, b'"serial": 9'))
    assert codes(open_round(folder)[1]) == ["LEDGER_ALTERED"]


def test_a_round_whose_ledger_is_gone_is_not_begun_anew(scheme, folder):
    new_round(scheme, folder)
    distribute(reopened(folder))
    for file in folder.glob("ledger.sqlite*"):
        file.unlink()
    assert codes(open_round(folder)[1]) == ["LEDGER_GONE"]
    assert not (folder / "ledger.sqlite").exists()


def test_a_key_of_round_yaml_that_nobody_knows_is_told(scheme, folder):
    new_round(scheme, folder)
    file = folder / "round.yaml"
    file.write_text(file.read_text("utf-8") + "deadine: 2017-12-31\n", "utf-8")
    opened, problems = open_round(folder)
    assert (opened, codes(problems)) == (None, ["UNKNOWN_KEY"])
    assert "deadline" in problems[0].remedy("zh")
    assert problems[0].where.line == len(file.read_text("utf-8").splitlines())


def test_rounds_of_the_same_scheme_lay_it_out_once_each_with_its_own_place(scheme, folder):
    new_round(scheme, folder, key=b"k" * 32)
    shutil.copytree(folder, folder.parent / "又一轮")
    first, second = reopened(folder), reopened(folder.parent / "又一轮")
    assert second.scheme.tables is first.scheme.tables
    assert second.plan is first.plan
    assert [Path(r.scheme.file).parents[1].name for r in (first, second)] == [folder.name, "又一轮"]
    (folder.parent / "又一轮" / "scheme" / "units.csv").unlink()
    _, problems = open_round(folder.parent / "又一轮")
    assert "FILE_MISSING" in {p.code for p in problems}


def test_another_year_or_other_tables_are_laid_out_anew(scheme, folder):
    new_round(scheme, folder, key=b"k" * 32)
    plan, made = reopened(folder).plan, reopened(folder).scheme
    assert compile_scheme(replace(made, file="elsewhere"))[0] is compile_scheme(made)[0]
    assert compile_scheme(made.in_year(made.year + 1))[0].year == made.year + 1
    assert compile_scheme(replace(made, tables=dict(made.tables)))[0] is not plan
