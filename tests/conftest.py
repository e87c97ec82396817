"""What all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--clips", type=Path, default=None, help="a folder of videos to hold the detectors against"
    )


LONG = ("test_dvc.py", "test_predict.py", "test_imports.py")
"""What takes minutes: started first among the whole runs, so that two processes end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Unit tests, then whole runs, and of these the long ones first."""

    def turn(item: pytest.Item) -> tuple[bool, int]:
        rank = LONG.index(item.path.name) if item.path.name in LONG else len(LONG)
        return item.path.parent.name != "unit", rank

    items.sort(key=turn)


@pytest.fixture
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def dfdc_metadata() -> Path:
    """The real ``metadata.json`` of DFDC's 400-video sample."""
    path = SHARED_DATA / "dfdc_train_sample_metadata.json"
    if not path.exists():
        pytest.skip("needs DFDC's metadata.json of the training sample beside the repository")
    return path
