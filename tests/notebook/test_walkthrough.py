"""The walkthrough, run from top to bottom as a reader would: `make test-notebook`."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from walkthrough import load_script

WITHOUT_THE_PACKAGE = """
import sys
from pathlib import Path
sys.path[:] = [place for place in sys.path if not Path(place, "unmask").is_dir()]
"""


@dataclass(frozen=True)
class Run:
    """A notebook that was run: its cells by name, what it wrote, and where it was run."""

    notebook: NotebookNode
    work: Path
    place: Path

    def cell(self, name: str) -> NotebookNode:
        return next(cell for cell in self.notebook.cells if cell.id == name)

    def printed(self, name: str) -> str:
        outputs = self.cell(name).outputs
        return "".join(out.text for out in outputs if out.get("name") == "stdout")

    @property
    def metrics(self) -> dict:
        return json.loads((self.work / "results/metrics.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def walkthrough():
    return load_script()


@pytest.fixture(scope="module")
def ran(walkthrough, tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("walkthrough")
    notebook = nbformat.read(walkthrough.NOTEBOOK, as_version=4)
    for name in ("made", "place"):
        (folder / name).mkdir()
    walkthrough.run(notebook, folder / "place", folder / "made")
    work = next((folder / "made").glob("unmask-*"))
    return Run(notebook, work, folder / "place")


def test_it_tells_real_from_fake_test_videos(ran):
    video = ran.metrics["video"]
    assert (video["n_real"], video["n_fake"]) == (5, 5)
    assert video["auc"] >= 0.9
    assert video["balanced_accuracy"] >= 0.8


def test_no_group_is_on_two_sides_and_a_split_by_image_is_refused(ran):
    with (ran.work / "results/dataset.csv").open(newline="") as lines:
        sides = {(row["group"], row["split"]) for row in csv.DictReader(lines)}
    assert len(sides) == len({group for group, _ in sides}) == 24
    assert "24 groups are on several sides" in ran.printed("leak")


def test_mtcnn_finds_the_faces_that_haar_misses(ran):
    none = {
        name: int(count)
        for name, count in re.findall(r"(MTCNN|Haar) +none in (\d+)", ran.printed("haar"))
    }
    assert none["MTCNN"] == 0 < none["Haar"]


def test_a_new_clip_is_scored_and_the_spliced_one_is_left_undecided(ran):
    real, swapped, spliced = ran.printed("predict").splitlines()
    assert ".mp4: real," in real and ".mp4: fake," in swapped
    assert spliced.endswith("undecided: the interval holds the threshold")


def test_it_shows_that_an_unknown_kind_of_fake_is_missed(ran):
    called = dict(re.findall(r"(real|blended): (\d+) of 40", ran.printed("unknown-scores")))
    assert int(called["real"]) < 10 and int(called["blended"]) < 20


def test_every_step_has_its_picture(ran):
    kinds = {
        cell.id: {kind for out in cell.get("outputs", []) for kind in out.get("data", {})}
        for cell in ran.notebook.cells
    }
    shown = {name for name, found in kinds.items() if found & {"image/png", "image/gif"}}
    promised = {cell.id for cell in ran.notebook.cells if "alt" in cell.metadata}
    assert shown == promised and len(shown) >= 15
    assert "image/gif" in kinds["clip"]


def test_no_cell_prints_a_warning_or_a_traceback(ran):
    for cell in ran.notebook.cells:
        for out in cell.get("outputs", []):
            text = out.get("text", "")
            assert not re.search(r"warning|traceback", text, re.IGNORECASE), (cell.id, text)
            assert out.get("name") != "stderr" or cell.id in ("train",), (cell.id, text)


def test_all_that_it_makes_is_in_its_own_folder(ran):
    assert list(ran.place.iterdir()) == []
    assert {path.name for path in ran.work.parent.iterdir() if "unmask" in path.name} == {
        ran.work.name
    }


def test_a_run_makes_a_page_with_its_pictures(ran, walkthrough):
    page, pictures = walkthrough.to_page(ran.notebook)
    assert set(re.findall(r"\(images/walkthrough/(\S+)\)", page)) == set(pictures)
    assert str(ran.work) not in page
    assert "epoch 1/30" not in page, "log lines stay out"


def test_without_the_package_the_first_cell_says_what_to_write(walkthrough, tmp_path):
    notebook = nbformat.read(walkthrough.NOTEBOOK, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [nbformat.v4.new_code_cell(WITHOUT_THE_PACKAGE), first]
    with pytest.raises(CellExecutionError, match="Write the repository's address into REPOSITORY"):
        walkthrough.run(notebook, tmp_path, tmp_path)
