"""What a unit can do to a book of its own: nothing is filled that it does not own, nobody else is stopped."""

import openpyxl
import pytest
from kit import forger
from kit.begun import issued
from kit.rounds import issued_file, reopened, send

from xlperf.rounds.collecting.collect import collect


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "round")


def errors(receipt):
    return {p.code for p in receipt.problems if p.severity == "error"}


def beyond(round_, unit="U22"):
    """List the cells that count as a unit sent them although they are not its own."""
    found = []
    for receipt in round_.state().receipts.values():
        for cell in receipt.cells:
            sheet = round_.plan.by_name[cell.sheet]
            column = sheet.by_name[cell.column]
            start = (sheet.claims or {}).get(cell.column) == cell.text or (cell.column, cell.text) == ("unit", unit)
            if column.by != "unit" and not start:
                found.append(cell)
    return found


# what is forged, what has to be said of it: an error, or nothing where it has no effect
FORGERIES = {
    "approves its own claim": (forger.claim_approved, None),
    "scores itself in another table": (
        forger.rows_of_its_own("marks", indicator="自评", full=100, lead=100, verified=100), "LAYOUT_CHANGED",
    ),
    "rules on itself": (forger.rows_of_its_own("decisions", points=5, matter="加分"), "LAYOUT_CHANGED"),
    "adds a unit": (forger.rows_of_its_own("A", process_points=5), "LAYOUT_CHANGED"),
    "a table that there is not": (forger.rows_of_its_own("nowhere", x=1), "LAYOUT_CHANGED"),
    "a row is left out": (forger.row_gone("U22-05"), "LAYOUT_CHANGED"),
    "a column is left out": (forger.column_gone("self"), "LAYOUT_CHANGED"),
    "the table is left out": (forger.table_gone, "LAYOUT_CHANGED"),
    "a copied worksheet": (forger.copied("self", 1), "LAYOUT_CHANGED"),
    "a row of another unit": (forger.renamed_key("U22-05", "U44-01"), "LAYOUT_CHANGED"),
    "the scorer's cell": (lambda b: forger.opens(b, forger.SELF, "lead", 15, "U22-01"), None),
    "a heading": (forger.heading("self", "扣分"), "LOCKED_CHANGED"),
    "a row number that is none": (forger.renamed_key("U22-05", "+²"), "LAYOUT_CHANGED"),
}  # fmt: skip


def test_a_forged_layout_fills_nothing(round_):
    for what, (forgery, _) in FORGERIES.items():
        forger.forged(send(round_, "unit", "U22", name=f"{what}.xlsx"), forgery)
    send(round_, "unit", "U44")
    collect(round_)
    found = {r.file.removesuffix(".xlsx"): r for r in round_.state().receipts.values()}
    assert found.pop("U44 报送").decision == "accepted"
    for what, (_, wanted) in FORGERIES.items():
        decision = "accepted" if wanted is None else "held"
        assert found[what].decision == decision, (what, [p.text() for p in found[what].problems])
        assert errors(found[what]) == ({wanted} if wanted else set()) or wanted in errors(found[what]), what
    assert beyond(round_) == []
    assert len(reopened(round_.folder).tables()["units"]) == 3


def test_a_serial_that_was_never_issued_is_held(round_, tmp_path):
    from xlperf.publish.results import score_round
    from xlperf.rounds.distribute import identity_of
    from xlperf.workbook.books.unit import write_unit_book

    for serial in (99, round_.state().issued["unit", "U44"].serial):
        write_unit_book(score_round(round_), "U22", tmp_path / "x.xlsx", identity_of(round_, "unit", "U22", serial))
        send(round_, "unit", "U22", source=tmp_path / "x.xlsx", name=f"{serial}.xlsx")
    assert [errors(r) for r in collect(round_).receipts] == [{"FORGED_ID"}] * 2
    assert ("unit", "U22") not in round_.state().current


def test_the_record_is_kept_although_the_issued_file_was_saved_again(round_):
    file = issued_file(round_, "unit", "U22")
    send(round_, "unit", "U22")
    book = openpyxl.load_workbook(file)
    book["自评表"]["C8"] = "改"
    book.save(file)
    [receipt] = collect(round_).receipts
    assert receipt.decision == "accepted"
