"""Settings files, stages and the plan: how the workflow learns what depends on what."""

from __future__ import annotations

import json
import os

import pytest
import yaml

from rerun_changes import OTHER_VALUES
from rerun_table import law
from unmask.config.load import validate
from unmask.errors import ConfigError, DatasetError, UnmaskError
from unmask.workflow import stage_settings, stages
from unmask.workflow.expected import expected
from unmask.workflow.make_plan import make_plan


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


def test_a_stage_lists_the_modules_it_imports_wherever_the_import_stands():
    names = {path.relative_to(stages.PACKAGE).as_posix() for path in stages.modules("dataset")}
    assert {"commands/dataset.py", "dataset/build.py", "videos/split.py", "records.py"} <= names
    assert "workflow/make_plan.py" not in names
    assert not any(name.startswith("model/") for name in names)


def test_per_video_stages_do_not_depend_on_the_readers_or_the_model():
    for name in ("frames", "detections", "faces"):
        for path in stages.modules(name):
            folder = path.relative_to(stages.PACKAGE).parts[0]
            assert folder not in ("config", "model", "training", "evaluation")


def test_an_edited_module_changes_the_digest_of_the_stages_that_use_it(tmp_path, monkeypatch):
    import shutil

    copy = tmp_path / "unmask"
    shutil.copytree(stages.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(stages, "PACKAGE", copy)
    before = {name: stages.code_digest(name) for name in stages.STAGES}
    with (copy / "videos/split.py").open("a") as file:
        file.write("# edited\n")
    after = {name: stages.code_digest(name) for name in stages.STAGES}
    changed = {name for name in stages.STAGES if before[name] != after[name]}
    assert changed == {"manifest", "accept", "dataset"} | {
        name for name in stages.STAGES if copy / "videos/split.py" in stages.modules(name)
    }


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
    from inspect import signature

    from unmask.faces.crop import crop_faces
    from unmask.frames.sample import extract_frames

    config = validate({"frames": {"fps": 5}, "crop": {"min_confidence": 0.5}})
    for stage, function in {"frames": extract_frames, "faces": crop_faces}.items():
        assert set(stages.settings_of(config, stage)) <= set(signature(function).parameters)
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
        assert f"results/settings/{name}.json" in deps
        for before in stage.after:
            made = {f"results/{path}".split("/{")[0] for path in stages.STAGES[before].makes}
            assert all(any(path.startswith(dep) for dep in deps) for path in made), (name, before)


def test_exports_are_stale_with_the_model_and_only_then(tmp_path):
    def keys(settings_):
        plan = make_plan(settings_, tmp_path, write=False)
        return {result.stage: result.made_of for result in expected(plan)}

    (tmp_path / "earlier.keras").write_bytes(b"")
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


def test_the_plan_tells_what_is_missing_and_what_is_made_of_something_else(tmp_path):
    stage_settings = video_project(tmp_path)
    plan = make_plan(stage_settings, tmp_path)
    assert "frames: 1 missing" in plan.lacking()
    assert not any(line.startswith("onnx") for line in plan.lacking()), "made on request only"

    for result in expected(plan):
        holder, *others = (tmp_path / path for path in result.outputs)
        for path in (holder, *others):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch() if path.suffix else path.mkdir(exist_ok=True)
        holder.write_text(json.dumps({"made_of": result.made_of, "files": {}}))
    assert make_plan(stage_settings, tmp_path).lacking() == []

    (tmp_path / "results/faces/real-a.json").unlink()
    changed = make_plan(stage_settings | {"split": {"seed": 5}}, tmp_path).lacking()
    assert changed[0] == "manifest: 1 made of other settings, code or videos"
    assert changed[-1] == "faces: 1 missing"


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
    stage_settings = video_project(tmp_path)
    (tmp_path / "results").write_text("a file where the folder should be")
    with pytest.raises(UnmaskError, match="must be writable"):
        make_plan(stage_settings, tmp_path)
