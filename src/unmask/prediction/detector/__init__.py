"""The detector that ships with unmask: a model file, and its card."""

from __future__ import annotations

from pathlib import Path

from unmask.model.card import trained_on
from unmask.model.contract import read_contract

TRAINED = Path("results/model/model.keras")
"""Where a run leaves its model, seen from the folder it ran in."""

SHIPPED = Path(__file__).parent / "detector.keras"
CARD = Path(__file__).parent / "CARD.md"


def model_to_use(given: Path | None = None) -> Path:
    """The model that is named, else the one trained here, else the one that ships with unmask."""
    if given is not None:
        return given
    return TRAINED if TRAINED.is_file() else SHIPPED


def card_of(model: Path) -> Path | None:
    """The card of a model, where there is one beside it."""
    card = Path(model).parent / CARD.name
    return card if card.is_file() else None


def trained_on_what(model: Path) -> str:
    """A sentence on the training, from the model file; empty where it does not say."""
    return trained_on(read_contract(model)) if Path(model).is_file() else ""


def name_of(model: Path) -> str:
    """How a model is called where people read."""
    if Path(model) == SHIPPED:
        return "the detector that ships with unmask"
    return str(model)
