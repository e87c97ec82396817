"""The checks of this suite notice what they are there for."""

from __future__ import annotations

import pytest

from browser.browsing import (
    Watch,
    check_accessible,
    check_keyboard_reaches_all_that_scrolls,
    check_links_within,
    check_no_sideways_scrolling,
)

PAGE = "<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{}</main></html>"


@pytest.fixture
def show(browser, tmp_path):
    """A function that shows HTML from disk, and gives the page and what was noted of it."""
    context = browser.new_context(viewport={"width": 375, "height": 812})

    def show(html: str):
        file = tmp_path / "page.html"
        file.write_text(PAGE.format(html), "utf-8")
        page = context.new_page()
        watch = Watch(page, "file://")
        page.goto(file.as_uri())
        return page, watch

    yield show
    context.close()


@pytest.mark.parametrize(
    ("html", "noted"),
    [
        ("<script>console.error('oh')</script>", "console: oh"),
        ("<script>throw new Error('oh')</script>", "exception: "),
        ("<img alt='' src='absent.png'>", "failed: "),
        ("<img alt='' src='http://127.0.0.1:9/a.png'>", "request to elsewhere: "),
    ],
)
def test_what_a_page_does_wrong_is_noted(show, html, noted):
    _, watch = show(html)
    assert any(noted in problem for problem in watch.problems), watch.problems


def test_a_plain_page_passes_every_check(show):
    html = (
        "<nav><a href='#a'>a</a></nav><img alt='' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"
        "<section id=a><div tabindex=0 style='overflow:auto;width:99px'><pre>"
        + "long " * 99
        + "</pre></div></section>"
    )
    page, watch = show(html)
    check_accessible(page)
    check_keyboard_reaches_all_that_scrolls(page)
    check_links_within(page)
    check_no_sideways_scrolling(page)
    assert watch.problems == []


@pytest.mark.parametrize(
    ("html", "check", "said"),
    [
        ("<img src='data:,'>", check_accessible, "critical image-alt"),
        ("<p style='color:#bbb'>faint</p>", check_accessible, "serious color-contrast"),
        ("<div style='width:900px'>wide</div>", check_no_sideways_scrolling, "in a window of 375"),
        (
            "<div style='overflow:auto;width:99px'><pre>" + "long " * 99 + "</pre></div>",
            check_keyboard_reaches_all_that_scrolls,
            "scrolls, but",
        ),
        ("<nav><a href='#gone'>x</a></nav>", check_links_within, "#gone leads to 0 places"),
    ],
)
def test_what_is_wrong_with_a_page_fails_its_check(show, html, check, said):
    page, _ = show(html)
    with pytest.raises(AssertionError, match=said):
        check(page)
