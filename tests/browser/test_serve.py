"""``unmask serve``: drop a video, see what the model makes of it, and leave nothing behind."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

import media
from browser.browsing import PHONE, check_accessible, check_no_sideways_scrolling
from commands import environment, run

PATIENCE_MS = 120_000


@dataclass
class Server:
    address: str
    temporary: Path
    process: subprocess.Popen

    def left_over(self) -> list[Path]:
        """Files of visitors that are on disk."""
        found = [path for path in self.temporary.glob("unmask-serve-*/**/*") if path.is_file()]
        return [path for path in found if "ui" not in path.parts and path.name != ".alive"]


@pytest.fixture(scope="module")
def server(model, tmp_path_factory) -> Iterator[Server]:
    temporary = tmp_path_factory.mktemp("temporary")
    env = environment() | {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    options = ["--port=0", "--max-mb=3", "--max-seconds=20", f"--model={model}"]
    process = subprocess.Popen(
        ["unmask", "serve", *options], env=env, stderr=subprocess.PIPE, text=True
    )
    address, said = None, []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"(http://\S+) is ready", line):
            address = found.group(1)
            break
    assert address, "".join(said)
    yield Server(address, temporary, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) in (0, 130)
    assert list(temporary.glob("unmask-serve-*")) == [], "everything goes at the end"


def cards(page):
    return page.locator("section.file")


def drop(page, *files):
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


def test_a_clip_gets_the_verdict_that_the_command_gives_it(
    open_page, server, model, clip, tmp_path
):
    page = open_page(server.address)
    check_accessible(page)
    drop(page, clip)
    card = cards(page).first
    expect(card.locator("h2")).to_have_text(clip.name)
    expect(card.locator(".verdict").first).to_be_visible(timeout=PATIENCE_MS)
    done = run("unmask", "predict", str(clip), f"--model={model}", "--json=out.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    [file] = json.loads((tmp_path / "out.json").read_text())["files"]
    assert card.locator(".verdict").first.inner_text() == file["verdict"]
    assert f"score {file['p_fake']:.3f}" in card.inner_text()
    assert card.locator(".timeline circle title").count() == len(file["frames"]) > 4
    assert card.locator("img[alt^='Heat map']").count() == 6
    for image in card.locator("img").all():
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
    card.locator("[data-chart]").focus()
    page.keyboard.press("ArrowRight")
    assert card.locator(".readout").first.inner_text().startswith("frame 0, 0.00 s")
    check_accessible(page)
    assert server.left_over() == []
    expect(page.locator("[role=status]").first).to_contain_text(f"{clip.name}: {file['verdict']}")


def test_several_at_once_each_with_its_own_end(open_page, server, clip, tmp_path):
    named = tmp_path / "<img src=x onerror=alert(1)>.mp4"
    named.write_bytes(clip.read_bytes())
    large, empty = tmp_path / "large.mp4", tmp_path / "empty.mp4"
    large.write_bytes(b"\0" * 3_500_000)
    empty.touch()
    text = media.text_file(tmp_path / "text.mp4")
    blank = media.blank_clip(tmp_path / "blank.mp4")
    long = media.portrait_clip(tmp_path / "long.mp4", frames=30, fps=1)
    page = open_page(server.address)
    drop(page, named, large, empty, text, blank, long)
    expect(cards(page)).to_have_count(6, timeout=PATIENCE_MS)

    def card(name):
        return cards(page).filter(has=page.get_by_role("heading", name=name, exact=True))

    expect(card(named.name).locator(".verdict").first).to_be_visible(timeout=PATIENCE_MS)
    reasons = {
        "large.mp4": "larger than 3 MB",
        "empty.mp4": "The file is empty.",
        "text.mp4": "not a video or an image",
        "blank.mp4": "no face",
        "long.mp4": "longer than the limit of this page (max_seconds): 20",
    }
    for name, reason in reasons.items():
        expect(card(name).locator(".state")).to_contain_text(reason, timeout=PATIENCE_MS)
    assert server.left_over() == []
    card("text.mp4").get_by_role("button").click()
    expect(cards(page)).to_have_count(5)


def test_two_visitors_do_not_see_each_others_files(open_page, server, clip):
    one, other = open_page(server.address), open_page(server.address)
    drop(one, clip)
    drop(other, clip)
    for page in (one, other):
        expect(cards(page)).to_have_count(1)
        expect(page.locator(".verdict").first).to_be_visible(timeout=PATIENCE_MS)


def test_it_works_on_a_phone_in_the_dark(open_page, server, clip):
    page = open_page(server.address, size=PHONE, scheme="dark")
    drop(page, clip)
    expect(page.locator(".verdict").first).to_be_visible(timeout=PATIENCE_MS)
    check_accessible(page)
    check_no_sideways_scrolling(page)


def test_the_keyboard_is_enough(open_page, server):
    page = open_page(server.address)
    page.locator("input[type=file]").wait_for()
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "file":
            break
    with page.expect_file_chooser():
        page.keyboard.press("Space")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example"},
        {"Origin": "http://attacker.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_pages_of_others_get_nothing_in(server, headers):
    request = urllib.request.Request(server.address + "upload/x", b"x", headers, method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403


def test_it_says_what_is_in_its_way(server, model, tmp_path):
    port = server.address.rstrip("/").rpartition(":")[2]
    taken = run("unmask", "serve", f"--model={model}", f"--port={port}", cwd=tmp_path)
    assert taken.returncode == 2 and f"unmask serve --port {int(port) + 1}" in taken.stdout
    absent = run("unmask", "serve", "--model=none.keras", cwd=tmp_path)
    assert absent.returncode == 2 and "none.keras" in absent.stdout
    assert "Traceback" not in taken.stdout + absent.stdout


def test_it_listens_on_this_machine_only(server):
    if not Path("/proc/net/tcp").is_file():
        pytest.skip("tells it from /proc/net/tcp")
    port = int(server.address.rstrip("/").rpartition(":")[2])
    listening = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]
