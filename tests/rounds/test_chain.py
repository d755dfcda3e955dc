"""One door for time: rounds that are frozen, and later rounds that read what was frozen, proved and never altered."""

from __future__ import annotations

import json
import shutil
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from click.testing import CliRunner
from kit.differences import differences
from kit.halves import SCHEME, begun, halves, opened, typed
from kit.libreoffice import converted
from kit.programs import need

import xlperf
from xlperf.cli import main
from xlperf.engine.ask import answer
from xlperf.engine.whatif import compare_readings
from xlperf.problems import Where, errors
from xlperf.publish.results import publish_scores, score_round
from xlperf.publish.verify import verified
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.freeze import RoundClosed, freeze, reopen
from xlperf.rounds.frozen import read_results
from xlperf.rounds.history import history_of
from xlperf.rounds.recompute import recomputed
from xlperf.rounds.store import new_round, open_round
from xlperf.workbook.layout import noise_free

DAY = date(2026, 7, 1)


def codes(problems):
    return [p.code for p in problems]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two years before, a half-year and a year: what every test copies before it spoils something."""
    home = tmp_path_factory.mktemp("chain")
    scheme = halves(home / "halves")
    for year in (2024, 2025):
        half = begun(scheme, home / f"{year}h", year=year)
        freeze(typed(half, {"A": "80", "B": "70", "C": "60"}), today=DAY)
        after = [home / f"{year}h", *([home / "2024y"] if year == 2025 else [])]
        whole = begun(scheme, home / f"{year}y", year=year, after=after)
        late = {"1": ("B", "2.5", "结转"), "2": ("C", "1", "通过")}
        freeze(typed(whole, {"A": "90", "B": "80", "C": "70"}, late if year == 2025 else None), today=DAY)
    half = begun(scheme, home / "2026h", after=[home / "2025y"])
    freeze(typed(half, {"A": "80", "B": "90", "C": "70.5"}), today=DAY)
    whole = begun(scheme, home / "2026y", after=[home / "2026h", home / "2025y", home / "2024y"])
    typed(whole, {"A": "95", "B": "60", "C": "85"})
    return home


@pytest.fixture
def home(made, tmp_path):
    return shutil.copytree(made, tmp_path / "chain")


def rows(round_):
    return {row["code"]: row for row in round_.scores().rows("totals")}


def test_what_an_earlier_round_worked_out_is_no_decimal_as_typed(made):
    """A third of a point is rounded before it is compared, in the sheet as in the engine, also a year later."""
    plan = opened(made / "2026y").plan
    clean = {at: noise_free(plan, *at.split(".")) for at in ("last.result", "last.place", "late.points", "half.score")}
    assert clean == {"last.result": False, "last.place": True, "late.points": True, "half.score": True}


def test_the_same_scheme_gives_a_frozen_year_again_with_what_it_took(made):
    """The half-year, the year before and a ledger: `backtest` reads them where the frozen round kept them."""
    done = CliRunner().invoke(main, ["backtest", str(made / "halves"), str(made / "2025y"), "--json"])
    assert done.exit_code == 0, done.output
    lines = json.loads(done.stdout)["lines"]
    assert [(x["was_place"], x["was_score"]) for x in lines] == [(x["place"], x["score"]) for x in lines]
    assert {x["score"] for x in lines} == {"87", "77", "68"}


def test_a_year_reads_its_half_and_the_years_before(made):
    year = opened(made / "2026y")
    found = rows(year)
    assert (year.id, year.period, year.plan.title) == ("halves-2026-y", "y", "半年考核（年度）")
    assert found["A"]["result"] == Fraction("90.5")  # 80×30%＋95×70%
    assert [found[u]["half_score"] for u in "ABC"] == [80, 90, Fraction("70.5")]
    assert (found["A"]["three"], found["B"]["three"]) == ("是", "否")
    assert [found[u]["risen"] for u in "ABC"] == [0, -1, 1]
    assert found["B"]["carried"] == Fraction("2.5")  # came too late in 2025; the one that counted then is not taken


def test_a_bonus_that_came_too_late_counts_once(made):
    assert rows(opened(made / "2026h"))["B"]["carried"] == Fraction("2.5")
    assert [e.results.round for e in opened(made / "2026y").earlier] == [
        "halves-2026-h1", "halves-2025-y", "halves-2024-y",
    ]  # fmt: skip


def test_in_its_first_period_a_round_lacks_nothing_that_lies_ahead(made):
    half = opened(made / "2026h")
    assert rows(half)["A"]["own"] == 80
    note = half.plan.by_name["totals"].by_name["note"]
    assert note.asked is not None
    assert opened(made / "2026y").plan.by_name["totals"].by_name["note"].asked is None
    assert compare_readings(half.scheme, half.tables()) == []  # the period is no reading that somebody decides


# ---- frozen is frozen -------------------------------------------------------------------------------


def frozen_bytes(home):
    return {f: f.read_bytes() for f in home.rglob("*") if f.parent.name in ("frozen", "earlier")}


def test_a_changed_scheme_alters_no_frozen_byte_and_says_where_it_would(home):
    before = frozen_bytes(home)
    assert len(before) >= 5 + 5
    file = home / "2025y" / "scheme" / "scheme.yaml"
    file.write_text(file.read_text("utf-8").replace("{half_score: 30%, score: 70%}", "{half_score: 50%, score: 50%}"))
    round_ = opened(home / "2025y")
    done = freeze(round_)
    assert frozen_bytes(home) == before
    assert codes(done.problems)[:2] == ["FROZEN_WOULD_DIFFER", "FROZEN_CELL"]
    first = next(d for d in done.differences if d.column == "成绩")
    assert (first.sheet, first.key, first.was, first.now) == ("成绩", "A", 87, 85)
    assert "方案改过" in done.problems[0].text()
    with pytest.raises(RoundClosed) as closed:
        score_round(round_)
    assert codes(closed.value.problems)[:2] == ["ROUND_CLOSED", "FROZEN_WOULD_DIFFER"]
    assert rows(opened(home / "2026y"))["A"]["place_before"] == 1
    assert freeze(opened(home / "2025h")).problems == ()


CHAIN = ("2024h", "2024y", "2025h", "2025y", "2026h", "2026y")


def test_a_whole_chain_run_again_with_a_changed_scheme_keeps_every_frozen_byte(home):
    """Half-years, a year and the years after it: each is run again with another scheme, and says what it would be."""
    freeze(opened(home / "2026y"), today=DAY)
    before = frozen_bytes(home)
    assert len([f for f in before if f.parent.name == "frozen"]) == len(CHAIN)
    told = {}
    for name in CHAIN:
        file = home / name / "scheme" / "scheme.yaml"
        text = file.read_text("utf-8").replace("{half_score: 30%, score: 70%}", "{half_score: 50%, score: 50%}")
        file.write_text(text.replace("title: 成绩,", "title: 总成绩,"), "utf-8")
        told[name] = codes(freeze(opened(home / name)).problems)
        with pytest.raises(RoundClosed):
            score_round(opened(home / name))
    assert frozen_bytes(home) == before
    assert [name for name in CHAIN if "FROZEN_WOULD_DIFFER" in told[name]] == ["2024y", "2025y", "2026y"]


@pytest.mark.parametrize("step", [collect, distribute, publish_scores, score_round])
def test_a_frozen_round_goes_no_further(home, step):
    with pytest.raises(RoundClosed):
        step(opened(home / "2026h"))


def test_a_reopened_round_is_frozen_beside_what_stands(home):
    assert codes(reopen(opened(home / "2026y"), "更正")) == ["ROUND_NOT_CLOSED"]
    assert codes(reopen(opened(home / "2026h"), " ")) == ["REOPEN_REASON"]
    assert reopen(opened(home / "2026h"), "复核后更正") == []
    _, problems = new_round(home / "halves", home / "again", after=[home / "2026h"], period="y")
    assert "EARLIER_NOT_FROZEN" in codes(problems)
    done = freeze(typed(opened(home / "2026h"), {"A": "81"}), today=DAY)
    assert done.file is not None
    assert [f.name for f in sorted((home / "2026h" / "frozen").iterdir())] == ["结果-2.json", "结果.json"]
    assert rows(opened(home / "2026y"))["A"]["half_score"] == 80  # what was taken stays as it was taken
    again, _ = new_round(home / "halves", home / "again", after=[home / "2026h"], period="y")
    assert again is not None
    assert again.scheme.tables["half"][0]["score"] == 81


def test_the_signature_alone_tells_an_altered_result_and_another_key(home):
    file = home / "2026h" / "frozen" / "结果.json"
    key = opened(home / "2026h").key
    assert read_results(file.read_bytes(), Where("结果.json"), key).round == "halves-2026-h1"
    assert read_results(file.read_bytes(), Where("结果.json"), b"other").code == "FROZEN_ALTERED"
    altered(file)
    assert read_results(file.read_bytes(), Where("结果.json"), key).code == "FROZEN_ALTERED"


def test_verify_names_a_frozen_file_that_was_altered_or_lost(home):
    at = home / "2026h" / "frozen" / "结果.json"
    told = [p.code for p in verified(home / "2026h")[1]]
    assert "FROZEN_ALTERED" not in told
    altered(at)
    assert "FROZEN_ALTERED" in codes(verified(home / "2026h")[1])
    at.unlink()
    assert "FROZEN_GONE" in codes(verified(home / "2026h")[1])
    lose_copy(home)
    assert "FROZEN_GONE" in codes(verified(home / "2026y")[1])


# ---- what cannot be trusted -----------------------------------------------------------------------------


def altered(file):
    body = json.loads(file.read_text("utf-8"))
    body["sheets"]["totals"]["rows"][0][3] = 99
    file.write_text(json.dumps(body, ensure_ascii=False), "utf-8")


def spoil_copy(home):
    altered(next((home / "2026y" / "earlier").glob("*.json")))
    return open_round(home / "2026y")


def lose_copy(home):
    next((home / "2026y" / "earlier").glob("*.json")).unlink()
    return open_round(home / "2026y")


def spoil_frozen(home):
    altered(home / "2026h" / "frozen" / "结果.json")
    return new_round(home / "halves", home / "n", after=[home / "2026h"])


def lose_frozen(home):
    (home / "2026h" / "frozen" / "结果.json").unlink()
    return new_round(home / "halves", home / "n", after=[home / "2026h"])


def other_key(home):
    (home / "2026h" / "round.key").write_text("00" * 32)
    return new_round(home / "halves", home / "n", after=[home / "2026h"])


def open_one(home):
    return new_round(home / "halves", home / "n", year=2027, after=[home / "2026y"])


def out_of_order(home):
    return new_round(home / "halves", home / "n", period="h1", after=[home / "2026h"])


def later_year(home):
    return new_round(home / "halves", home / "n", year=2024, after=[home / "2025y"])


def other_scheme(home):
    other = halves(home / "other", scheme=SCHEME.replace("scheme: halves", "scheme: others"))
    return new_round(other, home / "n", after=[home / "2026h"])


def half_missing(home):
    return new_round(home / "halves", home / "n", period="y")


def no_such_period(home):
    return new_round(home / "halves", home / "n", period="h9")


def twice(home):
    return new_round(home / "halves", home / "n", after=[home / "2026h", home / "2026h"])


def lacking(home):
    file = home / "halves" / "scheme.yaml"
    file.write_text(
        file.read_text("utf-8").replace("      note: {", "      more: {").replace("[score, note]", "[more]")
    )
    return new_round(home / "halves", home / "n", after=[home / "2026h"])


def no_round(home):
    return new_round(home / "halves", home / "n", after=[home / "halves"])


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (spoil_copy, "FROZEN_ALTERED"), (lose_copy, "FROZEN_GONE"), (spoil_frozen, "FROZEN_ALTERED"),
        (lose_frozen, "FROZEN_GONE"), (other_key, "LEDGER_ALTERED"), (open_one, "EARLIER_NOT_FROZEN"),
        (out_of_order, "EARLIER_NOT_BEFORE"), (later_year, "EARLIER_NOT_BEFORE"),
        (other_scheme, "EARLIER_OTHER_SCHEME"), (half_missing, "EARLIER_MISSING"), (no_such_period, "UNKNOWN_PERIOD"),
        (twice, "EARLIER_TWICE"), (lacking, "EARLIER_LACKS"), (no_round, "NOT_A_ROUND"),
    ],
)  # fmt: skip
def test_what_cannot_be_trusted_stops_the_round(home, spoil, code):
    round_, problems = spoil(home)
    assert round_ is None
    assert code in codes(errors(problems))
    assert not (home / "n").exists()


def test_units_that_are_renamed_or_gone_are_told(home):
    (home / "halves" / "units.csv").write_text(
        "code,name,group,aliases\nA2,甲局,组,A\nB,乙中心,组,\nD,丁局,组,\n", "utf-8"
    )
    round_, problems = new_round(home / "halves", home / "n", period="y", after=[home / "2026h"])
    assert round_ is not None
    told = {p.code: dict(p.values) for p in problems}
    assert told["EARLIER_RENAMED"]["now"] == "A2"
    assert (told["EARLIER_NAME_DIFFERS"]["name"], told["EARLIER_NAME_DIFFERS"]["called"]) == ("乙局", "乙中心")
    assert told["EARLIER_GONE"]["was"] == "C"
    assert {r["code"]: r["score"] for r in round_.scheme.tables["half"]} == {"A2": 80, "B": 90}


# ---- every face -----------------------------------------------------------------------------------------


def test_a_number_of_last_year_is_traced_to_the_frozen_cell(made):
    scores = opened(made / "2026y").scores()
    tree = json.dumps(answer(scores, ("totals", "A", "place_before")).tree.data(), ensure_ascii=False)
    digest = opened(made / "2026y").earlier[1].sha256[:16]
    assert "取自2025年度结果（轮次 halves-2025-y" in tree
    assert digest in tree


@pytest.mark.libreoffice
def test_the_master_holds_the_frozen_rows_locked_and_agrees(home):
    need("soffice")
    round_ = opened(home / "2026y")
    published = publish_scores(round_)
    file = round_.folder / published.files[0]
    sheet = openpyxl.load_workbook(file)["半年结果"]
    text = "　".join(str(c.value) for row in sheet.iter_rows(max_row=6) for c in row if c.value)
    assert round_.earlier[0].sha256[:16] in text
    assert sheet.protection.sheet
    assert all(c.protection.locked for row in sheet.iter_rows() for c in row)
    (made,) = converted([file], home / "answered")
    assert differences(published.scores, made, file) == []
    assert recomputed(file, home / "again.xlsx").changes == ()


def test_a_chain_says_which_results_are_not_in_order(home):
    file = next((home / "2026h" / "frozen").iterdir())
    file.unlink()
    done = CliRunner().invoke(main, ["history", str(home / "2026h")], env={"XLPERF_LANG": "zh"})
    assert done.exit_code == 1
    assert "封存的结果有问题" in done.stdout.splitlines()[0]
    assert "未封存" not in done.stdout


def test_csv_and_python_give_earlier_results_as_tables(made, tmp_path):
    scheme = xlperf.load_scheme(made / "halves")
    result = xlperf.score(
        scheme,
        {
            "units": [{"code": "A", "name": "甲", "group": "组", "score": 90}],
            "half": [{"code": "A", "score": "80.5"}],
            "history": [{"code": "A", "advanced_1": "是", "advanced_2": "是"}],
        },
    )
    row = result.scores.rows("totals")[0]
    assert (row["blend"], row["three"]) == (Fraction("87.15"), "是")
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text("code,name,group,score\nA,甲,组,90\n", "utf-8")
    (data / "half.csv").write_text("code,score\nA,80.5\n", "utf-8")
    asked = ["score", "--scheme", str(made / "halves"), "--data", str(data), "--json"]
    got = CliRunner().invoke(main, asked)
    assert "87.15" in got.output
    assert "90" in CliRunner().invoke(main, [*asked, "--reading", "period=h1"]).output


def test_the_chain_is_shown_with_what_was_taken(made):
    links = history_of(opened(made / "2026y"))
    assert [(link.depth, link.name) for link in links] == [
        (0, "2026年度"), (1, "2026年上半年"), (2, "2025年度"), (1, "2025年度"), (2, "2025年上半年"),
        (2, "2024年度"), (1, "2024年度"), (2, "2024年上半年"),
    ]  # fmt: skip
    assert [t.title for t in links[1].taken] == ["半年结果"]
    assert [t.title for t in links[3].taken] == ["上年结果", "历年先进", "上年结转加分"]
    assert links[1].sha256 == opened(made / "2026h").state().frozen[-1].sha256


def test_commands_freeze_and_show(home):
    def run(*words):
        return CliRunner().invoke(main, list(map(str, words)), env={"XLPERF_LANG": "zh"})

    assert "完全相同" in run("freeze", home / "2026h").output
    assert "ROUND_CLOSED" in run("score", home / "2026h").output
    assert "这一轮已封存" in run("status", home / "2026h", "--dry-run").output
    assert run("freeze", home / "2026h", "--reopen", "复核").exit_code == 0
    assert json.loads(run("history", home / "2026y", "--json").stdout)[1]["round"] == "halves-2026-h1"
    done = run("new", home / "halves", home / "n", "--year", 2027, "--as", "h1", "--after", home / "2025y")
    assert "EARLIER_NONE" in done.output
    assert "/n（2027年上半年）" in done.output  # what was begun is said, where nobody named the period too


def test_a_folder_of_rounds_stands_for_each_of_them(home):
    """What is wrong with one of them is told with its name; the others are read."""
    year = home / "2026"
    year.mkdir()
    (home / "2025y").rename(year / "2025y")
    (home / "2026h").rename(year / "h10")
    round_, problems = new_round(home / "halves", year / "y", year=2026, period="y", after=[year])
    assert errors(problems) == []
    assert {one.results.round for one in round_.earlier} == {"halves-2025-y", "halves-2026-h1"}
    made, problems = new_round(home / "halves", home / "n", year=2026, period="y", after=[year])  # y is open
    assert made is None
    assert [(p.code, p.where.file) for p in errors(problems)] == [("EARLIER_NOT_FROZEN", str(year / "y"))]
