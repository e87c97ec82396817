"""What a file's own boxes say where the decoder is silent."""

import struct

import pytest

import media
from unmask.frames.mp4 import Track, video_track, why_not_a_video


def test_an_mp4_tells_how_many_samples_it_holds(tmp_path):
    assert video_track(media.numbered_clip(tmp_path / "clip.mp4", frames=17)) == Track(17, 1.0)


def test_a_trimmed_mp4_tells_how_much_of_it_is_shown(tmp_path):
    path = media.trimmed_clip(tmp_path / "clip.mp4", 1.5, 1.0, frames=40, fps=10)
    assert video_track(path) == Track(40, 0.25)


def test_an_mp4_without_edits_shows_all(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=5)
    path.write_bytes(path.read_bytes().replace(b"elst", b"free"))
    assert video_track(path) == Track(5, 1.0)


@pytest.mark.parametrize("make", [media.audio_file, media.text_file, media.empty_file])
def test_other_files_have_no_track(tmp_path, make):
    assert video_track(make(tmp_path / "file.mp4")) is None


def test_an_mp4_of_sound_only_has_no_video_track(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=5)
    path.write_bytes(path.read_bytes().replace(b"vide", b"soun"))
    assert video_track(path) is None


@pytest.mark.parametrize("box", [b"mvhd", b"mdhd"])
def test_a_header_with_a_missing_box_counts_as_none(tmp_path, box):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=5)
    path.write_bytes(path.read_bytes().replace(box, b"free"))
    assert video_track(path) is None


def test_a_header_with_no_time_scale_counts_as_none(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=5)
    data = bytearray(path.read_bytes())
    at = data.index(b"mdhd") + 16
    data[at : at + 4] = bytes(4)
    path.write_bytes(data)
    assert video_track(path) is None


def test_headers_with_wide_fields_are_understood(tmp_path):
    def box(kind, *content):
        content = b"".join(content)
        return struct.pack(">I4s", len(content) + 8, kind) + content

    def header(scale, duration):
        return struct.pack(">IQQIQ", 1 << 24, 0, 0, scale, duration)

    edits = struct.pack(">II", 1 << 24, 2) + struct.pack(">Qqi", 500, -1, 1 << 16)
    edits += struct.pack(">Qqi", 1000, 0, 1 << 16)
    media_boxes = box(b"mdhd", header(90_000, 180_000)), box(b"hdlr", bytes(8), b"vide", bytes(12))
    samples = box(b"minf", box(b"stbl", box(b"stsz", struct.pack(">III", 0, 0, 50))))
    track = box(b"trak", box(b"edts", box(b"elst", edits)), box(b"mdia", *media_boxes, samples))
    index = box(b"mvhd", header(1000, 1500)) + track
    wide = struct.pack(">I4sQ", 1, b"mdat", 16 + 3) + b"abc"
    path = tmp_path / "wide.mp4"
    path.write_bytes(box(b"ftyp") + wide + struct.pack(">I4s", 0, b"moov") + index)

    assert video_track(path) == Track(50, 0.5)


def test_a_box_that_claims_no_size_ends_the_search(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=5)
    data = bytearray(path.read_bytes())
    at = data.index(b"mvhd") - 4
    data[at : at + 4] = bytes(4)
    path.write_bytes(data)
    assert video_track(path) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "run `git lfs pull`"),
        ("nur Wörter\n".encode(), "a text"),
        (struct.pack(">I4sI", 12, b"ftyp", 0), "incomplete: its index"),
        (struct.pack(">I4sII4s", 12, b"ftyp", 0, 999, b"moov"), "incomplete: its index"),
        (bytes(100), "no video stream"),
    ],
)
def test_why_a_file_is_no_video_is_said_in_plain_words(tmp_path, content, reason):
    (tmp_path / "clip.mp4").write_bytes(content)
    assert reason in why_not_a_video(tmp_path / "clip.mp4")
