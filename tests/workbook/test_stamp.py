"""Stamped books are the books written in full, byte for byte, with the records of them; whatever units are called."""

from fractions import Fraction

import pytest
from kit.masters import laid_out

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.roster import Roster
from xlperf.engine.score import score
from xlperf.scheme.load import schemes_available
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.record import packed
from xlperf.workbook.seal import Identity, sealed
from xlperf.workbook.stamp import Stamps
from xlperf.xlsx.pack import packed as packed_parts
from xlperf.xlsx.pack import unpacked

SOME = 3  # books of a scheme with many, spread over its list
ODD = (
    "<r>甲</r>",
    "&乙<丙>",
    "%s 丁 %%",
    " 前后空格 ",
    "一\n二",
    "\ue003",
    "=1+1",
    "“长”" * 30,
    "自评表",
    "_x0041_",
    "不适用",
)


def compared(scores, scheme, holders, tmp_path):
    """Check that every book is stamped as it is written; return how many shapes there were."""
    stamps = Stamps(scores, scheme, "2024年1月31日")
    for serial, (kind, whom) in enumerate(holders, 1):
        identity = sealed(Identity(kind, "r", scheme.id, scheme.year, whom, serial), b"k" * 32, "sha")
        made = stamps.book(whom, identity)
        record = write_unit_book(scores, whom, tmp_path / "b.xlsx", identity, scheme=scheme, deadline="2024年1月31日")
        data = (tmp_path / "b.xlsx").read_bytes()
        assert dict(unpacked(made.data)) == dict(unpacked(data)), whom
        assert made.data == data
        assert (made.record, made.digest, made.shape) == (packed(record), record.digest(), record.shape()), whom
    return stamps.shapes


@pytest.mark.parametrize("path", schemes_available(), ids=lambda p: p.name)
def test_a_stamped_book_is_the_book_that_is_written(path, tmp_path):
    scheme, plan = laid_out(path.name)
    holders = [h for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL]
    some = holders[:: max(1, len(holders) // SOME)]
    shapes = compared(score(plan, scheme.tables), scheme, some, tmp_path)
    assert 0 < shapes <= len(some)


def test_a_unit_may_be_called_anything_and_be_asked_anything(tmp_path):
    """Names that are said elsewhere, or are markup, are what signs and the numbers of texts must survive."""
    scheme, plan = laid_out("three-units")
    units, marks = scheme.tables["units"][0], [r for r in scheme.tables["marks"] if r["unit"] == "U1"]
    tables = {**scheme.tables, "units": [], "marks": []}
    for n, odd in enumerate(ODD):
        code = f"V{n}"
        tables["units"].append({**units, "code": code, "name": odd})
        for i, row in enumerate(marks):
            said = odd if i == n % len(marks) else row["indicator"]
            target = None if i == n % 3 else Fraction(n * 10**i, 7 if n == 5 else 8)
            tables["marks"].append({**row, "id": f"{code}-{i}", "unit": code, "indicator": said, "target": target})
    holders = [("unit", f"V{n}") for n in range(len(ODD))]
    assert compared(score(plan, tables), scheme, holders, tmp_path) < len(ODD)


def test_units_that_are_asked_the_same_share_one_shape(tmp_path):
    scheme, plan = laid_out("three-units")
    stamps = Stamps(score(plan, scheme.tables), scheme)
    for serial, row in enumerate(scheme.tables["units"], 1):
        stamps.book(row["code"], Identity("unit", "r", scheme.id, 2024, row["code"], serial))
    assert stamps.shapes == 1


def test_parts_packed_are_the_parts(tmp_path):
    parts = [("a.xml", b"<a/>" * 1000), ("b/c.xml", b""), ("d.bin", bytes(range(256)))]
    assert unpacked(packed_parts(parts)) == parts
    assert packed_parts(parts) == packed_parts(iter(parts))
