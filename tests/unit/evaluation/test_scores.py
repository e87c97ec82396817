"""Frames become a video's score, and the tables of scores are written and read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from unmask.disk.tables import path_inside
from unmask.errors import ConfigError, DatasetError
from unmask.evaluation.aggregate import AGGREGATES, aggregate_logits
from unmask.evaluation.scores import (
    CropScore,
    FrameScore,
    TrackScore,
    VideoScore,
    frame_scores,
    read_frames,
    read_videos,
    track_scores,
    video_scores,
    write_frames,
    write_videos,
)
from unmask.model.logits import logit_of, mean_logit


def aggregate_frames(p_fake, aggregate="mean"):
    return float(expit(aggregate_logits(logit_of(p_fake), aggregate)))


SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [("mean", 0.46), ("median", 0.5), ("max", 1.0), ("trimmed", 3.6 / 8), ("confident", 0.46)],
)
def test_each_aggregate_is_what_it_says(aggregate, expected):
    frames = [0.0, 0.1, 0.2, 0.4, 0.5, 0.5, 0.6, 0.6, 0.7, 1.0]
    assert aggregate_frames(frames, aggregate) == pytest.approx(expected, abs=1e-6)


def test_confident_takes_the_clear_frames_of_a_clear_video():
    clear_fake = [0.9] * 12 + [0.1] * 8
    assert aggregate_frames(clear_fake, "confident") == pytest.approx(0.9)
    too_few_frames_to_be_sure = [0.9] * 11 + [0.1]
    expected = (0.9 * 11 + 0.1) / 12
    assert aggregate_frames(too_few_frames_to_be_sure, "confident") == pytest.approx(
        expected, abs=1e-6
    )
    clear_real = [0.1] * 19 + [0.7]
    assert aggregate_frames(clear_real, "confident") == pytest.approx(0.1)


@settings(deadline=None)
@given(SCORES, st.sampled_from(sorted(AGGREGATES)))
def test_a_video_is_scored_between_its_lowest_and_its_highest_frame(frames, aggregate):
    assert min(frames) - 1e-6 <= aggregate_frames(frames, aggregate) <= max(frames) + 1e-6


@settings(deadline=None)
@given(SCORES, st.sampled_from(sorted(AGGREGATES)), st.randoms())
def test_the_order_of_frames_does_not_matter(frames, aggregate, random):
    shuffled = random.sample(frames, len(frames))
    assert aggregate_frames(shuffled, aggregate) == pytest.approx(
        aggregate_frames(frames, aggregate)
    )


def test_an_unknown_aggregate_is_refused_with_the_right_line():
    with pytest.raises(ConfigError, match=r"got 'avg', allowed: mean, median.*\n.*\n.*\n.*mean"):
        aggregate_frames([0.5], "avg")


def test_a_video_without_frames_gets_no_made_up_score():
    with pytest.raises(ValueError, match="no score"):
        aggregate_frames([])


CROPS = [
    CropScore("b", 0, 0.0, 0, 0.3),
    CropScore("a", 15, 0.5, 0, 0.2),
    CropScore("a", 0, 0.0, 0, 0.1),
    CropScore("a", 0, 0.0, 1, 0.8),
]


def test_of_several_faces_in_a_frame_the_most_suspicious_counts():
    assert frame_scores(CROPS) == [
        FrameScore("a", 0, 0.0, 0.8),
        FrameScore("a", 15, 0.5, 0.2),
        FrameScore("b", 0, 0.0, 0.3),
    ]


def test_people_are_scored_apart_each_from_when_to_when_it_is_seen():
    assert track_scores(CROPS) == [
        TrackScore("a", 0, 0.0, 0.5, 2, 0.15),
        TrackScore("a", 1, 0.0, 0.0, 1, 0.8),
        TrackScore("b", 0, 0.0, 0.0, 1, 0.3),
    ]
    assert track_scores(CROPS, "max")[0].p_fake == 0.2


def test_video_scores_are_sorted_and_carry_what_is_known_of_the_video():
    frames = [FrameScore("b", 0, 0, 0.5), FrameScore("a", 0, 0, 0.2), FrameScore("a", 1, 0, 0.4)]
    facts = {"a": (0, "g", "test", 3), "b": (1, "g", "test", 1)}
    assert video_scores(frames, facts) == [
        VideoScore("a", 0, "g", "test", 3, 0.3),
        VideoScore("b", 1, "g", "test", 1, 0.5),
    ]


def test_tables_are_read_as_they_were_written(tmp_path):
    frames = [FrameScore("a,b", 3, 0.123457, 0.1234567), FrameScore("ü", 4, 12345.678, 1.0)]
    videos = [VideoScore("a,b", 1, "g", "test", 2, 0.0), VideoScore("ü", 0, "h", "val", 1, 1.0)]
    write_frames(tmp_path / "frames.csv", frames)
    write_videos(tmp_path / "videos.csv", videos)
    assert read_frames(tmp_path / "frames.csv") == frames
    assert read_videos(tmp_path / "videos.csv") == videos


def test_probabilities_are_written_with_seven_decimals(tmp_path):
    write_frames(tmp_path / "frames.csv", [FrameScore("a", 0, 0.0, 0.5)])
    expected = "video,frame,time_s,p_fake,logit\na,0,0.0,0.5000000,0.0000000\n"
    assert (tmp_path / "frames.csv").read_bytes() == expected.encode()
    write_videos(tmp_path / "videos.csv", [])
    assert (tmp_path / "videos.csv").read_text() == "video,label,group,split,n_faces,p_fake,logit\n"


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a,2,g,test,1,0.5", "line 2: label '2' is neither 0"),
        ("a,1,g,test,1,1.5", "line 2: p_fake 1.5 is not in 0..1"),
        ("a,1,g,test,1,nan", "line 2: p_fake nan is not in 0..1"),
        ("a,1,g,test,,0.5", "line 2: invalid literal"),
        ("a,1,g,test,1", "line 2: "),
        ("a,1,g,test,1,0.5\na,1,g,test,1,0.5", "line 3: a is there twice"),
    ],
)
def test_a_bad_row_is_named(tmp_path, row, complaint):
    path = tmp_path / "videos.csv"
    path.write_text(f"video,label,group,split,n_faces,p_fake\n{row}\n")
    with pytest.raises(DatasetError, match=complaint):
        read_videos(path)


def test_a_missing_table_or_column_is_named(tmp_path):
    with pytest.raises(DatasetError, match="no such file"):
        read_frames(tmp_path / "frames.csv")
    (tmp_path / "frames.csv").write_text("video,frame,p_fake\n")
    with pytest.raises(DatasetError, match="column time_s is missing"):
        read_frames(tmp_path / "frames.csv")
    (tmp_path / "frames.csv").write_text("")
    with pytest.raises(DatasetError, match="first line is empty"):
        read_frames(tmp_path / "frames.csv")


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/passwd", "a/../../b.jpg", ""])
def test_no_file_outside_the_dataset_is_read(tmp_path, name):
    with pytest.raises(DatasetError, match="not a file inside"):
        path_inside(tmp_path, name)


def test_logits_tell_apart_what_probabilities_do_not():
    crops = [CropScore(name, 0, 0.0, 0, 1.0, logit) for name, logit in (("a", 40.0), ("b", 50.0))]
    videos = video_scores(frame_scores(crops), {v: (1, v, "test", 1) for v in "ab"})
    assert [video.p_fake for video in videos] == [1.0, 1.0]
    assert [video.logit for video in videos] == [40.0, 50.0]


def test_logits_are_stored_and_read(tmp_path):
    crops = [CropScore("a", n, 0.0, 0, 1.0, 30.0 + n) for n in range(3)]
    write_frames(tmp_path / "frames.csv", frame_scores(crops))
    assert [row.logit for row in read_frames(tmp_path / "frames.csv")] == [30, 31, 32]


def test_a_table_without_logits_has_those_of_its_probabilities(tmp_path):
    (tmp_path / "frames.csv").write_text("video,frame,time_s,p_fake\na,0,0.0,0.75\n")
    assert read_frames(tmp_path / "frames.csv")[0].logit == pytest.approx(np.log(3), abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.floats(-700, 700), min_size=1, max_size=9))
def test_the_mean_of_logits_is_that_of_their_probabilities_as_far_as_those_go(logits):
    p = expit(logits).mean()
    assert expit(mean_logit(logits)) == pytest.approx(p, abs=1e-12)
    assert np.isfinite(mean_logit(logits))
