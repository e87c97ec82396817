"""A dozen odd clips, held against the pictures that went in. Two hundred: tests/odd_clips."""

import itertools
import subprocess
import sys
from fractions import Fraction
from hashlib import sha256

import cv2
import numpy as np
import pytest

import media
from unmask.frames.packets import Unforeseen
from unmask.frames.sample import extract_frames
from unmask.frames.video import open_clip

SIZE = 160, 120
CLOSE = 6
"""Mean absolute difference, of 255, that a lossy codec may make to these smooth pictures."""

TURNS = {
    (0, 1, -1, 0): lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),
    (0, -1, 1, 0): lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),
    (-1, 0, 0, -1): lambda image: image[::-1, ::-1],
    (-1, 0, 0, 1): lambda image: image[:, ::-1],
    (1, 0, 0, -1): lambda image: image[::-1],
    (0, 1, 1, 0): lambda image: image.transpose(1, 0, 2),
    (0, -1, -1, 0): lambda image: image[::-1, ::-1].transpose(1, 0, 2),
}


def scene(number, size=SIZE):
    """A smooth picture that moves and changes, so that no frame can be taken for another."""
    image = media.texture((size[0] + 40, size[1]), seed=3)[:, number % 40 :][:, : size[0]]
    bright = 40 * np.sin(number) + 0.75 * image
    return bright.clip(0, 255).astype(np.uint8)


def gray(number):
    """The same without colors, which the two fields of a frame would share."""
    return cv2.cvtColor(cv2.cvtColor(scene(number), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def difference(one, other):
    return np.abs(one.astype(int) - other).mean()


def every_image(path):
    with open_clip(path) as clip:
        return [clip.image() for _ in clip.frames()]


@pytest.mark.parametrize(
    ("name", "codec", "how"),
    [
        ("a.mp4", "libx264", {"pix_fmt": "yuv420p10le"}),
        ("a.mp4", "libx264", {"pix_fmt": "yuv444p"}),
        ("a.mkv", "libx265", {"pix_fmt": "yuv420p12le", "options": {"x265-params": "log-level=0"}}),
        ("a.webm", "libvpx-vp9", {"options": {"deadline": "realtime"}}),
        ("a.webm", "libvpx", {"options": {"auto-alt-ref": "1", "lag-in-frames": "16"}}),
        ("a.mov", "prores_ks", {"pix_fmt": "yuv422p10le"}),
        ("a.avi", "mpeg4", {"options": {"bf": "2", "b": "4M"}}),
        ("a.mp4", "libx264", {"colors": ("ITU709", "MPEG")}),
        ("a.mp4", "libx264", {"colors": ("ITU709", "JPEG")}),
        ("a.mp4", "libx264", {"colors": ("ITU601", "JPEG")}),
    ],
)
def test_pictures_come_out_as_they_went_in(tmp_path, name, codec, how):
    images = list(map(scene, range(12)))
    found = every_image(media.encoded(tmp_path / name, images, codec, **how))
    assert len(found) == len(images)
    assert max(map(difference, found, images)) < CLOSE


@pytest.mark.parametrize("matrix", TURNS)
def test_a_display_matrix_turns_and_mirrors(tmp_path, matrix):
    path = media.encoded(tmp_path / "a.mp4", map(scene, range(3)), matrix=matrix)
    for number, image in enumerate(every_image(path)):
        assert difference(image, TURNS[matrix](scene(number))) < CLOSE


@pytest.mark.parametrize(
    ("aspect", "matrix", "size"),
    [
        ((2, 1), None, (320, 120)),
        ((1, 2), None, (80, 120)),
        ((16, 15), None, (170, 120)),
        ((2, 1), (0, 1, -1, 0), (60, 160)),
        ((1, 2), (0, 1, 1, 0), (240, 160)),
    ],
)
def test_pixels_become_square_and_the_height_stays(tmp_path, aspect, matrix, size):
    path = media.encoded(
        tmp_path / "a.mp4", map(scene, range(3)), aspect=Fraction(*aspect), matrix=matrix
    )
    turned = TURNS[matrix] if matrix else lambda image: image
    for number, image in enumerate(every_image(path)):
        assert image.shape[1::-1] == size
        assert difference(image, cv2.resize(turned(scene(number)), size)) < CLOSE


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", {"x264-params": "tff=1"}),
        ("a.ts", "libx264", {"x264-params": "bff=1"}),
        ("a.mpg", "mpeg2video", {"b": "4M"}),
        ("a.avi", "mpeg4", {"b": "4M"}),
    ],
)
def test_two_fields_become_one_picture_and_nothing_else_does(tmp_path, name, codec, options):
    """Each frame holds two moments, line by line; what comes out is one of them."""
    moments = [(gray(2 * number), gray(2 * number + 21)) for number in range(10)]
    woven = []
    for first, second in moments:
        image = first.copy()
        image[1::2] = second[1::2]
        woven.append(image)
    path = media.encoded(tmp_path / name, woven, codec, options=options, interlaced=True)

    found = every_image(path)

    assert len(found) == len(woven)
    for image, (first, second) in zip(found, moments, strict=True):
        assert difference(first, second) > 3 * CLOSE
        assert min(difference(image, first), difference(image, second)) < CLOSE


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("blank.mp4", "libx264", {"x264-params": "tff=1"}),
        ("blank.mkv", "libx264", {"x264-params": "bff=1"}),
        ("blank.ts", "mpeg2video", {}),
        ("blank.avi", "mpeg4", {}),
    ],
)
def test_an_interlaced_clip_shows_nothing_of_what_was_read_before_it(
    tmp_path, name, codec, options
):
    portrait = media.portrait_clip(tmp_path / "face.mp4", size=SIZE)
    blank = itertools.repeat(np.full((SIZE[1], SIZE[0], 3), 128, np.uint8), 10)
    path = media.encoded(tmp_path / name, blank, codec, options=options, interlaced=True)
    every_image(portrait)
    for image in every_image(path):
        assert np.abs(image.astype(int) - 128).max() <= 8


GROUPS = {
    "pyramid": {"bf": "7", "b_strategy": "0", "g": "30"},
    "open groups": {"bf": "3", "g": "12", "x264-params": "open-gop=1:scenecut=0"},
    "closed groups": {"bf": "3", "g": "12", "x264-params": "scenecut=0"},
    "key frames alone": {"g": "1"},
    "one group": {"bf": "2", "g": "999"},
}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("wanted", [(0,), (59,), (11, 12, 13), (5, 22, 47), (23, 24, 25, 58)])
def test_decoding_what_is_needed_gives_the_same_bits_as_decoding_all(tmp_path, group, wanted):
    path = media.encoded(tmp_path / "a.mp4", map(scene, range(60)), options=GROUPS[group])
    every = every_image(path)
    with open_clip(path) as clip:
        found = [(number, time, clip.image()) for number, time in clip.only(wanted)]
    assert tuple(number for number, _, _ in found) == wanted
    for number, time, image in found:
        assert time == pytest.approx(number / 25)
        assert np.array_equal(image, every[number])


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9", "libsvtav1", "mjpeg"])
def test_of_every_codec_the_same_frames_are_taken_as_by_decoding_all(tmp_path, codec):
    options = {"libx265": {"x265-params": "log-level=0"}, "libsvtav1": {"svtav1-params": "lp=1"}}
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    path = media.encoded(
        tmp_path / "a.mkv",
        map(scene, range(40)),
        codec,
        pix_fmt=pix_fmt,
        options=options.get(codec, {}),
    )
    every = every_image(path)
    with open_clip(path) as clip:
        found = [(number, clip.image()) for number, _ in clip.only([3, 20, 33])]
    assert [number for number, _ in found] == [3, 20, 33]
    assert all(np.array_equal(image, every[number]) for number, image in found)


def test_a_clip_that_is_not_as_foretold_is_decoded_from_the_start(tmp_path):
    path = media.encoded(tmp_path / "a.mp4", map(scene, range(60)), options=GROUPS["pyramid"])
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)
    with open_clip(path) as clip, pytest.raises(Unforeseen):
        list(clip.only(range(0, 60, 7)))
    index = extract_frames(path, tmp_path / "frames", video="a", fps=4, min_decoded=0)
    assert index.ok
    assert index.frames


@pytest.mark.parametrize("trim", [(1.5, 1.0), (0.7, 2.0), (2.0, 0.1)])
def test_a_trimmed_quicktime_file_is_whole(tmp_path, trim):
    start, length = trim
    path = media.trimmed_clip(tmp_path / "a.mov", start, length, frames=40, fps=10)
    index = extract_frames(path, tmp_path / "frames", video="a", fps=None)
    assert index.ok
    assert index.promised == index.decoded == round(length * 10)


def test_two_processes_read_the_same_bits(tmp_path):
    path = media.encoded(
        tmp_path / "a.mp4",
        map(scene, range(10)),
        options={"x264-params": "tff=1"},
        interlaced=True,
        aspect=Fraction(4, 3),
    )
    code = """
import sys
from hashlib import sha256
from pathlib import Path
from unmask.frames.video import open_clip
with open_clip(Path(sys.argv[1])) as clip:
    print(sha256(b"".join(clip.image().tobytes() for _ in clip.frames())).hexdigest())
"""
    job = [sys.executable, "-c", code, str(path)]
    others = [subprocess.run(job, capture_output=True, check=True).stdout for _ in range(2)]
    own = sha256(b"".join(image.tobytes() for image in every_image(path))).hexdigest()
    assert others == [f"{own}\n".encode()] * 2
