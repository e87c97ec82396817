"""From the demo to the report: what a run leaves behind, and what it does the second time."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
import yaml

from commands import REPOSITORY, call
from projects import SMALL, copy, snakemake_in
from unmask.detections.index import DetectionIndex
from unmask.faces.index import FaceIndex
from unmask.frames.index import FrameIndex
from unmask.model.model_file import load_model
from unmask.workflow import stages

CONFIG = str(REPOSITORY / "config.yaml")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_metrics_hold_what_the_contract_names(finished):
    metrics = json.loads((finished / "results/metrics.json").read_text())
    assert set(metrics) >= {"frame", "video", "data"}
    needed = (
        "auc auc_ci average_precision log_loss eer accuracy balanced_accuracy threshold "
        "n_real n_fake coverage"
    )
    assert set(metrics["video"]) >= set(needed.split())
    assert metrics["video"]["n_real"] == metrics["video"]["n_fake"] == 2
    assert metrics["video"]["coverage"] == 1
    for split, groups in (("train", 1), ("val", 2), ("test", 2)):
        assert metrics["data"][split]["groups"] == groups
        assert metrics["data"][split]["videos"] == 2 * groups


def test_tables_have_the_columns_of_the_contract(finished):
    results = finished / "results"
    columns = {
        "manifest.csv": "video,path,label,group,split,method,dataset",
        "quarantine.csv": "video,stage,reason",
        "predictions/videos.csv": "video,label,group,split,n_faces,p_fake,logit",
        "predictions/frames.csv": "video,frame,time_s,p_fake,logit",
    }
    for name, expected in columns.items():
        assert (results / name).read_text().splitlines()[0] == expected, name


def test_every_video_can_be_followed_from_its_frames_to_its_score(finished):
    results = finished / "results"
    scores = {row["video"]: row for row in rows(results / "predictions/videos.csv")}
    for row in rows(results / "manifest.csv"):
        video = row["video"]
        frames = FrameIndex.load(results / f"frames/{video}.json")
        detections = DetectionIndex.load(results / f"detections/{video}.json")
        faces = FaceIndex.load(results / f"faces/{video}.json")
        times = [frame.time_s for frame in frames.frames]
        assert times == pytest.approx([0, 0.5], abs=0.05), "the first frame at or after each half"
        assert all((results / f"frames/{video}/{f.file}").is_file() for f in frames.frames)
        assert [f.frame for f in detections.frames] == [f.frame for f in frames.frames]
        assert faces.ok and len(faces.faces) == 2, "the demo's faces are found in every frame"
        folder = results / "dataset" / row["split"] / ("real", "fake")[int(row["label"])]
        assert len(list(folder.glob(f"{video}_*.jpg"))) == 2
        if row["split"] != "train":
            assert 0 <= float(scores[video]["p_fake"]) <= 1
            assert scores[video]["label"] == row["label"]


def test_no_group_is_on_two_sides(finished):
    sides: dict[str, set[str]] = {}
    for row in rows(finished / "results/dataset.csv"):
        sides.setdefault(row["group"], set()).add(row["split"])
    assert {len(side) for side in sides.values()} == {1}


def test_the_model_remembers_how_its_crops_were_made(finished):
    _, contract = load_model(finished / "results/model/model.keras")
    assert contract["crop"]["scale"] == 1.3
    assert contract["crop"]["size"] == 64


def test_plots_and_report_are_there_and_the_report_needs_no_other_file(finished):
    results = finished / "results"
    for name in ("roc", "precision_recall", "confusion", "training", "score_histogram"):
        assert (results / f"plots/{name}.png").stat().st_size > 1000
        assert (results / f"plots/{name}.csv").is_file()
    page = (results / "report/index.html").read_text()
    assert page.count("Heat map over it") == 4  # of each test video
    assert "Contact sheet of fake videos" in page
    assert 'src="http' not in page and 'href="http' not in page
    test = [
        row["video"] for row in rows(results / "predictions/videos.csv") if row["split"] == "test"
    ]
    pages = [path.stem for path in (results / "report/videos").glob("*.html")]
    assert sorted(pages) == sorted(test)


def test_snakemakes_own_report_has_every_picture_with_a_caption(finished, tmp_path):
    done = snakemake_in(finished)("--report", str(tmp_path / "report.zip"))
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(tmp_path / "report.zip") as report:
        page = report.read("report/report.html").decode()
    plots = [path.name for path in (finished / "results/plots").glob("*.png")]
    explored = [
        "contact_real.jpg",
        "contact_fake.jpg",
        *2 * ["frames.jpg", "clip.gif", "crops.jpg"],
    ]
    for name in plots + explored:
        assert f'"name": "{name}"' in page
    assert page.count('"caption": "<p>') == len(plots + explored) == 14


def test_every_rule_leaves_a_log_and_a_benchmark(finished):
    for name in stages.STAGES.keys() - {"frames", "detections", "faces", "cropped"}:
        if stages.STAGES[name].on_request:
            continue
        assert (finished / f"logs/{name}.log").is_file()
        assert (finished / f"logs/benchmarks/{name}.tsv").read_text().startswith("s\t")


def test_nothing_is_done_the_second_time(finished):
    again = snakemake_in(finished)()
    assert "Nothing to be done" in again.stdout


def test_a_dry_run_explains_why(finished, tmp_path):
    changed = {**SMALL, "train": {**SMALL["train"], "epochs": 2}}
    folder = copy(finished, tmp_path / "copy")
    shown = snakemake_in(folder, changed)("--dry-run").stdout
    jobs = {"train", "score", "explain", "metrics", "plots", "report", "all"}
    counts = shown.split("Job stats:")[1].split("total")[0].split("\n")[3:]
    assert {line.split()[0] for line in counts if line.strip()} == jobs
    assert "results/workflow/settings/train.json" in shown
    alone = call("unmask", "plan", CONFIG, "--configfile", "overlay.yaml", cwd=folder).stdout
    set_anew = {"train", "report"}  # the report shows the settings
    lacking = [f"  {job}: 1 made of other settings" for job in set_anew] + [
        f"  {job}: 1 made from results that are out of date" for job in jobs - {"all"} - set_anew
    ]
    assert sorted(alone.splitlines()[-len(lacking) :]) == sorted(lacking)


def test_the_plan_alone_says_that_everything_is_current(finished):
    done = call("unmask", "plan", CONFIG, "--configfile", "overlay.yaml", cwd=finished)
    assert done.stdout.endswith("All results belong to the current settings, code and videos.\n")


@pytest.mark.parametrize("target", ["frames", "detections", "faces"])
def test_one_videos_files_can_be_asked_for_alone(tmp_path, target):
    snakemake = snakemake_in(tmp_path / "p")
    listed = snakemake("manifest")
    assert listed.returncode == 0, listed.stdout
    video = rows(tmp_path / "p/results/manifest.csv")[0]["video"]
    suffix = ".json" if target == "detections" else ""
    done = snakemake("--dry-run", f"results/{target}/{video}{suffix}")
    assert done.returncode == 0, done.stdout
    assert "extract_frames        1" in done.stdout


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"frames": {"fpss": 2}}, "fps: 2"),
        ({"split": {"train": 0.9}}, "train + val + test must be 1"),
        ({"model": {"backbone": "Xcption", "head": "pool"}}, "Did you mean Xception"),
        (
            {"datasets": [{"name": "x", "kind": "folders", "root": "absent"}]},
            "there is no folder absent",
        ),
    ],
)
def test_a_mistake_in_the_settings_stops_before_any_job(tmp_path, settings, said):
    done = snakemake_in(tmp_path / "p", settings)()
    assert done.returncode != 0
    assert said in done.stdout
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "p/logs").exists()


def test_the_tutorial_preset_plans_a_whole_run(tmp_path, repository):
    done = call(
        "snakemake",
        "--dry-run",
        f"--snakefile={repository / 'Snakefile'}",
        f"--directory={tmp_path}",
        f"--configfile={repository / 'presets/tutorial.yaml'}",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout
    train = json.loads((tmp_path / "results/workflow/settings/train.json").read_text())["settings"]
    preset = yaml.safe_load((repository / "presets/tutorial.yaml").read_text())
    assert train["model"]["backbone"] == "VGG16"
    assert train["train"]["learning_rate"] == preset["train"]["learning_rate"] == 2e-5
