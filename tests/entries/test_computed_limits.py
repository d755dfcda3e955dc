"""A limit that is a computed column holds at every door: Python, CSV, returned books, demonstration, self-check."""

import re

import openpyxl
import pytest
from kit.computed_limits import with_computed_limits, with_limits_elsewhere
from kit.libreoffice import converted
from kit.programs import need
from kit.rounds import cell_of, reopened, send

import xlperf
from xlperf.demo.simulate import Simulation
from xlperf.engine.compile import compile_scheme
from xlperf.entries.entry import Entry, judge_entries, levels
from xlperf.entries.folder import read_data
from xlperf.problems import Where, errors
from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.store import new_round


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return with_computed_limits(tmp_path_factory.mktemp("computed") / "scheme")


@pytest.fixture(scope="module")
def scheme(folder):
    return xlperf.load_scheme(folder)


@pytest.fixture
def round_(folder, tmp_path):
    made, problems = new_round(folder, tmp_path / "round", key=b"k" * 32)
    assert made is not None, [p.text() for p in problems]
    distribute(made)
    return made


# what a unit enters in U1-4 (20 points): at most 15 for itself, and at most that, or 10, in addition
BAD = {
    "more than the ceiling": ({"self": 18}, [("OUT_OF_RANGE", "self")]),
    "the ceiling": ({"self": 15, "extra": 10}, []),
    "more than itself": ({"self": 4, "extra": 5}, [("OUT_OF_RANGE", "extra")]),
    "no limit where the limit is in error": ({"self": 18, "extra": 5}, [("OUT_OF_RANGE", "self")]),
}


def others():
    return {f"U1-{n}": {"self": 1, "actual": 1} for n in (1, 2, 3)}


def test_cells_are_judged_in_the_order_in_which_limits_can_be_known(scheme):
    plan, _ = compile_scheme(scheme)
    level = levels(plan)
    assert level["marks", "full"] < level["marks", "self"] < level["marks", "extra"]
    assert level["marks", "lead"] < level["totals", "grant"]


@pytest.mark.parametrize(("cells", "told"), BAD.values(), ids=BAD)
def test_in_python_and_csv(scheme, tmp_path, cells, told):
    rows = [{"id": key, **row} for key, row in {**others(), "U1-4": cells}.items()]
    result = xlperf.score(scheme, {"marks": rows}, problems="return")
    assert [(p.code, p.where.path) for p in errors(result.problems) if p.code != "MISSING"] == told
    for _, name in told:
        assert result.scores.row("marks", "U1-4")[name] is None
    lines = [f"{r['id']},{r['self']},{r.get('actual', '')},{r.get('extra', '')}" for r in rows]
    (tmp_path / "marks.csv").write_text("\n".join(["id,self,actual,extra", *lines]), "utf-8")
    _, problems = read_data(scheme, tmp_path)
    assert [(p.code, p.where.path) for p in errors(problems) if p.code != "MISSING"] == told


@pytest.mark.parametrize(("cells", "told"), BAD.values(), ids=BAD)
def test_in_a_returned_book(round_, cells, told):
    values = {("marks", key, name): v for key, row in {**others(), "U1-4": cells}.items() for name, v in row.items()}
    file = send(round_, "unit", "U1", {**{("marks", f"U1-{n}", "extra"): None for n in range(1, 5)}, **values})
    [receipt] = collect(round_).receipts
    wanted = [(code, cell_of(file, ("marks", "U1-4", name))) for code, name in told]
    assert [(p.code, p.where.cell) for p in errors(receipt.problems)] == wanted


@pytest.mark.parametrize(("cells", "told"), BAD.values(), ids=BAD)
def test_the_self_check_says_the_same(round_, tmp_path, cells, told):
    values = {("marks", key, name): v for key, row in {**others(), "U1-4": cells}.items() for name, v in row.items()}
    file = send(round_, "unit", "U1", {**{("marks", f"U1-{n}", "extra"): None for n in range(1, 5)}, **values})
    need("soffice")
    [shown] = converted([file], tmp_path / "shown")
    cells = [c.value for sheet in openpyxl.load_workbook(shown, data_only=True) for c in sheet["B"][:8]]
    row = re.sub(r"\D", "", cell_of(file, ("marks", "U1-4", "self")))
    assert (f"填错{len(told)}处：第{row}行" if told else "可以报送") in cells


def test_a_book_tells_limits_on_other_rows_that_it_can_know(tmp_path):
    """What the scheme settles stands in the book, what follows from the unit's own rows is worked out there."""
    made, problems = new_round(with_limits_elsewhere(tmp_path / "scheme"), tmp_path / "round", key=b"k" * 32)
    assert made is not None, [p.text() for p in problems]
    distribute(made)
    cells = {("marks", f"U1-{n}", "self"): 1 for n in (1, 2, 3, 4)}  # 4 in all: a half is 2, a tenth of 100 is 10
    cells |= {("marks", f"U1-{n}", name): value for n, name, value in ((1, "first", 10.5), (2, "second", 2.5))}
    cells |= {("marks", f"U1-{n}", name): value for n, name, value in ((3, "first", 10), (4, "second", 2))}
    empty = {("marks", f"U1-{n}", name): None for n in (1, 2, 3, 4) for name in ("first", "second")}
    file = send(made, "unit", "U1", {**empty, **cells})
    [receipt] = collect(made).receipts
    wrong = [("marks", "U1-1", "first"), ("marks", "U1-2", "second")]
    wanted = [("OUT_OF_RANGE", cell_of(file, at)) for at in wrong]
    assert [(p.code, p.where.cell) for p in errors(receipt.problems)] == wanted
    rows = "、".join(re.sub(r"\D", "", cell) for _, cell in wanted)
    need("soffice")
    [shown] = converted([file], tmp_path / "shown")
    states = [c.value for sheet in openpyxl.load_workbook(shown, data_only=True) for c in sheet["B"][:8]]
    assert f"填错2处：第{rows}行" in states


def test_a_limit_that_the_scheme_settles_may_not_be_changed_in_the_book(tmp_path):
    made, _ = new_round(with_limits_elsewhere(tmp_path / "scheme"), tmp_path / "round", key=b"k" * 32)
    distribute(made)
    file = send(made, "unit", "U1")
    cell = cell_of(file, ("marks", "U1-1", "whole"))
    book = openpyxl.load_workbook(file)
    sheet = next(s for s in book if s[cell].value == 100)
    sheet[cell] = 1000
    book.save(file)
    [receipt] = collect(made).receipts
    assert (receipt.decision, [p.where.cell for p in errors(receipt.problems)]) == ("held", [cell])


def test_a_limit_from_other_sheets_is_known_once_they_are_scored(scheme):
    plan, _ = compile_scheme(scheme)
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    entries = []
    for row in tables["marks"]:
        marks = plan.by_name["marks"]
        name, value = ("lead", 10) if row["target"] is None else ("verified", row["target"])
        entries.append(Entry(marks, marks.by_name[name], row, value, Where()))
    totals = plan.by_name["totals"]
    for row, grant in zip(tables["units"], (90, 91, -1), strict=True):  # 80 for targets met, 10 given
        entries.append(Entry(totals, totals.by_name["grant"], row, grant, Where(path=str(row["code"]))))
    judge_entries(plan, tables, entries[::-1])  # the order in which they come is no matter
    assert [(p.code, p.where.path) for e in entries for p in e.problems] == [
        ("OUT_OF_RANGE", "U2"),
        ("OUT_OF_RANGE", "U3"),
    ]


def test_a_cell_that_no_longer_stands_is_blank_and_told(round_):
    send(round_, "unit", "U1", {("marks", "U1-4", "self"): 5, ("marks", "U1-4", "extra"): None})
    for scorer in ("绩效办", "财政科"):
        send(round_, "scorer", scorer, {("marks", "U1-4", "lead"): 20} if scorer == "绩效办" else {})
    collect(round_)
    publish_scores(reopened(round_.folder))
    points = int(score_round(reopened(round_.folder)).row("totals", "U1")["points"])
    send(
        round_,
        "master",
        "",
        {("totals", "U1", "grant"): float(points)},
        name="总表.xlsx",
        source=round_.out / "总表.xlsx",
    )
    last = collect(reopened(round_.folder)).receipts
    assert [r.decision for r in last if r.file == "总表.xlsx"] == ["accepted"], [
        p.text() for r in last for p in r.problems
    ]
    assert score_round(reopened(round_.folder)).row("totals", "U1")["grant"] == points
    send(round_, "scorer", "绩效办", {("marks", "U1-4", "lead"): 0}, name="更正.xlsx")
    collect(reopened(round_.folder))
    later = reopened(round_.folder)
    scores = score_round(later)
    assert scores.row("totals", "U1")["grant"] is None
    told = [(p.code, p.where.sheet, p.where.path) for p in errors(unsettled(later, scores))]
    assert told == [("OUT_OF_RANGE", "总成绩", "U1 酌情加分")]


def test_what_is_made_up_keeps_within_its_limits(scheme):
    plan, _ = compile_scheme(scheme)
    for seed in range(20):
        made = Simulation(plan, scheme.tables, scheme.office, seed)
        parties = [("unit", f"U{n}") for n in (1, 2, 3)] + [("scorer", "绩效办"), ("scorer", "财政科"), ("master", "")]
        inputs = {spot: v for party in parties for spot, v in made.inputs(party).items()}
        tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
        rows = {("marks", str(r["id"])): r for r in tables["marks"]} | {
            ("totals", str(r["code"])): r for r in tables["units"]
        }
        entries = [
            Entry(s, s.by_name[name], rows[sheet, key], value, Where(path=f"{key}.{name}"))
            for (sheet, key, name), value in inputs.items()
            for s in [plan.by_name[sheet]]
        ]
        assert any(e.column.name == "self" for e in entries)
        judge_entries(plan, tables, entries)
        assert [p.text() for e in entries for p in errors(e.problems)] == []
