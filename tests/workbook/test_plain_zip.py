"""Parts unpacked without a detour: what zipfile makes of the same bytes, or nothing; each kept where it comes again."""

import io
import random
import struct
import zipfile
import zlib

import pytest
from kit.begun import issued
from kit.rounds import issued_file
from kit.strange_files import mutant

from xlperf.workbook.back import guard, plain_zip
from xlperf.workbook.back.guard import guard_problems
from xlperf.workbook.back.plain_zip import plain_parts

BOOK = "xl/workbook.xml"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(plain_zip, "_KNOWN", plain_zip._Known())


def packed(parts, way=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", way) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return made.getvalue()


def plainly(data):
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return plain_parts(data, book.infolist(), lambda *_: True)


def both(data, monkeypatch):
    """Return what the guard makes of bytes, and what it makes of them by zipfile alone."""
    found = []
    for there in (guard.plain_parts, lambda *_: None):
        kept = {}
        with monkeypatch.context() as patch:
            patch.setattr(guard, "plain_parts", there)
            problems = guard_problems(data, "a.xlsx", kept)
        found.append((problems, {} if problems else kept))
    return found


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_plain_parts_are_those_of_zipfile(way):
    parts = {BOOK: b"<workbook/>" * 50, "a.xml": b"", "b.xml": b"b" * 99}
    assert plainly(packed(parts, way)) == parts


def test_mutants_of_a_book_are_told_as_by_zipfile(tmp_path, monkeypatch):
    draw, codes = random.Random(11), set()
    file = issued_file(issued(tmp_path / "round"), "unit", "U22")
    honest = file.read_bytes()
    assert plainly(honest) is not None
    for turn in range(300):
        data = mutated(draw, file, tmp_path / "mutant.xlsx") if turn % 3 == 0 else flipped(honest, draw)
        (fast, parts), (slow, wanted) = both(data, monkeypatch)
        assert (fast, parts) == (slow, wanted)
        codes |= {p.code for p in fast} or {"fine"}
    assert {"fine", "DAMAGED"} <= codes


def mutated(draw, file, to):
    mutant(file, draw, to)
    return to.read_bytes()


def flipped(data, draw):
    """Return bytes of which a few are others, nearer to where the parts and the list of them are told."""
    changed, heads = bytearray(data), [at for at in range(len(data) - 4) if data[at : at + 2] == b"PK"]
    for _ in range(draw.randint(1, 3)):
        changed[min(draw.choice(heads) + draw.randint(2, 60), len(data) - 1)] = draw.randrange(256)
    return bytes(changed)


def altered(data, at, value, form="<I", sign=b"PK\1\2"):
    """Return bytes with a field changed that is told of every part, in the list at the end or in front (sign)."""
    changed, place = bytearray(data), data.find(sign)
    while place >= 0:
        struct.pack_into(form, changed, place + at, value(struct.unpack_from(form, changed, place + at)[0]))
        place = data.find(sign, place + 1)
    return bytes(changed)


def secret(data):
    """Return bytes whose parts say, both times, that they are packed with a secret."""
    front = altered(data, 6, lambda flags: flags | 0x20, "<H", b"PK\3\4")
    return altered(front, 8, lambda flags: flags | 0x20, "<H")


LIES = {
    "a checksum": lambda data: altered(data, 16, lambda crc: crc ^ 1),
    "a size too small": lambda data: altered(data, 24, lambda size: max(size - 1, 0)),
    "a size too large": lambda data: altered(data, 24, lambda size: size + 1),
    "a packed size": lambda data: altered(data, 20, lambda size: size - 1),
    "a way of packing": lambda data: altered(data, 10, lambda _: 12, "<H"),
    "parts in one place": lambda data: altered(data, 42, lambda _: 0),
    "another name in front": lambda data: data.replace(b"b.xml", b"c.xml", 1),
    "secret": secret,
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_told_twice_and_not_alike_is_left_to_zipfile(lie):
    assert plainly(LIES[lie](packed({BOOK: b"<workbook/>" * 50, "b.xml": b"b" * 99}))) is None


def test_a_part_that_comes_again_is_the_same_object_and_not_looked_through_again():
    looked = []

    def is_fine(info, data):
        looked.append((info.filename, data))
        return True

    def read(own):
        data = packed({BOOK: own, "same.xml": b"same" * 9})
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return plain_parts(data, book.infolist(), is_fine)

    found = [read(b"%d" % n) for n in range(4)]
    assert len({id(parts["same.xml"]) for parts in found[1:]}) == 1
    assert [name for name, _ in looked].count("same.xml") == 2
    assert [parts[BOOK] for parts in found] == [b"0", b"1", b"2", b"3"]


def test_a_part_that_was_kept_is_not_believed_under_another_name_or_checksum():
    data = packed({BOOK: b"<workbook/>", "same.xml": b"same" * 9})
    assert plainly(data) == plainly(data) == plainly(data) is not None
    assert plainly(altered(data, 16, lambda crc: crc ^ 1)) is None
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert plain_parts(data, book.infolist(), lambda *_: False) is not None  # which said otherwise before
    other = data.replace(b"same.xml", b"else.xml")
    with zipfile.ZipFile(io.BytesIO(other)) as book:
        assert plain_parts(other, book.infolist(), lambda *_: False) is None


def test_a_part_that_was_kept_is_not_believed_where_it_is_told_as_not_packed_at_all():
    data = packed({BOOK: b"<workbook/>" * 50})
    assert plainly(data) == plainly(data) == plainly(data) is not None
    front = altered(data, 8, lambda _: zipfile.ZIP_STORED, "<H", b"PK\3\4")
    assert plainly(altered(front, 10, lambda _: zipfile.ZIP_STORED, "<H")) is None


def test_what_is_kept_has_its_bound(monkeypatch):
    monkeypatch.setattr(plain_zip, "_KEPT_MOST", 1_000)
    draw = random.Random(3)
    for _ in range(40):
        data = packed({BOOK: draw.randbytes(400)})
        assert plainly(data) == plainly(data)
    known = plain_zip._KNOWN
    assert known.size == sum(len(part) + len(key[2]) for key, (part, _) in known.parts.items()) < 3_000


def test_a_part_with_something_behind_its_end_is_left_to_zipfile():
    data = packed({BOOK: b"<workbook/>"}, zipfile.ZIP_STORED)
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    small = engine.compress(b"<workbook/>" * 50) + engine.flush()
    info = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    info.compress_type, info.file_size, info.CRC = zipfile.ZIP_DEFLATED, 550, zlib.crc32(b"<workbook/>" * 50)
    heads = data[: info.header_offset + 30 + len(BOOK)]
    heads = heads[:8] + struct.pack("<H", zipfile.ZIP_DEFLATED) + heads[10:]
    for rest, is_plain in ((b"", True), (b"junk", False), (b"\0", False)):
        info.compress_size = len(small + rest)
        assert (plain_parts(heads + small + rest, [info], lambda *_: True) is not None) is is_plain
        plain_zip._KNOWN.seen.clear()


def test_a_part_within_another_is_left_to_zipfile():
    inner = packed({"b.xml": b"b" * 9}, zipfile.ZIP_STORED)
    outer = packed({BOOK: inner}, zipfile.ZIP_STORED)
    (info,), (within,) = (zipfile.ZipFile(io.BytesIO(data)).infolist() for data in (outer, inner))
    assert plain_parts(outer, [info], lambda *_: True) is not None
    within.header_offset += outer.index(inner)
    assert plain_parts(outer, [within], lambda *_: True) is not None
    assert plain_parts(outer, [info, within], lambda *_: True) is None
