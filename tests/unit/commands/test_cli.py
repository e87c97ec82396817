"""The command line: one line of help a command, errors without tracebacks, quick starts."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from unmask.cli import COMMANDS, main


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    for name in COMMANDS:
        assert re.search(rf"^ +{name}\b", shown, re.MULTILINE), name


def test_a_users_mistake_is_a_message_and_status_2(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text("frames: {fpss: 1}")
    assert main(["config", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("unmask config: ")
    assert "fps: 1" in error
    assert "Traceback" not in error


def test_configuration_files_are_laid_over_each_other(tmp_path, capsys):
    (tmp_path / "a.yaml").write_text("split: {train: 0.5, val: 0.2}")
    (tmp_path / "b.yaml").write_text("split: {val: 0.25, test: 0.25}")
    assert main(["config", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]) == 0
    assert main(["config", str(tmp_path / "a.yaml")]) == 2


def test_the_schema_is_printed_as_json(capsys):
    assert main(["config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "unmask configuration"


def test_a_command_of_a_per_video_job_imports_no_heavy_library():
    code = (
        "import sys; from unmask.cli import make_parser\n"
        "import unmask.frames.sample, unmask.faces.crop, unmask.detections.detect\n"
        "for name in ('frames', 'detections', 'faces'): make_parser([name])\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'pydantic', 'sklearn', 'matplotlib', 'onnx'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "unmask", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("unmask ")
