"""Files are prepared in a process of its own, which may be lost."""

from __future__ import annotations

import os
import signal
import struct
import threading
import time
import zlib

import pytest

import media
from unmask.frames.bounds import needs_memory
from unmask.frames.limits import MediaLimits
from unmask.model.contract import read_contract
from unmask.prediction.detector import SHIPPED
from unmask.prediction.prepare import prepare
from unmask.prediction.preparer import Preparer


def write_png(path, width, height):
    """A black picture of few bytes and many pixels."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(bytes(1 + width // 8)) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


CONTRACT = read_contract(SHIPPED)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return media.portrait_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=6)


@pytest.fixture(scope="module")
def preparer():
    with Preparer(MediaLimits(max_seconds=60)) as preparer:
        yield preparer


def test_what_comes_out_is_what_comes_out_here_to_the_byte(preparer, clip, tmp_path):
    steps = []
    there = preparer.prepare(clip, CONTRACT, tmp_path / "there", steps.append)
    here = prepare(clip, CONTRACT, tmp_path / "here")
    assert (there.frames, there.crops) == (here.frames, here.crops) and here.crops.ok
    assert steps == ["frames", "detect", "crop"]
    for crop in here.crops.faces:
        assert (there.crops_dir / crop.file).read_bytes() == (
            here.crops_dir / crop.file
        ).read_bytes()


@pytest.mark.parametrize("kind", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_process_that_is_lost_costs_one_file(preparer, clip, tmp_path, kind):
    def kill(step):
        os.kill(preparer._process.pid, kind)

    lost = preparer.prepare(clip, CONTRACT, tmp_path / "a", kill)
    assert not lost.crops.ok
    assert ("decoder crashed" in lost.crops.reason) == (kind != signal.SIGKILL)
    assert lost.interrupted == (kind == signal.SIGKILL)
    assert preparer.prepare(clip, CONTRACT, tmp_path / "b").crops.ok


def test_a_file_that_takes_too_long_is_given_up_and_the_reason_names_the_limit(clip, tmp_path):
    with Preparer(MediaLimits(timeout=0.01, said="--{}")) as preparer:
        lost = preparer.prepare(clip, CONTRACT, tmp_path / "a")
    assert lost.crops.reason == "it takes longer than --timeout 0.01 seconds"


def test_a_file_that_takes_too_much_memory_is_a_reason(tmp_path):
    picture = tmp_path / "large.png"
    write_png(picture, 30_000, 30_000)
    with Preparer(MediaLimits(max_pixels=10**10)) as preparer:
        found = preparer.prepare(picture, CONTRACT, tmp_path / "a")
    assert found.crops.reason == needs_memory()
    with Preparer() as preparer:
        found = preparer.prepare(picture, CONTRACT, tmp_path / "b")
    assert "30000 x 30000 pixels, more than frames.max_pixels: 120000000" in found.crops.reason


def test_the_process_ends_with_the_one_that_asks(tmp_path, clip):
    preparer = Preparer()
    process = preparer._process
    threading.Thread(target=preparer.prepare, args=(clip, CONTRACT, tmp_path / "a")).start()
    time.sleep(0.1)
    preparer.close()
    assert process.poll() is not None
