"""The pages that a run and a prediction leave on disk, in a real browser."""

from __future__ import annotations

import pytest

from browser.browsing import (
    DESKTOP,
    PHONE,
    check_accessible,
    check_keyboard_reaches_all_that_scrolls,
    check_links_within,
    check_no_sideways_scrolling,
)

PAGES = ("report", "verdicts")


@pytest.fixture(params=PAGES)
def file(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_opens_from_disk_and_everybody_can_read_it(open_page, file, size, scheme):
    page = open_page(file, size=size, scheme=scheme)
    assert page.locator("h1").is_visible()
    check_accessible(page)
    check_no_sideways_scrolling(page)


def test_with_everything_unfolded_it_still_fits_a_phone_and_can_be_read(open_page, file):
    page = open_page(file, size=PHONE)
    page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    check_accessible(page)
    check_no_sideways_scrolling(page)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_keyboard_reaches_all_that_scrolls(open_page, file, size):
    check_keyboard_reaches_all_that_scrolls(open_page(file, size=size))


def test_every_link_of_the_navigation_leads_to_a_section(open_page, file):
    check_links_within(open_page(file))


def test_dark_is_dark_and_light_is_light(open_page, file):
    def brightness(scheme: str) -> int:
        page = open_page(file, scheme=scheme)
        color = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in color.strip("rgba()").split(",")[:3])

    assert brightness("dark") < 200 < 600 < brightness("light")


def test_the_verdict_page_shows_timelines_and_heat_maps_of_what_was_scored(open_page, verdicts):
    page = open_page(verdicts)
    sections = page.locator("section[id^=file-]")
    assert sections.count() == 2
    for section in sections.all():
        rows = section.locator("details tbody tr").count()
        assert section.locator("svg circle").count() == rows > 0
        assert section.locator("img[alt^='Heat map']").count() > 0
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
    assert "the file is a text, not a video" in page.locator("#verdicts").inner_text()
