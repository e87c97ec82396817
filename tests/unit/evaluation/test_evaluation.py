"""The metrics file: what it holds, what it counts, and what it refuses to measure."""

from __future__ import annotations

import json
import zipfile
from argparse import ArgumentParser
from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics as sklearn
from scipy.special import expit

from results_tree import CLIPS, DATASET, QUARANTINE, Clip, Results, read
from unmask.commands import metrics as command
from unmask.errors import DatasetError
from unmask.evaluation.counts import reproducible
from unmask.evaluation.metrics_file import evaluate, write_metrics
from unmask.model.contract import CONTRACT

TESTED = tuple(clip for clip in CLIPS if clip.split == "test")


def measured(results, **settings):
    return evaluate(*results.evaluation(), **settings)


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path)


def test_the_video_block_has_the_numbers_computed_by_hand(results):
    video = measured(results)["video"]
    # Real 0.3 and 0.6, fake 0.8 and 0.55: three of four pairs are in order.
    assert video["auc"] == 0.75
    assert video["threshold"] == 0.5  # midway between the validation's 0.4 and 0.6
    assert video["confusion"] == {"tn": 1, "fp": 1, "fn": 0, "tp": 2}
    assert video["accuracy"] == video["balanced_accuracy"] == 0.75
    assert (video["n_real"], video["n_fake"]) == (2, 2)
    assert video["coverage"] == 0.8
    low, high = video["auc_ci"]
    assert 0 <= low <= 0.75 <= high <= 1


def test_the_frame_block_measures_frames_with_a_threshold_of_their_own(results):
    frame = measured(results)["frame"]
    assert (frame["n_real"], frame["n_fake"]) == (4, 4)
    # Of 16 pairs only those of the two real 0.6 with the two fake 0.55 are out of order.
    assert frame["auc"] == 0.75
    assert frame["threshold"] == 0.5
    assert frame["confusion"] == {"tn": 2, "fp": 2, "fn": 0, "tp": 4}


def test_the_blocks_of_the_contract_are_there_in_order(results):
    metrics = measured(results)
    assert list(metrics) == [
        "frame", "video", "validation", "datasets", "methods", "averages", "by",
        "operating_points", "undecided", "calibration", "data", "confidence",
        "scoring", "notes",
    ]  # fmt: skip
    wanted = {
        "auc", "auc_ci", "average_precision", "log_loss", "eer", "accuracy", "balanced_accuracy",
        "threshold", "n_real", "n_fake", "coverage",
    }  # fmt: skip
    assert wanted <= set(metrics["video"])


def test_data_counts_what_was_promised_and_what_is_there(results):
    data = measured(results)["data"]
    assert data["test"] == {
        "videos": 5, "n_real": 2, "n_fake": 3, "groups": 2, "frames": 8, "faces": 8,
        "quarantined": 1, "absent": 0,
    }  # fmt: skip
    assert data["total"]["videos"] == 11
    assert data["total"]["groups"] == 5
    assert data["total"]["frames"] == 20
    assert data["total"]["quarantined"] == 1


def test_several_faces_in_a_frame_are_one_frame(results):
    rows = [tuple(row.values()) for row in read(results.dataset)]
    results.table("dataset.csv", DATASET, [*rows, ("x_1.jpg", *rows[0][1:])])
    data = measured(results)["data"]["train"]
    assert (data["frames"], data["faces"]) == (4, 5)


def test_a_video_that_is_neither_scored_nor_quarantined_is_counted_and_named(results):
    results.table("quarantine.csv", QUARANTINE, [])
    metrics = measured(results)
    assert metrics["data"]["test"]["absent"] == 1
    assert metrics["video"]["coverage"] == 0.8
    assert any("data.test.absent" in note for note in metrics["notes"])


def test_what_was_refused_before_the_split_is_counted_apart(results):
    results.table(
        "quarantine.csv",
        QUARANTINE,
        [
            ("test_f3", "faces", "no face"),
            ("test_f3", "dataset", "no crop"),
            ("gone", "manifest", "in the list, but not there"),
            ("test_r1", "manifest", "another file whose id is the same"),
        ],
    )
    data = measured(results)["data"]
    assert data["unsplit"]["quarantined"] == 2
    assert data["test"]["quarantined"] == 1
    assert data["total"]["quarantined"] == 3


def test_each_method_is_measured_against_the_real_videos_of_its_dataset(results):
    methods = measured(results)["methods"]
    assert list(methods) == ["own/reenact", "own/swap"]
    assert methods["own/swap"]["auc"] == 1
    assert methods["own/reenact"]["auc"] == 0.5
    assert (methods["own/reenact"]["n_real"], methods["own/reenact"]["n_fake"]) == (2, 1)


def two_datasets():
    """In one dataset the detector knows the fakes; in the other it knows nothing, and scores high.

    Only the first has validation videos.
    """
    random = np.random.default_rng(0)
    clips = []
    for number in range(120):
        split = "val" if number < 40 else "test"
        for label in (0, 1):
            p = expit(random.normal(4 * label - 4))
            method = "swap" if label else ""
            clips.append(Clip(f"h{number}_{label}", label, f"h{number}", split, (p,), method))
    for number in range(1200):
        for label in (0, 1):
            p = expit(random.normal())
            method = ("swap", "reenact")[number % 2] if label else ""
            clips.append(
                Clip(f"a{number}_{label}", label, f"a{number}", "test", (p,), method, "away")
            )
    return tuple(clips)


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    return measured(Results(tmp_path_factory.mktemp("crossed"), two_datasets(), pictures=False))


def test_no_row_of_a_dataset_on_which_the_detector_guesses_is_above_chance(crossed):
    rows = crossed["methods"] | crossed["datasets"]
    assert set(rows) == {"own/swap", "away/swap", "away/reenact", "own", "away"}
    assert rows["own/swap"]["auc"] > 0.99
    assert all(row["auc"] < 0.55 for name, row in rows.items() if name.startswith("away"))
    assert rows["away/swap"]["n_real"] == 1200
    assert rows["own/swap"]["n_real"] == 80


def test_averages_count_each_row_the_same(crossed):
    averages = crossed["averages"]
    for kind in ("datasets", "methods"):
        rows = [row["auc"] for row in crossed[kind].values()]
        assert averages[kind]["rows"] == len(rows)
        assert averages[kind]["auc"] == pytest.approx(np.mean(rows), abs=1e-6)
        low, high = averages[kind]["auc_ci"]
        assert low < averages[kind]["auc"] < high
    assert averages["pooled"]["auc"] == crossed["video"]["auc"]
    assert averages["pooled"]["n_real"] == 1280


def test_one_threshold_is_told_to_fail_on_real_videos_elsewhere(crossed):
    own, away = (crossed["datasets"][name] for name in ("own", "away"))
    assert own["fpr"] < 0.1
    assert own["elsewhere"]["threshold"] == crossed["video"]["threshold"]
    assert own["elsewhere"]["fpr"] == away["fpr"] > 0.8
    assert own["elsewhere"]["n_real"] == 1200
    assert away["elsewhere"] is None  # it has no validation videos, so no threshold of its own


def test_with_one_row_there_is_nothing_to_average(tmp_path):
    clips = [replace(clip, method="") for clip in CLIPS]
    assert set(measured(Results(tmp_path, tuple(clips)))["averages"].values()) == {None}


def test_fakes_without_a_method_are_a_row_too(tmp_path):
    clips = [replace(clip, method="") for clip in CLIPS]
    assert list(measured(Results(tmp_path, tuple(clips)))["methods"]) == ["own/unknown"]


def test_datasets_are_measured_apart_where_there_are_several(tmp_path, results):
    assert measured(results)["datasets"] == {}
    clips = [replace(c, dataset="other") if c.group == "g4" else c for c in CLIPS]
    datasets = measured(Results(tmp_path / "two", tuple(clips)))["datasets"]
    assert datasets["own"]["auc"] == 1
    assert datasets["other"]["auc"] == 0
    assert datasets["other"]["coverage"] == pytest.approx(2 / 3, abs=1e-6)


def test_coverage_is_told_by_class_and_method(results):
    video = measured(results)["video"]
    assert {name: part["coverage"] for name, part in video["coverage_by"].items()} == {
        "real": 1, "fake": 0.6666666667, "own/reenact": 0.5, "own/swap": 1,
    }  # fmt: skip
    # Four videos with a score, and one counted as 0.5.
    expected = (4 * video["log_loss"] + np.log(2)) / 5
    assert video["log_loss_all"] == pytest.approx(expected, abs=1e-6)


def test_a_given_threshold_is_used_everywhere(results):
    metrics = measured(results, threshold=0.7)
    assert metrics["video"]["threshold"] == metrics["frame"]["threshold"] == 0.7
    assert metrics["video"]["confusion"] == {"tn": 2, "fp": 0, "fn": 1, "tp": 1}


def test_the_file_is_strict_json_with_the_same_bytes_each_time(results, tmp_path):
    write_metrics(tmp_path / "a.json", measured(results))
    write_metrics(tmp_path / "b.json", measured(results))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    text = (tmp_path / "a.json").read_text("utf-8")
    assert text.endswith("}\n")
    assert json.loads(text) == measured(results)


def test_numbers_have_at_most_ten_decimals(results):
    def numbers(value):
        if isinstance(value, dict):
            return [number for part in value.values() for number in numbers(part)]
        if isinstance(value, list):
            return [number for part in value for number in numbers(part)]
        return [value] if isinstance(value, float) else []

    assert all(number == round(number, 10) for number in numbers(measured(results)))


@pytest.mark.parametrize("kept", [[], [0], [1]])
def test_one_class_or_none_gives_nulls_with_reasons_and_valid_json(tmp_path, kept):
    clips = [clip for clip in CLIPS if clip.split == "train" or clip.label in kept]
    metrics = measured(Results(tmp_path, tuple(clips)))
    assert metrics["video"]["auc"] is None
    assert metrics["video"]["auc_ci"] is None
    assert metrics["video"]["threshold"] == 0.5
    assert any(note.startswith("video.auc") for note in metrics["notes"])
    assert any(note.startswith("video.threshold") for note in metrics["notes"])
    write_metrics(tmp_path / "metrics.json", metrics)
    assert "NaN" not in (tmp_path / "metrics.json").read_text()


def test_without_test_videos_coverage_is_null_and_says_why(tmp_path):
    metrics = measured(Results(tmp_path, tuple(c for c in CLIPS if c.split != "test")))
    assert metrics["video"]["coverage"] is None
    assert "video.coverage: the manifest has no test video" in metrics["notes"]


def test_a_group_on_two_sides_is_never_measured(tmp_path):
    leaking = Clip("leak", 1, "g1", "test", (0.9, 0.9))
    with pytest.raises(DatasetError, match="g1"):
        measured(Results(tmp_path, (*CLIPS, leaking)))


def test_a_leak_into_training_is_found_though_training_is_not_scored(tmp_path):
    with pytest.raises(DatasetError, match="g0"):
        measured(Results(tmp_path, (*CLIPS, Clip("leak", 1, "g0", "test", ()))))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("test_r1,0,g3", "test_r1,1,g3", "test_r1: the label is 1 in the scores and 0"),
        ("test_r1,0,g3", "test_r1,0,g9", "test_r1: the group is 'g9'"),
        ("test_r1,0,g3", "stranger,0,g3", "stranger is scored but not in the manifest"),
    ],
)
def test_scores_that_contradict_the_manifest_are_refused(results, old, new, complaint):
    results.videos.write_text(results.videos.read_text().replace(old, new))
    with pytest.raises(DatasetError, match=complaint):
        measured(results)


def test_frames_of_a_video_without_a_score_are_refused(results):
    results.frames.write_text(results.frames.read_text() + "stranger,0,0.0,0.5\n")
    with pytest.raises(DatasetError, match="stranger has frames but is not in"):
        measured(results)


def test_a_perfect_result_on_few_videos_is_not_called_certain(tmp_path):
    clips = [c for c in CLIPS if c.video not in ("test_r2", "test_f2")]
    clips += [Clip("test_r4", 0, "g5", "test", (0.1,)), Clip("test_f4", 1, "g5", "test", (0.9,))]
    metrics = measured(Results(tmp_path, tuple(clips)))
    # Two groups: 0.025 ** (1 / 2), rounded outward.
    assert metrics["video"]["auc_ci"] == [0.1581138830, 1]
    assert any("groups, which are few" in note for note in metrics["notes"])


def test_the_command_writes_what_the_function_returns(results, tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"code": "", "settings": {"threshold": 0.7, "confidence": 0.8}}))
    parser = ArgumentParser()
    command.add_arguments(parser)
    arguments = [
        "--manifest", results.manifest, "--index", results.dataset, "--frames", results.frames,
        "--videos", results.videos, "--quarantine", results.quarantine, "--settings", settings,
        "--quality", quality(tmp_path, "cpu"), "--model", model_trained_on(tmp_path, "cpu"),
        "--output", tmp_path / "metrics.json",
    ]  # fmt: skip
    assert command.run(parser.parse_args(list(map(str, arguments)))) == 0
    expected = measured(results, threshold=0.7, confidence=0.8)
    written = json.loads((tmp_path / "metrics.json").read_text())
    assert written.pop("reproducible")["same_bytes"]
    assert written == expected


def quality(folder, *devices):
    path = folder / "quality.csv"
    path.write_text("video,device\n" + "".join(f"v,{device}\n" for device in devices))
    return path


def model_trained_on(folder, device):
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        contract = {"classes": ["real", "fake"], "input_size": 64, "channels": "RGB"}
        contract |= {"scaling": "unit", "backbone": "Meso4", "device": device}
        archive.writestr(CONTRACT, json.dumps(contract))
    return folder / "model.keras"


@pytest.mark.parametrize(
    ("found_on", "trained_on", "same"),
    [(["cpu"], "cpu", True), (["cpu", "gpu"], "cpu", False), (["cpu"], "gpu", False)],
)
def test_what_a_gpu_had_a_hand_in_is_not_promised_to_come_out_the_same(
    tmp_path, found_on, trained_on, same
):
    told = reproducible(quality(tmp_path, *found_on), model_trained_on(tmp_path, trained_on))
    assert told["same_bytes"] is same
    assert told["training"] == trained_on


def test_each_value_of_a_column_is_measured_by_itself(results):
    table = results.table("subgroups.csv", ("video", "column", "value"), [
        *((f"test_{name}", "camera", "old") for name in ("r1", "f1")),
        *((f"test_{name}", "camera", "new") for name in ("r2", "f2", "f3")),
        ("test_r1", "light", "dark"), ("val_r1", "light", "bright"),
    ])  # fmt: skip
    found = evaluate(*results.evaluation(), table, by=["camera", "light"])
    old, new = (found["by"]["camera"][value] for value in ("old", "new"))
    assert (old["n_real"], old["n_fake"], old["auc"], old["tpr"]) == (1, 1, 1.0, 1.0)
    assert (new["n_real"], new["n_fake"], new["auc"], new["fpr"]) == (1, 1, 0.0, 1.0)
    assert list(found["by"]["light"]) == ["dark"] and found["by"]["light"]["dark"]["auc"] is None
    assert any("by.light.dark.auc: there is no fake" in note for note in found["notes"])
    assert measured(results)["by"] == {}


def test_measures_are_those_of_scikit_learn_on_the_table_of_scores(results):
    random = np.random.default_rng(4)
    clips = tuple(
        Clip(f"{split}{g}_{label}", label, f"{split}{g}", split,
             tuple(np.clip(random.normal(0.35 + 0.3 * label, 0.2, 3), 0, 1)), "swap" * label)
        for split in ("val", "test") for g in range(30) for label in (0, 1)
    )  # fmt: skip
    made = Results(results.folder / "many", clips, pictures=False)
    metrics = measured(made)
    rows = [row for row in read(made.videos) if row["split"] == "test"]
    label = np.array([int(row["label"]) for row in rows])
    score = np.array([float(row["p_fake"]) for row in rows])
    called = score >= metrics["video"]["threshold"]
    wanted = {
        "auc": sklearn.roc_auc_score(label, score),
        "average_precision": sklearn.average_precision_score(label, score),
        "log_loss": sklearn.log_loss(label, np.clip(score, 1e-7, 1 - 1e-7)),
        "brier": sklearn.brier_score_loss(label, score),
        "accuracy": sklearn.accuracy_score(label, called),
        "balanced_accuracy": sklearn.balanced_accuracy_score(label, called),
        "precision": sklearn.precision_score(label, called),
        "recall": sklearn.recall_score(label, called),
        "f1": sklearn.f1_score(label, called),
    }
    assert {name: metrics["video"][name] for name in wanted} == pytest.approx(wanted, abs=1e-9)
    assert metrics["methods"]["own/swap"]["auc"] == pytest.approx(wanted["auc"], abs=1e-9)
