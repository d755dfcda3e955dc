"""The figures of the intake with small counts; `make figures COUNT=1000` prints them with large ones."""

from kit.begun import issued
from kit.bookedits import EDITS
from kit.corpus import corpus
from kit.figure import UNIT, cells_of, decided
from kit.forger import forged
from kit.forty import ROW, spoil
from kit.hard_times import kills
from kit.injections import injections
from kit.oracle import corners_in
from kit.programs import need
from kit.rounds import send
from kit.strange_files import _otherwise, edits, forty, mutants, resaves


def test_random_edits_are_named_or_without_effect(tmp_path):
    assert len(EDITS) >= 40
    figure = edits(10, tmp_path)
    assert figure.wrong == [], str(figure)


def test_a_forger_fills_nothing_that_is_not_its_own(tmp_path):
    figure = mutants(12, tmp_path)
    assert (figure.count, figure.wrong) == (12, []), str(figure)


def test_the_oracle_sees_what_was_typed_and_what_was_changed_since(tmp_path):
    round_ = issued(tmp_path / "round")
    file = send(round_, "unit", UNIT)
    [receipt] = decided(round_, [file])
    taken, corners = cells_of(receipt), corners_in(file.read_bytes())
    assert taken
    assert _otherwise(receipt, file, taken, corners) == []
    forged(file, spoil(7, "self"))
    assert [text.split(" taken")[0] for text in _otherwise(receipt, file, taken, corners)] == [
        str(("marks", ROW, "self"))
    ]


def test_honest_resaves_raise_no_alarm(tmp_path):
    need("soffice")
    figure = resaves(8, tmp_path)
    assert figure.wrong == [], str(figure)


def test_a_killed_collector_loses_and_doubles_nothing(tmp_path):
    figure = kills(1, tmp_path)
    assert figure.wrong == [], str(figure)


def test_the_forty_bad_inputs_are_known_by_name(tmp_path):
    figure = forty(1, tmp_path)
    assert figure.count >= 40
    assert figure.wrong == [], str(figure)


def test_no_text_of_a_unit_runs_anywhere(tmp_path):
    figure = injections(40, tmp_path)
    assert figure.wrong == [], str(figure)


def test_strange_workbooks_have_an_answer_in_time(tmp_path):
    figure = corpus(30, tmp_path)
    assert figure.wrong == [], str(figure)
