"""The results page in a real browser: sorted, opened and printed, by mouse and keyboard; nothing asked of a network."""

import base64
from dataclasses import replace

import pytest
from kit.browser import open_browser
from kit.published import SETTINGS, ready_round
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from xlperf.publish.html import results_page
from xlperf.publish.papers.ground import Ground

PAYLOAD = '<img src=x onerror="document.title=1">'


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    return Ground(ready_round(tmp_path_factory.mktemp("browser") / "round").scores(), SETTINGS)


@pytest.fixture(scope="module")
def browser():
    with open_browser() as made:
        yield made


@pytest.fixture
def page(ground, browser, tmp_path):
    file = tmp_path / "结果.html"
    file.write_text(results_page(ground), "utf-8")
    browser.open(file.as_uri())
    yield browser
    assert browser.requests() == []
    assert browser.complaints() == []


def names(page):
    return [e.text for e in page.driver.find_elements(By.CSS_SELECTOR, "tbody tr td:nth-child(2)")]


def test_a_heading_sorts_both_ways(page):
    assert names(page) == ["河东镇", "城关镇", "北山镇"]
    head = page.driver.find_elements(By.CSS_SELECTOR, "thead th")[3]
    head.find_element(By.TAG_NAME, "button").click()
    assert names(page) == ["北山镇", "城关镇", "河东镇"]
    assert head.get_attribute("aria-sort") == "ascending"
    head.find_element(By.TAG_NAME, "button").click()
    assert names(page) == ["河东镇", "城关镇", "北山镇"]
    assert head.get_attribute("aria-sort") == "descending"


def test_a_score_opens_by_keyboard(page):
    summary = page.driver.find_elements(By.CSS_SELECTOR, "tbody summary")[0]
    assert "样板 第五条" not in page.text()
    page.driver.execute_script("arguments[0].focus()", summary)
    summary.send_keys(Keys.ENTER)
    page.sees("样板 第五条")
    summary.send_keys(Keys.ENTER)
    page.until(lambda: "样板 第五条" not in page.text(), "it does not close")


def test_tab_reaches_the_headings_and_a_heading_sorts_by_keyboard(page):
    body, seen = page.driver.find_element(By.TAG_NAME, "body"), []
    for _ in range(12):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        seen.append(page.driver.switch_to.active_element.tag_name)
    assert body is not None
    assert {"a", "button", "summary"} <= set(seen)
    button = page.driver.find_elements(By.CSS_SELECTOR, "thead button")[1]
    button.send_keys(Keys.SPACE)
    assert page.driver.find_elements(By.CSS_SELECTOR, "thead th")[1].get_attribute("aria-sort") == "ascending"


def heading(page):
    seen = "[...document.querySelectorAll('thead th:first-child span')].filter(e=>getComputedStyle(e).display!=='none')"
    return page.driver.execute_script(f"return {seen}.map(e=>e.textContent).join()")


def test_the_language_changes(page):
    assert heading(page) == "名次"
    page.driver.find_element(By.ID, "language").click()
    assert heading(page) == "Rank"
    assert page.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"


def test_it_prints_with_what_is_open(page):
    page.driver.find_element(By.ID, "all").click()
    made = base64.b64decode(page.driver.print_page())
    assert made.startswith(b"%PDF")
    assert len(made) > 10_000


def test_a_payload_stays_text(ground, browser, tmp_path):
    scores = ground.scores
    values = {s: dict(columns) for s, columns in scores.values.items()}
    values["totals"]["name"] = [PAYLOAD] * scores.size("totals")
    values["marks"]["indicator"] = [PAYLOAD] * scores.size("marks")
    file = tmp_path / "payload.html"
    file.write_text(results_page(Ground(replace(scores, values=values), SETTINGS)), "utf-8")
    browser.open(file.as_uri())
    browser.driver.find_element(By.ID, "all").click()
    assert names(browser)[0] == PAYLOAD
    assert browser.driver.title == "2026年度三单位考核（样板）结果"
    assert browser.driver.find_elements(By.TAG_NAME, "img") == []
    assert browser.requests() == []
