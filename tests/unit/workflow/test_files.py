"""Folders that are written whole or not at all."""

import pytest

from unmask.files import fresh_directory


def test_the_folder_appears_only_when_it_is_complete(tmp_path):
    target = tmp_path / "deep" / "frames"
    with fresh_directory(target) as folder:
        (folder / "1.txt").write_text("1")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["1.txt"]
    assert list(target.parent.iterdir()) == [target]


def test_nothing_of_an_earlier_run_remains(tmp_path):
    target = tmp_path / "frames"
    target.mkdir()
    (target / "old.txt").write_text("old")
    left_over = tmp_path / ".frames.partial"
    left_over.mkdir()
    (left_over / "killed.txt").write_text("killed")
    with fresh_directory(target) as folder:
        (folder / "new.txt").write_text("new")
    assert [path.name for path in target.iterdir()] == ["new.txt"]
    assert not left_over.exists()


def test_a_failure_leaves_the_earlier_folder_and_no_other(tmp_path):
    target = tmp_path / "frames"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with pytest.raises(KeyboardInterrupt), fresh_directory(target) as folder:
        (folder / "half.txt").write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in target.iterdir()] == ["old.txt"]
    assert list(tmp_path.iterdir()) == [target]
