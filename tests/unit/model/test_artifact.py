"""The model file and its contract."""

import json
import time
import typing
import zipfile

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from unmask.config.schema import Config
from unmask.errors import ModelError
from unmask.frames.limits import LIMITS
from unmask.model import runtime
from unmask.model.build import build_model
from unmask.model.contract import Contract, check_contract, read_contract
from unmask.model.form import faults
from unmask.model.model_file import load_model, save_model

CONTRACT = {
    "classes": ["real", "fake"],
    "input_size": 32,
    "channels": "RGB",
    "scaling": "unit",
    "backbone": "Meso4",
    "crop": {"scale": 1.3, "size": 64},
}


def seeded_model():
    runtime.make_deterministic(5)
    return build_model(input_size=32)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "new folder/model.keras"
    save_model(seeded_model(), path, CONTRACT)
    return path


@pytest.fixture
def crops():
    return np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)


def with_member(source, target, name, content):
    """Copy an archive with one member replaced, added, or left out (None)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        if content is not None:
            new.writestr(name, content)
    return target


def test_a_saved_model_scores_as_before_and_has_its_contract(saved, crops):
    model, contract = load_model(saved)
    assert contract == CONTRACT
    np.testing.assert_array_equal(
        model.predict_on_batch(crops), seeded_model().predict_on_batch(crops)
    )


def test_keras_loads_the_file_by_itself_in_safe_mode(saved, crops):
    plain = keras.models.load_model(saved, safe_mode=True)
    np.testing.assert_array_equal(
        plain.predict_on_batch(crops), load_model(saved)[0].predict_on_batch(crops)
    )


@pytest.mark.parametrize(
    ("backbone", "scaling"), [("VGG16", "caffe"), ("MobileNet", "torch"), ("MobileNet", "tf")]
)
def test_every_scaling_survives_saving(tmp_path, crops, backbone, scaling):
    model = build_model(backbone=backbone, scaling=scaling, input_size=32)
    save_model(model, tmp_path / "m.keras", CONTRACT | {"scaling": scaling, "backbone": backbone})
    plain = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    np.testing.assert_array_equal(plain.predict_on_batch(crops), model.predict_on_batch(crops))


def test_equal_models_give_equal_bytes(saved, tmp_path):
    time.sleep(2.1)  # past the resolution of dates in an archive
    save_model(seeded_model(), tmp_path / "again.keras", CONTRACT)
    assert (tmp_path / "again.keras").read_bytes() == saved.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.keras"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"classes": ["fake", "real"]}, "in this order"),
        ({"input_size": 64}, "promises RGB of 64 px"),
    ],
)
def test_a_contract_that_does_not_fit_is_refused(saved, tmp_path, change, message):
    text = json.dumps(CONTRACT | change)
    odd = with_member(saved, tmp_path / "odd.keras", "unmask.json", text)
    with pytest.raises(ModelError, match=message):
        load_model(odd)


def test_an_incomplete_contract_is_refused(tmp_path):
    with pytest.raises(ModelError, match="lacks classes, channels, scaling, backbone"):
        save_model(seeded_model(), tmp_path / "m.keras", {"input_size": 32})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "holds no unmask.json"),
        ("{", "cannot be read"),
        ("[]", "is not a JSON object"),
    ],
)
def test_a_file_without_a_readable_contract_is_refused(saved, tmp_path, content, message):
    bare = with_member(saved, tmp_path / "bare.keras", "unmask.json", content)
    with pytest.raises(ModelError, match=message):
        read_contract(bare)


def test_what_is_no_model_file_is_refused(tmp_path):
    with pytest.raises(ModelError, match="There is no model file"):
        load_model(tmp_path / "absent.keras")
    (tmp_path / "model.keras").write_bytes(b"\x80\x04pickle")
    with pytest.raises(ModelError, match=r"is not a \.keras model file"):
        load_model(tmp_path / "model.keras")


def test_code_inside_a_model_is_not_run(saved, tmp_path):
    image = keras.Input((32, 32, 3))
    dark = keras.layers.Lambda(lambda x: x[:, 0, 0, :1])(image)
    keras.Model(image, dark).save(tmp_path / "lambda.keras")
    text = json.dumps(CONTRACT)
    unsafe = with_member(tmp_path / "lambda.keras", tmp_path / "u.keras", "unmask.json", text)
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(unsafe)


def test_a_contract_that_agrees_passes():
    check_contract(CONTRACT, {"crop": {"scale": 1.3}, "input_size": 32})


def test_each_difference_to_a_contract_gets_a_line():
    with pytest.raises(ModelError) as refusal:
        check_contract(CONTRACT, {"crop": {"scale": 1.6, "align": True}, "backbone": "Meso4"})
    lines = str(refusal.value).splitlines()
    assert "  crop.align: the model has not set, here it is true" in lines
    assert "  crop.scale: the model has 1.3, here it is 1.6" in lines
    assert len(lines) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": 2.0},
        {"threshold": float("nan")},
        {"threshold": 0},
        {"threshold": True},
        {"crop": {"size": 0}},
        {"crop": {"size": -5}},
        {"crop": {"size": "224"}},
        {"crop": {"scale": 1e9}},
        {"crop": [1]},
        {"frames": [1, 2]},
        {"frames": {"fps": "2"}},
        {"frames": {"fps": float("inf")}},
        {"frames": {"out_dir": "/tmp"}},
        {"detect": {"device": "cuda:0"}},
        {"scoring": {"aggregate": "best"}},
        {"undecided": [0.9, 0.1]},
        {"undecided": [0.1, 0.5, 0.9]},
        {"look": {"sharpness": -1}},
        {"input_size": 10**9},
        {"versions": {"keras": 3}},
        {"versions": []},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_value_out_of_its_range_and_an_unknown_key_are_refused_by_name(saved, tmp_path, change):
    odd = with_member(saved, tmp_path / "odd.keras", "unmask.json", json.dumps(CONTRACT | change))
    with pytest.raises(ModelError) as refusal:
        read_contract(odd)
    assert next(iter(change)) in str(refusal.value)
    assert str(refusal.value).count("\n") == 0


def test_sections_of_a_contract_have_the_keys_and_the_ranges_of_the_settings():
    settings = Config().model_dump()
    for section, form in typing.get_type_hints(Contract, include_extras=True).items():
        if section not in ("frames", "detect", "crop"):
            continue
        model = type(getattr(Config(), section))
        hints = typing.get_type_hints(form, include_extras=True)
        assert set(hints) == set(settings[section]) - set(LIMITS)
        for key, hint in hints.items():
            for value in (
                -1,
                0,
                0.04,
                0.5,
                1,
                1.5,
                15,
                16,
                101,
                1001,
                2049,
                1e9,
                None,
                True,
                "all",
            ):
                allowed = not list(faults(value, hint, key))
                try:
                    model.model_validate({key: value}, strict=True)
                except ValidationError:
                    assert not allowed, (section, key, value)
                else:
                    assert allowed, (section, key, value)


def test_what_an_earlier_version_wrote_is_read_as_what_it_is_called_today(saved, tmp_path):
    older = {"detect": {"detector": "opencv", "min_confidence": 0.8}, "crop": {"size": 64}}
    path = with_member(saved, tmp_path / "old.keras", "unmask.json", json.dumps(CONTRACT | older))
    contract = read_contract(path)
    assert contract["crop"] == {"size": 64, "min_confidence": 0.8}
    assert contract["detect"] == {"detector": "opencv"}


def test_a_member_that_inflates_to_gigabytes_is_not_read(saved, tmp_path):
    for name in ("unmask.json", "model.weights.h5"):
        bomb = tmp_path / f"{name}.keras"
        with zipfile.ZipFile(saved) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.namelist():
                if member != name:
                    new.writestr(member, old.read(member))
            with new.open(name, "w") as member:
                for _ in range(30):
                    member.write(bytes(1_000_000))
        with pytest.raises(ModelError, match=r"larger than 1 MB|times its size"):
            load_model(bomb)


def test_a_damaged_an_encrypted_and_a_strangely_packed_member_are_told(saved, tmp_path):
    whole = saved.read_bytes()
    directory = whole.rindex(b"PK\1\2", 0, whole.rindex(b"unmask.json"))
    for offset, value, said in ((8, 1, "encrypted"), (10, 97, "packed in a way"), (16, 5, "CRC")):
        broken = bytearray(whole)
        broken[directory + offset] ^= value
        path = tmp_path / f"{offset}.keras"
        path.write_bytes(broken)
        with pytest.raises(ModelError, match=said):
            read_contract(path)


def test_a_network_of_more_weights_than_the_file_holds_is_not_made(saved, tmp_path):
    with zipfile.ZipFile(saved) as archive:
        config = archive.read("config.json").decode()
    vast = config.replace('"filters": 8', '"filters": 1000000000')
    assert vast != config
    grown = with_member(saved, tmp_path / "m.keras", "config.json", vast)
    with pytest.raises(ModelError, match="more weights than the file holds"):
        load_model(grown)


@pytest.mark.parametrize(
    ("written_by", "said"),
    [("99.0.0", True), ("99.1", True), ("1000.0.0.dev1", True), ("3.0.0", False), (None, False)],
)
def test_a_file_of_a_newer_keras_says_which_one_reads_it(saved, tmp_path, written_by, said):
    known = CONTRACT | ({"versions": {"keras": written_by}} if written_by else {})
    strange = with_member(saved, tmp_path / "strange.keras", "unmask.json", json.dumps(known))
    broken = with_member(strange, tmp_path / "broken.keras", "config.json", "{}")
    with pytest.raises(ModelError, match="cannot be loaded") as refusal:
        load_model(broken)
    assert (f"pip install 'keras>={written_by}'" in str(refusal.value)) == said
