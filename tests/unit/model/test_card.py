"""What a model file says of its training."""

from __future__ import annotations

import csv
import json

import pytest

from results_tree import DATASET, Results
from unmask.errors import ModelError
from unmask.model.card import FIELD, trained_on, training_card
from unmask.model.contract import check_form


def test_the_card_counts_training_and_validation_and_leaves_the_test_out(tmp_path):
    table = Results(tmp_path, pictures=False).dataset
    card = training_card(table, train={"seed": 3}, model={"backbone": "Meso4"})
    assert set(card["data"]) == {
        "train/own/real/", "train/own/fake/swap", "val/own/real/", "val/own/fake/swap",
    }  # fmt: skip
    assert card["data"]["val/own/fake/swap"] == {"videos": 2, "groups": 2, "crops": 4}
    assert card["recipe"] == {"train": {"seed": 3}, "model": {"backbone": "Meso4"}}
    assert json.loads(json.dumps(card)) == card
    told = trained_on({FIELD: card})
    assert told == "Trained on 1 real and 1 fake videos (swap) of own."
    assert trained_on({}) == ""
    contract = {"classes": ["real", "fake"], "input_size": 48, "channels": "RGB"}
    contract |= {"scaling": "unit", "backbone": "Meso4", FIELD: card}
    check_form(contract, tmp_path)
    contract[FIELD] = {"data": {"train/own/fake/x": {"videos": "many"}}}
    with pytest.raises(ModelError, match=r"card\.data\.train/own/fake/x\.videos"):
        check_form(contract, tmp_path)


def test_a_change_to_the_test_videos_changes_nothing(tmp_path):
    table = Results(tmp_path, pictures=False).dataset
    before = training_card(table)
    with table.open("a", newline="") as file:
        csv.writer(file).writerow(("test/real/x.jpg", "x", 0, 0, 0, 0, "g9", "test", "", "own"))
    assert len(DATASET) == 10 and training_card(table) == before
