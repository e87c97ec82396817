"""What a run prints, on workflows that take seconds: twice with Snakemake as a user starts it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
import yte

from commands import call, environment, run
from snakemake_logger_plugin_unmask.messages import TARGETS

EPOCHS = """\
2026-01-01 00:00:00.0 I tensorflow/core/noise.cc:1 oneDNN
training: 4 crops (2 fake) of 2 videos
epoch 1/2: batch 3 of 9, 12 crops/s, 3 s left
epoch 1/2: loss 0.7, val_auc 0.50
epoch 2/2: loss 0.6, val_auc 0.75 *"""

WORKFLOW = f'''
rule all:
    input: "results/model", expand("results/frames/{{video}}.json", video=range(30))

rule extract_frames:
    output: "results/frames/{{video}}.json"
    log: "logs/frames/{{video}}.log"
    shell: "touch {{output}}"

rule train:
    output: "results/model"
    log: "logs/train.log"
    shell: """(echo '{EPOCHS}' && touch {{output}}) > {{log}} 2>&1"""
'''


def snakemake(folder: Path, *arguments: str, workflow: str = WORKFLOW) -> list[str]:
    (folder / "Snakefile").write_text(workflow)
    return ["snakemake", "--cores", "2", "--logger", "unmask", "--keep-going", *arguments]


def printed(folder: Path, *arguments: str, workflow: str = WORKFLOW) -> str:
    return call(*snakemake(folder, *arguments, workflow=workflow), cwd=folder).stdout


def test_a_run_without_a_terminal_prints_a_few_plain_lines_and_the_epochs(tmp_path):
    text = run(*snakemake(tmp_path), cwd=tmp_path).stdout
    lines = text.splitlines()
    assert len(lines) < 20
    assert max(map(len, lines)) < 200
    assert lines[0] == "To be made: frames (30), train."
    assert "frames       30 of 30" in text and "train        done" in text
    assert "  epoch 2/2: loss 0.6, val_auc 0.75 *" in lines
    assert "batch" not in text and "oneDNN" not in text
    assert lines[-1].startswith("Done in ")
    assert "\x1b" not in text
    assert printed(tmp_path).startswith("Nothing to be done")


def test_a_terminal_gets_bars_and_keeps_the_same_lines(tmp_path):
    reader, writer = pty.openpty()
    process = subprocess.Popen(
        snakemake(tmp_path),
        cwd=tmp_path,
        env=environment() | {"TERM": "xterm", "COLUMNS": "100"},
        stdout=writer,
        stderr=writer,
    )
    os.close(writer)
    text = b""
    try:
        while part := os.read(reader, 65536):
            text += part
    except OSError:  # the other end is closed
        pass
    assert process.wait() == 0
    shown = text.decode().replace("\r", "")
    assert "━" in shown and re.search(r"\d+/30", shown)
    assert "epoch 2/2: loss 0.6, val_auc 0.75 *\n" in shown
    assert "train        done" in shown
    assert shown.split("\x1b[?25h")[-1].startswith("\nDone in "), "the cursor is back"


def test_a_dry_run_says_how_many_jobs_and_why_on_one_screen(tmp_path):
    text = printed(tmp_path, "--dry-run")
    assert "  frames           30   missing\n" in text
    assert "  train             1   missing\n" in text
    assert len(text.splitlines()) < 8


def test_a_job_that_failed_is_told_by_its_own_message_and_many_of_a_kind_by_their_number(tmp_path):
    broken = WORKFLOW.replace("touch {output}) >", "echo 'unmask train: Too few.' && exit 1) >")
    broken = broken.replace(
        '"touch {output}"', "\"echo 'unmask frames: {wildcards.video}' > {log}; exit 1\""
    )
    text = printed(tmp_path, workflow=broken)
    assert "train failed.\nunmask train: Too few.\n" in text
    assert text.count("frames failed.\nunmask frames: ") == 3
    assert "Failed: " in text and "frames (30)" in text
    assert "rule" not in text and "Traceback" not in text and "exit 1" not in text


def test_a_bug_in_a_job_is_told_with_the_end_of_its_log(tmp_path):
    bug = WORKFLOW.replace("touch {output}) >", "python -c 'import nothing_such') >")
    text = printed(tmp_path, workflow=bug)
    assert "ModuleNotFoundError: No module named 'nothing_such'" in text
    assert "(the end of logs/train.log)" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trian"], "There is no target trian, and no rule makes such a file. Did you mean train?"),
        (["--configfile", "a.yaml"], "--configfile: there is no file a.yaml."),
        (["--configfile", "tab.yaml"], "tab.yaml is not YAML: "),
        (["--config", "bad=1"], "bad: got 1.\nWrite:\n  good: 1"),
    ],
)
def test_an_error_has_no_frame(tmp_path, arguments, said):
    (tmp_path / "tab.yaml").write_text("datasets:\n\t- a\n")
    refusing = (
        "from snakemake.exceptions import WorkflowError\n"
        "if config.get('bad'):\n    raise WorkflowError('bad: got 1.\\nWrite:\\n  good: 1')\n"
    )
    text = printed(tmp_path, *arguments, workflow=refusing + WORKFLOW)
    assert text.startswith(said)
    assert "Error" not in text and "File" not in text and "Traceback" not in text


def test_a_mistake_in_the_rules_keeps_its_place(tmp_path):
    text = printed(tmp_path, workflow=WORKFLOW + "\nrule more:\n    output: nothing_such\n")
    assert "nothing_such" in text and f'{tmp_path}/Snakefile", line ' in text


def test_quiet_leaves_errors_and_verbose_leaves_everything(tmp_path):
    assert printed(tmp_path, "--quiet", "all") == ""
    assert "no target x" in printed(tmp_path, "--quiet", "all", "--", "x")
    text = printed(tmp_path, "--verbose", "--forceall")
    assert "rule train:" in text and "Job stats:" in text


def test_every_target_that_is_offered_has_a_rule(repository):
    rules = "".join(path.read_text() for path in (repository / "rules").glob("*.smk"))
    rules += (repository / "Snakefile").read_text()
    assert [name for name in TARGETS if f"rule {name}:" not in rules] == []


def test_the_profile_chooses_the_plugin_only_where_it_is_installed(repository, monkeypatch):
    def chosen() -> list[str] | None:
        text = (repository / "profiles/default/config.yaml").read_text()
        return yte.process_yaml(text, require_use_yte=True).get("logger")

    monkeypatch.delenv("UNMASK_LOG", raising=False)
    assert chosen() == ["unmask"]
    monkeypatch.setenv("UNMASK_LOG", "snakemake")
    assert chosen() is None
    monkeypatch.delenv("UNMASK_LOG")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert chosen() is None
