"""Text deflated in pieces is the text, whatever is its own and however long."""

import random
import re
import zlib

import pytest

from xlperf.xlsx.spliced import cut, spliced

NUMBER = re.compile(rb"<v>([^<]*)</v>")


def inflated(data):
    return zlib.decompress(data, -zlib.MAX_WBITS)


def rows(seed, size=300):
    """Return lines as worksheets have them, with numbers of any length."""
    draw = random.Random(seed)
    said = (b"<v>%d</v>" % draw.randrange(10 ** draw.randrange(1, 40)) for _ in range(size))
    return b"".join(
        b'<row r="%d"><c r="A%d">%b</c><f>SUM(A%d:B%d)</f></row>' % (i, i, v, i, i) for i, v in enumerate(said)
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_text_in_pieces_is_the_text(seed):
    data = rows(seed)
    shared, own = cut(data, NUMBER, seed * 4)
    assert inflated(spliced(shared, own)) == data
    again = spliced([bytes(bytearray(piece)) for piece in shared], own)
    assert again == spliced(shared, own)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 200_000])
def test_what_is_its_own_may_be_as_long_as_it_likes(size):
    own = random.Random(size).randbytes(size).replace(b"<", b"-")
    data = b"before <v>" + own + b"</v> between, as before <v>1</v> behind, as before"
    shared = [b"before <v>", b"</v> between, as before <v>", b"</v> behind, as before"]
    assert inflated(spliced(shared, [own, b"1"])) == data


def test_pieces_far_longer_than_what_a_text_may_refer_back_to():
    text = bytes(random.Random(1).choices(b"abcdefgh", k=90_000))
    shared, own = [text, text, text[:50]], [b"<" * 40_000, b"1"]
    assert inflated(spliced(shared, own)) == text + b"<" * 40_000 + text + b"1" + text[:50]


@pytest.mark.parametrize("data", [b"", b"<v>1</v>", b"<v></v><v>2</v>", bytes(range(256)) * 9 + b"<v>1</v>"])
def test_any_bytes(data):
    assert inflated(spliced(*cut(data, NUMBER, 0))) == data


def test_nothing_is_left_out_where_pieces_are_cut():
    data = rows(3, 50)
    for gap in (0, 30, 10_000):
        shared, own = cut(data, NUMBER, gap)
        assert b"".join(a + b for a, b in zip(shared, [*own, b""], strict=True)) == data
