"""Help that helps: commands in groups, a text and the default for each option, what was meant."""

from __future__ import annotations

import argparse
import re
import subprocess

import pytest

from unmask.cli import COMMANDS, GROUPS, WORKFLOW, main, make_parser


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    [chooser] = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return chooser.choices


def test_unmask_alone_prints_help(capsys):
    assert main([]) == 0
    assert capsys.readouterr().out == make_parser().format_help()


def test_commands_stand_in_groups_those_for_people_first(capsys):
    main([])
    shown = capsys.readouterr().out
    titles = [shown.index(f"{title}:") for title in (*GROUPS, WORKFLOW)]
    assert titles == sorted(titles)
    for name in COMMANDS:
        assert len(re.findall(rf"^  {name} ", shown, re.MULTILINE)) == 1, name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_text_and_shows_its_default(name):
    command = commands(make_parser())[name]
    shown = " ".join(command.format_help().split())
    for action in command._actions:
        assert action.help, action.dest
        unset = action.default in (None, "", [], False, argparse.SUPPRESS)
        assert unset or str(action.default) in shown, action.dest


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("predct a.mp4", "unmask: there is no command predct. Did you mean predict?"),
        ("clip.mp4", "unmask: clip.mp4 is no command. To score it:\n  unmask predict clip.mp4"),
        ("predict a --jsn b", "unmask predict: there is no option --jsn. Did you mean --json?"),
        ("config --schma=1", "unmask config: there is no option --schma. Did you mean --schema?"),
        ("completion bash zsh", "unmask completion: zsh is one argument too many."),
        ("export", "unmask export: the following arguments are required: FILE."),
        ("-q -v config", "unmask: argument -v/--verbose: not allowed with argument -q/--quiet."),
    ],
)
def test_a_mistyped_command_is_answered_with_what_was_meant(arguments, said, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments.split())
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(said)
    assert len(error.splitlines()) <= 2


def test_quiet_and_verbose_may_stand_before_and_after_the_command(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text("frames: {fpss: 1}")
    for arguments in (["-q", "config", str(path)], ["config", str(path), "-q"]):
        assert main(arguments) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_the_shell_completes_commands_and_options(tmp_path, capsys):
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion"
    script.write_text(capsys.readouterr().out)

    def completed(words: str) -> str:
        line = f"unmask {words}".split(" ")
        ask = (
            f"source {script}; COMP_WORDS=({' '.join(line)}); COMP_CWORD={len(line) - 1}; "
            '_shtab_unmask; echo "${COMPREPLY[@]}"'
        )
        return subprocess.run(["bash", "-c", ask], capture_output=True, text=True).stdout

    assert "predict" in completed("pre").split()
    assert "--html" in completed("predict --ht").split()
