"""Pictures of the data: which videos they show, and what can be seen in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import media
from unmask.detections.index import DetectionIndex, Face, FrameFaces
from unmask.disk.records import Square
from unmask.errors import ConfigError
from unmask.faces.index import Crop, FaceIndex
from unmask.report.explore.choice import choose
from unmask.report.explore.drawing import animate, mark_faces
from unmask.report.explore.pictures import contact_sheet, write_pictures
from unmask.videos.manifest import Video

TIMES = (0.0, 0.1, 0.5)
BOX = (100.0, 60.0, 80.0, 100.0)
SQUARE = Square(140.0, 110.0, 130.0)
NOSE = (140.0, 110.0)


def listed(*names: str, dataset: str = "own") -> list[Video]:
    """Videos whose names begin with r for real or f for fake."""
    return [Video(n, f"{n}.mp4", int(n[0] == "f"), n, "", "", dataset) for n in names]


# --- which videos -----------------------------------------------------------------------------


def test_the_first_real_and_the_first_fake_video_are_shown():
    choice = choose(listed("f1", "r1", "f2", "r2"), (), shown=[], sheet=24)
    assert choice.clips == ["r1", "f1"]
    assert choice.sheets == {"real": ["r1", "r2"], "fake": ["f1", "f2"]}
    assert choice.pictures[:3] == ["contact_real.jpg", "contact_fake.jpg", "r1/frames.jpg"]


def test_others_can_be_asked_for():
    assert choose(listed("f1", "r1", "f2"), (), shown=["f2", "f2"], sheet=1).clips == ["f2"]


def test_a_video_that_is_not_there_is_a_message_with_the_line_to_write():
    with pytest.raises(ConfigError, match=r"no video 'x'(.|\n)*videos: \[\]"):
        choose(listed("f1", "r1"), (), shown=["x"], sheet=1)


def test_a_contact_sheet_is_spread_over_all_videos_and_needs_no_others():
    videos = listed("r0", "r1", "r2", "r3", "r4", "r5", "f0")
    choice = choose(videos, (), shown=[], sheet=3)
    assert choice.sheets["real"] == ["r0", "r2", "r4"]
    assert choice.filmed == ["r0", "r2", "r4", "f0"]


def test_crops_without_frames_are_on_the_sheets_only():
    videos = listed("r0", "f0", dataset="crops") + listed("r1")
    choice = choose(videos, {"crops"}, shown=[], sheet=5)
    assert choice.clips == ["r1"]
    assert choice.sheets == {"real": ["r0", "r1"], "fake": ["f0"]}
    assert choice.filmed == ["r1"] and choice.cropped == ["crops"]


# --- what is seen -----------------------------------------------------------------------------


def redness(image: Image.Image) -> np.ndarray:
    rgb = np.asarray(image).astype(int)
    return (rgb[..., 0] > 180) & (rgb[..., 1:].max(axis=-1) < 80)


def test_a_face_stands_in_a_red_dashed_box_with_its_landmarks():
    gray = Image.new("RGB", (320, 240), (90, 90, 90))
    red = redness(mark_faces(gray, [Face(BOX, 0.99, [NOSE])], 320, confidence=False))
    for edge in (red[60, 100:180], red[160, 100:180], red[60:160, 100], red[60:160, 180]):
        assert 0.4 < edge.mean() < 0.9, "dashes and gaps"
    assert red[110, 140]
    assert red.sum() == red[58:163, 98:183].sum(), "nothing outside of the box"
    assert not red[70:90, 110:170].any(), "nothing on the face but its landmarks"


def test_boxes_follow_when_a_large_frame_is_shrunk():
    large = Image.new("RGB", (640, 480), (90, 90, 90))
    face = Face(tuple(2 * side for side in BOX), 0.99, None)
    shown = mark_faces(large, [face], 320, confidence=False)
    assert shown.size == (320, 240)
    rows, columns = np.nonzero(redness(shown))
    assert (columns.min(), rows.min()) == pytest.approx((100, 60), abs=2)


def test_texts_stand_in_place_of_the_confidence():
    gray, face = Image.new("RGB", (320, 240), (90, 90, 90)), Face(BOX, 0.99, None)
    plain, sure, named, other = (
        np.asarray(mark_faces(gray, [face], 320, **how))
        for how in ({"confidence": False}, {}, {"texts": ["0.990"]}, {"texts": ["7"]})
    )
    assert (sure == named).all()
    assert (sure != other).any() and (plain != other).any()


def test_an_animation_shows_each_picture_for_its_time_and_goes_round(tmp_path):
    colors = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    animate(tmp_path / "a.gif", [Image.new("RGB", (32, 24), c) for c in colors], [40, 120, 500])
    gif = Image.open(tmp_path / "a.gif")
    seen = []
    for number in range(gif.n_frames):
        gif.seek(number)
        seen.append((gif.convert("RGB").getpixel((5, 5)), gif.info["duration"]))
    assert seen == list(zip(colors, [40, 120, 500], strict=True))
    assert gif.info["loop"] == 0


class Results:
    """Frames, detections and crops of videos, as the stages leave them."""

    def __init__(self, folder: Path) -> None:
        self.frames, self.detections = folder / "frames", folder / "detections"
        self.crops: dict[str, Path] = {}
        self.indexes: dict[str, FaceIndex] = {}
        self.faces = folder / "faces"
        self.detections.mkdir(parents=True)

    def add(self, video: str, reason: str = "") -> None:
        frames, crops = self.frames / video, self.faces / video
        frames.mkdir(parents=True)
        crops.mkdir(parents=True)
        found, index = DetectionIndex(video), FaceIndex(video, size=64)
        for number, time_s in enumerate(TIMES):
            name = f"{number:06d}.jpg"
            image = np.full((240, 320, 3), 90 + 20 * number, np.uint8)
            media.write_image(frames / name, image)
            faces = [] if reason else [Face(BOX, 0.99, [NOSE])]
            found.frames.append(FrameFaces(number, time_s, name, faces))
            if not reason:
                media.write_image(crops / name, media.portrait()[:64, :64])
                index.faces.append(Crop(name, number, time_s, BOX, 0.99, SQUARE))
        found.save(self.detections / f"{video}.json")
        if reason:
            index.quarantine("faces", reason)
        self.indexes[video], self.crops[video] = index, crops

    def draw(self, target: Path) -> list[Path]:
        choice = choose(listed(*self.indexes), (), shown=[], sheet=24)
        return write_pictures(
            target,
            choice,
            self.indexes,
            self.crops,
            frames_dir=self.frames,
            detections_dir=self.detections,
        )


@pytest.fixture
def results(tmp_path) -> Results:
    made = Results(tmp_path)
    for video in ("r1", "r2", "f1"):
        made.add(video)
    return made


def test_every_picture_is_written_and_is_the_same_the_next_time(results, tmp_path):
    pictures = results.draw(tmp_path / "one")
    assert len(pictures) == 8
    again = results.draw(tmp_path / "other")
    for first, second in zip(pictures, again, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_pictures_of_an_earlier_choice_are_gone(results, tmp_path):
    (tmp_path / "one/r9").mkdir(parents=True)
    results.draw(tmp_path / "one")
    assert not (tmp_path / "one/r9").exists()


def test_a_clip_runs_as_fast_as_it_was_filmed(results, tmp_path):
    results.draw(tmp_path / "one")
    with Image.open(tmp_path / "one/r1/clip.gif") as clip:
        assert clip.n_frames == len(TIMES)
        shown = []
        for number in range(clip.n_frames):
            clip.seek(number)
            shown.append(clip.info["duration"])
            assert redness(clip.convert("RGB")).any(), "its faces are marked"
    assert shown == [100, 400, 400]


def test_a_video_without_a_face_is_shown_too_and_takes_no_place_on_the_sheet(results, tmp_path):
    results.add("r3", reason="no face in any of 3 frames")
    sheet = contact_sheet("real", ["r1", "r2"], results.indexes, results.crops)
    missing = contact_sheet("real", ["r1", "r2", "r3"], results.indexes, results.crops)
    assert missing.width >= sheet.width and missing.height == sheet.height
    alone = Results(tmp_path / "alone")
    alone.add("r1", reason="no face in any of 3 frames")
    assert all(picture.is_file() for picture in alone.draw(tmp_path / "one"))


def test_a_video_of_which_no_frame_could_be_read_says_so(tmp_path):
    results = Results(tmp_path)
    results.add("f1", reason="the file is empty")
    index = DetectionIndex("f1").quarantine("frames", "the file is empty")
    index.save(results.detections / "f1.json")
    assert len(results.draw(tmp_path / "one")) == 4
