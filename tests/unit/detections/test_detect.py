"""Faces in frames: found at any resolution, in the frame's own pixels, and the same every time."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

import media
from unmask.cli import main
from unmask.detections.detect import detect_faces, make_detector
from unmask.detections.index import DetectionIndex
from unmask.disk.records import LANDMARKS
from unmask.errors import ConfigError
from unmask.frames.index import Frame, FrameIndex

# Faces in the portraits, in their own pixels: x, y, width, height.
FACES = {"hopper": (175, 110, 175, 220), "collins": (180, 62, 86, 110)}


def scene(height, *, small=0.12, large=0.4):
    """A wide frame with Hopper's face at a share of its height, and Collins' at another.

    Returns the image and both boxes.
    """
    width = height * 16 // 9
    image = cv2.resize(media.texture((64, 36)), (width, height), interpolation=cv2.INTER_CUBIC)
    boxes = []
    for who, share, center in (("hopper", large, 0.27), ("collins", small, 0.75)):
        x, y, w, h = FACES[who]
        scale = share * height / h
        face = media.portrait(who)[y - h // 3 : y + h + h // 3, x - w // 2 : x + w + w // 2]
        face = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        left, top = round(center * width - face.shape[1] / 2), round(0.5 * height) - len(face) // 2
        image[top : top + len(face), left : left + face.shape[1]] = face
        boxes.append((left + w // 2 * scale, top + h // 3 * scale, w * scale, h * scale))
    return image, boxes


def iou(first, second):
    width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


def where(faces, boxes):
    """Which of the boxes each face lies on, and None for a false alarm."""
    return [next((i for i, box in enumerate(boxes) if iou(f.box, box) > 0.5), None) for f in faces]


@pytest.fixture
def stored(tmp_path):
    """Store images as the frames of a video; returns its index."""

    def run(*images):
        height, width = images[0].shape[:2]
        index = FrameIndex(video="clip", width=width, height=height)
        for number, image in enumerate(images):
            media.write_image(tmp_path / f"{number:06d}.jpg", image)
            index.frames.append(Frame(number, number / 2, f"{number:06d}.jpg"))
        return index

    return run


# --- what is found ----------------------------------------------------------------------------


@pytest.mark.parametrize("height", [270, 480, 1080, 1440])
def test_faces_are_found_at_any_resolution_in_pixels_of_the_frame(height, stored, tmp_path):
    image, boxes = scene(height)
    found = detect_faces(stored(image), tmp_path).frames[0].faces
    assert sorted(where(found, boxes)) == [0, 1]


@pytest.mark.parametrize("height", [270, 480, 1080, 1440])
def test_the_smallest_face_means_what_it_says_at_any_resolution(height):
    image, boxes = scene(height, small=0.12, large=0.4)
    for min_face, expected in ((0.08, [0, 1]), (0.25, [0]), (0.6, [])):
        for size in (min_face, min_face * height):  # a share, and pixels
            found = make_detector(min_face=size).detect(image)
            assert sorted(where(found, boxes)) == expected, size


def test_landmarks_lie_where_the_face_has_them():
    image = media.portrait("collins")
    (face,) = make_detector().detect(image)
    marks = dict(zip(LANDMARKS, face.landmarks, strict=True))
    assert marks["left_eye"] == pytest.approx((204, 101), abs=5)
    assert marks["right_eye"] == pytest.approx((245, 102), abs=5)
    assert marks["left_eye"][0] < marks["nose"][0] < marks["right_eye"][0]
    assert marks["nose"][1] < marks["mouth_left"][1] < face.box[1] + face.box[3]
    assert marks["mouth_left"][0] < marks["mouth_right"][0]


@pytest.mark.parametrize("size", [(1920, 1080), (1922, 1083), (1080, 1920)])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_a_stored_frame_and_an_image_in_memory_give_the_same_faces(size, suffix, tmp_path):
    image = np.full((size[1], size[0], 3), 90, np.uint8)
    image[100:700, 300:812] = media.portrait("hopper")
    path = media.write_image(tmp_path / f"frame{suffix}", image)
    detector = make_detector()
    (in_memory,) = detector.detect(image)
    (stored,) = detector.detect_file(path, *size)
    assert iou(in_memory.box, stored.box) > 0.95
    x, y, width, height = FACES["hopper"]
    assert iou(stored.box, (300 + x, 100 + y, width, height)) > 0.8
    assert np.abs(np.subtract(in_memory.landmarks, stored.landmarks)).max() < 3


def test_a_face_cut_by_the_border_keeps_the_part_outside():
    (whole,) = make_detector().detect(media.portrait("collins"))
    cut_off = np.ascontiguousarray(media.portrait("collins")[:, 195:])
    (face,) = make_detector().detect(cut_off)
    assert face.box[0] < 0
    assert face.box[0] == pytest.approx(whole.box[0] - 195, abs=15)


def test_faces_come_the_most_confident_first():
    image, _ = scene(720)
    confidences = [face.confidence for face in make_detector().detect(image)]
    assert len(confidences) == 2
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("name", ["mtcnn", "opencv"])
def test_no_face_is_no_reason_to_quarantine(name, stored, tmp_path):
    found = detect_faces(stored(media.texture((320, 180))), tmp_path, detector=name)
    assert (found.ok, len(found.frames), found.frames[0].faces) == (True, 1, [])


@pytest.mark.parametrize("size", [(1, 1), (11, 40), (12, 12), (23, 400), (31, 31)])
@pytest.mark.parametrize("settings", [{}, {"fidelity": True}, {"detector": "opencv"}])
def test_a_tiny_image_has_no_faces(size, settings):
    image = np.full((size[1], size[0], 3), 80, np.uint8)
    assert make_detector(**settings).detect(image) == []


def test_nothing_but_whole_pixels_inside_of_the_frame_come_out_of_fidelity_mode():
    cut_off = np.ascontiguousarray(media.portrait("collins")[:, 195:])
    (face,) = make_detector(fidelity=True).detect(cut_off)
    numbers = [*face.box, *np.ravel(face.landmarks)]
    assert numbers == [round(number) for number in numbers]
    assert face.box[0] == 0


def test_the_smallest_face_holds_in_fidelity_mode_too():
    image, boxes = scene(270)
    for min_face, expected in ((0.08, [0, 1]), (0.25, [0])):
        found = make_detector(min_face=min_face, fidelity=True).detect(image)
        assert sorted(where(found, boxes)) == expected


# --- what is written --------------------------------------------------------------------------


def test_the_index_lists_every_frame_and_how_faces_were_found(stored, tmp_path):
    frames = stored(media.portrait(), media.portrait())
    found = detect_faces(frames, tmp_path, min_face=0.2, device="cpu")
    assert (found.video, found.width, found.height) == ("clip", 512, 600)
    assert [(f.frame, f.time_s, f.file) for f in found.frames] == [
        (0, 0.0, "000000.jpg"),
        (1, 0.5, "000001.jpg"),
    ]
    weights = found.detector.pop("weights")
    assert len(weights) == 12 and int(weights, 16)
    assert found.detector == {
        "name": "mtcnn",
        "mode": "fast",
        "min_face": 0.2,
        "device": "cpu",
        "thresholds": [0.6, 0.7, 0.8],
    }
    assert make_detector(fidelity=True).describe()["mode"] == "fidelity"


def test_the_same_frames_give_the_same_bytes(stored, tmp_path):
    frames = stored(media.portrait("hopper"), scene(600)[0][:, 200:712])
    for name in ("first.json", "second.json"):
        detect_faces(frames, tmp_path).save(tmp_path / name)
    first = (tmp_path / "first.json").read_bytes()
    assert first == (tmp_path / "second.json").read_bytes()
    assert DetectionIndex.load(tmp_path / "first.json") == detect_faces(frames, tmp_path)


def test_numbers_are_rounded_to_what_can_be_meant(stored, tmp_path):
    (face,) = detect_faces(stored(media.portrait()), tmp_path).frames[0].faces
    numbers = [*face.box, *np.ravel(face.landmarks).tolist()]
    assert numbers == [round(number, 2) for number in numbers]
    assert face.confidence == round(face.confidence, 6)
    assert 0.9 < face.confidence <= 1


# --- what cannot be used ----------------------------------------------------------------------


def test_a_quarantined_video_is_passed_on_untouched(tmp_path):
    frames = FrameIndex(video="clip").quarantine("frames", "no video stream")
    found = detect_faces(frames, tmp_path / "nowhere", detector="no such thing")
    assert (found.ok, found.stage, found.reason) == (False, "frames", "no video stream")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_bytes(b""), "not a readable image"),
        (lambda path: path.write_text("no picture"), "not a readable image"),
        (lambda path: path.write_bytes(path.read_bytes()[:-2000]), "cut off"),
        (lambda path: media.write_image(path, media.texture((500, 600))), "not 512x600"),
    ],
)
@pytest.mark.parametrize("name", ["mtcnn", "opencv"])
def test_a_frame_that_cannot_be_read_quarantines_the_video(damage, reason, name, stored, tmp_path):
    frames = stored(media.portrait(), media.portrait())
    damage(tmp_path / "000001.jpg")
    found = detect_faces(frames, tmp_path, detector=name)
    assert (found.ok, found.stage, found.frames) == (False, "detections", [])
    assert found.reason.startswith("frame 000001.jpg ")
    assert reason in found.reason


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"detector": "dlib"}, "detector: mtcnn"),
        ({"min_face": 0}, "min_face: 0.1"),
        ({"min_face": float("nan")}, "min_face: 0.1"),
        ({"min_face": -3, "detector": "opencv"}, "min_face: 0.1"),
        ({"device": "cuda:0"}, "device: auto"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_with_the_corrected_line(settings, message):
    with pytest.raises(ConfigError, match=message):
        make_detector(**settings)


def test_a_gpu_that_is_not_there_is_refused_with_what_to_install():
    onnxruntime = pytest.importorskip("onnxruntime")
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("onnxruntime can use a GPU here")
    with pytest.raises(ConfigError, match=r"(?s)onnxruntime-gpu.*device: cpu"):
        make_detector(device="gpu")


# --- the command ------------------------------------------------------------------------------


def test_the_command_reads_settings_and_writes_the_detections(stored, tmp_path):
    stored(media.portrait()).save(tmp_path / "frames.json")
    settings = {"detector": "mtcnn", "min_face": 0.2, "device": "cpu", "fidelity": False}
    content = {"code": "", "settings": settings}
    (tmp_path / "settings.json").write_text(json.dumps(content), "utf-8")
    arguments = ["--frames", tmp_path, "--index", tmp_path / "frames.json"]
    arguments += ["--settings", tmp_path / "settings.json", "--output", tmp_path / "out.json"]
    assert main(["detections", *map(str, arguments)]) == 0
    found = DetectionIndex.load(tmp_path / "out.json")
    assert found.detector["min_face"] == 0.2
    assert len(found.frames[0].faces) == 1


def test_a_job_loads_nothing_heavy():
    """A job a video: what takes seconds to import, or half a second, must stay out."""
    code = """if True:
        import sys
        import unmask.commands.detections
        from unmask.detections.detect import make_detector
        make_detector("mtcnn"), make_detector("opencv")
        heavy = "tensorflow keras mtcnn pandas pydantic sklearn matplotlib scipy onnx joblib yaml"
        print(*sorted(set(heavy.split()) & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
