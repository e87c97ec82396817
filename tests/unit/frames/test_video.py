"""Reading media forward: which frames, at what times, which way up, and what is refused."""

import itertools
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

import media
from unmask.errors import UnreadableMedia
from unmask.frames.video import open_clip
from unmask.videos.media_types import IMAGE_SUFFIXES


def read_all(path):
    with open_clip(path) as clip:
        return [(number, time, media.read_number(clip.image())) for number, time in clip.frames()]


def forecast(path):
    with open_clip(path) as clip:
        return clip.forecast()


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mkv", ".webm"])
def test_every_frame_comes_once_in_order_with_its_time(tmp_path, suffix):
    clip = media.numbered_clip(tmp_path / f"clip{suffix}", frames=30, fps=25)

    frames = read_all(clip)

    assert [number for number, _, _ in frames] == list(range(30))
    assert [shown for _, _, shown in frames] == list(range(30))
    assert [time for _, time, _ in frames] == pytest.approx([n / 25 for n in range(30)], abs=1e-3)


def test_only_frames_asked_for_become_images(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=20)
    with open_clip(path) as clip:
        seen = [
            media.read_number(clip.image()) for number, _ in clip.frames() if number in (0, 7, 19)
        ]
    assert seen == [0, 7, 19]


def test_images_are_bytes_in_bgr(tmp_path):
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 2] = 255
    with open_clip(media.write_clip(tmp_path / "red.mp4", [red] * 3)) as clip:
        next(clip.frames())
        image = clip.image()
    assert image.dtype == np.uint8
    assert image.shape == (48, 64, 3)
    assert image[..., 2].min() > 200
    assert image[..., 0].max() < 60


def test_what_the_header_announces_is_told(tmp_path):
    with open_clip(media.numbered_clip(tmp_path / "clip.mp4", frames=12, fps=20)) as clip:
        assert (clip.promised, clip.counted) == (12, True)
        assert clip.frame_s == pytest.approx(1 / 20)


def test_times_are_those_of_a_variable_rate(tmp_path):
    times = [0, 0.1, 0.2, 1.2, 3.0, 3.04]
    path = media.variable_rate_clip(tmp_path / "clip.mp4", times)
    assert [time for _, time, _ in read_all(path)] == pytest.approx(times, abs=1e-3)
    assert forecast(path) == pytest.approx(times, abs=1e-3)


def test_times_count_from_the_first_frame_whatever_the_clock_of_the_file_says(tmp_path):
    images = (media.numbered(number) for number in range(10))
    path = media.encoded(tmp_path / "clip.ts", images, "mpeg2video")
    with av.open(str(path)) as container:
        assert container.streams.video[0].start_time > 0
    expected = pytest.approx([number / 25 for number in range(10)], abs=1e-3)
    assert [time for _, time, _ in read_all(path)] == expected
    assert forecast(path) == expected


def test_frames_without_useful_timestamps_follow_each_other_at_the_nominal_rate(tmp_path):
    path = media.timeless_clip(tmp_path / "clip.mp4", frames=20)
    with open_clip(path) as clip:
        step = clip.frame_s
    expected = pytest.approx([number * step for number in range(20)])
    assert 1 / 1000 <= step <= 1
    assert [time for _, time, _ in read_all(path)] == expected
    assert forecast(path) == expected


def test_times_increase_strictly_through_damage(tmp_path):
    times = [time for _, time, _ in read_all(media.damaged_clip(tmp_path / "clip.mp4"))]
    assert times[0] == 0
    assert all(after > before for before, after in itertools.pairwise(times))


def test_frames_after_a_damaged_stretch_are_still_read(tmp_path):
    path = media.damaged_clip(tmp_path / "clip.mp4", frames=60, lost=range(20, 40))
    with open_clip(path) as clip:
        shown = [media.read_number(clip.image()) for _ in clip.frames()]
        damaged = clip.damaged
    assert shown == [*range(20), *range(40, 60)]
    assert damaged == 20


def test_packets_foretell_the_times_without_decoding(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=40, fps=30)
    assert forecast(path) == pytest.approx([time for _, time, _ in read_all(path)])


@pytest.mark.parametrize(
    ("degrees", "where", "shape"),
    [
        (0, "top left", (48, 64)),
        (90, "top right", (64, 48)),
        (180, "bottom right", (48, 64)),
        (270, "bottom left", (64, 48)),
    ],
)
def test_a_clip_turned_by_the_phone_comes_upright(tmp_path, degrees, where, shape):
    with open_clip(media.rotated_clip(tmp_path / "clip.mp4", degrees)) as clip:
        next(clip.frames())
        image = clip.image()
    assert image.shape[:2] == shape
    assert media.red_corner(image) == where


@pytest.mark.parametrize("suffix", sorted(IMAGE_SUFFIXES))
def test_a_still_image_is_a_clip_of_one_frame(tmp_path, suffix):
    path = media.write_image(tmp_path / f"still{suffix}", media.corners())
    with open_clip(path) as clip:
        assert list(clip.frames()) == [(0, 0.0)]
        assert (clip.promised, clip.frame_s, clip.damaged) == (1, 0.0, 0)
        assert media.red_corner(clip.image()) == "top left"
    assert forecast(path) == [0.0]


def test_a_still_image_is_turned_by_its_exif_orientation(tmp_path):
    path = media.write_exif_jpeg(tmp_path / "still.jpg", media.corners(), orientation=6)
    with open_clip(path) as clip:
        assert clip.image().shape[:2] == (64, 48)
        assert media.red_corner(clip.image()) == "top right"


@pytest.mark.parametrize("name", ["vidéo 视频.mp4", "100%d.mp4", "http:clip.mp4"])
def test_unusual_file_names_are_read(tmp_path, monkeypatch, name):
    media.numbered_clip(tmp_path / "plain.mp4", frames=3).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(read_all(type(tmp_path)(name))) == 3


def make_directory(path):
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("gone.mp4", lambda path: path, "the file is missing"),
        ("gone.png", lambda path: path, "the file is missing"),
        ("empty.mp4", media.empty_file, "the file is empty"),
        ("empty.jpg", media.empty_file, "the file is empty"),
        ("folder.mp4", make_directory, "cannot be read"),
        ("folder.jpg", make_directory, "cannot be read"),
        ("sound.wav", media.audio_file, "no video stream"),
        ("sound.mp4", media.audio_file, "no video stream"),
        ("text.mp4", media.text_file, "a text, not a video"),
        ("text.jpg", media.text_file, "cannot be decoded"),
        ("hollow.mp4", media.hollow_clip, "not a single frame"),
        ("cut.mp4", lambda path: media.cut_off(media.numbered_clip(path)), "incomplete"),
        (
            "cut.png",
            lambda path: media.cut_off(media.write_image(path, media.texture())),
            "cannot be decoded",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_plain_reason(tmp_path, name, make, reason):
    with pytest.raises(UnreadableMedia, match=reason):
        read_all(make(tmp_path / name))


def test_an_image_too_large_for_memory_is_refused(tmp_path):
    data = bytearray(media.write_image(tmp_path / "huge.bmp", media.corners()).read_bytes())
    data[18:26] = (2**30).to_bytes(4, "little") * 2
    (tmp_path / "huge.bmp").write_bytes(data)
    with pytest.raises(UnreadableMedia):
        read_all(tmp_path / "huge.bmp")


@pytest.mark.parametrize("threads", [1, 2])
def test_decoding_keeps_to_the_threads_it_is_given(tmp_path, threads):
    path = media.numbered_clip(tmp_path / "clip.mp4")
    code = """
import os, sys
from pathlib import Path
from unmask.frames.video import open_clip
before = len(os.listdir("/proc/self/task"))
with open_clip(Path(sys.argv[1]), threads=int(sys.argv[2])) as clip:
    frames = clip.frames()
    next(frames)
    print(len(os.listdir("/proc/self/task")) - before)
"""
    if not Path("/proc/self/task").is_dir():
        pytest.skip("threads are counted in /proc, which this system lacks")
    job = [sys.executable, "-c", code, str(path), str(threads)]
    started = int(subprocess.run(job, capture_output=True, check=True).stdout)
    assert started == (0 if threads == 1 else threads)


def test_the_decoder_does_not_chatter(tmp_path):
    paths = [
        media.damaged_clip(tmp_path / "damaged.mp4"),
        media.cut_off(media.numbered_clip(tmp_path / "cut.mp4")),
        media.audio_file(tmp_path / "sound.wav"),
    ]
    code = """
import sys
from pathlib import Path
from unmask.errors import UnreadableMedia
from unmask.frames.video import open_clip
for path in sys.argv[1:]:
    try:
        with open_clip(Path(path)) as clip:
            print(len(list(clip.frames())))
    except UnreadableMedia:
        print("refused")
"""
    job = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=True
    )
    assert job.stdout.splitlines()[1:] == ["refused", "refused"]
    assert job.stderr == ""


def test_file_types_are_known_without_loading_opencv():
    code = "import sys, unmask.videos.media_types; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
