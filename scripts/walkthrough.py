"""Writes ``docs/walkthrough.md``: the notebook as it comes out when it is run, with its pictures.

``make notebook`` runs it. A test holds prose and code of the page equal to the notebook's.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from PIL import Image

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks/walkthrough.ipynb"
PAGE = ROOT / "docs/walkthrough.md"
PICTURES = ROOT / "docs/images/walkthrough"

WIDEST, JPEG_QUALITY = 900, 82
DRAWN, PALETTE = 16_384, 64
"""What has no more colors than the first is a drawing; so many are enough for one."""
CELL_S = 600
HEADER = """\
<!-- Written by `make notebook` from notebooks/walkthrough.ipynb. -->

*This page is the [notebook](../notebooks/walkthrough.ipynb) as it came out when it was last run.*

"""


def run(notebook: NotebookNode, folder: Path, scratch: Path) -> None:
    """Run every cell, and keep what comes out. A cell that fails ends it.

    Cells work in ``folder``; the folders for temporary files that they ask for are in ``scratch``.
    """
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=CELL_S, kernel_name="python3", resources=place)
    client.execute(env={**os.environ, "TMPDIR": str(scratch)})


def to_page(notebook: NotebookNode) -> tuple[str, dict[str, bytes]]:
    """A notebook that was run as Markdown, and its pictures by file name."""
    exporter = MarkdownExporter()
    exporter.register_preprocessor(Tidy, enabled=True)
    text, resources = exporter.from_notebook_node(notebook)
    parts = re.split(r"^(```python\n.*?\n```)$", text.strip(), flags=re.DOTALL | re.MULTILINE)
    for place in range(0, len(parts), 2):  # between code, one empty line is enough
        parts[place] = re.sub(r"\n[ \n]*\n", "\n\n", parts[place])
    return HEADER + "".join(parts) + "\n", resources["pictures"]


class Tidy(Preprocessor):
    """Leaves out what only helps while a notebook runs, and makes its pictures files.

    Log lines go. A picture gets the name of its cell, and ``alt`` of the cell's metadata as its
    text.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Tidy one cell."""
        pictures = resources.setdefault("pictures", {})
        kept = [out for out in cell.get("outputs", []) if out.get("name") != "stderr"]
        for out in kept:
            kind = next((k for k in ("image/gif", "image/png") if k in out.get("data", {})), None)
            if kind:
                suffix, content = _reduced(b64decode(out.data[kind]))
                name = f"{cell.id}{suffix}"
                pictures[name] = content
                link = f"![{cell.metadata.alt}]({PICTURES.relative_to(PAGE.parent)}/{name})"
                out.data = NotebookNode({"text/markdown": link})
        if "outputs" in cell:
            cell.outputs = kept
        return cell, resources


def _reduced(content: bytes) -> tuple[str, bytes]:
    """The ending and content of a picture, reduced: drawings as PNG, photographs as JPEG."""
    image = Image.open(BytesIO(content))
    if image.format == "GIF":
        return ".gif", content
    image = image.convert("RGB")
    image.thumbnail((WIDEST, WIDEST * 2), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    if image.getcolors(DRAWN):
        image.quantize(PALETTE, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        return ".png", buffer.getvalue()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return ".jpg", buffer.getvalue()


def main() -> None:
    """Run the notebook and write the page."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        run(notebook, Path(folder), Path(folder))
    text, pictures = to_page(notebook)
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    for name, content in pictures.items():
        (PICTURES / name).write_bytes(content)
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
