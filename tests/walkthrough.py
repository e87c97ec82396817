"""The script that makes the docs' page of the notebook, as a module."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parent.parent / "scripts/walkthrough.py"


def load_script() -> ModuleType:
    """``scripts/walkthrough.py``, loaded from where it is."""
    spec = importlib.util.spec_from_file_location("script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
