"""Where points were lost: score, losses and the rest come to the full mark, and no figure depends on the order."""

from fractions import Fraction

import pytest
from kit.schemes import LONG_RUN
from kit.simulated import simulated
from kit.staged import staged_tables

from xlperf.engine.compile import compile_scheme
from xlperf.engine.live import Live
from xlperf.engine.losses import breakdowns
from xlperf.engine.near import near_awards, near_places, near_thresholds
from xlperf.engine.score import score
from xlperf.scheme.load import find_scheme, load_scheme


def staged(name):
    path, _ = find_scheme(name)
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    return plan, staged_tables(path, scheme, plan) if name == "dashiqiao-2017" else drawn(plan, scheme)


def drawn(plan, scheme):
    return simulated(plan, scheme.tables, 7, blanks=0, events=4)


@pytest.fixture(scope="module")
def dashiqiao():
    return staged("dashiqiao-2017")


@pytest.fixture(scope="module")
def parts(dashiqiao):
    return apart(*dashiqiao)


def apart(plan, tables):
    scores = score(plan, tables)
    return scores, [b for r in plan.rankings for b in breakdowns(scores, r)]


def test_score_and_losses_come_to_the_full_mark(parts):
    _, found = parts
    scored = [b for b in found if b.full is not None]
    assert len(scored) >= 43
    assert {b.full for b in scored} == {100}
    for b in scored:
        assert b.score + sum(x.lost for x in b.lines) + b.rest == b.full
        assert b.rest == 0  # nothing is capped or averaged there: each loss is exact by itself


def test_a_point_is_worth_what_the_list_of_the_office_says(parts):
    _, found = parts
    worth = [w for b in found for w in b.worth.values()]
    assert max(most for _, most in worth) == Fraction(80 * 90, 100) / 59
    assert min(least for least, _ in worth) == Fraction(80 * 90, 100) / 249


def test_a_loss_is_what_scoring_anew_says(dashiqiao, parts):
    """The lead's own score is put at the full mark and all is scored again, without the short way."""
    plan, tables = dashiqiao
    scores, found = parts
    rows = scores.rows("marks")
    lost = ((b, x) for b in found for x in b.lines if x.kind == "item" and x.lost)
    b, line = next((b, x) for b, x in lost if rows[x.position]["lead"] is not None)  # typed, not from a rule
    row = rows[line.position]
    changed = [{**r, "lead": line.full, "onsite": None} if r["id"] == row["id"] else r for r in tables["marks"]]
    anew = score(plan, {**tables, "marks": changed})
    assert anew.column(b.ranking.sheet, "composite")[b.position] - b.score == line.lost
    assert anew.column(b.ranking.sheet, b.ranking.place)[b.position] == line.place


def test_a_supposition_leaves_nothing_behind(parts):
    scores, _ = parts
    live = Live(scores)
    moved = live.suppose({("marks", "score"): {0: Fraction(0)}})
    assert any(m.column == "composite" for m in moved)
    live.restore(moved)
    assert live.scores().values == scores.values


@pytest.mark.parametrize("name", [n for n in LONG_RUN if n in ("hebi-2021", "yiyang-2018", "yangcheng-2020")])
def test_every_demonstration_adds_up(name):
    _, found = apart(*staged(name))
    scored = [b for b in found if b.full is not None]
    assert scored
    for b in scored:
        assert b.score + sum((x.lost for x in b.lines), Fraction(0)) + b.rest == b.full


def test_what_a_cap_hides_is_the_rest():
    """Two entries of five points under a cap of eight: each alone is worth three, together eight."""
    path, _ = find_scheme("three-units")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    tables = staged_like(plan, scheme)
    tables["events"] = [
        {"no": str(i), "unit": "U1", "kind": "加分", "item": f"事{i}", "points": Fraction(5), "status": "通过"}
        for i in (1, 2)
    ]
    scores = score(plan, tables)
    b = next(breakdowns(scores, plan.rankings[0]))
    entries = [x.lost for x in b.lines if x.kind == "entry"]
    bonus = scores.column("totals", "bonus")[0]
    assert bonus < 10
    assert entries == [5 - bonus, 5 - bonus]
    assert b.rest == -bonus - sum(entries)
    assert b.full == 100


def staged_like(plan, scheme):
    """Return the tables of three units with every mark at nine tenths."""
    tables = {name: [dict(r) for r in rows] for name, rows in scheme.tables.items()}
    for row in tables["marks"]:
        row["lead"] = row["full"] * Fraction(9, 10)
        row["verified"] = row["target"]
    return tables


def test_close_cases_are_those_within_the_distance(parts):
    scores, _ = parts
    plan = scores.plan
    ranking = plan.rankings[0]
    some, more = (list(near_places(scores, ranking, Fraction(x))) for x in (0, 100))
    assert all(p.gap == 0 for p in some)
    ranked = sum(isinstance(v, Fraction) for v in scores.column(ranking.sheet, ranking.place))
    groups = {r[ranking.group] for r in scores.rows(ranking.sheet) if isinstance(r[ranking.place], Fraction)}
    assert len(more) == ranked - len(groups)
    assert list(near_thresholds(scores, ranking, Fraction(-1))) == []
    everything = {n.title for n in near_thresholds(scores, ranking, Fraction(1000))}
    assert not everything & {"未完成的重点任务数", "名次", "倒数名次"}, "a count is never close"


def test_whose_awards_a_few_points_would_change_is_computed(parts):
    """The score is put one point higher and everything that follows is computed: other awards, or none."""
    scores, _ = parts
    ranking = scores.plan.rankings[0]
    awards = [c.name for c in scores.plan.by_name[ranking.sheet].of_role("award")]
    found = {n.row["code"]: n.more for n in near_awards(scores, ranking, Fraction(1))}
    assert any(found.values())
    live = Live(scores)
    for at, row in enumerate(scores.rows(ranking.sheet)[:12]):
        if row["composite"] is not None:
            moved = live.suppose({(ranking.sheet, "composite"): {at: row["composite"] + 1}})
            now = {name: live.column(ranking.sheet, name)[at] for name in awards}
            assert (found.get(row["code"]) or now) == now
            assert bool(found.get(row["code"])) == any(now[name] != row[name] for name in awards)
            live.restore(moved)
    assert list(near_awards(scores, ranking, Fraction(0))) == []


def test_a_unit_without_a_score_has_lines_and_no_sum():
    path, _ = find_scheme("three-units")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    tables = staged_like(plan, scheme)
    for row in tables["marks"]:
        if row["unit"] == "U1":
            row["lead"] = row["verified"] = None
    _, found = apart(plan, tables)
    b = found[0]
    assert (b.score, b.full) == (None, None)
    assert b.lines
    assert all(x.lost is None for x in b.lines)
