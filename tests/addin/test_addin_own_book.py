"""A 总表 filled by hand and calculated anew from its plan: every formula cell equals what LibreOffice makes of it."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from kit.begun import scored
from kit.differences import differences, shown
from kit.edits import edit, scored_master
from kit.judge import Formula, _write, open_judge
from kit.libreoffice import converted
from kit.masters import blank_master_of, laid_out
from kit.schemes import in_turn
from kit.simulated import simulated

from xlperf.addin import doctor as doctor_module
from xlperf.cli import main
from xlperf.cli.addin import changed_books
from xlperf.engine.plan import Plan
from xlperf.problems import Problem, words
from xlperf.publish.receipts import publish_receipts
from xlperf.rounds.distribute import distribute
from xlperf.rounds.recompute import Recomputed, recomputed
from xlperf.rounds.store import new_round
from xlperf.scheme.find import find_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.back.read import read_book
from xlperf.workbook.seal import is_for_others
from xlperf.workbook.text import key_text
from xlperf.xlsx.cached import formulas_of, write_values


def blank_master(scheme_id: str, folder: Path) -> tuple[Scheme, Plan, Path]:
    return (*laid_out(scheme_id), blank_master_of(scheme_id, folder / "总表.xlsx"))


def fill(file: Path, plan: Plan, scheme: Scheme) -> None:
    """Type simulated values into every cell to fill, new ledger rows included; defaults stay."""
    rows = {}
    made = simulated(plan, scheme.tables, 7)
    for sheet in plan.sheets:
        for row in made.get(sheet.table, []):
            if all(row.get(name) == wanted for name, wanted in sheet.where.items()):
                rows[sheet.name, key_text(row[sheet.key.name])] = row
    book = openpyxl.load_workbook(file)
    for cell in read_book(file).cells:
        value = rows.get((cell.plan_sheet, cell.row_key.removeprefix("+")), {}).get(cell.column)
        if cell.role == "input" and value is not None and not str(value).startswith(("=", "+")):
            book[cell.sheet][cell.cell] = value if isinstance(value, str) else float(value)
    book.save(file)


DRAWN = {"OUT_OF_RANGE", "NOT_ASKED"}  # values drawn here are not held against limits; recalc keeps and names them


def unexpected(found: Recomputed) -> list[Problem]:
    """List what is told of a book apart from the values that were drawn for it."""
    return [p for p in found.problems if p.code not in DRAWN]


EDITS = int(os.environ.get("XLPERF_EDITS", "30"))  # 200 for the full measure


@pytest.mark.parametrize("scheme_id", in_turn(1, 3))
def test_nothing_changes_in_a_scored_book_that_nobody_touched(scheme_id: str, tmp_path: Path):
    _, _, file = scored_master(scheme_id, tmp_path)
    found = recomputed(file, tmp_path / "out.xlsx")
    assert found is not None
    assert unexpected(found) == []
    assert shown(tmp_path / "out.xlsx") == shown(file)


@pytest.mark.libreoffice
@pytest.mark.parametrize("scheme_id", in_turn(0, 3))
def test_a_scored_book_with_random_edits_equals_libreoffice(scheme_id: str, tmp_path: Path):
    open_judge(tmp_path / "judge")
    _, plan, file = scored_master(scheme_id, tmp_path)
    done = edit(file, plan, EDITS, seed=EDITS)
    assert len(done) >= EDITS
    out = tmp_path / "out.xlsx"
    found = recomputed(file, out)
    assert found is not None
    assert unexpected(found) == []
    assert found.written >= len(formulas_of(file))
    judged = converted([out], tmp_path / "office")[0]
    assert differences(found.scores, judged, out) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("scheme_id", in_turn(2, 3))
def test_it_equals_libreoffice(scheme_id: str, tmp_path: Path):
    open_judge(tmp_path / "judge")
    scheme, plan, file = blank_master(scheme_id, tmp_path)
    fill(file, plan, scheme)
    out = tmp_path / "out.xlsx"
    found = recomputed(file, out)
    assert found is not None
    assert unexpected(found) == []
    assert found.written >= len(formulas_of(file))
    judged = converted([out], tmp_path / "office")[0]
    assert differences(found.scores, judged, out) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("scheme_id", ["three-units", "hebi-2021"])
def test_a_book_that_libreoffice_saved_is_recalculated_like_any_other(scheme_id: str, tmp_path: Path):
    open_judge(tmp_path / "judge")
    _, _, file = scored_master(scheme_id, tmp_path)
    saved = converted([file], tmp_path / "office")[0]
    found = recomputed(saved, tmp_path / "out.xlsx")
    assert (unexpected(found), found.changes) == ([], ())
    assert found.written >= len(formulas_of(file))


LISTED = """\
  points:
    title: 加分标准
    rows: points
    basis: 样板 第四条
    columns:
      id: {is: key, title: 编号}
      type: {is: fact, holds: text, title: 台账}
      level: {is: fact, holds: text, title: 级别}
      points: {is: fact, title: 分值}
  honours:
    title: 表彰
    basis: 样板 第四条
    columns:
      entry: {part: entry, type: 表彰, rows: honours, grows: 8}
      level: {is: input, by: office, holds: text, title: 级别, choices: [省级, 市级], required: yes}
      worth: {title: 级别的分, lookup: {of: points.points, where: {type: type, level: level}}}

  totals:
"""


@pytest.mark.libreoffice
def test_a_new_entry_has_what_every_row_of_its_ledger_says(tmp_path: Path):
    """A look that goes by the kind of ledger finds its row in an entry that the office has just typed."""
    folder = tmp_path / "scheme"
    source = find_scheme("three-units")[0]
    shutil.copytree(source if source.is_dir() else source.parent, folder)
    text = (folder / "scheme.yaml").read_text("utf-8").partition("\nexamples:")[0] + "\n"
    text = text.replace("  totals:\n", LISTED)
    text = text.replace("  marks: marks.csv\n", "  marks: marks.csv\n  points: points.csv\n")
    (folder / "scheme.yaml").write_text(text, "utf-8")
    (folder / "points.csv").write_text("id,type,level,points\n1,表彰,省级,3\n2,表彰,市级,2\n3,通报,省级,1\n", "utf-8")
    made, problems = new_round(folder, tmp_path / "round")
    assert made is not None, [p.text() for p in problems]
    distribute(made)
    file = made.issued / "总表.xlsx"
    book = openpyxl.load_workbook(file)
    cells = {(c.row_key, c.column): c for c in read_book(file).cells if c.plan_sheet == "honours"}
    for key, name, value in (
        ("+1", "unit", "U1"),
        ("+1", "level", "省级"),
        ("+2", "unit", "U2"),
        ("+2", "level", "市级"),
    ):
        book["表彰"][cells[key, name].cell] = value
    book.save(file)
    found = recomputed(file, tmp_path / "out.xlsx")
    assert found is not None
    assert not found.problems
    worth = {key: cells[key, "worth"].cell for key in ("+1", "+2", "+3")}
    [judged] = converted([tmp_path / "out.xlsx"], tmp_path / "office")
    for program in (tmp_path / "out.xlsx", judged):
        sheet = openpyxl.load_workbook(program, data_only=True)["表彰"]
        assert [sheet[worth[key]].value or None for key in ("+1", "+2", "+3")] == [3, 2, None], program
    assert differences(found.scores, judged, tmp_path / "out.xlsx") == []


def test_what_the_office_added_stays_and_its_formulas_are_told(tmp_path: Path):
    _, _, file = scored_master("three-units", tmp_path)
    book = openpyxl.load_workbook(file)
    book.create_sheet("自用")["A1"] = "=SUM('总成绩'!A7:Z9)"
    book["自用"]["B2"] = "底稿"
    book.save(file)
    found = recomputed(file, tmp_path / "out.xlsx")
    assert [(p.code, p.where.sheet, p.where.cell) for p in found.problems] == [("RECALC_OWN_FORMULAS", "自用", "A1")]
    after = openpyxl.load_workbook(tmp_path / "out.xlsx")["自用"]
    assert (after["A1"].value, after["B2"].value) == ("=SUM('总成绩'!A7:Z9)", "底稿")


def test_another_book_is_left_to_the_engine(tmp_path: Path):
    _write(tmp_path / "own.xlsx", {"a": [[1, Formula("A1+1")]]})
    assert recomputed(tmp_path / "own.xlsx", tmp_path / "out.xlsx") is None


def test_a_damaged_book_is_named_and_nothing_is_written(tmp_path: Path):
    _, _, file = blank_master("three-units", tmp_path)
    book = openpyxl.load_workbook(file)
    book["指标得分"].delete_rows(8)
    book.save(file)
    found = recomputed(file, tmp_path / "out.xlsx")
    assert {p.code for p in found.problems} == {"LAYOUT_CHANGED"}
    assert not (tmp_path / "out.xlsx").exists()


# ---- commands ------------------------------------------------------------------------------------------------


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(w) for w in words], env={"XLPERF_LANG": "zh"})
    assert done.exit_code == code, done.output
    return done.output


def test_recalc_writes_a_copy(tmp_path: Path):
    scheme, plan, file = blank_master("three-units", tmp_path)
    fill(file, plan, scheme)
    before = file.read_bytes()
    assert "已重新计算" in run("recalc", file)
    assert (file.read_bytes() == before, (tmp_path / "总表.重算.xlsx").exists()) == (True, True)


def test_recalc_says_which_cells_changed(tmp_path: Path):
    _, _, file = scored_master("three-units", tmp_path)
    spot = next(c for c in read_book(file).cells if c.plan_sheet == "marks" and c.column == "lead" and c.value)
    write_values(file, file, {(spot.sheet, spot.cell): 0.5})
    told = run("recalc", file)
    assert f"{tmp_path / '总表.重算.xlsx'}：" in told
    data = json.loads(run("recalc", file, "--json"))
    assert len(data["changed"]) > 2
    some = data["changed"][0]
    assert f"{some['sheet']}!{some['cell']}  {some['was']:.12g} → {some['now']:.12g}" in told
    assert told.count(" → ") == min(len(data["changed"]), 20)
    assert data["cells"] == len(formulas_of(file)) + len(set(place_of_results(file)))


def place_of_results(file: Path) -> list[str]:
    return [c.coordinate for c in openpyxl.load_workbook(file)["对账"]["E"][4:] if c.value is not None]


def test_recalc_of_what_is_no_workbook(tmp_path: Path):
    (tmp_path / "a.xlsx").write_text("no")
    assert "RECALC_NOT_A_BOOK" in run("recalc", tmp_path / "a.xlsx", code=1)


def test_watch_once_passes_over_copies_and_locks(tmp_path: Path):
    _, _, file = blank_master("three-units", tmp_path)
    (tmp_path / "~$总表.xlsx").write_bytes(file.read_bytes())
    run("watch", tmp_path, "--once")
    run("watch", tmp_path, "--once")
    assert sorted(p.name for p in tmp_path.glob("*.xlsx")) == ["~$总表.xlsx", "总表.xlsx", "总表.重算.xlsx"]


def test_watch_passes_over_what_the_program_wrote_beside_the_master(tmp_path: Path):
    round_ = scored(tmp_path / "round")
    publish_receipts(round_)
    (round_.out / "别的.xlsx").write_bytes(blank_master("three-units", tmp_path)[2].read_bytes())
    for folder in (round_.out, round_.folder / "issued", round_.folder / "issued" / "自评表"):
        run("watch", folder, "--once")
    assert (round_.out / "收件台账.xlsx").is_file()
    made = {p.relative_to(round_.folder).as_posix() for p in round_.folder.rglob("*.重算.xlsx")}
    assert made == {"out/别的.重算.xlsx", "out/总表.重算.xlsx", "issued/总表.重算.xlsx"}


def test_watch_leaves_what_is_to_be_read_or_filled_alone_wherever_it_lies(tmp_path: Path):
    """A 收件台账 and a 自评表 copied out of the folder of their round; a 总表 copied there is calculated."""
    round_ = scored(tmp_path / "round")
    publish_receipts(round_)
    away = tmp_path / "别处"
    away.mkdir()
    books = [
        round_.out / "收件台账.xlsx",
        next((round_.folder / "issued" / "自评表").iterdir()),
        round_.out / "总表.xlsx",
    ]
    for book in books:
        (away / book.name).write_bytes(book.read_bytes())
    assert [is_for_others(away / book.name) for book in books] == [True, True, False]
    (away / "坏.xlsx").write_bytes(b"PK")
    assert not is_for_others(away / "坏.xlsx")
    (away / "坏.xlsx").unlink()
    assert [b.name for b in changed_books(away, {})] == ["总表.xlsx"]


def test_watch_goes_on_where_a_copy_cannot_be_written(tmp_path: Path):
    _, _, file = blank_master("three-units", tmp_path)
    (tmp_path / "乙.xlsx").write_bytes(file.read_bytes())
    (tmp_path / "乙.重算.xlsx").mkdir()
    told = run("watch", tmp_path, "--once", code=1)
    assert "FOLDER_IN_THE_WAY" in told
    assert (tmp_path / "总表.重算.xlsx").is_file()


def test_build_writes_extension_and_macro_book(tmp_path: Path):
    _, _, file = blank_master("three-units", tmp_path)
    run("addin", "build", "--out", tmp_path / "out", "--book", file)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"xlperf.oxt", "总表.xlsm", "保存即重算.bat"}


def test_doctor_names_what_is_missing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    assert "找不到 soffice" in run("addin", "doctor", code=3)


def test_doctor_speaks_english_throughout():
    """Every word it may say has its English, also of what this machine does not lack."""
    source = Path(doctor_module.__file__).read_text("utf-8")
    said = re.findall(r'word\(\s*"((?:[^"])*)"', source)
    assert len(said) > 20
    assert [text for text in said if text not in words()] == []
    told = re.sub("|".join(doctor_module.FONTS), "", "".join(p.text("en") for p in doctor_module.doctor()))
    assert re.findall("[\u4e00-\u9fff]+", told) == []
