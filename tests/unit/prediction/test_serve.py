"""What the web page takes in, and from whom."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile

import pytest

import media

pytest.importorskip("nicegui", reason="needs the extra serve")

from unmask.disk.own_folder import own_folder
from unmask.errors import UnmaskError
from unmask.prediction.serve.check_upload import Refused, suffix_of
from unmask.prediction.serve.connections import patient_protocol
from unmask.prediction.serve.jobs import Visits
from unmask.prediction.serve.limits import NAME_LENGTH, Limits, shown_name
from unmask.prediction.serve.origin_guard import LOCAL, Guard
from unmask.prediction.serve.receive import receive
from unmask.videos.media_types import HEAD


@pytest.fixture
def visits(tmp_path):
    return Visits(tmp_path / "visits", files=2, waiting=3)


def head(path):
    return path.read_bytes()[:HEAD]


def test_a_name_is_shown_without_folders_controls_and_excess():
    assert shown_name("../../etc/passwd") == "passwd"
    assert shown_name("C:\\clips\\a.mp4") == "a.mp4"
    assert shown_name("a\nb\x00.mp4") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}.mp4"
    assert shown_name("  ") == "unnamed"
    assert len(shown_name("x" * 500 + ".mp4")) == NAME_LENGTH


def test_a_file_is_what_it_begins_like_whatever_its_name_says(tmp_path):
    assert suffix_of(head(media.portrait_clip(tmp_path / "clip.mp4", frames=2))) == ".mp4"
    picture = tmp_path / "picture.png"
    media.write_image(picture, media.portrait("collins"))
    assert suffix_of(head(picture)) == ".png"
    for content in (b"#EXTM3U\nhttp://example.invalid/x.ts", b"<svg onload=alert(1)>", b"MZ\x90"):
        with pytest.raises(Refused, match="not a video"):
            suffix_of(content)
    with pytest.raises(Refused, match="empty"):
        suffix_of(b"")


async def _chunks(*chunks):
    for chunk in chunks:
        yield chunk


def test_an_upload_is_stopped_where_it_grows_too_large_whatever_was_announced(visits):
    job = visits.add(visits.open(), "a.mp4")
    with pytest.raises(Refused, match="larger"):
        asyncio.run(receive(job, _chunks(b"x" * 6, b"x" * 6), None, Limits(bytes=10)))
    other = visits.add(visits.open(), "b.mp4")
    with pytest.raises(Refused, match="larger"):
        asyncio.run(receive(other, _chunks(), 11, Limits(bytes=10)))
    assert not other.folder.exists()


def test_an_upload_has_a_name_of_ours(visits, tmp_path):
    clip = media.portrait_clip(tmp_path / "clip.mp4", frames=2).read_bytes()
    job = visits.add(visits.open(), "../../evil.mp4")
    file = asyncio.run(receive(job, _chunks(clip[:5], clip[5:]), len(clip), Limits()))
    assert file == job.folder / "upload.mp4" and file.read_bytes() == clip
    job.drop()
    assert job.done and not job.folder.exists()


def test_a_page_and_the_server_take_so_many_files(visits):
    first, second = visits.open(), visits.open()
    for name in ("a", "b"):
        visits.add(first, name)
    with pytest.raises(UnmaskError, match="2 files are on this page"):
        visits.add(first, "c")
    visits.add(second, "d")
    with pytest.raises(UnmaskError, match="Too many files are waiting"):
        visits.add(second, "e")
    first.jobs[0].refuse("no")
    visits.add(second, "e")


def test_who_leaves_takes_the_files_along(visits):
    visit = visits.open()
    job = visits.add(visit, "a")
    job.folder.mkdir(parents=True)
    assert visits.find(visit.token) is visit
    visits.close(visit)
    assert visits.find(visit.token) is None and job.gone and not job.folder.exists()


def refusal(headers, *, kind="http", method="GET", any_address=False):
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    guard = Guard(None, {"localhost", "127.0.0.1", "::1"}, any_address=any_address)
    return guard.why_not({"type": kind, "method": method, "headers": pairs})


OWN = {"host": "127.0.0.1:8765"}
SAME = OWN | {"origin": "http://127.0.0.1:8765", "sec-fetch-site": "same-origin"}


def test_pages_of_our_own_get_in():
    assert refusal(OWN) is None
    assert refusal({"host": "[::1]:8765"}) is None
    assert refusal(SAME, method="POST") is None
    assert refusal(SAME, kind="websocket") is None
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert refusal(OWN | link | {"sec-fetch-dest": "document"}) is None


@pytest.mark.parametrize(
    ("headers", "kind", "method"),
    [
        ({"host": "attacker.example"}, "http", "GET"),
        ({}, "http", "GET"),
        (OWN, "http", "POST"),
        (OWN, "websocket", "GET"),
        (OWN | {"origin": "http://attacker.example"}, "websocket", "GET"),
        (OWN | {"origin": "null"}, "http", "POST"),
        (OWN | {"origin": "https://127.0.0.1:8765"}, "http", "POST"),
        (OWN | {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image"}, "http", "GET"),
        (
            OWN | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate",
                   "sec-fetch-dest": "iframe"},
            "http", "GET",
        ),
    ],
)  # fmt: skip
def test_others_do_not(headers, kind, method):
    assert refusal(headers, kind=kind, method=method)


def test_an_address_counts_as_ours_only_where_the_page_is_for_others_too():
    assert refusal({"host": "192.0.2.7:8765"})
    assert refusal({"host": "192.0.2.7:8765"}, any_address=True) is None
    assert refusal({"host": "attacker.example"}, any_address=True)


def test_messages_by_requests_pass_the_guard_of_the_web_sockets():
    def poll(headers):
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "headers": pairs}
        return Guard(None, LOCAL).why_not(scope | {"path": "/_nicegui_ws/socket.io/"})

    assert poll(OWN)
    assert poll(OWN | {"sec-fetch-site": "none"})
    assert poll(OWN | {"origin": "http://attacker.example"})
    assert poll(OWN | {"sec-fetch-site": "same-origin"}) is None


def test_an_upload_that_stops_or_never_ends_loses_its_place(visits):
    async def stops():
        yield b"x"
        await asyncio.sleep(60)

    async def drips():
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    for chunks, limits in ((stops(), Limits(silence=0.1)), (drips(), Limits(upload=0.2))):
        job = visits.add(visits.open(), "a.mp4")
        with pytest.raises(Refused, match="too slowly"):
            asyncio.run(receive(job, chunks, None, limits))


def test_so_many_pages_are_open_at_once(tmp_path):
    visits = Visits(tmp_path, files=1, waiting=1, pages=1)
    first = visits.open()
    with pytest.raises(UnmaskError, match="Too many pages"):
        visits.open()
    visits.close(first)
    visits.open()


def test_a_connection_without_a_request_is_closed_and_one_with_a_request_is_not():
    uvicorn = pytest.importorskip("uvicorn")

    async def app(scope, receive, send):
        await asyncio.sleep(1.5)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def talk():
        how = uvicorn.Config(app, port=0, http=patient_protocol(0.6), lifespan="off")
        server = uvicorn.Server(how)
        served = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        answers = []
        for head in (b"GET / HTTP/1.1\r\nHost: a", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head)
            answers.append(await asyncio.wait_for(reader.read(12), 30))
            writer.close()
        server.should_exit = True
        await served
        return answers

    assert asyncio.run(talk()) == [b"", b"HTTP/1.1 204"]


def test_files_of_a_server_that_was_killed_go_when_the_next_one_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = f"""
import os, signal, tempfile
from unmask.disk.own_folder import own_folder
tempfile.tempdir = {str(tmp_path)!r}
with own_folder("unmask-serve-") as folder:
    (folder / "video").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    (left,) = tmp_path.iterdir()
    assert (left / "video").exists()
    (tmp_path / "unmask-serve-of-somebody").mkdir()
    with own_folder("unmask-serve-") as one, own_folder("unmask-serve-") as other:
        assert not left.exists()
        assert one.exists() and other.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["unmask-serve-of-somebody"]
