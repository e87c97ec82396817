"""Pages in a real browser, watched: what goes wrong on them, and whether everybody can use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request

PHONE, DESKTOP = (375, 812), (1280, 900)
SERIOUS = ("serious", "critical")

_INLINE = ("data", "blob", "about")

_TAB_THROUGH = """() => {
  const shown = document.activeElement
  if (!shown || shown === document.body || shown.dataset.passed) return false
  shown.dataset.passed = "yes"
  // Chromium stops at whatever scrolls, other browsers only where the page says so.
  if (shown.tabIndex >= 0) shown.dataset.reached = "yes"
  return true
}"""

_UNREACHED = """() => [...document.querySelectorAll("body *")].filter(element => {
  const style = getComputedStyle(element)
  const scrolls = (space, flow) => space > 1 && /auto|scroll/.test(flow)
  return (scrolls(element.scrollWidth - element.clientWidth, style.overflowX)
      || scrolls(element.scrollHeight - element.clientHeight, style.overflowY))
    && element.checkVisibility() && element.clientWidth > 1
    && !element.matches("textarea")
    && !element.dataset.reached && !element.querySelector("[data-reached]")
}).map(element => element.outerHTML.slice(0, 120))"""


@dataclass
class Watch:
    """Collects what a page must not do: console errors, exceptions, requests that fail or leave.

    ``home`` is where it may load from: the scheme and host of its own address.
    """

    page: Page
    home: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        page = self.page
        page.on("console", lambda line: self._note(line.type == "error", f"console: {line.text}"))
        page.on("pageerror", lambda error: self._note(True, f"exception: {error}"))
        page.on("request", self._request)
        page.on(
            "requestfailed",
            lambda request: self._note(
                request.failure != "net::ERR_ABORTED", f"failed: {request.url}: {request.failure}"
            ),
        )
        page.on(
            "response",
            lambda answer: self._note(answer.status >= 400, f"{answer.status}: {answer.url}"),
        )
        page.on("websocket", lambda socket: self._leaving(socket.url.replace("ws", "http", 1)))

    def _request(self, request: Request) -> None:
        self._leaving(request.url)

    def _leaving(self, url: str) -> None:
        outside = urlsplit(url).scheme not in _INLINE and home_of(url) != self.home
        self._note(outside, f"request to elsewhere: {url}")

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.problems.append(text)


def home_of(url: str) -> str:
    """Scheme and host of an address."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def check_accessible(page: Page) -> None:
    """Fail on what axe calls serious or critical, with the rule, the places and the remedy."""
    found = Axe().run(page).response["violations"]
    texts = []
    for rule in found:
        if rule["impact"] in SERIOUS:
            texts.append(f"{rule['impact']} {rule['id']}: {rule['help']} ({rule['helpUrl']})")
            for node in rule["nodes"]:
                texts.append(f"  {node['html'][:200]}\n    {node['failureSummary']}")
    assert not texts, "axe found on " + page.url[:200] + ":\n" + "\n".join(texts)


def check_no_sideways_scrolling(page: Page) -> None:
    """Fail where the page as a whole is wider than the window."""
    page_px, window_px = page.evaluate(
        "() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert page_px <= window_px, f"the page is {page_px} px wide in a window of {window_px} px"


def check_keyboard_reaches_all_that_scrolls(page: Page, most: int = 500) -> None:
    """Open every ``details``, press Tab to the end, and fail for a scrolling part left out."""
    page.evaluate("() => document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate("() => document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        if not page.evaluate(_TAB_THROUGH):
            break
    else:
        raise AssertionError(f"more than {most} stops of the Tab key")
    unreached = page.evaluate(_UNREACHED)
    assert not unreached, "scrolls, but the keyboard does not get there:\n" + "\n".join(unreached)


def check_links_within(page: Page) -> None:
    """Follow every link of the navigation that leads to a section; fail where there is none."""
    targets = page.eval_on_selector_all(
        "nav a[href^='#'], a.skip[href^='#']",
        "links => links.map(link => link.getAttribute('href'))",
    )
    assert targets, "the page has no link to a section of its own"
    for target in targets:
        section = page.locator(f"[id='{target[1:]}']")
        assert section.count() == 1, f"{target} leads to {section.count()} places"
        assert section.is_visible(), f"{target} leads to something that is not shown"
