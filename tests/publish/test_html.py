"""The results page: one file, nothing fetched, everything by keyboard, and what people typed stays text."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from kit.published import SETTINGS, ready_round
from kit.simulated import simulated

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.formula.values import shown
from xlperf.publish.html import results_page
from xlperf.publish.papers.ground import Ground
from xlperf.publish.publication import publish
from xlperf.scheme.load import find_scheme, load_scheme

VOID = {"meta", "br"}


class Read(HTMLParser):
    """Reads a page: every element with its attributes, the text of table cells, and whether all is closed."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.words, self.rows = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if "td" in self.open or "th" in self.open:
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    round_ = ready_round(tmp_path_factory.mktemp("html") / "round")
    return Ground(round_.scores(), SETTINGS)


@pytest.fixture(scope="module")
def read(ground):
    return Read(results_page(ground))


def test_every_element_is_closed_and_nothing_is_fetched(read):
    assert read.open == []
    for tag, attributes in read.tags:
        assert tag not in ("img", "link", "iframe", "object", "embed", "form")
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
        assert not any(name.startswith("on") for name in attributes)
    policy = next(a["content"] for t, a in read.tags if t == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy


def test_no_address_stands_in_style_or_script(ground):
    text = results_page(ground)
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp|eval\(|innerHTML", text)


def test_the_list_stands_in_order_and_a_score_opens(ground, read):
    rows = [row for row in read.rows if row and row[0].isdigit()]
    assert [(r[0], r[1]) for r in rows] == [("1", "河东镇"), ("2", "城关镇"), ("3", "北山镇")]
    assert rows[2][3].startswith("94.71")
    assert "样板 第三条" in rows[2][3]
    assert "目标60，完成57，按完成÷目标计" in rows[2][3]


def test_everything_is_reached_by_keyboard(read):
    heads = [i for i, (tag, _) in enumerate(read.tags) if tag == "th"]
    assert heads
    assert all(read.tags[i + 1][0] == "button" and read.tags[i][1]["aria-sort"] == "none" for i in heads)
    opened = [i for i, (tag, _) in enumerate(read.tags) if tag == "details"]
    assert all(read.tags[i + 1][0] == "summary" for i in opened)
    assert ("a", {"class": "skip", "href": "#results"}) in read.tags
    assert next(a for t, a in read.tags if t == "html")["lang"] == "zh-CN"


def test_words_of_ours_are_in_both_languages(read):
    zh = sum(t == "span" and a.get("class") == "zh" for t, a in read.tags)
    en = sum(t == "span" and a.get("class") == "en" for t, a in read.tags)
    assert zh == en > 5


@pytest.mark.parametrize(
    "bad", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</details></table>&lt;b&gt;"]
)
def test_a_payload_stays_text(ground, bad):
    scores = ground.scores
    values = {s: dict(columns) for s, columns in scores.values.items()}
    values["marks"]["reason"] = [bad] * scores.size("marks")
    values["marks"]["indicator"] = [bad] * scores.size("marks")
    values["totals"]["name"] = [bad] * scores.size("totals")
    text = results_page(Ground(replace(scores, values=values), SETTINGS))
    read = Read(text)
    assert read.open == []
    assert "img" not in {t for t, _ in read.tags}
    assert sum(t == "script" for t, _ in read.tags) == 1
    assert any(bad in row[1] for row in read.rows if len(row) > 1)


def test_private_figures_are_on_no_page():
    path, _ = find_scheme("yangcheng-2020")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    scores = score(plan, simulated(plan, scheme.tables, 7, blanks=0))
    said = results_page(Ground(scores, SETTINGS))
    pay = {shown(v, 2) for v in scores.column("people", "due") if v is not None}
    assert {p for p in pay if len(p) > 6 and p in said} == set()


def test_the_page_is_written_with_the_rest(tmp_path):
    round_ = ready_round(tmp_path / "round")
    done = publish(round_, SETTINGS, pdf=False, html=True)
    file = done.folder / "公开/结果.html"
    assert file.read_text("utf-8") == results_page(Ground(round_.scores(), SETTINGS))
