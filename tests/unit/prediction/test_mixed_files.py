"""A folder of forty files of all kinds: each gets its line, whatever lies beside it."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction

import cv2
import numpy as np
import pytest

import media
from unmask.cli import main

COPIES = 11


def faces(count=3):
    """A face that drifts to the right: BGR (240, 320, 3) uint8."""
    small = cv2.resize(media.portrait(), (205, 240))
    for number in range(count):
        image = np.full((240, 320, 3), 90, np.uint8)
        image[:, 8 * number : 8 * number + 205] = small
        yield image


def make_files(folder):
    """29 files of different kinds, and copies of some."""
    folder.mkdir()
    videos = {
        "plain.mp4": {},
        "bframes.mkv": {"options": {"bf": "2", "b_strategy": "0"}},
        "ten-bit.mp4": {"codec": "libx265", "pix_fmt": "yuv420p10le",
                        "options": {"x265-params": "log-level=0"}},
        "vp9.webm": {"codec": "libvpx-vp9", "options": {"deadline": "realtime"}},
        "mpeg2.mpg": {"codec": "mpeg2video"},
        "old.avi": {"codec": "mpeg4"},
        "frames.mov": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
        "wide.mp4": {"aspect": Fraction(4, 3)},
        "turned.mp4": {"matrix": (0, 1, -1, 0)},
        "mirrored.mp4": {"matrix": (-1, 0, 0, 1)},
        "fields.mp4": {"interlaced": True, "options": {"x264-params": "tff=1"}},
        "full-range.mp4": {"colors": ("ITU709", "JPEG")},
        "gray.mkv": {"codec": "ffv1", "pix_fmt": "gray"},
        "moving.gif": {"codec": "gif", "pix_fmt": "rgb8"},
    }  # fmt: skip
    for name, how in videos.items():
        lying = name == "turned.mp4"
        media.encoded(folder / name, map(np.rot90, faces()) if lying else faces(), **how)
    for suffix in ("png", "jpg", "bmp", "webp", "tiff"):
        media.write_image(folder / f"still.{suffix}", next(faces()))
    media.write_exif_jpeg(folder / "phone.jpg", np.rot90(next(faces())), 6)
    media.write_image(folder / "nobody.png", media.texture((200, 160)))
    media.blank_clip(folder / "blank.mp4")
    media.two_faces_clip(folder / "two.mp4", frames=2)
    media.truncated_clip(folder / "truncated.mp4", frames=30)
    media.cut_off(shutil.copy(folder / "plain.mp4", folder / "cut.mp4"))
    media.hollow_clip(folder / "hollow.mp4")
    media.audio_file(folder / "sound.mp4")
    media.text_file(folder / "text.mp4")
    media.empty_file(folder / "empty.mp4")
    scored = [*list(videos)[: COPIES - 1], "still.png"]
    for name in scored:
        shutil.copy(folder / name, folder / f"again-{name}")
    return sorted(folder.iterdir())


def predict(capsys, *inputs):
    """What is printed, and what came out for each file, without its name, in their order."""
    main(["-q", "predict", *map(str, inputs), "--json", "-", "--jobs", "2"])
    printed = capsys.readouterr()
    files = json.loads(printed.out)["files"]
    return printed.err, {entry.pop("file"): entry for entry in files}


def test_every_file_has_a_line_and_neither_order_nor_repetition_change_a_score(tmp_path, capsys):
    files = make_files(tmp_path / "mixed")
    assert len(files) == 40
    said, found = predict(capsys, tmp_path / "mixed")
    assert list(found) == [str(file) for file in files]
    assert all(
        sum(line.startswith(f"{file}: ") for line in said.splitlines()) == 1 for file in files
    )
    reasons = {file.name: found[str(file)]["reason"] for file in files}
    lost = {name for name, reason in reasons.items() if reason}
    assert lost == {
        *("nobody.png", "blank.mp4", "truncated.mp4", "cut.mp4", "hollow.mp4"),
        *("sound.mp4", "text.mp4", "empty.mp4"),
    }
    for file in files:
        if file.name.startswith("again-"):
            first = file.with_name(file.name.removeprefix("again-"))
            assert found[str(file)] == found[str(first)], "a copy has the score of the original"

    some = files[::-3]
    _, again = predict(capsys, *some, *some[:5])
    assert list(again) == [str(file) for file in some]
    assert again == {name: found[name] for name in again}


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_file_scored_alone_has_the_score_it_has_in_company(tmp_path, capsys, jobs):
    names = ("a.mp4", "b.mkv", "c.webm")
    for number, name in enumerate(names):
        codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
        media.encoded(tmp_path / name, list(faces(4))[number:], codec)
    main(["-q", "predict", str(tmp_path), "--json", "-", "--jobs", jobs])
    together = json.loads(capsys.readouterr().out)["files"]
    for entry in together:
        main(["-q", "predict", entry["file"], "--json", "-"])
        assert json.loads(capsys.readouterr().out)["files"] == [entry]
