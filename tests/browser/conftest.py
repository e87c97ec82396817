"""A real browser, and the pages that it opens: those of a small run, made once a session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import media
from browser.browsing import DESKTOP, Watch, home_of
from commands import run

NAMES = ("chromium", "chromium-browser", "google-chrome")
CLIP_FRAMES, CLIP_FPS = 28, 7

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"needs a browser on the path: {', '.join(NAMES)} (apt-get install chromium)")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium demands it of root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """A function that opens an address, or a file, in a window of its own.

    At the end of the test it fails if a page had a console error or an exception, or asked for
    something that was not there or not its own.
    """
    opened: list[Watch] = []

    def open_page(
        address: str | Path, *, size: tuple[int, int] = DESKTOP, scheme: str = "light"
    ) -> Page:
        url = address.as_uri() if isinstance(address, Path) else address
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        page = context.new_page()
        opened.append(Watch(page, home_of(url)))
        page.goto(url)
        return page

    yield open_page
    problems = [problem for watch in opened for problem in watch.problems]
    for watch in opened:
        watch.page.context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def model(finished) -> Path:
    return finished / "results/model/model.keras"


@pytest.fixture(scope="session")
def report(finished) -> Path:
    """The page of a run."""
    return finished / "results/report/index.html"


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """Four seconds of a real face."""
    path = tmp_path_factory.mktemp("clip") / "hopper.mp4"
    return media.portrait_clip(path, frames=CLIP_FRAMES, fps=CLIP_FPS)


@pytest.fixture(scope="session")
def verdicts(model, clip, tmp_path_factory) -> Path:
    """The page of ``unmask predict --html``: two faces, one face, and a file that is no video."""
    folder = tmp_path_factory.mktemp("verdicts")
    media.two_faces_clip(folder / "two.mp4", frames=30)
    media.text_file(folder / "notes.mp4")
    names = (str(clip), "two.mp4", "notes.mp4")
    done = run("unmask", "predict", *names, f"--model={model}", "--html=page.html", cwd=folder)
    assert done.returncode == 1, done.stdout
    return folder / "page.html"
