"""Cropping the faces of a video: which ones, from which frames, and what is said of the rest."""

import json
import math
from statistics import median

import numpy as np
import pytest

import media
from unmask.cli import main
from unmask.detections.detect import make_detector
from unmask.detections.index import DetectionIndex, Face, FrameFaces
from unmask.errors import ConfigError, UnreadableMedia
from unmask.faces.adopt import adopt_dataset
from unmask.faces.crop import crop_faces
from unmask.faces.geometry import Geometry, crop_square
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.frames.images import read_image, write_jpeg

LEFT = (20.0, 30.0, 40.0, 50.0)
RIGHT = (100.0, 40.0, 60.0, 60.0)
EYES = [(35.0, 45.0), (50.0, 52.0), (42.0, 55.0), (36.0, 65.0), (48.0, 68.0)]


@pytest.fixture
def crop(tmp_path):
    """Crop faces given as a list of (box, confidence) for each frame; frames 10 apart."""

    def run(*frames, missing=(), **settings):
        frames_dir = tmp_path / "frames"
        frames_dir.mkdir(exist_ok=True)
        index = DetectionIndex(video="clip", width=200, height=120)
        for position, faces in enumerate(frames):
            name = f"{position * 10:06d}.jpg"
            if position not in missing:
                write_jpeg(frames_dir / name, media.texture((200, 120), seed=position), 95)
            found = [Face(*face) for face in faces]
            index.frames.append(FrameFaces(position * 10, position * 0.5, name, found))
        return crop_faces(index, frames_dir, tmp_path / "faces", **settings)

    return run


def files(index):
    return [face.file for face in index.faces]


# --- which faces ------------------------------------------------------------------------------


def test_a_crop_tells_where_it_comes_from(tmp_path, crop):
    index = crop([(LEFT, 0.99)], [(LEFT, 0.95)])
    square = Geometry().square(LEFT)
    assert (index.video, index.ok, index.size) == ("clip", True, 224)
    assert index.faces == [
        Crop("000000_0.jpg", 0, 0.0, LEFT, 0.99, square, sharpness=index.faces[0].sharpness),
        Crop("000010_0.jpg", 10, 0.5, LEFT, 0.95, square, sharpness=index.faces[1].sharpness),
    ]
    assert sorted(file.name for file in (tmp_path / "faces").iterdir()) == files(index)


def test_crops_are_cut_by_the_one_preprocessing_function(tmp_path, crop):
    (made,) = crop([(LEFT, 0.99, EYES)], eye_distance=0.3, size=64, quality=100).faces
    assert made.square == pytest.approx(Geometry(eye_distance=0.3).square(LEFT, EYES), abs=0.01)
    expected = crop_square(read_image(tmp_path / "frames" / "000000.jpg"), made.square, 64)
    saved = read_image(tmp_path / "faces" / "000000_0.jpg")
    assert saved.shape == (64, 64, 3)
    assert np.abs(saved.astype(int) - expected).mean() < 1


def test_the_largest_or_the_most_confident_or_all_faces_are_taken(crop):
    frame = [(LEFT, 0.99), (RIGHT, 0.95)]
    assert files(crop(frame, faces="largest")) == ["000000_1.jpg"]
    assert files(crop(frame, faces="most_confident")) == ["000000_0.jpg"]
    assert files(crop(frame, faces="all")) == ["000000_0.jpg", "000000_1.jpg"]


def test_of_equally_large_faces_the_more_confident_is_taken(crop):
    assert files(crop([(LEFT, 0.99), (LEFT, 0.98)])) == ["000000_0.jpg"]


def test_the_main_person_is_followed_where_others_are_larger_for_a_moment(crop):
    frames = [(LEFT, 0.99)], [(LEFT, 0.99), (RIGHT, 0.95)], [(LEFT, 0.99)]
    index = crop(*frames, min_track=1)
    assert [face.box for face in index.faces] == [LEFT] * 3
    assert index == crop(*frames, min_track=1, faces="main")
    largest = crop(*frames, faces="largest", min_track=1)
    assert [face.box for face in largest.faces] == [LEFT, RIGHT, LEFT]


def test_a_face_seen_in_one_frame_is_dropped_beside_one_that_is_seen_in_more(crop):
    frames = [(LEFT, 0.99)], [(LEFT, 0.99), (RIGHT, 0.95)], [(LEFT, 0.99)]
    assert [face.box for face in crop(*frames, faces="all").faces] == [LEFT] * 3
    assert [face.box for face in crop([(RIGHT, 0.95)], [], faces="all").faces] == [RIGHT]


def test_what_has_no_landmarks_is_dropped_beside_what_has_unless_boxes_are_to_do(crop):
    pattern, face = (RIGHT, 0.99), (LEFT, 0.95, EYES)
    frames = [pattern], [pattern], [pattern, face]
    assert [face.box for face in crop(*frames).faces] == [LEFT]
    assert [face.box for face in crop(*frames, place="box").faces] == [RIGHT] * 3
    assert [face.box for face in crop([pattern]).faces] == [RIGHT]


def test_the_eyes_stay_at_their_place_where_the_detector_shakes(crop):
    shaken = [(x + 4, y - 3) for x, y in EYES]
    frames = [[(LEFT, 0.99, marks)] for marks in (EYES, shaken) * 3]
    squares = {face.square for face in crop(*frames, smooth_s=5.0).faces}
    spread = [max(values) - min(values) for values in zip(*squares, strict=True)]
    assert max(spread) < 0.5
    for face in crop(*frames, align=True).faces:
        left, right, *_ = face.landmarks
        assert left[1] == pytest.approx(right[1], abs=0.01)


def test_boxes_are_steadied_along_the_track_and_not_across_people(crop):
    shaken = (LEFT[0] + 6, *LEFT[1:])
    frames = [[(LEFT, 0.99), (RIGHT, 0.98)], [(shaken, 0.99), (RIGHT, 0.98)]] * 2
    steady = crop(*frames, faces="all", smooth_s=2.0).faces
    assert all(LEFT[0] + 1 < face.box[0] < LEFT[0] + 5 for face in steady if face.track == 0)
    assert [face.box for face in steady if face.track == 1] == [RIGHT] * 4


def test_frames_without_the_main_person_give_no_crop(crop):
    index = crop([(RIGHT, 0.99)], [(LEFT, 0.99)], [(RIGHT, 0.99)], faces="main")
    assert [face.frame for face in index.faces] == [0, 20]


@pytest.mark.parametrize("faces", ["largest", "most_confident", "all", "main"])
def test_tracks_are_numbered_whatever_faces_are_taken(crop, faces):
    index = crop([(LEFT, 0.99)], [(LEFT, 0.9), (RIGHT, 0.99)], [(RIGHT, 0.99)], faces=faces)
    assert {face.box: face.track for face in index.faces}.items() <= {LEFT: 0, RIGHT: 1}.items()


def test_faces_below_the_confidence_are_left_out(crop):
    frame = [(LEFT, 0.9), (RIGHT, 0.89)]
    assert files(crop(frame, faces="all")) == ["000000_0.jpg"]
    assert files(crop(frame, faces="all", min_confidence=0.5)) == ["000000_0.jpg", "000000_1.jpg"]


def test_faces_are_turned_upright_where_landmarks_are_known(tmp_path, crop):
    level = [(x + 85, 65.0 if y < 53 else y + 10) for x, y in EYES]
    frame = [(LEFT, 0.99, EYES), (RIGHT, 0.95, level)]
    crop(frame, faces="all", align=False)
    plain = [read_image(file) for file in sorted((tmp_path / "faces").iterdir())]
    crop(frame, faces="all", align=True)
    aligned = [read_image(file) for file in sorted((tmp_path / "faces").iterdir())]
    assert np.abs(plain[0].astype(int) - aligned[0]).mean() > 2
    assert np.array_equal(plain[1], aligned[1])


def test_an_unknown_choice_of_faces_names_the_allowed_ones(crop):
    with pytest.raises(ConfigError, match=r"crop\.faces is 'biggest'.*largest(.|\n)*faces: "):
        crop([(LEFT, 0.99)], faces="biggest")


# --- frames -----------------------------------------------------------------------------------


def test_frames_without_a_selected_face_are_not_read(crop):
    index = crop([(LEFT, 0.99)], [], [(LEFT, 0.3)], missing=(1, 2))
    assert index.ok
    assert [face.frame for face in index.faces] == [0]


def test_a_missing_frame_is_an_error_that_names_the_file(tmp_path, crop):
    with pytest.raises(UnreadableMedia, match=r"000010\.jpg.*missing.*make the frames again"):
        crop([(LEFT, 0.99)], [(LEFT, 0.99)], missing=(1,))
    assert not (tmp_path / "faces").exists()


def test_crops_of_an_earlier_run_do_not_remain(tmp_path, crop):
    crop([(LEFT, 0.99), (RIGHT, 0.99)], faces="all")
    crop([(LEFT, 0.99), (RIGHT, 0.99)], faces="most_confident")
    assert [file.name for file in (tmp_path / "faces").iterdir()] == ["000000_0.jpg"]


def test_the_same_detections_give_the_same_bytes(tmp_path, crop):
    runs = []
    for _ in range(2):
        index = crop(
            [(LEFT, 0.99, EYES), (RIGHT, 0.95, EYES)],
            [(RIGHT, 0.99, EYES)],
            faces="all",
            align=True,
            min_track=1,
        )
        index.save(tmp_path / "index.json")
        paths = [tmp_path / "index.json", *sorted((tmp_path / "faces").iterdir())]
        runs.append([path.read_bytes() for path in paths])
    assert runs[0] == runs[1]
    assert len(runs[0]) == 4


# --- quality and quarantine -------------------------------------------------------------------


def test_quality_counts_frames_and_measures_the_chosen_faces(crop):
    index = crop(
        [(LEFT, 0.99)],
        [(LEFT, 0.95), (RIGHT, 0.92)],
        [],
        [(LEFT, 0.5)],
        [(LEFT, 0.91)],
        min_track=1,
        faces="largest",
    )
    sharp = median(face.sharpness for face in index.faces)
    assert index.quality == Quality(5, 3, 50.0, 0.92, sharpness=pytest.approx(sharp, abs=1e-4))


def test_quality_says_where_the_eyes_are(crop):
    quality = crop([(LEFT, 0.99, EYES)], eye_distance=0.35, eye_line=0.4).quality
    assert (quality.eye_distance, quality.eye_line) == pytest.approx((0.35, 0.4), abs=0.06)


def test_a_video_without_a_face_is_quarantined(tmp_path, crop):
    index = crop(*[[]] * 20)
    assert (index.status, index.stage) == ("quarantined", "faces")
    assert index.reason == "no face in any of 20 frames"
    assert index.quality == Quality(frames_sampled=20)
    assert list((tmp_path / "faces").iterdir()) == []


def test_a_picture_without_a_face_is_quarantined(crop):
    assert crop([], faces="main").reason == "no face in the picture"


@pytest.mark.parametrize(("best", "shown"), [(0.62, "0.62"), (0.8999, "0.899")])
def test_a_video_of_doubtful_faces_is_quarantined_with_the_best_confidence(crop, best, shown):
    index = crop([(LEFT, 0.3)], [(RIGHT, best)])
    assert not index.ok
    assert index.reason == f"best confidence {shown} is below crop.min_confidence 0.9"


def test_a_quarantined_video_is_passed_on_with_an_empty_folder(tmp_path):
    bad = DetectionIndex(video="clip").quarantine("frames", "the file is empty")
    index = crop_faces(bad, tmp_path / "none", tmp_path / "faces")
    assert (index.status, index.stage, index.reason) == (
        "quarantined",
        "frames",
        "the file is empty",
    )
    assert list((tmp_path / "faces").iterdir()) == []


# --- images that are crops already ------------------------------------------------------------


@pytest.fixture
def adopt(tmp_path):
    """Take over one image as a ready crop."""

    def run(image, **settings):
        path = tmp_path / "crop.png"
        if isinstance(image, np.ndarray):
            media.write_image(path, image)
        else:
            path.write_text(image)
        settings = {"size": 224, "quality": 100} | settings
        (index,) = adopt_dataset({"a": [path]}, tmp_path / "adopted", **settings)
        made = tmp_path / "adopted/a/000000_0.jpg"
        return index, read_image(made) if made.exists() else None

    return run


@pytest.mark.parametrize("who", ["hopper", "collins"])
@pytest.mark.parametrize(("eye_distance", "eye_line"), [(0.26, 0.42), (0.4, 0.3), (0.47, 0.35)])
def test_ready_crops_of_any_geometry_are_brought_to_the_one(adopt, who, eye_distance, eye_line):
    portrait = media.portrait(who)
    (face,) = make_detector("mtcnn").detect(portrait)
    given = Geometry(eye_distance=eye_distance, eye_line=eye_line)
    crop = crop_square(portrait, given.square(face.box, face.landmarks), 180)
    index, _ = adopt(crop)
    left, right, *_ = index.faces[0].landmarks
    assert math.dist(left, right) == pytest.approx(0.4, abs=0.025)
    assert (left[1] + right[1]) / 2 == pytest.approx(0.3, abs=0.01)


def test_a_ready_crop_can_be_taken_as_it_is_with_its_landmarks(adopt):
    portrait = media.portrait("collins")
    (face,) = make_detector("mtcnn").detect(portrait)
    crop = crop_square(portrait, Geometry(eye_distance=0.3).square(face.box, face.landmarks), 224)
    index, kept = adopt(crop, keep=True)
    assert np.abs(kept.astype(int) - crop).mean() < 1
    assert math.dist(*index.faces[0].landmarks[:2]) == pytest.approx(0.3, abs=0.02)
    assert index.faces[0].square == (112, 112, 224, 0)


def test_a_ready_crop_without_a_face_is_quarantined_unless_it_is_taken_as_it_is(adopt):
    index, made = adopt(media.texture((90, 90)))
    assert (index.status, index.stage, made) == ("quarantined", "faces", None)
    assert "geometry: keep" in index.reason
    index, made = adopt(media.texture((90, 90)), keep=True, size=45)
    assert index.ok and index.faces[0].landmarks is None
    assert made.shape == (45, 45, 3)


def test_a_face_at_the_rim_of_a_ready_crop_is_not_the_one_it_is_of(adopt):
    portrait = media.portrait("collins")
    (face,) = make_detector("mtcnn").detect(portrait)
    x, y, width, height = face.box
    beside = Geometry("box", scale=3).square((x - 1.2 * width, y, width, height))
    index, _ = adopt(crop_square(portrait, beside, 224))
    assert not index.ok


def test_an_oblong_crop_is_made_square_by_mirroring_not_by_squeezing(adopt):
    image = media.texture((60, 90))
    _, square = adopt(image, keep=True, size=90)
    square = square.astype(int)
    assert np.abs(square[:, 15:75] - image).mean() < 2
    assert np.abs(square[:, :15] - image[:, 15:0:-1]).mean() < 2


def test_a_ready_crop_that_cannot_be_read_is_quarantined(adopt):
    index, made = adopt("no image")
    assert (index.status, index.stage, index.faces, made) == ("quarantined", "faces", [], None)


def test_ready_crops_come_out_the_same_however_many_are_worked_on_at_once(tmp_path):
    images = {}
    for who in ("hopper", "collins"):
        portrait = media.portrait(who)
        (face,) = make_detector("mtcnn").detect(portrait)
        crop = crop_square(portrait, Geometry().square(face.box, face.landmarks), 160)
        images[who] = [media.write_image(tmp_path / f"{who}.png", crop)]
    runs = []
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        indexes = adopt_dataset(images, out, size=96, quality=90, jobs=jobs)
        runs.append((indexes, [path.read_bytes() for path in sorted(out.rglob("*.jpg"))]))
    assert runs[0] == runs[1] and len(runs[0][1]) == 2


# --- the command ------------------------------------------------------------------------------


def test_the_command_writes_crops_and_index(tmp_path):
    write_jpeg(tmp_path / "000000.jpg", media.texture((200, 120)), 95)
    found = FrameFaces(0, 0.0, "000000.jpg", [Face(LEFT, 0.8)])
    DetectionIndex(video="clip", frames=[found]).save(tmp_path / "found.json")
    settings = {"scale": 1.3, "size": 32, "faces": "main", "align": True, "quality": 90}
    settings["min_confidence"] = 0.7
    (tmp_path / "settings.json").write_text(json.dumps({"code": "", "settings": settings}))
    out, index = tmp_path / "out", tmp_path / "out.json"

    inputs = ["--detections", str(tmp_path / "found.json"), "--frames", str(tmp_path)]
    outputs = ["--faces", str(out), "--index", str(index)]
    status = main(["faces", *inputs, "--settings", str(tmp_path / "settings.json"), *outputs])

    assert status == 0
    assert [file.name for file in out.iterdir()] == ["000000_0.jpg"]
    assert FaceIndex.load(index).faces[0].confidence == 0.8


@pytest.mark.parametrize(("min_face", "pixels"), [(0.1, 24), (0.5, 120), (40, 40)])
def test_where_no_face_is_found_the_reason_names_the_smallest_that_was_looked_for(
    tmp_path, min_face, pixels
):
    found = DetectionIndex("clip", width=320, height=240, detector={"min_face": min_face})
    found.frames = [FrameFaces(number, float(number), f"{number}.jpg") for number in range(3)]
    index = crop_faces(found, tmp_path, tmp_path / "faces")
    assert index.reason == (
        f"no face in any of 3 frames; looked for: faces from {pixels} pixels up "
        f"(detect.min_face: {min_face:g})"
    )
