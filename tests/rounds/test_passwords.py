"""Books that open with a password of their own: each party's with its own, and with no other."""

import csv
import shutil

import openpyxl
import pytest
from kit.begun import issued
from kit.office import open_office
from kit.programs import need
from kit.rounds import good_values, reopened, small_scheme

from xlperf.problems import errors
from xlperf.publish.verify import verified
from xlperf.rounds import distribute as distributing
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.lifted import lift
from xlperf.rounds.distribute import distribute
from xlperf.rounds.passwords import password
from xlperf.rounds.store import new_round
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.secret import NoSuchPassword, is_locked, locked, opened


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A round whose books are issued, each with its password."""
    folder = tmp_path_factory.mktemp("template")
    round_, problems = new_round(small_scheme(folder / "scheme"), folder / "round", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_, secret=True)
    return round_.folder


@pytest.fixture
def round_(template, tmp_path):
    return reopened(shutil.copytree(template, tmp_path / "round"))


def word(round_, unit):
    return password(round_, ("unit", unit))


def plain(round_, unit):
    """Return the issued book of a unit without its password."""
    issued = round_.folder / round_.state().issued["unit", unit].file
    return opened(issued.read_bytes(), [word(round_, unit)])[1]


def send(round_, unit, name, locked_with, folder, **changes):
    """Fill a book, lock it with the password of a unit, or with none, and drop it into the inbox."""
    (folder / "blank.xlsx").write_bytes(plain(round_, unit))
    values = {**good_values(round_, "unit", unit), **{("marks", f"{unit}-01", c): v for c, v in changes.items()}}
    fill_book(folder / "blank.xlsx", folder / "filled.xlsx", values)
    data = (folder / "filled.xlsx").read_bytes()
    (round_.inbox / name).write_bytes(locked(data, locked_with) if locked_with else data)


def test_every_book_but_the_offices_own_has_its_own_password(round_):
    issued = round_.state().issued
    held = {party: is_locked((round_.folder / i.file).read_bytes()) for party, i in issued.items()}
    assert {party[0] for party, is_ in held.items() if not is_} == {"master"}
    with (round_.out / "口令" / "口令表.csv").open(encoding="utf-8-sig", newline="") as stream:
        words = {(row["单位"], row["表"]): row["口令"] for row in csv.DictReader(stream)}
    assert words["市环保局", "自评表"] == word(round_, "U22")
    assert len(set(words.values())) == len(held) - 1
    assert word(round_, "U22") in (round_.out / "口令" / "市环保局（自评表）.txt").read_text("utf-8")
    with pytest.raises(NoSuchPassword):
        opened((round_.folder / issued["unit", "U22"].file).read_bytes(), [word(round_, "U44"), ""])


def test_issuing_again_leaves_locked_books_alone(round_, monkeypatch):
    before = {f: f.read_bytes() for f in round_.issued.rglob("*.xlsx")}
    monkeypatch.setattr(distributing, "opened", None)  # nobody opens them, which takes a third of a second each
    monkeypatch.setattr(distributing, "unpacked", None)
    assert distribute(round_).written == ()
    assert {f: f.read_bytes() for f in round_.issued.rglob("*.xlsx")} == before
    assert [p.code for p in verified(round_.folder)[1] if p.severity != "note"] == []


def test_a_return_opens_with_the_password_of_its_unit_only(round_, tmp_path):
    send(round_, "U22", "市环保局 报送.xlsx", word(round_, "U22"), tmp_path)
    send(round_, "U44", "市信息中心 没有口令.xlsx", "", tmp_path)
    send(round_, "U44", "市信息中心 自己的口令.xlsx", "123456", tmp_path)
    send(round_, "U44", "市信息中心 别人的口令.xlsx", word(round_, "U22"), tmp_path)
    send(round_, "U44", "市环保局 里面是别人.xlsx", word(round_, "U22"), tmp_path)
    found = {r.file: (r.decision, [p.code for p in errors(r.problems)]) for r in collect(round_).receipts}
    assert found == {
        "市环保局 报送.xlsx": ("accepted", []),
        "市信息中心 没有口令.xlsx": ("held", ["SECRET_OTHERS"]),
        "市信息中心 自己的口令.xlsx": ("held", ["SECRET_WRONG"]),
        "市信息中心 别人的口令.xlsx": ("held", ["SECRET_WRONG"]),
        "市环保局 里面是别人.xlsx": ("held", ["SECRET_OTHERS"]),
    }
    assert [p.code for p in verified(round_.folder)[1] if p.severity != "note"] == []


def test_what_is_lifted_is_locked_again(round_, tmp_path):
    send(round_, "U22", "市环保局 坏.xlsx", word(round_, "U22"), tmp_path, self="九十五")
    collect(round_)
    done, problems = lift(round_, "市环保局 坏.xlsx")
    assert problems == []
    data = opened((round_.folder / done.book).read_bytes(), [word(round_, "U22")])[1]
    (tmp_path / "x.xlsx").write_bytes(data)
    assert "自评表" in openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames


def test_a_locked_book_is_the_stamped_one_with_a_lock(round_, tmp_path):
    """Byte for byte, so that a password costs nothing of what holds for books without one."""
    plain = issued(tmp_path / "plain")
    assert plain.scheme.digest == round_.scheme.digest
    for party, book in round_.state().issued.items():
        data = (round_.folder / book.file).read_bytes()
        inside = opened(data, [password(round_, party)])[1] if is_locked(data) else data
        assert inside == (plain.folder / plain.state().issued[party].file).read_bytes(), party


def test_libreoffice_opens_a_locked_book_and_locks_it_again(round_, tmp_path):
    need("soffice")
    send(round_, "U22", "市环保局.xlsx", word(round_, "U22"), tmp_path)
    office = open_office(tmp_path / "office")
    (locked_, again) = (office.folder / "市环保局.xlsx", office.folder / "市环保局 再存.xlsx")
    locked_.write_bytes((round_.inbox / "市环保局.xlsx").read_bytes())
    steps = [["unlock", str(locked_), word(round_, "U44")], ["unlock", str(locked_), word(round_, "U22")]]
    assert office.steps([*steps, ["save", str(again), word(round_, "U22")]])[:2] == [False, True]
    assert is_locked(again.read_bytes())
    (round_.inbox / "市环保局.xlsx").write_bytes(again.read_bytes())
    assert [r.decision for r in collect(round_).receipts] == ["accepted"]
