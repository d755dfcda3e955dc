"""Prints: a pay sheet with groups, sums of pages and groups, signatures; live in the 总表 and as a book of its own."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from kit.differences import differences
from kit.halves import halves
from kit.libreoffice import converted
from kit.printed import pages
from kit.programs import need
from kit.small_plan import identity
from kit.staff import staff

import xlperf
from xlperf.engine.check import check_source
from xlperf.scheme.load import folder_source, read_scheme
from xlperf.workbook.books.master import master_book, write_master
from xlperf.workbook.books.prints import write_print_book, write_print_books

PRINTS = """\
print:
  pay:
    title: 兑现表
    basis: 二
    rows: people
    by: unit
    columns: [name, post, base, coefficient, due]
    blank: [签名]
    sums: [base, due]
    sign: [制表, 审核, 单位负责人]
    apart: yes
    book: yes
    for: 各单位财务
  notice: {title: 公示名单, basis: 三, rows: people, where: {post: 科长}, order: no, columns: [name, post]}
"""
COLUMNS = """\
no: {is: fact, title: 名次}
post: {is: fact, holds: text, title: 职务}
base: {is: fact, title: 基数, role: money, measure: 元}
coefficient: {is: input, by: office, title: 系数}
due: {title: 应发, basis: 二, role: money, measure: 元, shown: 2, product: {factors: [base, coefficient]}}
"""
SCHEME = staff("pay", "绩效兑现", 2, COLUMNS, before=PRINTS, appraised=False)
COUNTS = {"U1": 26, "U2": 5, "U3": 2}
NAMES = {"U1": "发展和改革局", "U2": "财政局", "U3": "审计局"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Score 33 people of three units, one without a coefficient; write the 总表 and the pay sheet."""
    home = tmp_path_factory.mktemp("prints")
    folder = halves(home / "pay", "code,name\n" + "".join(f"{u},{n}\n" for u, n in NAMES.items()), SCHEME)
    keys = [(f"{unit}-{i}", unit, i) for unit, count in COUNTS.items() for i in range(1, count + 1)]
    lines = [f"{k},{50 - i},{u},人{k[1:]},{'科长' if i == 1 else '科员'},{1000 + i}.5" for k, u, i in keys]
    (folder / "people.csv").write_text("\n".join(["id,no,unit,name,post,base", *lines]) + "\n", "utf-8")
    scheme, problems = read_scheme(folder)
    assert problems == []
    people = [{"id": k, "coefficient": "" if k == "U2-3" else "1.25"} for k, _, _ in keys]
    scores = xlperf.score(scheme, {"people": people}, problems="return").scores
    master, book = home / "总表.xlsx", home / "兑现表.xlsx"
    write_master(scores, master, identity=identity(), scheme=scheme)
    write_print_book(scores, scores.plan.prints[0], book)
    return scores, master, book


def grid(file, title):
    return [list(row) for row in openpyxl.load_workbook(file, data_only=True)[title].iter_rows(values_only=True)]


def test_groups_have_sums_that_say_who_is_missing(made):
    scores, master, _ = made
    rows = grid(master, "兑现表")
    assert rows[2] == ["序号", "姓名", "职务", "基数", "系数", "应发", "签名"]
    sums = [(r[0], r[3], r[5]) for r in rows if isinstance(r[0], str) and "计" in r[0] and r[3]]
    assert [s[0] for s in sums] == ["本页小计", "本页小计", "小计", "小计（缺1行）", "小计", "总计（缺1行）"]
    assert sums[0][2] + sums[1][2] == pytest.approx(sums[2][2])
    assert sums[-1][2] == pytest.approx(float(sum(v for v in scores.column("people", "due") if v is not None)))
    assert "仅供各单位财务使用" in rows[1][0]
    assert next(r for r in rows if r[1] == "人2-3")[5] in (None, "")
    named = [r[0].removeprefix("单位：") for r in rows if isinstance(r[0], str) and r[0].startswith("单位：")]
    assert named == ["发展和改革局", "发展和改革局（续）", "财政局", "审计局"]
    assert sum("审核" in str(r[0]) for r in rows) == len(NAMES)


def test_who_has_no_number_stands_in_no_line_where_the_print_needs_one(made, tmp_path):
    scores = made[0]
    write_print_book(scores, replace(scores.plan.prints[0], needs=("due",)), tmp_path / "needs.xlsx")
    rows = grid(tmp_path / "needs.xlsx", "兑现表")
    assert [r for r in rows if r[1] == "人2-3"] == []
    sums = [(r[0], r[5]) for r in rows if isinstance(r[0], str) and "计" in r[0] and r[3]]
    assert [s[0] for s in sums] == ["本页小计", "本页小计", "小计", "小计", "小计", "总计"]
    assert sums[-1][1] == pytest.approx(float(sum(v for v in scores.column("people", "due") if v is not None)))
    out = [r[0] for r in rows if isinstance(r[0], str) and r[0].startswith("另有")]
    assert out == ["另有1人（行）缺应填的内容，没有列入，合计里也没有：人2-3"] * 2  # of the unit, and of all


def test_every_group_has_a_book_that_holds_nothing_of_the_others(made, tmp_path):
    scores = made[0]
    files = write_print_books(scores, scores.plan.prints[0], tmp_path)
    assert [f.name for f in files] == ["1 发展和改革局.xlsx", "2 财政局.xlsx", "3 审计局.xlsx"]
    for (unit, count), file in zip(COUNTS.items(), files, strict=True):
        words = {c for row in grid(file, "兑现表") for c in row}
        assert {w for w in words if str(w).startswith("人")} == {f"人{unit[1:]}-{i}" for i in range(1, count + 1)}
        assert words & set(NAMES.values()) == set()
        assert sum(str(w).startswith("单位：") for w in words) in (1, 2)


def test_a_notice_takes_the_rows_it_names_in_order(made):
    rows = grid(made[1], "公示名单")
    assert [r[1] for r in rows[3:]] == ["人1-1", "人2-1", "人3-1"]


@pytest.mark.libreoffice
def test_it_is_live_and_agrees_and_every_page_has_title_and_headings(made, tmp_path):
    need("soffice")
    scores, master, book = made
    assert all("!" not in str(c.value) for row in openpyxl.load_workbook(book)["兑现表"] for c in row)
    (answered,) = converted([master], tmp_path / "answered")
    assert differences(scores, answered, master) == []
    (pdf,) = converted([book], tmp_path, "pdf", recalculates=False)
    printed = pages(pdf)
    assert len(printed) == 5  # the first unit takes two pages, every unit begins one, the total stands alone
    for page in printed:
        assert "绩效兑现兑现表" in page.text
        assert "序号姓名职务基数系数应发签名" in page.text
        assert all(p.left >= 0 and p.left + p.width <= page.width for p in page.pieces)
    text = "".join(page.text for page in printed)
    assert all(f"人{u[1:]}-{i}" in text for u, count in COUNTS.items() for i in range(1, count + 1))
    assert [sum("本页小计" in page.text for page in printed), sum("审核：" in page.text for page in printed)] == [2, 3]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("rows: people\n    by", "rows: persons\n    by", "UNKNOWN_SHEET"),
        ("by: unit\n", "by: unity\n", "UNKNOWN_COLUMN"),
        ("columns: [name, post, base", "columns: [nme, post, base", "UNKNOWN_COLUMN"),
        ("sums: [base, due]", "sums: [post, due]", "PRINT_SUM"),
        ("sums: [base, due]", "sums: [no, due]", "PRINT_SUM_UNSEEN"),
        ("sums: [base, due]", "sums: [base, due]\n    needs: [pay]", "UNKNOWN_COLUMN"),
        ("title: 公示名单", "title: 兑现表", "DUPLICATE_KEY"),
        ("order: no", "order: name", "PRINT_ORDER"),
        ("by: unit\n", "by: coefficient\n", "PRINT_GROUP"),
        ("by: unit\n", "by: due\n", "PRINT_GROUP"),
    ],
)
def test_a_print_that_leads_nowhere_is_told(tmp_path, old, new, code):
    assert old in SCHEME
    folder = halves(tmp_path / "pay", "code,name\nU1,局\n", SCHEME.replace(old, new))
    (folder / "people.csv").write_text("id,no,unit,name,post,base\nU1-1,1,U1,甲,科长,1\n", "utf-8")
    assert code in [p.code for p in read_scheme(folder)[1]]


@pytest.mark.parametrize("private", ["base", "coefficient"])  # what is paid follows from it
def test_a_print_of_private_columns_says_whom_it_is_for(tmp_path, private):
    old = {"base": "title: 基数,", "coefficient": "title: 系数}"}[private]
    spoilt = SCHEME.replace(old, f"{old[:-1]}, private: yes{old[-1]}")
    for number, (text, told) in enumerate(((spoilt, []), (spoilt.replace("    for: 各单位财务\n", ""), ["兑现表"]))):
        folder = halves(tmp_path / str(number), "code,name\nU1,局\n", text)
        (folder / "people.csv").write_text("id,no,unit,name,post,base\nU1-1,1,U1,甲,科长,1\n", "utf-8")
        _, problems = check_source(folder_source(folder))
        assert [dict(p.values)["title"] for p in problems if p.code == "PRINT_PRIVATE"] == told


MOVING = SCHEME[: SCHEME.index("print:\n")] + """\
print:
  good: {title: 名单, basis: 三, rows: people, by: unit, where: {good: 是}, order: place, columns: [name, place, due],
    sums: [due]}
  all: {title: 全部, basis: 三, rows: people, order: place, columns: [name, place, due], sums: [due], needs: [due]}
  each: {title: 逐组, basis: 三, rows: people, by: unit, columns: [name, due], needs: [due], sums: [due]}
  prizes: {title: 奖金, basis: 三, rows: prizes, by: unit, order: money, columns: [what, money], sums: [money]}
""" + SCHEME[SCHEME.index("sheets:\n") :].replace("  units:\n", """\
      place: {title: 排名, basis: 二, rank: {by: due, within: {}}}
      good: {title: 先进, basis: 二, holds: text, flag: {conditions: {due: {above: 1252}}}}
  prizes:
    title: 奖金登记
    rows: prizes
    unit: unit
    basis: 三
    grows: 6
    columns:
      key: {is: key, title: 编号}
      unit: {is: input, by: office, holds: text, title: 单位代码, from: units}
      what: {is: input, by: office, holds: text, title: 事项}
      money: {is: input, by: office, title: 金额}
  units:
""", 1)  # fmt: skip
TITLES = ("名单", "全部", "逐组", "奖金")


def moving(home, changed, prizes):
    """Write the 总表 of nine people of three units. changed: person → coefficient, the others have 1.25."""
    folder = halves(home / "pay", "code,name\n" + "".join(f"{u},{n}\n" for u, n in NAMES.items()), MOVING)
    keys = [(f"{u}-{i}", u, i) for i in range(1, 4) for u in NAMES]
    lines = [f"{k},{50 - i},{u},人{k[1:]},科员,{1000 + i}.5" for k, u, i in keys]
    (folder / "people.csv").write_text("\n".join(["id,no,unit,name,post,base", *lines]) + "\n", "utf-8")
    scheme, problems = read_scheme(folder)
    assert problems == []
    data = {"people": [{"id": k, "coefficient": changed.get(k, "1.25")} for k, _, _ in keys], "prizes": prizes}
    scores = xlperf.score(scheme, data, problems="return").scores
    book = master_book(scores, identity=identity(), scheme=scheme, entered={"prizes": list(range(len(prizes)))})
    book.save(home / "总表.xlsx")
    return scores, home / "总表.xlsx"


def same(rows):
    """Return the cells of a worksheet with nothing for empty texts, numbers at nine decimals."""
    return [[round(v, 9) if isinstance(v, float | int) else v or None for v in row] for row in rows]


@pytest.mark.libreoffice
def test_a_list_follows_its_table_when_cells_change(tmp_path):
    need("soffice")
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    first = [{"key": "1", "unit": "U2", "what": "甲", "money": "30"}]
    _, before = moving(tmp_path / "before", {"U1-2": ""}, first)
    more = [
        *first,
        {"key": "2", "unit": "U1", "what": "乙", "money": "50"},
        {"key": "3", "unit": "U2", "what": "丙", "money": "9"},
    ]
    changed = {"U1-1": "2", "U2-2": "", "U3-3": "0.5", "U3-1": ""}
    _, after = moving(tmp_path / "after", changed, more)
    edited = openpyxl.load_workbook(before)
    people, prizes = edited["人员"], edited["奖金登记"]
    heads = {c.value: c.column for row in people.iter_rows(max_row=8) for c in row}
    for row in (r[0] for r in people.iter_rows(min_row=7) if r[0].value):
        typed = changed.get(row.value, "1.25")
        people.cell(row.row, heads["系数"]).value = float(typed) if typed else None
    columns = {c.value: c.column for row in prizes.iter_rows(max_row=8) for c in row}
    spare = [row[0].row for row in prizes.iter_rows(min_row=7) if row[0].value][: len(more)]
    for at, entry in zip(spare, more, strict=True):
        for heading, name in (("单位代码", "unit"), ("事项", "what"), ("金额", "money")):
            value = entry[name]
            prizes.cell(at, columns[heading]).value = float(value) if name == "money" else value
    edited.save(tmp_path / "edited.xlsx")
    one, other = (openpyxl.load_workbook(f) for f in (before, after))
    for title in TITLES:  # the same formulas, whatever is typed: recalc finds the book as it was written
        assert [[c.value for c in r] for r in one[title]] == [[c.value for c in r] for r in other[title]]
    choice = next(c for c in edited["奖金"][2] if c.value == "全部")
    choice.value = "财政局"
    edited.save(tmp_path / "one.xlsx")
    assert not choice.protection.locked
    answered, one = converted([tmp_path / "edited.xlsx", tmp_path / "one.xlsx"], tmp_path / "answered")
    shown = [(r[0], r[1], r[3]) for r in grid(one, "奖金")[3:] if r[2]]  # a page for one group: its lines alone
    assert shown == [(1, "财政局", 9), (2, "财政局", 30)]
    for title in TITLES:
        assert same(grid(answered, title)) == same(grid(after, title)), title
    names = [r[1] for r in grid(after, "名单") if r[1] and r[0] != "序号"]
    assert names == ["人1-1", "人1-3", "人1-2", "人2-3", "人3-2"]
    assert [r[0] for r in grid(after, "全部") if str(r[0]).startswith("另有")] == [
        "另有2人（行）缺应填的内容，没有列入，合计里也没有：人3-1、人2-2"
    ]
    assert [(r[1], r[3]) for r in grid(after, "奖金") if r[2]][1:] == [
        ("发展和改革局", 50),
        ("财政局", 9),
        ("财政局", 30),
    ]
