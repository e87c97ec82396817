"""What a file is: by its name in lists, by its content when it is opened."""

import io

import av
import numpy as np
import pytest
from PIL import Image

import media
from unmask.errors import UnreadableMedia
from unmask.frames.video import open_clip
from unmask.videos.media_types import (
    IMAGE_SUFFIXES,
    VIDEO_SUFFIXES,
    is_image,
    is_media,
    is_still,
    is_video,
    suffix_by_content,
)


def moving(path, format):
    """A picture of three frames in a format of Pillow."""
    first, *others = (Image.fromarray(media.texture(seed=seed)) for seed in range(3))
    data = io.BytesIO()
    first.save(data, format, save_all=True, append_images=others, duration=100)
    path.write_bytes(data.getvalue())
    return path


def still(path, format):
    """A picture in a format of Pillow."""
    Image.fromarray(media.corners()[..., ::-1]).save(path, format)
    return path


def test_names_are_known_in_any_case_and_of_one_kind(tmp_path):
    assert is_video(tmp_path / "A.MP4")
    assert is_image(tmp_path / "A.JPeG")
    assert not is_video(tmp_path / "a.txt")
    assert not is_image(tmp_path / "a.mp4")
    assert not VIDEO_SUFFIXES & IMAGE_SUFFIXES


@pytest.mark.parametrize(
    ("format", "suffix"),
    [
        ("JPEG", ".jpg"),
        ("PNG", ".png"),
        ("BMP", ".bmp"),
        ("TIFF", ".tif"),
        ("WEBP", ".webp"),
        ("AVIF", ".avif"),
    ],
)
@pytest.mark.parametrize("name", ["named.right", "named.mp4", "nameless"])
def test_a_still_image_is_read_as_one_whatever_its_name(tmp_path, format, suffix, name):
    path = still(tmp_path / name, format)
    assert suffix_by_content(path.read_bytes()) == suffix
    assert is_still(path)
    assert is_media(path)
    with open_clip(path) as clip:
        assert list(clip.frames()) == [(0, 0.0)]
        assert media.red_corner(clip.image()) == "top left"


@pytest.mark.parametrize(
    ("format", "name"), [("GIF", "a.gif"), ("PNG", "a.apng"), ("GIF", "a.jpg")]
)
def test_a_picture_that_moves_is_a_video(tmp_path, format, name):
    path = moving(tmp_path / name, format)
    assert not is_still(path)
    with open_clip(path) as clip:
        found = [(time, clip.image()) for _, time in clip.frames()]
    assert [time for time, _ in found] == pytest.approx([0, 0.1, 0.2])
    for (_, image), seed in zip(found, range(3), strict=True):
        assert np.abs(image[..., ::-1].astype(int) - media.texture(seed=seed)).mean() < 12


def test_a_gif_of_one_picture_is_a_video_of_one_frame(tmp_path):
    with open_clip(still(tmp_path / "a.gif", "GIF")) as clip:
        assert [number for number, _ in clip.frames()] == [0]
        assert media.red_corner(clip.image()) == "top left"


@pytest.mark.parametrize("name", ["a.webp", "a.mp4", "a"])
def test_a_moving_webp_is_refused_and_not_judged_by_its_first_picture(tmp_path, name):
    path = moving(tmp_path / name, "WEBP")
    with pytest.raises(UnreadableMedia, match="animated WebP"), open_clip(path):
        pass


def test_a_heic_photo_is_refused_by_name(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(UnreadableMedia, match="HEIC"), open_clip(path):
        pass


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".mkv", ".webm", ".mov", ".ts", ".mpg"])
def test_a_video_is_known_by_its_content(tmp_path, suffix):
    path = tmp_path / f"clip{suffix}"
    with av.open(str(path), "w") as container:
        codec = {".webm": "libvpx-vp9", ".mpg": "mpeg2video"}.get(suffix, "mpeg4")
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(30):
            picture = av.VideoFrame.from_ndarray(media.corners(), "bgr24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    nameless = path.rename(tmp_path / "nameless")
    assert is_media(nameless)
    assert not is_still(nameless)
    assert suffix_by_content(nameless.read_bytes()) in VIDEO_SUFFIXES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BMW and other cars\n" * 99,
        b"Go\n" * 300,
        b"RIFF\0\0\0\0WAVEfmt ",
        b"#EXTM3U\n",
        b"{}",
    ],
)
def test_what_is_neither_is_not_taken_for_either(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert suffix_by_content(content) is None
    assert not is_media(path)


def test_a_playlist_opens_no_other_file(tmp_path):
    clip = media.numbered_clip(tmp_path / "secret.mp4", frames=3)
    playlist = f"#EXTM3U\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n"
    for text in (playlist, f"ffconcat version 1.0\nfile {clip}\n"):
        for name in ("list.m3u8", "list.mp4"):
            (tmp_path / name).write_text(text)
            with pytest.raises(UnreadableMedia, match="a text"), open_clip(tmp_path / name):
                pass


def test_a_song_is_no_video(tmp_path):
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        sound = container.add_stream("aac", rate=8000, layout="mono")
        for _ in range(20):
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.sample_rate = 8000
            container.mux(sound.encode(silence))
        container.mux(sound.encode())
    with pytest.raises(UnreadableMedia, match="audio only"), open_clip(path):
        pass
