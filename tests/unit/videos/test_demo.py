"""The demo: planned in an instant, filmed the same way twice, and fake only where the face is.

Comparing landmarks with the mtcnn package imports TensorFlow, which takes some seconds.
"""

import json
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import cv2
import numpy as np
import pytest

from unmask.cli import main
from unmask.errors import ConfigError, DatasetError
from unmask.videos.demo import film_demo, plan_demo, true_box, true_landmarks
from unmask.videos.demo.backdrop import MARGIN, paint
from unmask.videos.demo.camera import placement
from unmask.videos.demo.detail import match_detail
from unmask.videos.demo.film import pictures
from unmask.videos.demo.portraits import EYES, PORTRAITS, SIDE, other, still
from unmask.videos.demo.script import BACKDROPS
from unmask.videos.demo.swap import blend_mask, similarity, swapped
from unmask.workflow import stage_settings

SHORT = {"groups": 2, "seconds": 0.4, "seed": 3}


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """A short demo, filmed once."""
    folder = tmp_path_factory.mktemp("demo")
    film_demo(folder, **SHORT)
    return folder


def pairs(clips):
    return list(zip(clips[::2], clips[1::2], strict=True))


def frames_of(path):
    video, frames = cv2.VideoCapture(str(path)), []
    while (read := video.read())[0]:
        frames.append(read[1])
    return frames


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- the plan ---------------------------------------------------------------------------------


def test_planning_needs_nothing_but_the_standard_library():
    code = (
        "import sys; before = set(sys.modules);"
        "from unmask.videos.demo import plan_demo; plan_demo();"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(new - set(sys.stdlib_module_names) - {'unmask'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_group_is_a_real_clip_and_the_fake_made_from_it_in_the_same_take():
    clips = plan_demo(groups=6)
    assert len(clips) == 12
    for group, (real, fake) in enumerate(pairs(clips)):
        assert (real.group, fake.group) == (group, group)
        assert (real.label, real.original, real.swap) == (0, None, None)
        assert (fake.label, fake.original) == (1, real.name)
        assert fake.swap is not None
        assert (fake.person, fake.take) == (real.person, real.take)


def test_both_portraits_are_filmed_equally_often():
    people = Counter(clip.person for clip in plan_demo(groups=24))
    assert people == {"hopper": 24, "collins": 24}


def test_names_say_who_is_filmed_which_group_it_is_and_what_it_is():
    names = [clip.name for clip in plan_demo(groups=200)]
    assert names[:3] == ["hopper-01-real", "hopper-01-fake", "collins-02-real"]
    assert len(set(names)) == 400


def test_the_seed_decides_everything_but_the_names():
    assert plan_demo(seed=1) == plan_demo(seed=1)
    one, two = plan_demo(seed=1), plan_demo(seed=2)
    assert not {clip.take for clip in one} & {clip.take for clip in two}


def test_more_groups_keep_the_ones_there_are():
    assert plan_demo(groups=9)[:8] == plan_demo(groups=4)


def test_longer_clips_keep_their_names_and_cameras():
    short, long = plan_demo(seconds=1), plan_demo(seconds=3)
    assert [clip.name for clip in short] == [clip.name for clip in long]
    for one, three in zip(short, long, strict=True):
        assert three.take.frames == 3 * one.take.frames == 3 * one.take.fps
        assert one.take.zoom == three.take.zoom


@pytest.mark.parametrize("wrong", [{"groups": 0}, {"seconds": 0}, {"seconds": float("nan")}])
def test_a_wrong_number_is_refused_with_the_corrected_line(wrong):
    (name,) = wrong
    with pytest.raises(ConfigError, match=rf"{name} is .* Set `{name}: \d"):
        plan_demo(**wrong)


# --- the camera -------------------------------------------------------------------------------


def test_faces_are_about_110_to_200_pixels_wide_and_stay_in_the_frame():
    widths = []
    for clip in plan_demo(groups=40, seconds=10)[::2]:
        for frame in range(0, clip.take.frames, 10):
            x, y, width, height = true_box(clip, frame)
            widths.append(width)
            assert x > 0 and x + width < clip.take.width
            assert y > 0 and y + height < clip.take.height
    assert 105 < min(widths) < max(widths) < 200


def test_the_camera_pans_zooms_tilts_and_mirrors():
    clips = plan_demo(groups=30, seconds=8)[::2]
    assert {clip.take.mirror for clip in clips} == {True, False}
    for clip in clips:
        marks = np.array([true_landmarks(clip, f) for f in range(0, clip.take.frames, 5)])
        eyes = marks[:, 1] - marks[:, 0]
        assert np.ptp(marks[:, 2, 0]) > 10
        assert np.ptp(np.hypot(*eyes.T)) / np.hypot(*eyes.T).mean() > 0.04
        assert np.ptp(np.degrees(np.arctan2(eyes[:, 1], eyes[:, 0]))) > 1


def test_left_and_right_are_those_of_the_image_also_when_mirrored():
    for clip in plan_demo(groups=20):
        left_eye, right_eye, nose, mouth_left, mouth_right = true_landmarks(clip, 0)
        assert left_eye[0] < nose[0] < right_eye[0]
        assert mouth_left[0] < mouth_right[0]
        assert left_eye[1] < nose[1] < mouth_left[1]


def test_a_mark_in_the_still_shows_where_the_camera_says():
    clip = plan_demo(groups=8)[4]
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    spot = still(clip.person).landmarks[2]
    cv2.circle(image, tuple(np.int32(np.rint(spot)).tolist()), 6, (255, 255, 255), -1)
    for frame in (0, 40):
        to_frame = placement(clip.take, frame)
        seen = cv2.warpPerspective(image, to_frame, (clip.take.width, clip.take.height))
        rows, columns = np.nonzero(seen[..., 0] > 128)
        assert np.allclose((columns.mean(), rows.mean()), true_landmarks(clip, frame)[2], atol=1)


def test_the_light_changes_during_a_clip():
    real = plan_demo(groups=1, seconds=3)[0]
    means = np.array([frame.mean(axis=(0, 1)) for (frame,) in pictures([real])])
    assert np.ptp(means[:, 1]) > 4
    assert np.ptp(means[:, 2] / means[:, 0]) > 0.02


@pytest.mark.parametrize("kind", BACKDROPS)
def test_every_backdrop_is_larger_than_the_frame_and_not_flat(kind):
    image = paint(kind, 96, 72, np.random.default_rng(5))
    assert image.shape == (round(72 * MARGIN), round(96 * MARGIN), 3)
    assert image.dtype == np.uint8
    assert np.ptp(image.astype(int), axis=(0, 1)).min() > 20
    assert not np.array_equal(image, paint(kind, 96, 72, np.random.default_rng(6)))


# --- the portraits and the swap ---------------------------------------------------------------


@pytest.mark.parametrize("person", PORTRAITS)
def test_landmarks_and_box_are_those_the_mtcnn_package_finds(person):
    from mtcnn import MTCNN

    portrait = PORTRAITS[person]
    (face,) = MTCNN().detect_faces(cv2.cvtColor(portrait.read(), cv2.COLOR_BGR2RGB))
    found = [face["keypoints"][name] for name in ("left_eye", "right_eye", "nose")]
    found += [face["keypoints"][name] for name in ("mouth_left", "mouth_right")]
    assert np.abs(np.subtract(found, portrait.landmarks)).max() <= 1
    assert np.abs(np.subtract(face["box"], portrait.box)).max() <= 2


@pytest.mark.parametrize("person", PORTRAITS)
def test_a_still_has_the_eyes_in_place_and_the_person_cut_out(person):
    made = still(person)
    left, right = made.landmarks[:2]
    assert np.hypot(*(right - left)) == pytest.approx(EYES)
    assert made.image.shape == (SIDE, SIDE, 3)
    assert made.matte.shape == (SIDE, SIDE)
    for x, y in made.landmarks:
        assert made.matte[round(y), round(x)] == 255
    assert made.matte[0].max() == 0
    assert 0.2 < (made.matte > 128).mean() < 0.6
    with pytest.raises(ValueError, match="read-only"):
        made.image[0, 0] = 0


def test_neither_portrait_is_sharper_than_the_other():
    window = np.outer(np.hanning(150), np.hanning(120))
    radius = np.hypot(np.fft.fftfreq(150)[:, None], np.fft.fftfreq(120))
    fine = {}
    for person in PORTRAITS:
        face = cv2.cvtColor(still(person).image, cv2.COLOR_BGR2GRAY)[180:330, 260:380].astype(float)
        power = np.abs(np.fft.fft2((face - face.mean()) * window)) ** 2
        fine[person] = power[radius > 0.32].sum() / power.sum()  # more than 41 pixels can hold
    assert max(fine.values()) < 0.005
    assert 1 / 3 < fine["hopper"] / fine["collins"] < 3


def test_a_similarity_is_recovered_from_its_points():
    points = np.array([(0, 0), (10, 0), (5, 8), (1, 12), (9, 13)], float)
    expected = np.array([[1.2, -0.5, 7], [0.5, 1.2, -3]])
    moved = points @ expected[:, :2].T + expected[:, 2]
    assert np.allclose(similarity(points, moved), expected)


@pytest.mark.parametrize("index", [1, 3])
def test_the_swap_changes_the_face_and_nothing_else(index):
    fake = plan_demo()[index]
    mine, donor = still(fake.person), still(other(fake.person))
    result = swapped(mine, donor, fake.swap, fake.take)
    mask = blend_mask(mine, fake.swap)
    assert np.array_equal(result[mask == 0], mine.image[mask == 0])
    assert cv2.absdiff(result, mine.image)[mask > 0.9].mean() > 8
    ys, xs = np.nonzero(mask > 0.5)
    assert np.ptp(xs) / EYES == pytest.approx(fake.swap.width, abs=0.35)
    assert np.ptp(ys) / EYES == pytest.approx(fake.swap.height, abs=0.35)


@pytest.mark.parametrize("index", [1, 3])
def test_the_new_face_has_the_tone_and_the_features_expected(index):
    fake = plan_demo()[index]
    mine, donor = still(fake.person), still(other(fake.person))
    core = blend_mask(mine, fake.swap) > 0.9
    result = swapped(mine, donor, fake.swap, fake.take)
    tones = [cv2.cvtColor(i, cv2.COLOR_BGR2LAB)[core].mean(axis=0) for i in (result, mine.image)]
    assert np.abs(tones[0] - tones[1]).max() < 6

    move = similarity(donor.landmarks, mine.landmarks)
    lent = cv2.warpAffine(donor.image, move, (SIDE, SIDE))

    def likeness(image):
        detail = [i[core].mean(axis=1) for i in (result, image)]
        return np.corrcoef(*detail)[0, 1]

    assert likeness(lent) > 0.8
    assert likeness(lent) > likeness(mine.image) + 0.1


def test_detail_is_strengthened_or_weakened_to_the_cost_asked_for():
    fake = plan_demo()[1]
    rng = np.random.default_rng(0)
    rough, soft = (
        np.clip(128 + rng.normal(0, spread, (120, 120, 3)), 0, 255).astype(np.uint8)
        for spread in (20, 8)
    )
    everywhere = np.ones((120, 120), np.float32)

    def spread(image, like, mask=everywhere, **wanted):
        swap = replace(fake.swap, **{"middle": 1.0, "detail": 1.0, **wanted})
        return match_detail(image, like, mask, swap, fake.take).astype(float).std()

    assert spread(soft, rough) == pytest.approx(20, abs=2)
    assert spread(rough, soft) == pytest.approx(8, abs=2)
    assert spread(soft, rough, detail=1.1) > spread(soft, rough, detail=0.9) + 2
    assert spread(soft, rough, mask=0 * everywhere) == soft.astype(float).std()


def test_detail_of_middle_size_has_a_gain_of_its_own():
    fake = plan_demo()[1]
    waves = 128 + 40 * np.sin(np.arange(120) * 2 * np.pi / 24) + np.zeros((120, 1))
    image = np.repeat(np.rint(waves).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    everywhere = np.ones((120, 120), np.float32)
    spreads = [
        match_detail(image, image, everywhere, replace(fake.swap, middle=gain), fake.take).std()
        for gain in (0.5, 1.0, 1.5)
    ]
    assert spreads[0] < 0.8 * spreads[1]
    assert spreads[2] > 1.08 * spreads[1]


def test_off_the_face_a_real_clip_and_its_fake_are_identical_before_encoding():
    for real, fake in pairs(plan_demo(groups=4, seconds=0.3)):
        size = (real.take.width, real.take.height)
        reach = np.uint8(blend_mask(still(fake.person), fake.swap) > 0) * 255
        for frame, (one, two) in enumerate(pictures([real, fake])):
            seen = cv2.warpPerspective(reach, placement(real.take, frame), size)
            face = cv2.dilate(seen, np.ones((5, 5))) > 0  # interpolation and lens blur
            assert 0.03 < face.mean() < 0.3
            assert np.array_equal(one[~face], two[~face])
            assert cv2.absdiff(one, two)[face].mean() > 4


def test_a_clip_looks_the_same_filmed_alone_or_beside_its_fake():
    real, fake = plan_demo(groups=1, seconds=0.2)
    for both, (alone,) in zip(pictures([real, fake]), pictures([fake]), strict=True):
        assert np.array_equal(both[1], alone)


# --- the files --------------------------------------------------------------------------------


def test_the_folder_holds_the_planned_clips_and_metadata_as_dfdc_has_it(filmed):
    clips = plan_demo(**SHORT)
    assert {path.name for path in filmed.iterdir()} == {
        "metadata.json",
        *(clip.file for clip in clips),
    }
    described = json.loads((filmed / "metadata.json").read_text())
    for real, fake in pairs(clips):
        ours = {"split": "train", "demo": True}
        assert described[real.file] == {"label": "REAL", **ours}
        assert described[fake.file] == {"label": "FAKE", "original": real.file, **ours}


def test_every_clip_plays_at_its_size_rate_and_length(filmed):
    for clip in plan_demo(**SHORT):
        video = cv2.VideoCapture(str(filmed / clip.file))
        assert video.get(cv2.CAP_PROP_FPS) == clip.take.fps
        frames = frames_of(filmed / clip.file)
        assert len(frames) == clip.take.frames == round(0.4 * clip.take.fps)
        assert frames[0].shape == (clip.take.height, clip.take.width, 3)


def test_the_encoder_keeps_what_was_filmed(filmed):
    real, fake = plan_demo(**SHORT)[:2]
    for index, clip in enumerate((real, fake)):
        shot = [frames[index] for frames in pictures([real, fake])]
        for before, after in zip(shot, frames_of(filmed / clip.file), strict=True):
            assert cv2.PSNR(before, after) > 30


def test_two_runs_give_the_same_bytes_whatever_the_number_of_threads(filmed, tmp_path):
    film_demo(tmp_path, **SHORT, threads=1)
    assert contents(tmp_path) == contents(filmed)


def test_filming_more_groups_into_the_same_folder_keeps_the_clips_that_were_there(tmp_path):
    film_demo(tmp_path, groups=1, seconds=0.1)
    before = contents(tmp_path)
    film_demo(tmp_path, groups=2, seconds=0.1)
    after = contents(tmp_path)
    assert len(after) == 5
    assert all(after[name] == before[name] for name in before if name != "metadata.json")


@pytest.mark.parametrize("text", ['{"aaaaaaaaaa.mp4": {"label": "REAL"}}', "no json", "3"])
def test_the_metadata_of_another_dataset_is_not_overwritten(tmp_path, text):
    (tmp_path / "metadata.json").write_text(text)
    with pytest.raises(DatasetError, match="give the demo a folder of its own"):
        film_demo(tmp_path, **SHORT)
    assert contents(tmp_path) == {"metadata.json": text.encode()}


def test_a_full_disk_is_an_error_and_leaves_no_half_clip(tmp_path):
    code = (
        "import sys, pathlib; from unmask.videos.demo import film_demo\n"
        "from unmask.errors import *\n"
        "try: film_demo(pathlib.Path(sys.argv[1]), groups=1, seconds=1)\n"
        "except DatasetError as error: print(error)"
    )
    limit = (20_000, 20_000)  # bytes in one file
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    assert "could not be written" in done.stdout
    assert contents(tmp_path) == {}


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path):
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(DatasetError, match=r"cannot make the folder .*taken/demo"):
        film_demo(tmp_path / "taken" / "demo", **SHORT)


def test_the_command_films_with_the_settings_it_is_given(filmed, tmp_path):
    out = tmp_path / "demo"
    (tmp_path / "demo.json").write_text(stage_settings.text(SHORT | {"root": str(out)}, code=""))
    assert main(["demo", "--settings", str(tmp_path / "demo.json")]) == 0
    assert contents(out) == contents(filmed)
