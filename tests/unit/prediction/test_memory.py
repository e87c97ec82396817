"""Results of files are remembered by content, model and settings."""

from __future__ import annotations

from unmask.evaluation.scores import FrameScore
from unmask.prediction.cache import ResultCache
from unmask.prediction.results import FaceScore, Pictures, Prediction, Thumbnail, Track


def result(file):
    return Prediction(
        str(file),
        p_fake=0.7,
        p_low=0.5,
        p_high=0.9,
        verdict="fake",
        decided=True,
        n_faces=1,
        coverage=1.0,
        frames=[FrameScore("clip", 3, 0.1, 0.7)],
        tracks=[Track(0, 0.1, 0.1, 1, 0.7, None, None, "fake")],
        faces=[FaceScore(3, 0.1, 0, (1.0, 2.0, 3.0, 4.0), 0.99, 0.7)],
        sampled=[(3, 0.1)],
        width=640,
        pictures=Pictures([Thumbnail(3, 0.1, None, "data:image/jpeg;base64,AA==")]),
    )


def test_what_is_recalled_is_what_was_kept_under_its_present_name(tmp_path):
    file, moved = tmp_path / "a.mp4", tmp_path / "b.mp4"
    file.write_bytes(b"content")
    memory = ResultCache(tmp_path / "memory", "a model")
    assert memory.recall(file, pictured=True) is None
    memory.keep(file, result(file), pictured=True)
    assert memory.recall(file, pictured=True) == result(file)
    file.rename(moved)
    assert memory.recall(moved, pictured=True) == result(moved)


def test_other_content_another_model_and_other_pictures_are_not_known(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"content")
    memory = ResultCache(tmp_path / "memory", "a model")
    memory.keep(file, result(file), pictured=True)
    assert memory.recall(file, pictured=False) is None
    assert ResultCache(tmp_path / "memory", "another").recall(file, pictured=True) is None
    file.write_bytes(b"another")
    assert memory.recall(file, pictured=True) is None


def test_a_damaged_memory_is_no_memory(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"content")
    memory = ResultCache(tmp_path / "memory", "a model")
    memory.keep(file, result(file), pictured=True)
    [kept] = (tmp_path / "memory").iterdir()
    kept.write_text(kept.read_text()[:-20])
    assert memory.recall(file, pictured=True) is None


def test_what_belongs_to_no_file_is_forgotten(tmp_path):
    files = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    memory = ResultCache(tmp_path / "memory", "a model")
    for file in files:
        file.write_bytes(file.name.encode())
        memory.keep(file, result(file), pictured=False)
    memory.forget_all_but(files[:1])
    assert memory.recall(files[0], pictured=False) is not None
    assert memory.recall(files[1], pictured=False) is None
