"""Sampling frames: the right ones, whole, small enough, and honest about what is missing."""

import json
import subprocess
import sys

import pytest

import media
from unmask.cli import main
from unmask.frames.images import read_image
from unmask.frames.index import FrameIndex
from unmask.frames.limits import MediaLimits
from unmask.frames.sample import extract_frames, spread


@pytest.fixture
def extract(tmp_path):
    """Extract frames of a file; returns the index and the numbers that the saved frames show."""

    def run(path, **settings):
        folder = tmp_path / "frames"
        index = extract_frames(path, folder, video="clip", **settings)
        assert sorted(file.name for file in folder.iterdir()) == [f.file for f in index.frames]
        return index, [media.read_number(read_image(folder / f.file)) for f in index.frames]

    return run


def numbers(index):
    return [frame.frame for frame in index.frames]


def times(index):
    return [frame.time_s for frame in index.frames]


# --- at a rate --------------------------------------------------------------------------------


def test_two_frames_a_second_are_the_default(tmp_path, extract):
    index, shown = extract(media.numbered_clip(tmp_path / "clip.mp4", frames=75, fps=25))
    assert shown == numbers(index) == [0, 13, 25, 38, 50, 63]
    assert times(index) == [0, 0.52, 1.0, 1.52, 2.0, 2.52]
    assert [frame.file for frame in index.frames][:2] == ["000000.jpg", "000013.jpg"]


def test_the_index_describes_the_video(tmp_path, extract):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=50, fps=25)
    index, _ = extract(path)
    assert (index.video, index.source, index.ok) == ("clip", path.as_posix(), True)
    assert (index.decoded, index.promised, index.duration_s) == (50, 50, 2.0)
    assert (index.width, index.height) == (index.source_width, index.source_height) == (192, 32)


@pytest.mark.parametrize("fps", [25, 30, 1000, None])
def test_a_rate_above_that_of_the_video_takes_every_frame_once(tmp_path, extract, fps):
    _, shown = extract(media.numbered_clip(tmp_path / "clip.mp4", frames=20, fps=25), fps=fps)
    assert shown == list(range(20))


def test_timestamps_rounded_to_milliseconds_do_not_shift_the_choice(tmp_path, extract):
    for suffix in (".mp4", ".mkv"):
        path = media.numbered_clip(tmp_path / f"clip{suffix}", frames=60, fps=30)
        assert extract(path, fps=15)[1] == list(range(0, 60, 2))
        assert extract(path, fps=30)[1] == list(range(60))


def test_a_variable_rate_is_sampled_by_time(tmp_path, extract):
    when = [0, 0.1, 0.2, 0.3, 1.0, 2.05, 4.9, 5.0, 5.1, 6.0]
    index, shown = extract(media.variable_rate_clip(tmp_path / "clip.mp4", when), fps=1)
    assert shown == [0, 4, 5, 6, 7, 9]
    assert times(index) == pytest.approx([0, 1.0, 2.05, 4.9, 5.0, 6.0], abs=1e-3)
    assert index.ok


def test_a_slow_rate_takes_at_least_the_first_frame(tmp_path, extract):
    assert extract(media.numbered_clip(tmp_path / "clip.mp4", frames=20), fps=0.01)[1] == [0]


# --- in a number ------------------------------------------------------------------------------


def test_a_number_of_frames_is_spread_over_the_video(tmp_path, extract):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=100)
    assert extract(path, count=5)[1] == [10, 30, 50, 70, 90]
    assert extract(path, count=1, fps=2)[1] == [50]


def test_a_short_video_gives_all_its_frames(tmp_path, extract):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=7)
    assert extract(path, count=7)[1] == list(range(7))
    assert extract(path, count=32)[1] == list(range(7))


def test_a_number_of_frames_is_spread_over_time_at_a_variable_rate(tmp_path, extract):
    when = [n / 100 for n in range(20)] + [1.0, 2.0, 3.0, 4.0]
    _, shown = extract(media.variable_rate_clip(tmp_path / "clip.mp4", when), count=4)
    assert shown == [19, 20, 21, 22]


def test_a_wrong_forecast_is_put_right_in_a_second_pass(tmp_path, extract):
    hidden = media.trimmed_clip(tmp_path / "hidden.mp4", 1.5, 1.0, frames=40, fps=10)
    index, shown = extract(hidden, count=5)
    assert numbers(index) == [1, 3, 5, 7, 9]
    assert shown == [16, 18, 20, 22, 24]

    damaged = media.damaged_clip(tmp_path / "damaged.mp4", frames=60)
    index, _ = extract(damaged, count=6, min_decoded=0.5)
    assert len(index.frames) == 6
    assert all(number < index.decoded for number in numbers(index))


def test_frames_are_those_on_screen_at_the_middle_of_equal_parts():
    assert spread([0, 1, 2, 3, 4, 5], 3) == [1, 3, 5]
    assert spread([0, 1, 2, 3], 4) == [0, 1, 2, 3]
    assert spread([0.0], 5) == [0]
    assert spread([], 5) == []


def test_where_frames_are_rare_their_neighbors_stand_in():
    assert spread([0, 10, 10.1, 10.2], 3) == [0, 1, 3]
    assert spread([0, 0.1, 0.2, 10], 3) == [1, 2, 3]
    assert len(set(spread([0, 0.1, 0.2, 0.3, 50, 100], 5))) == 5


# --- sizes ------------------------------------------------------------------------------------


def test_frames_are_shrunk_to_fit(tmp_path, extract):
    path = media.blank_clip(tmp_path / "clip.mp4", size=(320, 240))
    index, _ = extract(path, max_size=160)
    assert (index.width, index.height) == (160, 120)
    assert (index.source_width, index.source_height) == (320, 240)
    assert read_image(tmp_path / "frames" / "000000.jpg").shape == (120, 160, 3)
    assert extract(path, max_size=[320, 60])[0].height == 60
    assert extract(path, max_size=1000)[0].width == 320


def test_a_turned_clip_is_measured_as_it_is_shown(tmp_path, extract):
    index, _ = extract(media.rotated_clip(tmp_path / "clip.mp4", 90))
    assert (index.width, index.height) == (48, 64)
    assert media.red_corner(read_image(tmp_path / "frames" / "000000.jpg")) == "top right"


@pytest.mark.parametrize("settings", [{}, {"count": 32}, {"fps": None}])
def test_a_still_image_is_one_frame_at_time_zero(tmp_path, extract, settings):
    path = media.write_image(tmp_path / "still.png", media.numbered(1234))
    index, shown = extract(path, **settings)
    assert shown == [1234]
    assert (numbers(index), times(index)) == ([0], [0.0])
    assert (index.decoded, index.promised, index.duration_s) == (1, 1, 0.0)


def test_a_video_of_one_frame_lasts_as_long_as_its_rate_says(tmp_path, extract):
    index, shown = extract(media.numbered_clip(tmp_path / "clip.mp4", frames=1, fps=20))
    assert shown == [0]
    assert index.duration_s == 0.05


# --- what is not whole ------------------------------------------------------------------------


def test_a_truncated_video_is_quarantined_and_the_message_says_how_to_keep_it(tmp_path, extract):
    path = media.truncated_clip(tmp_path / "clip.mp4", frames=60, keep=0.3)
    index, shown = extract(path)
    assert (index.status, index.stage) == ("quarantined", "frames")
    assert index.reason == (
        f"the header promises 60 frames, {index.decoded} could be decoded; "
        "set frames.min_decoded lower to keep it"
    )
    assert shown == index.frames == []

    index, shown = extract(path, min_decoded=0.2, fps=None)
    assert index.ok
    assert shown == list(range(index.decoded))


@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".webm"])
@pytest.mark.parametrize("settings", [{}, {"count": 5}])
def test_every_container_shows_when_it_is_cut_off(tmp_path, extract, suffix, settings):
    path = media.cut_off(media.numbered_clip(tmp_path / f"clip{suffix}", frames=60))
    index, _ = extract(path, **settings)
    assert not index.ok
    assert index.reason.startswith("the header promises 60 frames")


def test_a_video_with_a_hole_in_it_is_quarantined(tmp_path, extract):
    index, _ = extract(media.damaged_clip(tmp_path / "clip.mp4"))
    assert not index.ok
    assert 0 < index.decoded < 54


def test_a_hole_is_noticed_where_only_the_duration_is_announced(tmp_path, extract):
    path = media.numbered_clip(tmp_path / "clip.mkv", frames=60)
    data = bytearray(path.read_bytes())
    packets = [at for at in range(len(data)) if data.startswith(b"\0\0\1\xb6", at)]
    for at in packets[20:40]:
        data[at : at + 6] = bytes(6)
    path.write_bytes(data)
    index, _ = extract(path)
    assert not index.ok
    assert 30 <= index.decoded <= 45
    assert index.duration_s > 2


def test_a_hidden_part_of_a_trimmed_video_is_not_missed(tmp_path, extract):
    path = media.trimmed_clip(tmp_path / "clip.mp4", 1.5, 1.0, frames=40, fps=10)
    index, shown = extract(path, fps=None)
    assert index.ok
    assert shown == list(range(15, 25))
    assert (index.decoded, index.promised, index.duration_s) == (10, 10, 1.0)
    assert times(index)[0] == 0


@pytest.mark.parametrize("stated", [10, 14, 80])
def test_an_avi_that_lists_all_its_frames_is_whole_whatever_number_its_header_gives(
    tmp_path, extract, stated
):
    index, shown = extract(media.avi_of(tmp_path / "clip.avi", frames=8, stated=stated), fps=None)
    assert index.ok
    assert shown == list(range(8))
    assert index.promised == index.decoded == 8


@pytest.mark.parametrize(("stated", "ok"), [(10, True), (14, False)])
def test_without_a_list_of_frames_a_header_may_promise_two_too_many(tmp_path, extract, stated, ok):
    path = media.avi_of(tmp_path / "clip.avi", frames=8, stated=stated, listed=False)
    index, _ = extract(path)
    assert (index.promised, index.decoded) == (stated, 8)
    assert index.ok is ok


def test_a_duration_times_a_nominal_rate_is_no_promise(tmp_path, extract):
    path = slow_matroska(tmp_path / "clip.mkv")
    index, shown = extract(path, fps=None)
    assert index.promised > 2 * index.decoded
    assert index.ok
    assert shown == list(range(index.decoded))


def slow_matroska(path):
    """A Matroska file whose frames come at a quarter of the rate that its header states."""
    media.numbered_clip(path, frames=40, fps=10)
    data = path.read_bytes()
    at = data.index(b"\x23\xe3\x83")  # DefaultDuration, in nanoseconds
    length = data[at + 3] & 0x7F
    stated = int.from_bytes(data[at + 4 : at + 4 + length], "big") // 4
    path.write_bytes(data[: at + 4] + stated.to_bytes(length, "big") + data[at + 4 + length :])
    return path


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("gone.mp4", lambda path: path, "the file is missing"),
        ("empty.mp4", media.empty_file, "the file is empty"),
        ("sound.mp4", media.audio_file, "no video stream"),
        ("text.mp4", media.text_file, "a text"),
        ("hollow.mp4", media.hollow_clip, "not a single frame"),
        ("text.jpg", media.text_file, "cannot be decoded"),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"count": 3}])
def test_what_cannot_be_read_is_quarantined_with_an_empty_folder(
    tmp_path, extract, name, make, reason, settings
):
    index, shown = extract(make(tmp_path / name), **settings)
    assert (index.status, index.stage, shown) == ("quarantined", "frames", [])
    assert reason in index.reason
    assert (tmp_path / "frames").is_dir()


def test_frames_of_an_earlier_run_do_not_remain(tmp_path, extract):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=10)
    extract(path, fps=None)
    assert extract(path, count=2)[1] == [2, 7]
    path.unlink()
    assert extract(path)[1] == []


# --- cost and constancy -----------------------------------------------------------------------


def test_the_same_video_gives_the_same_bytes(tmp_path):
    path = media.portrait_clip(tmp_path / "clip.mp4")
    runs = []
    for name in ("one", "two"):
        index = extract_frames(path, tmp_path / name, video="clip", count=4, max_size=200)
        index.save(tmp_path / f"{name}.json")
        files = sorted((tmp_path / name).iterdir())
        runs.append(
            [(tmp_path / f"{name}.json").read_bytes(), *(file.read_bytes() for file in files)]
        )
    assert runs[0] == runs[1]


def test_memory_does_not_grow_with_the_length_of_the_video(tmp_path):
    code = """
import resource, sys
from pathlib import Path
from unmask.frames.sample import extract_frames
index = extract_frames(Path(sys.argv[1]), Path(sys.argv[2]), video="clip", count=8)
print(index.decoded, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peaks = {}
    for frames in (20, 400):
        path = media.blank_clip(tmp_path / f"{frames}.mp4", frames=frames, size=(320, 240))
        job = [sys.executable, "-c", code, str(path), str(tmp_path / "out")]
        decoded, peak = subprocess.run(job, capture_output=True, check=True).stdout.split()
        peaks[int(decoded)] = int(peak) / 1024
    assert peaks[400] - peaks[20] < 20  # MiB; 380 more frames held would be 84


def test_the_command_writes_frames_and_index(tmp_path):
    path = media.numbered_clip(tmp_path / "clip.mp4", frames=50)
    settings = {"fps": 1, "count": None, "max_size": None, "quality": 90, "min_decoded": 0.9}
    (tmp_path / "settings.json").write_text(json.dumps({"code": "", "settings": settings}))
    out, index = tmp_path / "out", tmp_path / "out.json"

    inputs = [str(path), "--video", "a", "--settings", str(tmp_path / "settings.json")]
    status = main(["frames", *inputs, "--frames", str(out), "--index", str(index)])

    assert status == 0
    assert sorted(file.name for file in out.iterdir()) == ["000000.jpg", "000025.jpg"]
    assert numbers(FrameIndex.load(index)) == [0, 25]


def test_a_job_loads_no_heavy_library():
    code = """
import sys, unmask.frames.sample, unmask.faces.crop, unmask.commands.frames, unmask.commands.faces
heavy = {"tensorflow", "pandas", "pydantic", "sklearn", "matplotlib", "onnxruntime"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_pixels": 5000}, "192 x 32 pixels, more than frames.max_pixels: 5000"),
        ({"max_seconds": 0.5}, "it lasts 1 s, longer than frames.max_seconds: 0.5"),
    ],
)
def test_a_video_over_a_limit_is_quarantined_and_the_reason_names_the_setting(
    tmp_path, limits, said
):
    clip = media.numbered_clip(tmp_path / "a.mp4")
    index = extract_frames(clip, tmp_path / "frames", video="a", limits=MediaLimits(**limits))
    assert said in index.reason and not index.ok
    assert list((tmp_path / "frames").iterdir()) == []


def test_a_picture_over_the_limit_is_not_decoded(tmp_path):
    picture = media.write_image(tmp_path / "a.png", media.portrait())
    index = extract_frames(
        picture, tmp_path / "f", video="a", limits=MediaLimits(max_pixels=10_000)
    )
    assert "512 x 600 pixels, more than frames.max_pixels: 10000" in index.reason
