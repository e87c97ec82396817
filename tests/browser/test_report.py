"""The report answers: values under the mouse and at the keys, a threshold, a table to search."""

from __future__ import annotations

import csv
import json

import pytest

from browser.browsing import (
    DESKTOP,
    PHONE,
    check_accessible,
    check_keyboard_reaches_all_that_scrolls,
    check_no_sideways_scrolling,
)


@pytest.fixture(scope="module")
def test_videos(finished):
    """The rows of the test videos in predictions/videos.csv."""
    with (finished / "results/predictions/videos.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["split"] == "test"]


def rows(page):
    return page.locator("#scores tbody tr")


def test_a_curve_tells_the_value_under_the_mouse(open_page, report):
    page = open_page(report)
    figure = page.locator("#plot-roc")
    figure.scroll_into_view_if_needed()
    assert figure.locator(".readout").inner_text() == ""
    box = figure.locator(".canvas svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 16, box["y"] + 14)
    said = figure.locator(".readout").inner_text()
    assert said == "100% of the fakes found, 100% of the real called fake"
    assert figure.locator("circle.cursor").is_visible()
    page.mouse.move(0, 0)
    assert figure.locator(".readout").inner_text() == ""


def test_the_arrow_keys_walk_along_a_curve(open_page, report):
    page = open_page(report)
    figure = page.locator("#plot-training_loss")
    figure.locator("[data-chart]").focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".readout").inner_text().startswith("epoch 1: training ")
    page.keyboard.press("End")
    assert figure.locator(".readout").inner_text().startswith("epoch 1: validation ")


def test_the_threshold_can_be_moved_and_put_back(open_page, report, finished, test_videos):
    metrics = json.loads((finished / "results/metrics.json").read_text())["video"]
    page = open_page(report)
    said = page.locator("#threshold output")
    counts = metrics["confusion"]
    start = said.inner_text()
    assert f"{counts['tp']} of {metrics['n_fake']} fakes found" in start
    assert f"{counts['fp']} of {metrics['n_real']} real videos" in start
    assert "flatter" not in start
    page.locator("#threshold input").fill("0")
    assert f"{metrics['n_real']} of {metrics['n_real']} real videos wrongly" in said.inner_text()
    assert "such figures flatter" in said.inner_text()
    dot = page.locator("#plot-roc circle.chosen")
    _, top, right, _ = map(
        float, page.locator("#plot-roc .canvas svg").get_attribute("data-area").split()
    )
    assert (float(dot.get_attribute("cx")), float(dot.get_attribute("cy"))) == (right, top)
    page.locator("#threshold button").click()
    assert said.inner_text() == start


def test_the_table_is_searched_sorted_and_filtered(open_page, report, test_videos):
    page = open_page(report)
    assert rows(page).count() == len(test_videos)
    name = test_videos[0]["video"]
    page.locator("#find input").fill(name.upper())
    assert rows(page).count() == 1 and rows(page).first.locator("a").inner_text() == name
    page.locator("#find input").fill("no such video")
    assert rows(page).count() == 0
    assert page.locator("#find [role=status]").inner_text() == "No video is like that."
    page.locator("#find input").fill("")
    page.locator("#find select").select_option("fake")
    assert rows(page).count() == sum(row["label"] == "1" for row in test_videos)
    page.locator("#find select").select_option("all")
    head = page.locator("#scores thead th", has_text="Score")
    for order, reverse in (("ascending", False), ("descending", True)):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == order
        shown = [
            float(text) for text in page.locator("#scores tbody td:nth-child(7)").all_inner_texts()
        ]
        assert shown == sorted(shown, reverse=reverse)


def test_each_video_leads_to_its_page_and_on_to_the_next(open_page, report, test_videos):
    page = open_page(report)
    first = rows(page).first.locator("a")
    name = first.inner_text()
    first.click()
    assert page.locator("h1").inner_text() == name
    seen = {name}
    while (following := page.locator("a[rel=next]")).count():
        following.click()
        seen.add(page.locator("h1").inner_text())
    assert seen == {row["video"] for row in test_videos}
    page.get_by_role("link", name="All test videos").click()
    assert page.url.endswith("index.html#videos")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_of_a_video_can_be_read_by_everybody(open_page, report, test_videos, size, scheme):
    path = report.parent / "videos" / f"{test_videos[0]['video']}.html"
    page = open_page(path, size=size, scheme=scheme)
    check_accessible(page)
    check_no_sideways_scrolling(page)
    check_keyboard_reaches_all_that_scrolls(page)
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
    assert page.locator("circle title").count() == 2  # frames of a clip of a second


def test_without_scripts_nothing_is_missing_but_the_answers(browser, report, test_videos):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert rows(page).count() == len(test_videos)
    assert page.locator("#plot-roc .canvas svg").is_visible()
    assert not page.locator("#find").is_visible() and not page.locator("#threshold").is_visible()
    context.close()


def test_it_prints_without_what_only_answers(open_page, report):
    page = open_page(report)
    page.emulate_media(media="print")
    assert not page.locator("#threshold").is_visible()
    assert not page.locator("nav").is_visible()
    assert page.locator("#plot-roc .canvas svg").is_visible()
