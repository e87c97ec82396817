"""Test videos after coding, shrinking, blur and noise, done before faces are looked for."""

from __future__ import annotations

import csv
import json
import math
import shutil

import numpy as np
import pytest

import media
from small_model import CONTRACT
from unmask.cli import main
from unmask.config.load import validate
from unmask.errors import ConfigError
from unmask.evaluation.robustness import AS_THEY_ARE, robustness_rows
from unmask.evaluation.scores import VideoScore, write_videos
from unmask.frames.degrade import Degradation
from unmask.frames.images import read_image
from unmask.frames.sample import extract_frames
from unmask.frames.video import open_clip
from unmask.model.build import build_model
from unmask.model.model_file import save_model
from unmask.videos.manifest import Video, manifest_text

LUMA = np.array([0.114, 0.587, 0.299])


def sampled(source, folder, change=None):
    """The sampled frames of a file, and their index."""
    used = change.of_video(source, folder) if change else source
    index = extract_frames(used, folder / "frames", video="v", fps=5)
    if change:
        change.of_frames(index, folder / "frames")
    return index, [read_image(folder / "frames" / f.file).astype(float) for f in index.frames]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return media.portrait_clip(tmp_path_factory.mktemp("clip") / "a.mp4", frames=8, fps=10)


def test_coding_anew_keeps_the_times_and_loses_more_the_worse_the_quality(clip, tmp_path):
    index, before = sampled(clip, tmp_path / "0")
    lost = []
    for crf in (5, 30, 50):
        after, images = sampled(clip, tmp_path / str(crf), Degradation("h264", crf))
        assert [f.time_s for f in after.frames] == [f.time_s for f in index.frames]
        lost.append(np.mean([np.abs(a - b).mean() for a, b in zip(before, images, strict=True)]))
    assert lost[0] < 3 < lost[2] and lost == sorted(lost)
    sizes = [(tmp_path / f"{crf}/coded.mp4").stat().st_size for crf in (5, 30, 50)]
    assert sizes == sorted(sizes, reverse=True)
    again = Degradation("h264", 30).of_video(clip, tmp_path / "again")
    assert again.read_bytes() == (tmp_path / "30/coded.mp4").read_bytes()


def test_a_variable_rate_and_odd_sides_survive_coding(tmp_path):
    source = media.variable_rate_clip(tmp_path / "v.mp4", [0.0, 0.1, 0.5, 0.6])
    coded = Degradation("h264", 20).of_video(source, tmp_path / "v")
    with open_clip(source) as one, open_clip(coded) as two:
        assert [t for _, t in two.frames()] == pytest.approx([t for _, t in one.frames()], abs=1e-3)
    odd = media.write_image(tmp_path / "odd.png", media.texture((65, 49)))
    with open_clip(Degradation("h264", 20).of_video(odd, tmp_path / "o")) as clip:
        assert next(clip.frames()) and clip.image().shape == (48, 64, 3)


def test_frames_are_shrunk_blurred_and_made_noisy(clip, tmp_path):
    index, [first, *_] = sampled(clip, tmp_path / "0")
    small, [shrunk, *_] = sampled(clip, tmp_path / "1", Degradation("shrink", 0.5))
    assert shrunk.shape == (round(index.height / 2), round(index.width / 2), 3)
    assert (small.height, small.width) == shrunk.shape[:2]
    edges = [np.abs(np.diff(image, axis=1)).mean() for image in (
        first, *(sampled(clip, tmp_path / f"b{s}", Degradation("blur", s))[1][0] for s in (1, 4)),
    )]  # fmt: skip
    assert edges == sorted(edges, reverse=True)
    _, [noisy, *_] = sampled(clip, tmp_path / "n", Degradation("noise", 0.1))
    luma = (noisy - first) @ LUMA  # what JPEG keeps at each pixel
    assert luma[64:-64, 64:-64].std() == pytest.approx(25.5 * np.linalg.norm(LUMA), rel=0.15)


def scores(shift=0.0, without=(), groups=12):
    rng = np.random.default_rng(1)
    rows = []
    for number in range(groups):
        for label in (0, 1):
            logit = rng.normal(2 * label - 1) + shift * rng.normal()
            name = f"v{number}_{label}"
            if name not in without:
                p_fake = 1 / (1 + math.exp(-logit))
                rows.append(VideoScore(name, label, f"g{number}", "test", 3, p_fake, logit))
    return rows


def test_the_difference_is_that_of_pairs_and_lost_videos_are_counted():
    base = scores()
    told = {AS_THEY_ARE: base, "same": base, "worse": scores(4.0, without=("v0_1", "v3_0"))}
    first, same, worse = robustness_rows(told, 0.5, 0.95)
    assert math.isnan(first.difference) and same.difference == 0
    assert same.difference_low < 0 < same.difference_high
    assert (worse.unscored, worse.n_real, worse.n_fake) == (2, 11, 11)
    assert worse.difference < 0 and worse.difference_low < worse.difference < worse.difference_high
    assert worse.auc < first.auc
    [_, alone] = robustness_rows({AS_THEY_ARE: base, "alone": base[:1]}, 0.5, 0.95)
    assert math.isnan(alone.difference) and math.isnan(alone.auc)


def test_the_command_writes_table_plot_and_page(clip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(clip, "a.mp4")
    media.portrait_clip(tmp_path / "b.mp4", who="collins", frames=8, fps=10)
    network = build_model(
        backbone="Meso4", backbone_args={}, weights="none", head="native", dense_units=0,
        dropout=0.0, input_size=48, scaling="unit", trainable=True,
    )  # fmt: skip
    save_model(network, tmp_path / "model.keras", CONTRACT)
    rows = [
        Video(name, f"{name}.mp4", label, name, "test", "", "mine")
        for label, name in enumerate("ab")
    ]
    (tmp_path / "manifest.csv").write_text(manifest_text(rows))
    known = [VideoScore(name, label, name, "test", 2, 0.5, 0.0) for label, name in enumerate("ab")]
    write_videos(tmp_path / "videos.csv", known)
    settings = {"robustness": ["h264-45", "blur-1"], "confidence": 0.95, "cropped": []}
    (tmp_path / "s.json").write_text(json.dumps({"code": "", "settings": settings}))
    assert main([
        "robustness", "--manifest", "manifest.csv", "--videos", "videos.csv",
        "--model", "model.keras", "--settings", "s.json", "--receipt", "r.json",
        "--output", "out.csv", "--plot", "out.png", "--page", "out.html",
    ]) == 0  # fmt: skip
    with (tmp_path / "out.csv").open() as file:
        found = list(csv.DictReader(file))
    assert [row["change"] for row in found] == [AS_THEY_ARE, "h264-45", "blur-1"]
    assert [(row["n_real"], row["n_fake"], row["unscored"]) for row in found] == [
        ("1", "1", "0")
    ] * 3
    assert read_image(tmp_path / "out.png").shape[1] == 780
    page = (tmp_path / "out.html").read_text("utf-8")
    assert "blur-1" in page and "data:image/png" in page


@pytest.mark.parametrize("wrong", ["h264-60", "blur", "shrink-2", "fog-1", "noise-0"])
def test_a_loss_that_is_not_known_is_refused_with_what_is(wrong):
    with pytest.raises(ConfigError, match=r"h264-0 to h264-51, shrink-0\.05 to shrink-1"):
        validate({"evaluate": {"robustness": [wrong]}})
