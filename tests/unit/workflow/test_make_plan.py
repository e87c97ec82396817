"""Settings files, stages and the plan: how the workflow learns what depends on what."""

from __future__ import annotations

import json
import os
import shutil
from functools import partial

import pytest
import yaml

from rerun_changes import OTHER_VALUES
from rerun_table import law
from unmask.config.load import validate
from unmask.disk.files import fingerprint
from unmask.errors import ConfigError, DatasetError, UnmaskError
from unmask.workflow import keeping, stage_settings, stages
from unmask.workflow import plan as plans
from unmask.workflow.code import code_digest
from unmask.workflow.expected import expected
from unmask.workflow.keeping import keep
from unmask.workflow.kept import read_kept
from unmask.workflow.keys import read_key
from unmask.workflow.make_plan import make_plan
from unmask.workflow.repeats import STAGES_AGAIN


def leaves(tree, prefix=()):
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*prefix, key))
        else:
            yield ".".join((*prefix, key))


def test_every_setting_reaches_a_stage():
    sections = validate({}).model_dump(exclude={"datasets"})
    covered = [key for stage in stages.STAGES.values() for key in stage.keys]
    for leaf in leaves(sections):
        assert any(leaf == key or leaf.startswith(f"{key}.") for key in covered), leaf


def test_the_law_of_reruns_has_a_row_for_every_setting():
    sections = validate({}).model_dump(exclude={"datasets"})
    assert set(leaves(sections)) == {key for key in law("Settings") if "datasets" not in key}
    assert set(OTHER_VALUES) == set(leaves(sections))


@pytest.mark.parametrize("name", stages.STAGES)
def test_a_changed_setting_changes_the_files_of_just_the_stages_that_name_its_key(name):
    before = stages.STAGES[name].select(validate({}))
    for key, settings_ in OTHER_VALUES.items():
        named = any(key == k or key.startswith(f"{k}.") for k in stages.STAGES[name].keys)
        assert (stages.STAGES[name].select(validate(settings_)) != before) == named, key


def test_a_settings_file_gives_back_what_was_put_in(tmp_path):
    path = tmp_path / "s.json"
    path.write_text(stage_settings.text({"fps": 2}, "abc"))
    assert stage_settings.load(path) == {"fps": 2}
    assert stage_settings.text({"fps": 2}, "abd") != stage_settings.text({"fps": 2}, "abc")


def test_the_plan_names_videos_crops_and_the_demos_files(tmp_path):
    (tmp_path / "c/real").mkdir(parents=True)
    (tmp_path / "c/real/x.jpg").write_bytes(b"")
    datasets = [
        {"kind": "demo", "groups": 3},
        {"kind": "folders", "name": "crops", "root": "c", "cropped": True},
    ]
    plan = make_plan({"datasets": datasets}, tmp_path)
    assert len(plan.filmed) == 6
    assert plan.cropped == {"crops": ["c/real/x.jpg"]}
    assert plan.demo_files[-2:] == ["data/demo/metadata.json", "data/demo/made_of.json"]
    assert len(plan.demo_files) == 8
    assert plan.path(plan.filmed[0]) in plan.demo_files
    assert "demo: 3 real and 3 fake in 3 groups" in plan.summary()
    assert "crops: 1 real and 0 fake in 1 groups" in plan.summary()


def test_the_summary_tells_of_a_scale_that_nothing_uses(tmp_path):
    told = [
        "crop.scale is not used" in make_plan({"crop": crop}, tmp_path).summary()
        for crop in ({"scale": 1.5}, {"scale": 1.5, "place": "box"}, {})
    ]
    assert told == [True, False, False]


def test_planning_again_touches_nothing(tmp_path):
    make_plan({}, tmp_path)
    files = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (1, 1))
    make_plan({"frames": {"fps": 2}}, tmp_path)
    assert {path.stat().st_mtime for path in files} == {1}


def test_a_wrong_configuration_writes_nothing(tmp_path):
    with pytest.raises(ConfigError):
        make_plan({"frames": {"fps": -1}}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_problems_show_in_the_summary(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.mp4").write_bytes(b"")
    (tmp_path / "d/labels.csv").write_text("path,label\na.mp4,real\ngone.mp4,fake\n")
    plan = make_plan({"datasets": [{"kind": "table", "name": "t", "root": "d"}]}, tmp_path)
    assert "1 listed or found videos cannot be used" in plan.summary()
    assert plan.demo is None
    assert plan.demo_files == []


def test_settings_of_a_stage_are_the_arguments_of_its_function():
    from dataclasses import fields
    from inspect import signature

    from unmask.faces.crop import crop_faces
    from unmask.faces.geometry import Geometry
    from unmask.frames.limits import LIMITS
    from unmask.frames.sample import extract_frames

    config = validate({"frames": {"fps": 5}, "crop": {"min_confidence": 0.5}})
    frames = set(stages.settings_of(config, "frames")) - set(LIMITS)
    assert frames <= set(signature(extract_frames).parameters)
    geometry = {field.name for field in fields(Geometry)}
    assert set(stages.settings_of(config, "faces")) <= geometry | set(
        signature(crop_faces).parameters
    )
    assert stages.settings_of(config, "frames")["fps"] == 5
    assert stages.settings_of(config, "faces")["min_confidence"] == 0.5


def test_generated_files_are_up_to_date(repository):
    import importlib.util

    spec = importlib.util.spec_from_file_location("generate", repository / "scripts/generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for name, content in generate.GENERATED.items():
        assert (repository / name).read_text("utf-8") == content(), f"{name}: run `make generate`"


def test_a_dvc_stage_depends_on_its_settings_and_on_what_the_stages_before_it_make(repository):
    pipeline = yaml.safe_load((repository / "dvc.yaml").read_text())["stages"]
    for name, stage in stages.STAGES.items():
        if stage.on_request:
            assert name not in pipeline
            continue
        deps = pipeline["faces" if name == "cropped" else name]["deps"]
        assert f"results/workflow/settings/{name}.json" in deps
        if name == "train":  # of the dataset it reads these parts, and a key that speaks for them
            assert deps[1:] == [
                "results/workflow/made_of/training_data.json",
                "results/dataset/train",
                "results/dataset/val",
            ]
            continue
        for before in stage.after:
            made = {f"results/{path}".split("/{")[0] for path in stages.STAGES[before].makes}
            assert all(any(path.startswith(dep) for dep in deps) for path in made), (name, before)


def test_exports_are_stale_with_the_model_and_only_then(tmp_path):
    def keys(settings_):
        plan = make_plan(settings_, tmp_path, write=False)
        return {result.stage: result.made_of for result in expected(plan)}

    (tmp_path / "earlier.keras").write_bytes(b"")
    (tmp_path / "together.csv").write_text("video,other\n")
    before = keys({})
    for key, settings_ in OTHER_VALUES.items():
        if key == "explore.videos":  # names videos that are not here
            continue
        after = keys(settings_)
        changed = {stage for stage in ("train", "onnx", "tflite") if after[stage] != before[stage]}
        assert changed in (set(), {"train", "onnx", "tflite"}), key
        assert bool(changed) == ("train" in law("Settings")[key]), key


def video_project(where, data=b"x" * 100_000):
    (where / "d/real").mkdir(parents=True)
    (where / "d/real/a.mp4").write_bytes(data)
    return {"datasets": [{"kind": "folders", "name": "m", "root": "d"}]}


def test_a_fingerprint_tells_a_replaced_file_whatever_its_date(tmp_path):
    stage_settings = video_project(tmp_path)
    path = tmp_path / "d/real/a.mp4"
    before = make_plan(stage_settings, tmp_path).source("real-a")
    os.utime(path, (1, 1))
    assert make_plan(stage_settings, tmp_path).source("real-a") == before
    path.write_bytes(b"x" * 99_999 + b"y")
    os.utime(path, (1, 1))
    assert make_plan(stage_settings, tmp_path).source("real-a") != before


def test_a_plan_beside_another_run_writes_nothing(tmp_path):
    plan = make_plan(video_project(tmp_path), tmp_path, write=False)
    assert plan.source("real-a")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("detect", "gpus"),
    [({"device": "gpu"}, 1), ({"device": "cpu"}, 0), ({"device": "gpu", "detector": "opencv"}, 0)],
)
def test_detection_takes_a_gpu_where_one_is_asked_for(tmp_path, detect, gpus):
    plan = make_plan(video_project(tmp_path) | {"detect": detect}, tmp_path)
    assert plan.gpus_to_detect == gpus


def make_all(plan, where):
    """Put files in place of all results, with the keys that they ought to have."""
    for result in expected(plan):
        holder, *others = (where / path for path in result.outputs)
        for path in (holder, *others):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch() if path.suffix else path.mkdir(exist_ok=True)
        holder.write_text(json.dumps({"made_of": result.made_of, "files": {}}))


def test_the_plan_tells_what_is_missing_and_what_is_made_of_something_else(tmp_path):
    settings = video_project(tmp_path)
    plan = make_plan(settings, tmp_path)
    assert "frames: 1 missing" in plan.lacking()
    assert not any(line.startswith("onnx") for line in plan.lacking()), "made on request only"

    make_all(plan, tmp_path)
    assert make_plan(settings, tmp_path).lacking() == []

    (tmp_path / "results/faces/real-a.json").unlink()
    changed = make_plan(settings | {"split": {"seed": 5}}, tmp_path).lacking()
    assert changed[0] == "manifest: 1 made of other settings"
    assert "dataset: 1 made from results that are out of date" in changed
    assert changed[-1] == "faces: 1 missing"

    (tmp_path / "d/real/a.mp4").write_bytes(b"another")
    changed = make_plan(settings, tmp_path).lacking()
    assert "frames: 1 made from other videos, labels or results" in changed
    assert "detections: 1 made from results that are out of date" in changed


def test_machinery_that_an_earlier_version_left_beside_the_answer_is_moved_not_made_again(tmp_path):
    settings = video_project(tmp_path)
    make_all(make_plan(settings, tmp_path), tmp_path)
    results, folder = tmp_path / "results", tmp_path / "results/workflow"
    (folder / "accepted.txt").write_text("1 of 1 videos\n")
    receipt = folder / "made_of/accept.json"
    vouched = {"results/accepted.txt": fingerprint(folder / "accepted.txt")}
    receipt.write_text(json.dumps({"made_of": read_key(receipt), "files": vouched}))
    for path in list(folder.iterdir()):
        path.rename(results / path.name)
    folder.rmdir()

    plan = make_plan(settings, tmp_path)
    assert plan.lacking() == []
    assert not (results / "settings").exists()
    assert not (results / "made_of").exists()


def test_a_video_that_is_in_no_dataset_is_named(tmp_path):
    with pytest.raises(DatasetError, match="no video 'b'"):
        make_plan(video_project(tmp_path), tmp_path).path("b")


def test_a_missing_weights_file_is_said_at_once(tmp_path):
    stage_settings = {"model": {"backbone": "MobileNet", "head": "pool", "weights": "w.h5"}}
    with pytest.raises(ConfigError, match=r"no file w\.h5"):
        make_plan(stage_settings, tmp_path)
    (tmp_path / "w.h5").write_bytes(b"")
    assert make_plan(stage_settings, tmp_path).config.weights_files == ["w.h5"]


def test_a_place_that_cannot_be_written_is_a_message(tmp_path):
    settings = video_project(tmp_path)
    (tmp_path / "results").write_text("a file where the folder should be")
    with pytest.raises(UnmaskError, match="must be writable"):
        make_plan(settings, tmp_path)


# --- results of another version -----------------------------------------------------------------


def another_version(monkeypatch, *stages_: str) -> None:
    """From here on the code of these stages is another."""
    monkeypatch.setattr(plans, "code_digest", other := partial(_other_code, stages_))
    monkeypatch.setattr(keeping, "code_digest", other)


def _other_code(of: tuple[str, ...], stage: str) -> str:
    return "f" * 16 if stage in of else code_digest(stage)


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A project whose frames and model another version made, with its settings."""
    settings = video_project(tmp_path)
    make_all(make_plan(settings, tmp_path), tmp_path)
    another_version(monkeypatch, "frames", "train")
    return settings


def test_what_other_code_made_is_told_from_what_follows(old, tmp_path):
    for _ in range(2):  # planning writes the settings files anew and forgets nothing by it
        plan = make_plan(old, tmp_path)
        told = plan.lacking()
        assert "frames: 1 made by other code" in told
        assert "train: 1 made by other code" in told
        assert "detections: 1 made from results that are out of date" in told
        assert not any(line.startswith("manifest") for line in told)
        assert plan.older() == ["frames", "train"]
        assert "unmask keep frames train --reason" in plan.advice()
    changed = make_plan(old | {"frames": {"fps": 7}}, tmp_path)
    assert "frames: 1 made by other code and of other settings" in changed.lacking()
    assert changed.older() == [], "the contract of the model names the settings of the frames"


def test_results_of_another_version_are_kept_on_record(old, tmp_path):
    [line] = keep(make_plan(old, tmp_path), tmp_path, ["frames"], "messages only")
    assert line.startswith("frames: 1 of 1 results are kept")
    told = make_plan(old, tmp_path).lacking()
    assert told[0] == "train: 1 made by other code"
    assert not any(line.startswith(("frames", "detections", "dataset")) for line in told)
    keep(make_plan(old, tmp_path), tmp_path, ["train"], "messages only")
    assert make_plan(old, tmp_path).lacking() == []
    assert make_plan(old, tmp_path).advice() == ""
    assert [entry.stage for entry in read_kept(tmp_path)] == ["frames", "train"]


def test_the_record_says_the_same_whenever_it_is_written_and_wherever_it_is_read(
    old, tmp_path, monkeypatch
):
    keep(make_plan(old, tmp_path), tmp_path, ["train", "frames"], "messages only")
    record = (tmp_path / "kept.yaml").read_text()
    (tmp_path / "kept.yaml").unlink()
    keep(make_plan(old, tmp_path), tmp_path, ["frames", "train"], "messages only")
    assert (tmp_path / "kept.yaml").read_text() == record
    (tmp_path / "clone").mkdir()
    for name in ("d", "results", "kept.yaml"):
        (tmp_path / name).rename(tmp_path / "clone" / name)
    shutil.rmtree(tmp_path / "clone/results/workflow/settings")
    assert make_plan(old, tmp_path / "clone").lacking() == []
    another_version(monkeypatch, "train")
    assert "frames" not in make_plan(old, tmp_path / "clone").older(), (
        "it was this code's all along"
    )


def test_a_later_version_is_not_kept_by_the_record_of_an_earlier_one(old, tmp_path, monkeypatch):
    keep(make_plan(old, tmp_path), tmp_path, ["frames", "train"], "messages only")
    monkeypatch.setattr(plans, "code_digest", lambda stage: "e" * 16)
    assert {"frames", "train"} <= set(make_plan(old, tmp_path).older())


def test_a_new_video_counts_as_made_like_those_that_are_kept(old, tmp_path):
    keep(make_plan(old, tmp_path), tmp_path, ["frames", "train"], "messages only")
    (tmp_path / "d/real/b.mp4").write_bytes(b"x")
    told = make_plan(old, tmp_path).lacking()
    assert "frames: 1 missing" in told
    assert not any(line.startswith("frames: 1 made") for line in told)


@pytest.mark.parametrize(
    ("stages_", "reason", "said"),
    [
        (["frame"], "why", "no stage 'frame'"),
        (["frames"], "  ", "Say why"),
        (["manifest"], "why", "manifest: no result here was made by other code"),
    ],
)
def test_what_cannot_be_kept_is_a_message(old, tmp_path, stages_, reason, said):
    with pytest.raises(UnmaskError, match=said):
        keep(make_plan(old, tmp_path), tmp_path, stages_, reason)
    assert not (tmp_path / "kept.yaml").exists()


def test_what_is_of_other_settings_too_is_not_kept(old, tmp_path):
    plan = make_plan(old | {"frames": {"fps": 7}}, tmp_path)
    with pytest.raises(UnmaskError, match=r"frames: with .* 0 of 1 would be current, 0 are now"):
        keep(plan, tmp_path, ["frames"], "why")
    assert not (tmp_path / "kept.yaml").exists()


@pytest.mark.parametrize(
    "record", ["a text", "[a]", "stage: x", "- {stage: x}", "- [", "- {stage: [], made_by: 1}"]
)
def test_a_record_that_is_none_is_a_message(old, tmp_path, record):
    (tmp_path / "kept.yaml").write_text(record)
    with pytest.raises(UnmaskError, match=r"kept\.yaml: .*git checkout kept\.yaml"):
        make_plan(old, tmp_path)


def test_a_digest_that_lost_its_quotes_is_a_message(old, tmp_path):
    (tmp_path / "kept.yaml").write_text("- {stage: a, made_by: 12, kept_with: b, reason: c}")
    with pytest.raises(UnmaskError, match="made_by is 12, it must be a text in quotes"):
        make_plan(old, tmp_path)


def keys_of(plan):
    return {(r.stage, tuple(r.outputs)): r.made_of for r in expected(plan)}


def again(keys, name, stage):
    return {key: value for key, value in keys.items() if key[0] == f"repeats/{name}/{stage}"}


def test_a_repeat_is_the_run_with_its_settings_from_the_split_on(tmp_path):
    wanted = {"repeats": {"folds": 3, "seeds": 2}}
    plan = make_plan(wanted, tmp_path)
    (tmp_path / "alone").mkdir()
    assert list(plan.repeats) == [f"fold{f}-seed{s}" for f in range(3) for s in range(2)]
    keys = keys_of(plan)
    alone = make_plan(
        {"split": {"folds": 3, "fold": 1}, "train": {"seed": 1}}, tmp_path / "alone", write=False
    )
    single = {stage: key for (stage, _), key in keys_of(alone).items()}
    for stage in STAGES_AGAIN:
        [found] = again(keys, "fold1-seed1", stage).values()
        assert found == single[stage], stage
        written = tmp_path / f"results/workflow/settings/repeats/fold1-seed1/{stage}.json"
        assert written.read_text() == alone.settings[stage]
    shared = ("demo", "frames", "detections", "faces")
    main = keys_of(make_plan({}, tmp_path / "alone", write=False))
    assert {k: v for k, v in keys.items() if k[0] in shared} == {
        k: v for k, v in main.items() if k[0] in shared
    }
    sides = [
        {video.id for video in plan.repeats[f"fold{fold}-seed0"].split if video.split == "test"}
        for fold in range(3)
    ]
    assert sorted(id for side in sides for id in side) == sorted(plan.in_split)


def test_more_seeds_leave_the_trainings_that_are_there(tmp_path):
    few, more = (
        keys_of(make_plan({"repeats": {"seeds": n}}, tmp_path, write=False)) for n in (2, 3)
    )
    assert len([k for k in few if k[0].endswith("/train")]) == 2
    gone = {key for key in few if more.get(key) != few[key]}
    assert {stage for stage, _ in gone} == {"repeats"}


def test_another_threshold_trains_no_repeat_again(tmp_path):
    before, after = (
        keys_of(make_plan({"repeats": {"seeds": 2}, **more}, tmp_path, write=False))
        for more in ({}, {"evaluate": {"threshold": 0.4}})
    )
    changed = {place[0] for place, key in before.items() if after[place] != key}
    assert {stage.rpartition("/")[2] for stage in changed if "repeats" in stage} == {
        "metrics", "repeats",
    }  # fmt: skip


def table_of(folder, *rows):
    (folder / "d").mkdir(parents=True)
    lines = ["path,label,group,method,camera"]
    for number, (label, method, camera) in enumerate(rows):
        (folder / f"d/{number}.mp4").write_bytes(b"video %d" % number)
        lines.append(f"{number}.mp4,{label},{number // 3},{method},{camera}")
    (folder / "d/labels.csv").write_text("\n".join(lines))
    return [{"name": "mine", "kind": "table", "root": "d"}]


def test_a_method_that_is_left_out_is_only_tested(tmp_path):
    rows = [("real", "", "a"), ("fake", "swap", "b"), ("fake", "puppet", "b")] * 12
    datasets = table_of(tmp_path, *rows)
    plan = make_plan({"datasets": datasets, "repeats": {"leave_out": "method"}}, tmp_path)
    assert list(plan.repeats) == ["without-puppet-seed0", "without-swap-seed0"]
    repeat = plan.repeats["without-swap-seed0"]
    places = {(video.method, video.split) for video in repeat.split}
    assert ("swap", "test") in places and ("swap", "train") not in places
    assert ("puppet", "train") in places
    left = [row for row in repeat.left_out if "held out" in row.reason]
    assert len(left) + sum(v.method == "swap" for v in repeat.split) == 12
    assert '"without": {\n   "method": "swap"' in repeat.settings["manifest"]


def test_a_dataset_that_is_left_out_is_only_tested(tmp_path):
    one = table_of(tmp_path / "one", *[("real", "", ""), ("fake", "x", "")] * 9)
    two = table_of(tmp_path / "two", *[("real", "", ""), ("fake", "x", "")] * 9)
    (tmp_path / "two/d/0.mp4").write_bytes(b"another 0")
    for number in range(18):
        (tmp_path / f"two/d/{number}.mp4").write_bytes(b"another %d" % number)
    datasets = [{**d[0], "name": n, "root": f"{n}/d"} for d, n in ((one, "one"), (two, "two"))]
    plan = make_plan({"datasets": datasets, "repeats": {"leave_out": "dataset"}}, tmp_path)
    repeat = plan.repeats["without-two-seed0"]
    assert {video.split for video in repeat.split if video.dataset == "two"} == {"test"}
    assert {video.split for video in repeat.split if video.dataset == "one"} == {
        "train", "val", "test",
    }  # fmt: skip


def test_nothing_to_repeat_is_told_with_what_to_write(tmp_path):
    for settings_ in ({}, {"repeats": {"leave_out": "dataset"}}):
        plan = make_plan(settings_, tmp_path, write=False)
        with pytest.raises(ConfigError, match=r"repeats:\n    seeds: 3"):
            plan.check_repeats()


def test_folds_of_a_dataset_with_a_split_of_its_own_are_told_to_do_nothing(tmp_path):
    (tmp_path / "d").mkdir()
    lines = ["path,label,split"]
    for number, split in enumerate(("train", "train", "val", "val", "test", "test")):
        (tmp_path / f"d/{number}.mp4").write_bytes(b"%d" % number)
        lines.append(f"{number}.mp4,{'fake' if number % 2 else 'real'},{split}")
    (tmp_path / "d/labels.csv").write_text("\n".join(lines))
    datasets = [{"name": "mine", "kind": "table", "root": "d"}]
    plan = make_plan({"datasets": datasets, "split": {"folds": 3}}, tmp_path, write=False)
    assert any("mine: folds do nothing here" in note for note in plan.notes)
    assert not any("folds" in note for note in make_plan({}, tmp_path, write=False).notes)


def test_subgroups_are_the_values_of_a_column(tmp_path):
    datasets = table_of(
        tmp_path, *[("real", "", "old"), ("fake", "x", ""), ("fake", "y", "new")] * 6
    )
    plan = make_plan({"datasets": datasets, "evaluate": {"by": ["camera"]}}, tmp_path)
    table = (tmp_path / "results/workflow/settings/subgroups.csv").read_text().splitlines()
    assert table[:3] == ["video,column,value", "0,camera,old", "2,camera,new"]
    assert len(table) == 13
    plain = make_plan({"datasets": datasets}, tmp_path, write=False)
    changed = {s for (s, f), key in keys_of(plan).items() if keys_of(plain)[s, f] != key}
    assert {"metrics", "plots", "report"} <= changed and not {"train", "score"} & changed
    with pytest.raises(ConfigError, match=r"no video has a value of 'lens'.*camera"):
        make_plan({"datasets": datasets, "evaluate": {"by": ["lens"]}}, tmp_path)
