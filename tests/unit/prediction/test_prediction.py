"""What is scored, how sure the score is, and the forms in which it is told."""

from __future__ import annotations

import errno
import io
import os
from base64 import b64encode
from hashlib import sha256
from html import unescape

import numpy as np
import pytest

import media
from unmask.errors import UnmaskError
from unmask.evaluation.scores import FrameScore
from unmask.evaluation.uncertainty import MIN_FRAMES, effective_count, interval
from unmask.prediction.outputs import check_kaggle, content, kaggle_note, kaggle_rows, lines
from unmask.prediction.page import prediction_page
from unmask.prediction.results import Prediction, Track
from unmask.progress import Progress
from unmask.videos.find_inputs import find_inputs

EVIL = "<script>alert('x')</script>"


def scored(file="a.mp4", p=0.75, frames=(0.7, 0.8), **more):
    return Prediction(
        file,
        p_fake=p,
        verdict="fake" if p >= 0.5 else "real",
        n_faces=len(frames),
        coverage=1.0,
        frames=[FrameScore("clip", n, n / 2, value) for n, value in enumerate(frames)],
        sampled=[(n, n / 2) for n in range(len(frames))],
        **more,
    )


def unscored(file="b.mp4"):
    return Prediction(file, reason="no face in any of 5 frames")


# --- inputs -----------------------------------------------------------------------------------


@pytest.fixture
def clips(tmp_path, monkeypatch):
    for name in ("a.mp4", "b.MP4", "c.jpg", "notes.txt", ".hidden.mp4", "more/d.webm"):
        (tmp_path / "clips" / name).parent.mkdir(parents=True, exist_ok=True)
        media.text_file(tmp_path / "clips" / name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["clips"], ["clips/a.mp4", "clips/b.MP4", "clips/c.jpg", "clips/more/d.webm"]),
        (["clips/*.mp4"], ["clips/a.mp4"]),
        (["clips/*"], ["clips/a.mp4", "clips/b.MP4", "clips/c.jpg", "clips/more/d.webm"]),
        (["clips/**/*.webm"], ["clips/more/d.webm"]),
        (["clips/notes.txt"], ["clips/notes.txt"]),
        (["clips/c.jpg", "clips/?.jpg", "clips/a.mp4"], ["clips/c.jpg", "clips/a.mp4"]),
    ],
)
def test_files_folders_and_quoted_patterns_become_files_each_once(clips, given, found):
    assert [path.as_posix() for path in find_inputs(given).files] == found


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(clips, tmp_path):
    media.text_file(tmp_path / "clips/x[1].mp4")
    assert [path.name for path in find_inputs(["clips/x[1].mp4"]).files] == ["x[1].mp4"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("clips/z.mp4", "There is no file or folder"),
        ("clips/*.avi", "No video or image matches clips/\\*.avi"),
        ("clips/*.txt", "No video or image matches"),
        ("https://example.org/a.mp4", "is an address. Files are scored"),
        ("rtsp://10.0.0.1/stream", "is an address. Files are scored"),
        ("file:///tmp/a.mp4", "is an address. Files are scored"),
        ("0", "cameras are not read"),
        ("-", "the standard input"),
        ("/dev/null", "a pipe, a device or a socket"),
        ("pipe", "a pipe, a device or a socket"),
    ],
)
def test_what_stands_for_nothing_is_said(clips, given, said):
    os.mkfifo("pipe")
    with pytest.raises(UnmaskError, match=said):
        find_inputs([given])


def test_every_file_in_a_folder_is_scored_or_left_out_with_a_reason(tmp_path):
    (tmp_path / "whole").mkdir()
    clip = media.numbered_clip(tmp_path / "whole" / "clip.mp4", frames=3)
    folder = tmp_path / "mixed"
    (folder / "below").mkdir(parents=True)
    (folder / ".git").mkdir()
    wanted = {}
    for name in ("a.gif", "b.avif", "c.jfif", "d.jpe", "e.apng", "f.webp", "g.JPG", "h.mp4"):
        wanted[name] = media.text_file(folder / name)
    for name in ("nameless", "wrong.txt", "below/clip.dat"):
        wanted[name] = folder / name
        wanted[name].write_bytes(clip.read_bytes())
    reasons = {
        "notes.txt": "neither a video nor an image",
        "gone.mp4": "a link to a file that is not there",
        "pipe.mp4": "a pipe, a device or a socket",
        "round.mp4": f"cannot be read: {os.strerror(errno.ELOOP)}",
        "elsewhere": "a link to a folder; name the folder itself",
    }
    media.text_file(folder / "notes.txt")
    (folder / "gone.mp4").symlink_to("nowhere.mp4")
    os.mkfifo(folder / "pipe.mp4")
    (folder / "round.mp4").symlink_to("round.mp4")
    (folder / "elsewhere").symlink_to(clip.parent)
    for hidden in (".hidden.mp4", ".git/a.mp4"):
        media.text_file(folder / hidden)

    inputs = find_inputs([str(folder)])

    assert set(inputs.files) == set(wanted.values())
    assert {file.name: reason for file, reason in inputs.left_out.items()} == reasons


# --- uncertainty ------------------------------------------------------------------------------


def series(count, likeness, rng):
    """Scores whose log-odds follow a first-order autoregression, after it has settled."""
    shocks = rng.normal(size=count + 100) * np.sqrt(1 - likeness**2)
    values = np.zeros(count + 100)
    for n in range(1, count + 100):
        values[n] = likeness * values[n - 1] + shocks[n]
    return 1 / (1 + np.exp(-1.5 * values[100:]))


@pytest.mark.parametrize("aggregate", ["mean", "median", "trimmed"])
@pytest.mark.parametrize(("likeness", "held"), [(0.0, 0.92), (0.6, 0.86), (0.8, 0.80)])
def test_the_interval_holds_the_truth_though_frames_resemble_each_other(aggregate, likeness, held):
    rng = np.random.default_rng(0)  # the true score is 0.5, for all three
    spans = [interval(series(30, likeness, rng), aggregate) for _ in range(300)]
    assert np.mean([low <= 0.5 <= high for low, high in spans]) >= held


def test_frames_that_resemble_each_other_count_as_fewer():
    rng = np.random.default_rng(1)
    assert effective_count(rng.random(40)) > 25
    assert effective_count(np.repeat(rng.random(8), 5)) < 15


def test_more_frames_make_the_interval_narrower():
    rng = np.random.default_rng(2)
    few, many = (interval(rng.random(count)) for count in (10, 200))
    assert many[1] - many[0] < (few[1] - few[0]) / 2


def test_a_score_that_changes_for_good_is_known_badly():
    low, high = interval([0.02] * 20 + [0.9] * 20)
    assert high - low > 0.8


def test_equal_scores_leave_no_width_and_bounds_stay_probabilities():
    assert interval([0.25] * 8) == (0.25, 0.25)
    low, high = interval([0.0, 1.0, 0.0, 1.0, 1.0, 1.0])
    assert 0 <= low < high <= 1


@pytest.mark.parametrize("aggregate", ["max", "confident"])
def test_no_interval_is_given_where_none_would_be_sound(aggregate):
    assert interval(np.linspace(0, 1, 20), aggregate) is None
    assert interval([0.5, 0.6, 0.4, 0.5]) is None
    assert interval([0.5, 0.6, 0.4, 0.5, 0.7][:MIN_FRAMES]) is not None


# --- outputs ----------------------------------------------------------------------------------


def test_a_submission_has_no_row_for_what_was_not_scored():
    results = [scored("x/b.mp4"), unscored("x/c.mp4"), scored("x/a.mp4", p=1.0)]
    assert kaggle_rows(results, None) == [
        {"filename": "a.mp4", "label": "0.9999999"},
        {"filename": "b.mp4", "label": "0.7500000"},
    ]
    note = kaggle_note(results, "out.csv", None)
    assert "2 rows, and none for 1 file that could not be scored: c.mp4." in note
    assert "--kaggle-fill 0.5" in note


def test_a_submission_is_filled_only_if_asked_and_says_where():
    results = [scored("a.mp4"), unscored("c.mp4")]
    assert kaggle_rows(results, 0.5)[1] == {"filename": "c.mp4", "label": "0.5000000"}
    assert kaggle_note(results, "o.csv", 0.5) == "o.csv: 2 rows, 1 of them filled with 0.5: c.mp4"


def test_a_submission_needs_names_that_differ(tmp_path):
    with pytest.raises(UnmaskError, match=r"for example a\.mp4"):
        check_kaggle([tmp_path / "1/a.mp4", tmp_path / "2/a.mp4"])


def test_a_line_tells_the_interval_and_whether_it_decides():
    assert lines(scored(p_low=0.6, p_high=0.9, decided=True)) == [
        "a.mp4: fake, p_fake 0.750 (0.600 to 0.900), 2 faces, in 100% of the frames"
    ]
    undecided = scored(p_low=0.4, p_high=0.9, decided=False, why_undecided="too near")
    assert lines(undecided)[0].endswith("undecided: too near")
    assert lines(unscored()) == ["b.mp4: not scored, no face in any of 5 frames"]


def test_several_people_get_a_line_each():
    people = [Track(n, 0, 1.5, 3, p, None, None, "fake") for n, p in ((0, 0.9), (3, 0.6))]
    assert lines(scored(tracks=people))[1:] == [
        "  person 1: fake, p_fake 0.900, 3 faces, 0.0 to 1.5 s",
        "  person 4: fake, p_fake 0.600, 3 faces, 0.0 to 1.5 s",
    ]


def test_json_names_the_frames_that_stand_out(tmp_path):
    found = content([scored(frames=(0.1, 0.9, 0.5, 0.4))], model=tmp_path, threshold=0.5)
    (file,) = found["files"]
    assert (file["most_suspicious"], file["least_suspicious"]) == ([1, 2], [0, 3])
    assert "video" not in file["frames"][0]


# --- page -------------------------------------------------------------------------------------


def test_the_page_escapes_what_it_is_given_and_runs_its_own_script_only():
    results = [scored(f"{EVIL}.mp4"), Prediction(EVIL, reason=EVIL)]
    page = prediction_page(results, model=EVIL, threshold=0.5)
    script = page.split("<script>")[1].split("</script>")[0]
    assert page.count("<script") == 1
    assert f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}" in unescape(page)
    assert page.count("&lt;script&gt;") > 5
    assert "default-src 'none'" in unescape(page)
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_page_has_a_timeline_a_file_and_words_for_what_is_missing():
    page = prediction_page([scored(), unscored()], model="m.keras", threshold=0.5)
    assert page.count("<svg") == 1 and page.count("<circle") == 2
    assert "1 called fake, 0 called real, 1 not scored" in page
    assert "no face in any of 5 frames" in page
    assert "Pictures are shown for the first 40 files only" in page
    for rule in ("prefers-color-scheme: dark", "width=device-width", 'href="#verdicts"'):
        assert rule in page


# --- progress ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def walk(stream):
    results = io.StringIO()
    progress = Progress(2, stream=stream, results=results)
    for name in ("a.mp4", "b.mp4"):
        progress.begin(name)
        progress.detail("busy")
        progress.end(f"{name}: done")
    assert results.getvalue() == "a.mp4: done\nb.mp4: done\n"
    return stream.getvalue()


def test_a_terminal_gets_a_bar_that_is_gone_before_each_result():
    shown = walk(Terminal())
    assert "1/2" in shown and "left" in shown and "busy" in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")


def test_a_file_gets_a_line_a_step():
    assert walk(io.StringIO()) == "1 of 2: a.mp4\n2 of 2: b.mp4\n"
