"""Who moved since the list that was scored last: one definition, in the terminal, as JSON and at the desk."""

import json

import pytest
from click.testing import CliRunner
from kit.begun import scored
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.desk.looks import ranking_of
from xlperf.publish.results import places_written, publish_scores
from xlperf.report.ranking import in_words, risen
from xlperf.workbook.back.fill import fill_book


@pytest.mark.parametrize(("was", "now", "rose", "words"), [(3, 1, 2, "升2"), (1.0, 4, -3, "降3"), (2, 2, 0, "")])
def test_who_moved_is_said_in_one_way(was, now, rose, words):
    assert (risen(was, now), in_words(risen(was, now))) == (rose, words)
    assert (risen(None, 1), risen(1, None), in_words(None)) == (None, None, "")


def asked(folder, *words, language="zh"):
    return CliRunner(env={"XLPERF_LANG": language}).invoke(main, ["score", str(folder), *words])


def test_score_says_who_moved_since_the_last_scoring(tmp_path):
    """The office takes points off the first; the list itself stays what follows from the ledger, byte for byte."""
    round_ = scored(tmp_path / "round")
    file = round_.out / "排名.csv"
    before = places_written(round_)
    title, group, first = next(at for at, place in before.items() if place == 1)
    row = {("events", "+1", "unit"): first, ("events", "+1", "kind"): "减分", ("events", "+1", "item"): "通报批评"}
    row |= {("events", "+1", "points"): 60, ("events", "+1", "status"): "通过", ("events", "+1", "document"): "1号"}
    fill_book(round_.out / "总表.xlsx", round_.out / "总表.xlsx", row)

    told = asked(round_.folder)
    fallen = places_written(round_)[title, group, first] - 1
    assert fallen > 0, told.output
    line = next(x for x in told.stdout.splitlines() if f" {first} " in x)
    assert f"降{fallen}" in line
    assert "变动" in told.stdout
    assert "个名次有变动" in told.stderr
    assert not any(word in file.read_text("utf-8-sig") for word in ("变动", "升1", "降1"))

    lines = ranking_of(reopened(round_.folder).scores(), before)["lists"]
    desk = {line["key"]: line["moved"] for found in lines for line in found["lines"]}
    assert desk[first] == -fallen

    again = asked(round_.folder, language="en")
    assert "no place changed since the last scoring" in again.stderr
    assert "moved" not in again.stdout
    data = json.loads(asked(round_.folder, "--json").stdout)["ranking"]
    assert {line["key"]: line["moved"] for line in data}[first] == 0


def test_the_first_scoring_has_nothing_to_compare_with(tmp_path):
    round_ = scored(tmp_path / "round")
    (round_.out / "排名.csv").unlink()
    told = asked(round_.folder)
    assert "上次计分" not in told.stderr
    assert publish_scores(reopened(round_.folder)).before
