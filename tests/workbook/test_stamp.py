"""Stamped books are the books written in full, byte for byte, with the records of them; whatever units are called."""

import zlib
from dataclasses import replace
from fractions import Fraction

import pytest
from kit.masters import laid_out, made_up

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.roster import Roster
from xlperf.engine.score import score
from xlperf.formula.expression import col, same
from xlperf.scheme.load import schemes_available
from xlperf.workbook.alike import Alike
from xlperf.workbook.books.unit import drafted, write_unit_book
from xlperf.workbook.cast import Cast
from xlperf.workbook.die import Die
from xlperf.workbook.layout import UNIT_NAME
from xlperf.workbook.record import packed
from xlperf.workbook.seal import Identity, sealed
from xlperf.workbook.shape import shape_of
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
    "\ufdd0",
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
        assert len(data) < 1.3 * sum(len(zlib.compress(part, 1)) + 100 for _, part in unpacked(data)), whom
        assert zlib.decompress(made.record) == zlib.decompress(packed(record)), whom
        assert (made.digest, made.shape) == (record.digest(), record.shape()), whom
    return stamps.shapes


@pytest.mark.parametrize("path", schemes_available(), ids=lambda p: p.name)
def test_a_stamped_book_is_the_book_that_is_written(path, tmp_path):
    scheme, plan = laid_out(path.name)
    holders = [h for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL]
    some = holders[:: max(1, len(holders) // SOME)]
    shapes = compared(score(plan, scheme.tables), scheme, some, tmp_path)
    assert 0 < shapes <= len(some)


@pytest.mark.parametrize("first", ["", "寻常单位"], ids=["odd ones first", "behind a plain one"])
def test_a_unit_may_be_called_anything_and_be_asked_anything(first, tmp_path):
    """Names that are said elsewhere, or are markup, are what signs and the numbers of texts must survive."""
    scheme, plan = laid_out("three-units")
    odds = (*filter(None, [first]), *ODD)
    units, marks = scheme.tables["units"][0], [r for r in scheme.tables["marks"] if r["unit"] == "U1"]
    tables = {**scheme.tables, "units": [], "marks": []}
    for n, odd in enumerate(odds):
        code = f"V{n}"
        tables["units"].append({**units, "code": code, "name": odd})
        for i, row in enumerate(marks):
            said = odd if i == n % len(marks) else row["indicator"]
            target = None if i == n % 3 else Fraction(n * 10**i, 7 if n == 5 else 8)
            tables["marks"].append({**row, "id": f"{code}-{i}", "unit": code, "indicator": said, "target": target})
    holders = [("unit", f"V{n}") for n in range(len(odds))]
    assert compared(score(plan, tables), scheme, holders, tmp_path) < len(odds)


def test_units_that_are_asked_the_same_share_one_shape(tmp_path):
    scheme, plan = laid_out("three-units")
    stamps = Stamps(score(plan, scheme.tables), scheme)
    for serial, row in enumerate(scheme.tables["units"], 1):
        stamps.book(row["code"], Identity("unit", "r", scheme.id, 2024, row["code"], serial))
    assert stamps.shapes == 1


def of_many(
    plan, scheme, units, indicator=lambda i, n: f"第{n + 1}项工作", number=lambda i, n: n, filled=lambda i, n: {}
):
    """Score as many units as wanted, called and asked alike; of unit and line → its text, end of its key, inputs."""
    unit, mark = scheme.tables["units"][0], scheme.tables["marks"][0]
    tables = {**scheme.tables, "units": [], "marks": []}
    for i in range(units):
        tables["units"].append({**unit, "code": f"W{i:02}", "name": f"第{i:02}号单位"})
        for n in range(12):
            own = {
                "id": f"W{i:02}-{number(i, n):02}",
                "unit": f"W{i:02}",
                "indicator": indicator(i, n),
                "target": Fraction(2 * i + 9, 4),
            }
            tables["marks"].append({**mark, **own, **filled(i, n), "no": Fraction(n + 1)})
    return score(plan, tables), [("unit", f"W{i:02}") for i in range(units)]


def test_books_of_plain_words_are_cast(tmp_path, monkeypatch):
    """One is written in full and put together word by word; after that no book is drafted, and none made that way."""
    scheme, plan = laid_out("three-units")
    scores, holders = of_many(plan, scheme, 5, lambda i, n: f"第{i}号的第{n + 1}项工作，{'长' * 40}")
    by_words, word_by_word, cast, as_cast = [], Die.stamped, [], Cast.stamped
    monkeypatch.setattr(Die, "stamped", lambda *given: by_words.append(given) or word_by_word(*given))
    monkeypatch.setattr(Cast, "stamped", lambda *given: cast.append((given[1:], made := as_cast(*given))) or made)
    assert compared(scores, scheme, holders, tmp_path) == 1
    assert (len(by_words), len(cast)) == (1, 4)
    for given, made in cast:
        assert made == word_by_word(by_words[0][0], *given)  # byte for byte, whichever way it takes


@pytest.mark.parametrize(
    "indicator",
    [
        lambda i, n: f"第{n if i < 2 else n // 2}项",  # the later ones say everything twice
        lambda i, n: f"第{n if i > 2 else n // 2}项",  # the earlier ones do
        lambda i, n: "自评表" if n == i else f"第{n}项",  # as the worksheet is called
        lambda i, n: f"W{i:02}-{11 - n:02}",  # the keys of other rows
        lambda i, n: "第02号单位" if n == 3 else f"第{n}项",  # the name of one of them
        lambda i, n: f"第{n}%s项%" if n % 2 else f"\ufdd0N\ufdd0{n}",
    ],
)
def test_texts_may_be_alike_in_any_way(indicator, tmp_path):
    scheme, plan = laid_out("three-units")
    scores, holders = of_many(plan, scheme, 5, indicator)
    compared(scores, scheme, holders, tmp_path)


def test_keys_may_stand_in_any_order(tmp_path):
    scheme, plan = laid_out("three-units")
    scores, holders = of_many(plan, scheme, 5, number=lambda i, n: (5 * n + i) % 12 if i else n)
    assert compared(scores, scheme, holders, tmp_path) == 1


def test_units_that_are_asked_otherwise_are_not_alike():
    """A cell that nobody is asked for looks otherwise, also where what that follows from looks the same."""
    scheme, plan = laid_out("three-units")
    asked = same(col("no"), 3)
    marks = plan.by_name["marks"]
    columns = tuple(replace(c, asked=asked) if c.name == "account" else c for c in marks.columns)
    changed = replace(plan, sheets=tuple(replace(s, columns=columns) if s is marks else s for s in plan.sheets))
    scores, holders = of_many(changed, scheme, 3)
    column = scores.values["marks"]["no"].values
    column[14], column[15] = column[15], column[14]
    assert shape_of(drafted(scores, holders[0])) != shape_of(drafted(scores, holders[1]))
    alike = Alike(scores)
    assert alike.key(holders[0]) == alike.key(holders[2]) != alike.key(holders[1])


@pytest.mark.parametrize("more", [Fraction(1), Fraction(1, 3), Fraction(-1, 7)], ids=["whole", "third", "seventh"])
def test_the_sum_below_a_column_is_a_word_of_the_book(more, tmp_path):
    """Where a column is as wide as before, the line below it says another sum, and nothing else is another."""
    scheme, plan = laid_out("three-units")
    scores, holders = of_many(plan, scheme, 5)
    full = scores.values["marks"]["full"].values
    for row in range(len(full)):
        full[row] = 20 + more * (row % 5)
    assert len({sum(full[n : n + 12]) for n in range(0, len(full), 12)}) > 2
    assert compared(scores, scheme, holders, tmp_path) == 1


def test_filled_inputs_are_words_of_the_book(tmp_path):
    """What some entered before the books go out stands in them, seen by the self-check; by the others' nothing does."""
    scheme, plan = laid_out("three-units")

    def filled(i, n):
        return {"actual": Fraction(20 + 12 * i + n, 8), "account": f"说明{i}之{n}"} if i < 4 and n < 5 else {}

    scores, holders = of_many(plan, scheme, 8, filled=filled)
    assert compared(scores, scheme, holders, tmp_path) <= 3
    assert len({Alike(scores).key(party) for party in holders[4:]}) == 1


@pytest.mark.parametrize("path", schemes_available(), ids=lambda p: p.name)
def test_all_books_of_the_commonest_shape_are_equal(path, tmp_path, monkeypatch):
    """Of a scheme as it stands, with defaults, others' inputs and forms; one is written in full, the rest follow it."""
    scheme, plan = laid_out(path.name)
    scores, shapes, cast, as_cast = score(plan, scheme.tables), {}, [], Cast.stamped
    for party in (h for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL):
        shapes.setdefault(shape_of(drafted(scores, party)), []).append(party)
    some = max(shapes.values(), key=len)[:5]
    monkeypatch.setattr(Cast, "stamped", lambda *given: cast.append(made := as_cast(*given)) or made)
    assert compared(scores, scheme, some, tmp_path) == 1
    assert len(cast) == len(some) - 1 > 0


@pytest.mark.parametrize("path", schemes_available(), ids=lambda p: p.name)
def test_books_that_are_alike_have_one_shape(path):
    scheme, plan = laid_out(path.name)
    holders = [h for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL]
    for scores in (score(plan, scheme.tables), made_up(path.name)):
        alike, shapes = Alike(scores), {}
        for party in holders:
            if (key := alike.key(party)) is not None:
                shape = shape_of(drafted(scores, party))
                assert shape is not None, party
                assert shapes.setdefault(key, shape) == shape, party


@pytest.mark.parametrize("name", ["guannan-2009", "hebi-2021", "three-units", "yangcheng-2020", "yiyang-2018"])
def test_some_units_of_a_scheme_are_alike(name):
    """Defaults, others' inputs and forms keep no two of them apart; 大石桥 asks everybody something else."""
    scheme, plan = laid_out(name)
    alike = Alike(score(plan, scheme.tables))
    keys = [alike.key(h) for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL]
    assert None not in keys
    assert len({*keys}) < len(keys)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("indicator", "一个长得要在表格里占上好几行才写得下的指标名称" * 4),
        ("indicator", "一\n二"),
        ("target", None),
        ("target", Fraction(123456789012)),
        ("full", None),
        ("full", Fraction(10**12)),
        ("direction", None),
        ("id", ""),
        ("actual", Fraction(3)),
    ],
)
def test_what_changes_the_shape_changes_what_is_alike(column, value):
    """Of two units one differs in one cell from the other, in a way that the look of a book follows from."""
    scheme, plan = laid_out("three-units")
    scores, holders = of_many(plan, scheme, 3)
    before = Alike(scores).key(holders[0])
    assert before == Alike(scores).key(holders[1])
    rows = [dict(row) for row in scores.rows("marks")]
    rows[14][column] = value
    tables = {**scheme.tables, "units": [dict(row) for row in scores.rows("totals")], "marks": rows}
    changed = score(plan, tables)
    assert shape_of(drafted(changed, holders[0])) != shape_of(drafted(changed, holders[1]))
    assert Alike(changed).key(holders[0]) == Alike(changed).key(holders[2])
    assert Alike(changed).key(holders[1]) != Alike(changed).key(holders[0])


@pytest.mark.parametrize(
    ("one", "other", "are_alike"),
    [
        (Fraction(1, 4), Fraction(3, 4), True),
        (Fraction(1, 4), Fraction(1, 8), False),
        (Fraction(1, 4), Fraction(4), False),
        (Fraction(3), Fraction(4), True),
        (Fraction(3), Fraction(0), False),
        (Fraction(3), Fraction(5, 2), False),
        (Fraction(3), Fraction(3 * 10**6 + 1, 10**6), False),
        (Fraction(5, 2), Fraction(25 * 10**5 + 1, 10**6), False),
        (Fraction(3), Fraction(3 * 10**14), False),
        (Fraction(3), None, False),
        (Fraction(3), "三", False),
    ],
)
def test_what_formulas_come_to_is_a_word_of_the_book(one, other, are_alike, tmp_path):
    """Of two units one has other results: as many, as long and as whole, they are in the same shape; else not."""
    scheme, plan = laid_out("yiyang-2018")
    scores, alike = score(plan, scheme.tables), {}
    marks = plan.by_name["marks"]
    for party in Roster(plan, scheme.tables, scheme.office).holders:
        if party[0] not in OFFICIAL:
            alike.setdefault(Alike(scores).key(party), []).append(party)
    both = max(alike.values(), key=len)[:2]
    values = [*scores.values["marks"]["target"]]
    for party, said in zip(both, (one, other), strict=True):
        for row in scores.rows_held(marks, party):
            values[row] = said
    scores.values["marks"]["target"] = values
    shapes = {shape_of(drafted(scores, party)) for party in both}
    assert len({Alike(scores).key(party) for party in both}) == len(shapes) == (1 if are_alike else 2)
    assert compared(scores, scheme, both, tmp_path) == len(shapes)


@pytest.mark.parametrize("said", ["部门-99", "部门-05"], ids=["nowhere", "twice"])
def test_where_a_form_refers_to_keeps_books_apart(said):
    """Two units with the same forms: one has a line, as wide as before, that a form finds elsewhere or not at all."""
    scheme, plan = laid_out("guannan-2009")
    scores, both = score(plan, scheme.tables), [("unit", "D03"), ("unit", "D06")]
    assert len({Alike(scores).key(party) for party in both}) == 1
    codes = [*scores.values["quality"]["code"]]
    codes[scores.rows_held(plan.by_name["quality"], both[1])[0]] = said
    scores.values["quality"]["code"] = codes
    assert len({shape_of(drafted(scores, party)) for party in both}) == 2
    assert len({Alike(scores).key(party) for party in both}) == 2


def test_in_which_order_a_form_refers_to_rows_keeps_books_apart():
    """Of two units one has the same lines that a form names, in another order, each as wide as the other."""
    scheme, plan = laid_out("guannan-2009")
    scores, both = score(plan, scheme.tables), [("unit", "D03"), ("unit", "D06")]
    codes, rows = [*scores.values["quality"]["code"]], scores.rows_held(plan.by_name["quality"], both[1])
    one, other = rows[0], rows[1]
    assert len(codes[one]) == len(codes[other])
    codes[one], codes[other] = codes[other], codes[one]
    scores.values["quality"]["code"] = codes
    assert len({shape_of(drafted(scores, party)) for party in both}) == 2
    assert len({Alike(scores).key(party) for party in both}) == 2


@pytest.mark.parametrize("path", schemes_available(), ids=lambda p: p.name)
def test_no_other_columns_stand_in_a_book_than_may(path):
    """What tells books apart looks at no other columns than these."""
    scheme, plan = laid_out(path.name)
    holders = [h for h in Roster(plan, scheme.tables, scheme.office).holders if h[0] not in OFFICIAL]
    for scores in (score(plan, scheme.tables), made_up(path.name)):
        looked_at = {sheet.name: {*lines.names} for sheet, lines, _ in Alike(scores)._sheets if lines is not None}
        for view in (view for party in holders for view in drafted(scores, party).views if not view.spare):
            assert {s.name for s in view.shown} - {UNIT_NAME} <= looked_at[view.sheet.name]


def test_parts_packed_are_the_parts(tmp_path):
    parts = [("a.xml", b"<a/>" * 1000), ("b/c.xml", b""), ("d.bin", bytes(range(256)))]
    assert unpacked(packed_parts(parts)) == parts
    assert packed_parts(parts) == packed_parts(iter(parts))


@pytest.mark.parametrize("sign", ["\ufdd0", "\ufdd0C", "\ufdd0N\ue001", "\ufdd1k3", "\ufdd1"])
def test_what_a_heading_holds_of_the_signs_stays(sign, tmp_path):
    """A whole sign stands in no scheme that is read without a problem."""
    scheme, plan = laid_out("three-units")
    marks = plan.by_name["marks"]
    columns = tuple(replace(c, title=sign) if c.name == "target" else c for c in marks.columns)
    changed = replace(
        plan, title=f"{sign}样板", sheets=tuple(replace(s, columns=columns) if s is marks else s for s in plan.sheets)
    )
    scores, holders = of_many(changed, scheme, 3)
    compared(scores, scheme, holders, tmp_path)
