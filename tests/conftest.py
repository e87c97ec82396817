"""What all tests share."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import made_once
from commands import REPOSITORY

SHARED_DATA = REPOSITORY.parent / "shared" / "data"
UNIT = REPOSITORY / "tests/unit"

# A slow machine fails no test, and what is found once is found again.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--clips", type=Path, default=None, help="a folder of videos to hold the detectors against"
    )
    parser.addoption("--long", action="store_true", help="also tests that are marked as long")
    parser.addoption("--part", metavar="K/N", help="only part K of N, from 0: by the tests' names")
    parser.addoption("--shuffle", type=int, metavar="SEED", help="in an order drawn from a seed")
    parser.addoption(
        "--made", type=Path, default=None, help="where projects that are made once are kept"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Which tests run, in which order: whole projects first, so that two processes end together."""
    items.sort(key=lambda item: UNIT in item.path.parents)
    if (seed := config.getoption("--shuffle")) is not None:
        random.Random(seed).shuffle(items)
    wanted, others = [], []
    for item in items:
        (wanted if _is_wanted(config, item) else others).append(item)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = wanted


def _is_wanted(config: pytest.Config, item: pytest.Item) -> bool:
    if item.get_closest_marker("long") and not config.getoption("--long"):
        return False
    if part := config.getoption("--part"):
        number, parts = map(int, part.split("/"))
        return zlib.crc32(item.nodeid.encode()) % parts == number
    return True


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


# --- projects that are made once a run; tests leave them as they are --------------------------


@pytest.fixture(scope="session")
def store(request, tmp_path_factory) -> Iterator[made_once.Store]:
    """Where they lie: one folder for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base
    store = made_once.Store(request.config.getoption("--made") or shared / "made-once")
    yield store
    assert not store.changed(), "a test has written to a project that is not its own"


@pytest.fixture(scope="session")
def finished(store) -> Path:
    """A small demo on which everything has run once."""
    return store.get(made_once.finished)


@pytest.fixture(scope="session")
def mixed(store) -> Path:
    """Two good clips and one of every bad kind, up to the crops."""
    return store.get(made_once.mixed)


@pytest.fixture(scope="session")
def recorded(store) -> Path:
    """A project with every rule in it, run once, in git and DVC, its cache in a remote."""
    return store.get(made_once.recorded)


@pytest.fixture(scope="session")
def cloned(store) -> Path:
    """A clone of it after ``make sync``."""
    return store.get(made_once.cloned)


@pytest.fixture(scope="session")
def checked_out(store) -> Path:
    """The recorded project after a later commit with other results, and back to this one."""
    return store.get(made_once.checked_out)
