"""What holds for any input at all."""

from __future__ import annotations

import json
import math
import os
import tempfile
from pathlib import Path, PurePosixPath

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from unmask.config.datasets import Table
from unmask.config.yaml_file import read_yaml_file
from unmask.disk.foreign import parse_json, shown, shown_value
from unmask.disk.records import Square
from unmask.errors import ConfigError, DatasetError
from unmask.faces.geometry import Geometry, crop_square
from unmask.frames.sample import at_rate, spread
from unmask.model.contract import Contract
from unmask.model.form import faults
from unmask.videos.media_types import name_parts
from unmask.videos.readers import table
from unmask.videos.readers.listing import inside

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)
NUMBERS = st.floats(-1e4, 1e4)
SIDES = st.floats(1, 1e4)


def in_a_file(content: bytes, read):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.csv"
        path.write_bytes(content)
        return read(path)


@given(st.binary(max_size=60) | JSON.map(json.dumps).map(str.encode))
def test_json_is_read_or_refused(content):
    try:
        found = parse_json(content, "it", DatasetError)
    except DatasetError as error:
        assert str(error).startswith("it ")
    else:
        json.dumps(found, ensure_ascii=False).encode()


@given(st.binary(max_size=40) | st.text("{}[]&*a: -,!'\"\n<?|>", max_size=40).map(str.encode))
def test_yaml_is_read_or_refused(content):
    try:
        in_a_file(content, lambda path: read_yaml_file(path, ConfigError))
    except ConfigError as error:
        assert "labels.csv" in str(error)


ROWS = st.lists(st.tuples(st.text(max_size=9), st.sampled_from(["0", "fake", "", "x"])), max_size=4)


@given(st.binary(max_size=60) | ROWS.map(
    lambda rows: "path,label\n" + "".join(f"{path},{label}\n" for path, label in rows)
).map(lambda text: text.encode("utf-8", "surrogatepass")))  # fmt: skip
def test_each_row_of_a_table_is_a_clip_or_a_problem_or_the_table_is_refused(content):
    settings = Table(name="t", kind="table", root="d")
    try:
        listing = in_a_file(content, lambda path: table.read(path.parent, settings))
    except DatasetError:
        return
    paths = [path for path, _ in listing.problems] + [clip.path for clip in listing.clips]
    assert len(paths) == len(set(paths))


@given(st.text("ab./\\: ~", max_size=12))
def test_a_path_of_a_label_stays_inside_or_is_refused(path):
    try:
        found = inside(path, source="it")
    except DatasetError:
        return
    assert os.path.normpath(f"/root/{found}").startswith("/root/")
    assert found == PurePosixPath(found).as_posix()


@given(st.text("aA./ é", max_size=12))
def test_stem_and_suffix_are_those_of_a_path(name):
    path = PurePosixPath(f"d/{name.rstrip('/')}")
    if path.name not in ("", ".", "..") and not name.endswith(("/", "/.")):
        assert name_parts(str(path)) == (path.stem, path.suffix)


@given(st.text(max_size=300) | st.binary(max_size=300).map(os.fsdecode), JSON)
def test_what_is_shown_of_a_name_or_a_value_can_be_written(name, value):
    for text in (shown(name.replace("\0", "")) if name.isascii() else "", shown_value(value)):
        assert len(text.encode()) < 5000


@given(JSON)
def test_any_contract_is_held_against_its_form(contract):
    found = list(faults(contract, Contract))
    assert found or isinstance(contract, dict)


@given(
    st.lists(st.floats(0.001, 5), min_size=1, max_size=60),
    st.floats(0.01, 1000),
    st.integers(1, 80),
)
def test_sampled_frames_are_there_and_none_comes_twice(steps, fps, count):
    times = np.cumsum([0.0, *steps]).tolist()
    for chosen in (at_rate(times, fps), spread(times, count)):
        assert chosen == sorted(set(chosen))
        assert all(0 <= number < len(times) for number in chosen)
    assert len(spread(times, count)) == min(count, len(times))
    assert at_rate(times, fps)[0] == 0


@given(
    st.tuples(NUMBERS, NUMBERS, SIDES, SIDES),
    st.none() | st.lists(st.tuples(NUMBERS, NUMBERS), min_size=5, max_size=5),
    st.sampled_from(["landmarks", "box"]),
    st.booleans(),
)
def test_any_face_has_a_square_around_it(box, landmarks, place, align):
    square = Geometry(place=place, align=align).square(box, landmarks)
    assert all(map(math.isfinite, square)) and square.side > 0


@given(NUMBERS, NUMBERS, st.floats(1, 300), st.floats(-4, 4), st.integers(16, 40))
def test_any_square_can_be_cut_out_of_a_frame(x, y, side, tilt, size):
    crop = crop_square(np.full((30, 50, 3), 7, np.uint8), Square(x, y, side, tilt), size)
    assert crop.shape == (size, size, 3) and crop.dtype == np.uint8
