"""Scoring a video asks nobody on the network."""

from __future__ import annotations

import os
import subprocess
import sys

import media
from commands import environment

WATCH = """
import os, sys
ASKING = ["socket." + name for name in ("connect", "sendto", "sendmsg", "getaddrinfo",
          "gethostbyname", "gethostbyaddr")]
def hook(event, arguments):
    if event in ASKING:
        with open(os.environ["SEEN"], "a") as seen:
            print(event, arguments[1:], file=seen)
        raise OSError("no network here")
sys.addaudithook(hook)
"""


def test_no_socket_is_used_while_a_video_is_scored(tmp_path):
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch/sitecustomize.py").write_text(WATCH)
    clip, seen = media.portrait_clip(tmp_path / "a.mp4", frames=4), tmp_path / "seen"
    env = environment() | {"SEEN": str(seen)}
    env["PYTHONPATH"] = f"{tmp_path / 'watch'}{os.pathsep}{env['PYTHONPATH']}"
    asked = "import socket; socket.create_connection(('127.0.0.1', 9))"
    assert subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True).returncode
    assert seen.read_text().startswith("socket."), "a socket would be seen"
    seen.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "unmask", "predict", str(clip), "--json", "-"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and '"p_fake"' in done.stdout, done.stderr
    assert not seen.exists(), seen.read_text()
