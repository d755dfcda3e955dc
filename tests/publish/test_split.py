"""总表 in parts: every unit's own rows with live formulas, the numbers those of the whole, one book after the other."""

import openpyxl
import pytest
from kit.begun import scored
from kit.differences import differences
from kit.libreoffice import converted
from kit.pay_figures import laid_out
from kit.programs import need
from kit.yangcheng_large import large_year

from xlperf.engine.part import looking_beyond, part_of
from xlperf.engine.score import score
from xlperf.publish.results import publish_parts
from xlperf.publish.verify import verified
from xlperf.workbook.books import parts
from xlperf.xlsx.cached import stored_results


@pytest.fixture(scope="module")
def year():
    """Score a year of pay of two departments of twelve."""
    scheme, plan = laid_out()
    return score(plan, large_year(scheme, 24, size=12))


def test_a_part_has_its_own_rows_with_the_values_of_the_whole(year):
    part = part_of(year, ("units", "X002"))
    assert {row["unit"] for row in part.rows("people")} == {"X002"}
    assert part.rows("people") == [row for row in year.rows("people") if row["unit"] == "X002"]
    assert part.rows("zone") == year.rows("zone")
    assert ("zone", "due") in looking_beyond(part)  # the sum over all departments
    assert ("payroll", "due") not in looking_beyond(part)  # of its own people


@pytest.mark.libreoffice
def test_every_formula_of_every_part_is_what_libreoffice_calculates(year, tmp_path):
    need("soffice")
    files = list(parts.write_parts(year, tmp_path))
    assert [f.name for f in files] == ["1 部室001.xlsx", "2 部室002.xlsx", "3 领导班子.xlsx"]
    for file, answer in zip(files, converted(files, tmp_path / "answered"), strict=True):
        assert len(stored_results(answer)) > 100, file.name
        assert differences(year, answer, file) == [], file.name


def test_a_round_is_written_in_parts_and_verified(tmp_path):
    round_ = scored(tmp_path / "round")
    done = publish_parts(round_)
    files = [f.as_posix() for f in done.files]
    assert [f for f in files if f.startswith("out/总表/")] == parts_of(round_)
    book = openpyxl.load_workbook(round_.folder / files[0])
    assert not any(not cell.protection.locked for sheet in book for row in sheet.iter_rows() for cell in row)
    assert any(str(cell.value).startswith("=") for sheet in book for row in sheet.iter_rows() for cell in row)
    again = publish_parts(round_)
    assert again.files == done.files
    stray = round_.folder / "out" / "总表" / "9 不在了.xlsx"
    stray.write_bytes((round_.folder / files[0]).read_bytes())
    publish_parts(round_)
    assert not stray.exists()
    assert [p.code for p in verified(round_.folder)[1]] == []


def parts_of(round_):
    """List the books that there should be."""
    names = round_.scores().unit_names.values()
    return [f"out/总表/{number} {name}.xlsx" for number, name in enumerate(names, 1)]
