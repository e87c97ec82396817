"""Fills the templates of pages that hold all they show."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from unmask.report.pages.numbers import interval, number, percent, shares

HERE = Path(__file__).parent


@cache
def templates(folder: Path) -> Environment:
    """Templates of ``folder``, which may include what is here. What is filled in is escaped.

    ``script(name)`` is a script of either folder, to stand between script tags; ``policy(names…)``
    a content security policy by which nothing is loaded, and no script runs but those.
    """
    folders = [folder, HERE]
    loader = FileSystemLoader(folders)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    def script(name: str) -> Markup:
        return Markup(loader.get_source(environment, name)[0])  # noqa: S704

    def policy(*names: str) -> str:
        digests = (sha256(script(name).encode()).digest() for name in names)
        hashes = " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
        return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {hashes}"

    environment.filters |= {
        "number": number,
        "percent": percent,
        "interval": interval,
        "shares": shares,
    }
    environment.globals |= {"script": script, "policy": policy}
    return environment
